"""Measures how well the best hits fit what was asked, by figures that can be compared from library to library."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import function_words, stem
from kb.search.index.contract import Fit
from kb.search.index.postings import Numbers, Scores, numbers
from kb.search.index.snapshot import Snapshot
from kb.search.index.terms import Term
from kb.search.ranking.plan import Plan
from kb.search.ranking.rank import exact_scores, gained, held_within, places_of
from kb.search.text.analysis import tokenize

COMPARED = 5
# A word that all of a dozen guides on one product have tells nothing in their ranking, and yet much about whether they
# cover what was asked. So a small library is measured as part of one of this size, the rest of which is about other
# things: about as many guides as the chances were made on that walks take from the figures.
LEAST_SIZE = 700
UNLIKE = 0.1  # how alike the titles are, on average, of the first hits for questions that may be covered or not


def fit(plan: Plan, ranked: Sequence[tuple[int, float]], snapshot: Snapshot) -> Fit:
    """The figures of the first of `ranked`, which are (number of a document, score), the best first."""
    compared = ranked[:COMPARED]
    if not compared or not plan.main:
        return Fit()
    best = compared[0][0]
    scores = [score for _, score in compared]
    if snapshot.idf(1) < snapshot.idf(1, LEAST_SIZE):
        plan = _in_a_larger_library(plan, snapshot)
        scores = _scores(plan, [number for number, _ in compared], snapshot)
    terms = plan.terms[: plan.main]
    word = snapshot.idf(1, LEAST_SIZE)
    question = sum(term.idf for term in terms) + plan.unknown * word
    places = [places_of(term, numbers([best])) for term in terms]
    end = np.array(snapshot.heads[best].headings[1:2], dtype=np.int64)
    in_title, _ = held_within(terms, places, np.zeros_like(end), end)
    unit = math.sqrt(question * word)
    strength, lead = sum(scores) / len(scores), scores[0] - (scores[1] if len(scores) > 1 else 0.0)
    alike = _alikeness([number for number, _ in compared], snapshot)
    return Fit(strength / unit, lead / unit, float(in_title.sum()) / word, alike)


def _alikeness(documents: Collection[int], snapshot: Snapshot) -> float:
    """How much more alike the titles of documents are than those of any: the mean of their cosines, less UNLIKE.

    A word counts as much as it tells. In a small library even the best hits have little in common, as there are few
    guides on anything, so the figure counts the less the smaller the library is.
    """
    titles = {number: _telling(number, snapshot) for number in documents}
    snapshot.load({word for words in titles.values() for word in words}, ("body",))
    vectors = [_vector(number, words, snapshot) for number, words in titles.items()]
    pairs = list(combinations(vectors, 2))
    if not pairs:
        return 0.0
    mean = sum(_cosine(one, other) for one, other in pairs) / len(pairs)
    size = len(snapshot.documents)
    return (mean - UNLIKE) * size / max(size, LEAST_SIZE)


def _telling(document: int, snapshot: Snapshot) -> list[str]:
    """The words of a document's title that tell something."""
    words = tokenize(snapshot.heads[document].title).words
    untelling = function_words(words, snapshot.languages, STOP_WORDS)
    return [word for word in words if word not in untelling]


def _vector(document: int, words: Collection[str], snapshot: Snapshot) -> dict[str, float]:
    """The words in the form that the library looks them up by, and how telling each is."""
    language = snapshot.heads[document].language
    return {stem(word, language): snapshot.idf(len(snapshot.matching((word,))), LEAST_SIZE) for word in words}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two texts as vectors of how telling their words are; 0 where one has none."""
    both = sum(telling * other[word] for word, telling in one.items() if word in other)
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return both / lengths if lengths else 0.0


def _in_a_larger_library(plan: Plan, snapshot: Snapshot) -> Plan:
    """The plan with its terms as telling as they would be among more guides that have none of them."""
    return replace(plan, terms=tuple(term.weighed(_gain(term, snapshot)) for term in plan.terms))


def _gain(term: Term, snapshot: Snapshot) -> float:
    matching = len(term.documents)
    return snapshot.idf(matching, LEAST_SIZE) / snapshot.idf(matching)


def _scores(plan: Plan, ranked: Sequence[int], snapshot: Snapshot) -> list[float]:
    """The scores of these documents by a plan, the highest first."""
    documents = numbers(sorted(ranked))
    scores = exact_scores(plan, documents, snapshot.heads)
    for term in plan.terms:
        scores += _at(documents, term.documents, term.scores)
    for gaining, factor in gained(plan, snapshot):
        gain = factor * snapshot.idf(len(gaining), LEAST_SIZE)
        scores += _at(documents, gaining, np.full(len(gaining), gain))
    return sorted(map(float, scores), reverse=True)


def _at(documents: Numbers, known: Numbers, scores: Scores) -> Scores:
    """What each of the documents has of the scores of the known ones, which are in order; 0 for others."""
    if not len(known):
        return np.zeros(len(documents))
    at = np.minimum(np.searchsorted(known, documents), len(known) - 1)
    found: Scores = np.where(known[at] == documents, scores[at], 0.0)
    return found
