"""A catalogue whose answers are certain in, the expected number of questions of an optimal tree out."""

from __future__ import annotations

import math

from troubleshooting.tables import Catalogue, normalised


class Optimum:
    """Dynamic programming over what is left; sets of problems are bits of a number.

    A branch is cut when the entropy that is left can't be asked away in time.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.weights = normalised([problem.prior for problem in catalogue.problems])
        self.masks: list[list[int]] = []
        for question in catalogue.questions:
            by_answer: dict[str, int] = {}
            for i, problem in enumerate(catalogue.problems):
                row = question.likelihood[problem.id]
                answer = max(row, key=row.__getitem__)
                by_answer[answer] = by_answer.get(answer, 0) | 1 << i
            self.masks.append(list(by_answer.values()))
        self._mass: dict[int, float] = {}
        self._least: dict[int, float] = {}
        self._exact: dict[int, float] = {}

    def questions(self) -> float:
        """The expected number of questions until one problem is left."""
        return self._solve((1 << len(self.weights)) - 1)

    def _weigh(self, left: int) -> float:
        if left not in self._mass:
            self._mass[left] = sum(weight for i, weight in enumerate(self.weights) if left >> i & 1)
        return self._mass[left]

    def _splits(self, left: int) -> set[tuple[int, ...]]:
        found = {tuple(sorted(left & mask for mask in several if left & mask)) for several in self.masks}
        return {parts for parts in found if len(parts) > 1}

    def _bound(self, left: int) -> float:
        if left & (left - 1) == 0:
            return 0.0
        if left not in self._least:
            total = self._weigh(left)
            bits = sum(w * math.log2(total / w) for i, w in enumerate(self.weights) if left >> i & 1)
            self._least[left] = max(total, bits / math.log2(max(map(len, self._splits(left)))))
        return self._least[left]

    def _solve(self, left: int) -> float:
        if left & (left - 1) == 0:
            return 0.0
        if left not in self._exact:
            best = math.inf
            for hope, parts in sorted((self._weigh(left) + sum(map(self._bound, p)), p) for p in self._splits(left)):
                if hope >= best:
                    break
                best = min(best, self._cost(left, parts, best))
            self._exact[left] = best
        return self._exact[left]

    def _cost(self, left: int, parts: tuple[int, ...], best: float) -> float:
        """What asking costs that splits into these parts; infinite as soon as it can't beat the best."""
        cost = self._weigh(left)
        for place, part in enumerate(parts):
            cost += self._solve(part)
            if cost + sum(map(self._bound, parts[place + 1 :])) >= best:
                return math.inf
        return cost
