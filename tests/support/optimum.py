"""Works out how few questions, and how little cost, any way of asking could do with, to hold the planner against."""

from __future__ import annotations

import math
from collections.abc import Callable

from troubleshooting.planning.planner import Planner
from troubleshooting.planning.tables import Catalogue, Question, normalised


class Optimum:
    """The expected number of questions of an optimal tree, where answers are certain.

    Dynamic programming over what is left; sets of problems are bits of a number.
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


class Cheapest:
    """What asking and then trying costs, expected over all answers of a small catalogue: at best, and as it is planned.

    All that the planner's model allows is weighed: wrong answers, 'not sure', and to stop after any answer.
    """

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self._best: dict[frozenset[tuple[str, str]], float] = {}

    def at_best(self, said: frozenset[tuple[str, str]] = frozenset()) -> float:
        """The least cost that any way of asking can have."""
        if said not in self._best:
            asked = {question for question, _ in said}
            ways = [q for q in self.planner.catalogue.questions if q.id not in asked]
            beliefs = self._beliefs(said)
            costs = [self._asking(question, said, beliefs, self.at_best) for question in ways]
            self._best[said] = min([self.planner.plan(beliefs).cost, *costs])
        return self._best[said]

    def as_planned(self, said: frozenset[tuple[str, str]] = frozenset()) -> float:
        """The cost when the planner says what to ask and when to stop."""
        beliefs = self._beliefs(said)
        question = self.planner.next_question(beliefs, {key for key, _ in said})
        if question is None:
            return self.planner.plan(beliefs).cost
        return self._asking(question, said, beliefs, self.as_planned)

    def _beliefs(self, said: frozenset[tuple[str, str]]) -> list[float]:
        return self.planner.beliefs(self.planner.evidence(said))

    def _asking(
        self,
        question: Question,
        said: frozenset[tuple[str, str]],
        beliefs: list[float],
        value: Callable[[frozenset[tuple[str, str]]], float],
    ) -> float:
        unsure = self.planner.unsure
        cost = question.cost + (unsure * value(said | {(question.id, "unsure")}) if unsure else 0.0)
        for answer in question.answers:
            alone = self.planner.evidence([(question.id, answer)])
            chance = sum(belief * weight for belief, weight in zip(beliefs, alone, strict=True))
            if chance > 0:
                cost += (1 - unsure) * chance * value(said | {(question.id, answer)})
        return cost
