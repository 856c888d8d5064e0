"""Brings what is near in meaning into the results of a search, as far as what was asked for allows it.

What somebody asked for to the letter stays so: what is near in meaning is taken in without its words only where no
phrase, no code and no literal search was asked for; excluded words and filters hold for all; and a typed text that
names a code which some guide defines is ranked by its words alone, as a code is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.search.index.near import Near
from kb.search.index.postings import NOWHERE, Numbers, Scores, numbers
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.fusion import ALONE, MOST_ALONE, fuse
from kb.search.ranking.plan import Plan
from kb.search.ranking.rank import NOT_FOUND
from kb.search.text.query import Query

MOST_FUSED = 100  # hits by words whose order meaning may change

AskMeaning = Callable[[str], Sequence[Near]]
Ranked = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Nearness:
    """Documents that are near in meaning to a query, by their numbers, the nearest first.

    Those `alone` were not found by its words.
    """

    near: dict[int, Near] = field(default_factory=dict)
    alone: Numbers = field(default_factory=lambda: NOWHERE.documents)

    @property
    def nearest(self) -> float | None:
        """How near the nearest is; None where nothing can be told."""
        return max((near.similarity for near in self.near.values()), default=None)

    def ranked(self, plan: Plan, by_words: Ranked, kept: Scores) -> Ranked:
        """All hits in the order of both, those of them that are kept; `by_words` has no document of `alone`."""
        if not self.near:
            return by_words
        first = by_words[:MOST_FUSED]
        by_meaning = [(number, near.similarity) for number, near in self.near.items()]
        beside = {number for number, similarity in by_meaning if similarity >= ALONE and kept[number] > NOT_FOUND}
        fused = fuse(first, by_meaning, beside, _having_every_word(plan, [number for number, _ in first]))
        known = {number for number, _ in fused}
        lowest = fused[-1][1] if fused else 0.0
        return fused + [(number, min(score, lowest)) for number, score in by_words if number not in known]


def nearness(
    ask: AskMeaning | None, query: Query, plan: Plan, snapshot: Snapshot, scores: Scores, *, literal: bool
) -> Nearness:
    """What is near in meaning; `scores` are those by words."""
    if ask is None or not query.words or query.code or (plan.codes and not query.pasted):
        return Nearness()
    near = {
        snapshot.number_of[found.guide_id]: found
        for found in ask(plan.correction or query.plain)
        if found.guide_id in snapshot.number_of
    }
    if literal or plan.required or query.only_code:
        return Nearness(near)
    excluded = set(plan.excluded.documents.tolist())
    alone = [
        number
        for number, found in near.items()
        if found.similarity >= ALONE and scores[number] <= NOT_FOUND and number not in excluded
    ]
    if query.audience:
        alone = [number for number in alone if snapshot.heads[number].audience == query.audience]
    return Nearness(near, numbers(sorted(alone[:MOST_ALONE])))


def _having_every_word(plan: Plan, documents: list[int]) -> set[int]:
    """Those of the documents that have every word that was searched for."""
    having = np.array(documents, dtype=np.int32)
    for term in plan.terms[: plan.main]:
        having = having[np.isin(having, term.documents)]
    return set(having.tolist()) if plan.main else set()
