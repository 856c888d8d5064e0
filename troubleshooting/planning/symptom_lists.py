"""Chooses the list of symptoms that tells most: 'which of these looks most like yours?'."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from heapq import nlargest

from troubleshooting.planning.tables import Beliefs, Catalogue, Question

LIST_LENGTH = 6
LIST_PREFIX = "looks-"
NONE_OF_THESE = "none"
UNLISTED = 0.01  # the chance to recognise a symptom that no guide gives one's problem
SYMPTOMS_WEIGHED = 48
LEAST_GAIN = 1e-6
LEAST_OF_FIRST = 0.15
NEGLIGIBLE = 1e-9


class SymptomLists:
    """The lists that can be made of a catalogue's symptoms, `longest` of them at most, each with 'none of these'."""

    def __init__(self, catalogue: Catalogue, index: Mapping[str, int], longest: int = LIST_LENGTH) -> None:
        self._longest = longest
        self._problems = [problem.id for problem in catalogue.problems]
        self._symptoms = {
            symptom: tuple((index[problem], chance, binary_entropy(chance)) for problem, chance in chances.items())
            for symptom, chances in catalogue.symptoms.items()
        }

    def from_id(self, question_id: str) -> Question:
        """The list that an id `looks-<symptom>.<symptom>...` names; KeyError for one of no list or an unknown symptom.

        Ids come from addresses: one with more symptoms than lists have, or with one twice, is none, or it could be as
        large as somebody pleases.

        People pick one of the symptoms that they recognise, or none when they recognise none.
        """
        symptoms = tuple(question_id.removeprefix(LIST_PREFIX).split("."))
        is_list = (
            question_id.startswith(LIST_PREFIX) and len(symptoms) <= LIST_LENGTH and len(set(symptoms)) == len(symptoms)
        )
        if not is_list or not set(symptoms) <= self._symptoms.keys():
            raise KeyError(question_id)
        chances: dict[int, list[float]] = {}
        for k, symptom in enumerate(symptoms):
            for i, chance, _ in self._symptoms[symptom]:
                chances.setdefault(i, [UNLISTED] * len(symptoms))[k] = chance
        answers = (*symptoms, NONE_OF_THESE)
        likelihood = {
            self._problems[i]: dict(zip(answers, _pick_chances(row), strict=True)) for i, row in chances.items()
        }
        default = dict(zip(answers, _pick_chances([UNLISTED] * len(symptoms)), strict=True))
        return Question(question_id, "", answers, likelihood, default, symptoms=symptoms)

    def most_telling(self, beliefs: Beliefs, seen: Collection[str]) -> str:
        """The id of the list to ask, of symptoms not `seen` yet; '' for none.

        A list is taken for a chain of 'is it this? if not, is it that?', each link the one that tells most. By the
        chain rule of entropy (Shannon, "A mathematical theory of communication", 1948, section 6) the bits of a list
        are those of its links, each weighted by the chance to get there; a link that adds little beside the first one
        is not worth reading. A greedy choice is near the best one, since information has diminishing returns (Krause
        and Guestrin, "Near-optimal nonmyopic value of information in graphical models", 2005).
        """
        gains = {symptom: self._gain(symptom, beliefs) for symptom in self._symptoms if symptom not in seen}
        candidates = nlargest(SYMPTOMS_WEIGHED, gains, key=gains.__getitem__)
        weights = {i: beliefs[i] for symptom in candidates for i, _, _ in self._symptoms[symptom]}
        other_weight = max(0.0, 1.0 - sum(weights.values()))
        chosen: list[str] = []
        least = LEAST_GAIN
        while candidates and len(chosen) < self._longest:
            gains = {
                symptom: self._gain(symptom, weights, other_weight + sum(weights.values())) for symptom in candidates
            }
            best = max(candidates, key=gains.__getitem__)
            if gains[best] < least:
                break
            least = least if chosen else gains[best] * LEAST_OF_FIRST
            chosen.append(best)
            candidates.remove(best)
            for i, chance, _ in self._symptoms[best]:
                weights[i] *= 1 - chance
        return LIST_PREFIX + ".".join(chosen) if chosen else ""

    def _gain(self, symptom: str, weights: Mapping[int, float] | Beliefs, mass: float = 1.0) -> float:
        """The bits expected from 'is it this one?', H(answer) - H(answer | problem), for weights that sum to `mass`."""
        listed = conditional = hit = 0.0
        for i, chance, row_entropy in self._symptoms[symptom]:
            weight = weights[i]
            listed += weight
            hit += weight * chance
            conditional += weight * row_entropy
        if mass <= NEGLIGIBLE or hit <= NEGLIGIBLE:
            return 0.0
        hit += (mass - listed) * UNLISTED
        conditional += (mass - listed) * UNLISTED_ENTROPY
        return mass * binary_entropy(hit / mass) - conditional


def binary_entropy(chance: float) -> float:
    """Shannon's entropy of yes or no, in bits; rounding may take the chance a little over its bounds."""
    if not 0 < chance < 1:
        return 0.0
    return -chance * math.log2(chance) - (1 - chance) * math.log2(1 - chance)


UNLISTED_ENTROPY = binary_entropy(UNLISTED)


def _pick_chances(chances: Sequence[float]) -> list[float]:
    """The chance that each symptom is picked, then that of none, from the chance that each is recognised.

    Symptoms are recognised independently of each other, so none is with the product of (1 - p), as in a noisy-or
    (Pearl, "Probabilistic reasoning in intelligent systems", 1988); of several, one is picked in proportion to its
    chance (Luce's choice axiom, "Individual choice behavior", 1959).
    """
    none = math.prod(1 - chance for chance in chances)
    total = sum(chances)
    return [*((1 - none) * chance / total for chance in chances), none]
