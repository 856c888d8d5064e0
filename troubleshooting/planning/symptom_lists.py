"""Chooses the list of symptoms that tells most: 'which of these looks most like yours?'."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from heapq import nlargest

from troubleshooting.planning.tables import Beliefs, Catalogue, Question

LIST_LENGTH = 6
LIST_PREFIX = "looks-"
NONE_OF_THESE = "none"
UNLISTED = 0.01
SIGNS_WEIGHED = 48
LEAST_GAIN = 1e-6
LEAST_OF_FIRST = 0.15
NEGLIGIBLE = 1e-9


class Lists:
    """The lists that can be made of a catalogue's signs: 'which of these looks like yours?', with 'none of these'."""

    def __init__(self, catalogue: Catalogue, index: Mapping[str, int]) -> None:
        self._problems = [problem.id for problem in catalogue.problems]
        self._signs = {
            sign: tuple((index[problem], chance, two_way(chance)) for problem, chance in chances.items())
            for sign, chances in catalogue.signs.items()
        }

    def spelt_out(self, question_id: str) -> Question:
        """The list that an id `looks-<sign>.<sign>...` spells out; KeyError when it is none or a sign is unknown.

        Ids come from addresses: one with more signs than lists have, or with one twice, is none, or it could be as
        large as somebody pleases.

        People pick one of the signs that they recognise, or none when they recognise none.
        """
        signs = tuple(question_id.removeprefix(LIST_PREFIX).split("."))
        is_list = question_id.startswith(LIST_PREFIX) and len(signs) <= LIST_LENGTH and len(set(signs)) == len(signs)
        if not is_list or not set(signs) <= self._signs.keys():
            raise KeyError(question_id)
        chances: dict[int, list[float]] = {}
        for k, sign in enumerate(signs):
            for i, chance, _ in self._signs[sign]:
                chances.setdefault(i, [UNLISTED] * len(signs))[k] = chance
        answers = (*signs, NONE_OF_THESE)
        likelihood = {self._problems[i]: dict(zip(answers, _pick(row), strict=True)) for i, row in chances.items()}
        default = dict(zip(answers, _pick([UNLISTED] * len(signs)), strict=True))
        return Question(question_id, "", answers, likelihood, default, signs=signs)

    def most_telling(self, beliefs: Beliefs, seen: Collection[str]) -> str:
        """The id of the list to ask, of signs not `seen` yet, as a chain of 'is it this? if not, is it that?'; or ''.

        By the chain rule the bits of a list are those of its links, each weighted by the chance to get there; a link
        that adds little beside the first one is not worth reading.
        """
        gains = {sign: self._gain(sign, beliefs) for sign in self._signs if sign not in seen}
        candidates = nlargest(SIGNS_WEIGHED, gains, key=gains.__getitem__)
        left = {i: beliefs[i] for sign in candidates for i, _, _ in self._signs[sign]}
        rest = max(0.0, 1.0 - sum(left.values()))
        chosen: list[str] = []
        least = LEAST_GAIN
        while candidates and len(chosen) < LIST_LENGTH:
            gains = {sign: self._gain(sign, left, rest + sum(left.values())) for sign in candidates}
            best = max(candidates, key=gains.__getitem__)
            if gains[best] < least:
                break
            least = least if chosen else gains[best] * LEAST_OF_FIRST
            chosen.append(best)
            candidates.remove(best)
            for i, chance, _ in self._signs[best]:
                left[i] *= 1 - chance
        return LIST_PREFIX + ".".join(chosen) if chosen else ""

    def _gain(self, sign: str, weights: Mapping[int, float] | Beliefs, mass: float = 1.0) -> float:
        """The bits expected from 'is it this one?', times the `mass` of all weights."""
        listed = known = hit = 0.0
        for i, chance, spread in self._signs[sign]:
            weight = weights[i]
            listed += weight
            hit += weight * chance
            known += weight * spread
        if mass <= NEGLIGIBLE or hit <= NEGLIGIBLE:
            return 0.0
        hit += (mass - listed) * UNLISTED
        known += (mass - listed) * UNLISTED_SPREAD
        return mass * two_way(hit / mass) - known


def two_way(chance: float) -> float:
    """The entropy of yes or no, in bits; rounding may take the chance a little over its bounds."""
    if not 0 < chance < 1:
        return 0.0
    return -chance * math.log2(chance) - (1 - chance) * math.log2(1 - chance)


UNLISTED_SPREAD = two_way(UNLISTED)


def _pick(chances: Sequence[float]) -> list[float]:
    """The chance that each sign is picked, then that of none, from the chance that each is recognised."""
    none = math.prod(1 - chance for chance in chances)
    total = sum(chances)
    return [*((1 - none) * chance / total for chance in chances), none]
