"""Measures how well the best hits fit what was asked, by figures that can be compared from library to library."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kb.search.index.contract import Fit
from kb.search.index.postings import numbers
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.plan import Plan
from kb.search.ranking.rank import held_within, places_of

COMPARED = 5


def fit(plan: Plan, ranked: Sequence[tuple[int, float]], snapshot: Snapshot) -> Fit:
    """The figures of the first of `ranked`, which are (number of a document, score), the best first."""
    terms = plan.terms[: plan.main]
    if not ranked or not terms:
        return Fit()
    best = ranked[0][0]
    scores = [score for _, score in ranked[:COMPARED]]
    word = snapshot.idf(1)
    question = sum(term.idf for term in terms) + plan.unknown * word
    places = [places_of(term, numbers([best])) for term in terms]
    end = np.array(snapshot.heads[best].headings[1:2], dtype=np.int64)
    in_title, _ = held_within(terms, places, np.zeros_like(end), end)
    unit = math.sqrt(question * word)
    strength, lead = sum(scores) / len(scores), scores[0] - (scores[1] if len(scores) > 1 else 0.0)
    return Fit(strength / unit, lead / unit, float(in_title.sum()) / word)
