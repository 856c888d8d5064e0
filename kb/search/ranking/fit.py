"""Measures how well the best hit fits what was asked, by figures that can be compared from library to library."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kb.search.index.contract import Fit
from kb.search.index.postings import numbers
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.plan import Plan
from kb.search.ranking.rank import held_within, places_of

COMPARED = 2


def fit(plan: Plan, ranked: Sequence[tuple[int, float]], snapshot: Snapshot) -> Fit:
    """The figures of the first of `ranked`, which are (number of a document, score)."""
    terms = plan.terms[: plan.main]
    if not ranked or not terms:
        return Fit()
    (best, score), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    word = snapshot.idf(0)
    question = sum(term.idf for term in terms) + plan.unknown * word
    places = [places_of(term, numbers([best])) for term in terms]
    end = np.array(snapshot.heads[best].headings[1:2], dtype=np.int64)
    in_title, _ = held_within(terms, places, np.zeros_like(end), end)
    unit = math.sqrt(question * word)
    return Fit(strength=score / unit, lead=(score - second) / unit, title=float(in_title.sum()) / word)
