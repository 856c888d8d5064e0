"""Scores the documents that match a plan (BM25), then rescores the best by nearness of words and by headings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from heapq import nlargest
from operator import itemgetter

from kb.search.index.entries import Head
from kb.search.index.postings import Term
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.plan import Plan
from kb.search.weights import DEFINED_CODE, HEADING_SAYS_IT, PROXIMITY, QUOTED_IN_PASTED_TEXT

RERANKED = 30
UNTELLING = 0.3
UNTELLING_OF_FEW = 0.15
ENOUGH = 10
MOST_WORDS_APART = 4
MOST_HEADED = 10


def matching(plan: Plan, snapshot: Snapshot) -> dict[int, float]:
    """Document -> score, for all documents that the plan finds."""
    scores = _candidates(plan)
    _boost(plan, snapshot, scores)
    for phrase in plan.required:
        scores = {document: score for document, score in scores.items() if document in phrase.weights}
    if plan.excluded:
        scores = {document: score for document, score in scores.items() if document not in plan.excluded}
    return scores


def best(plan: Plan, scores: Mapping[int, float], most: int, heads: Sequence[Head] = ()) -> list[tuple[int, float]]:
    """The `most` best of the documents with their scores, in order.

    Those that could be on the first pages are looked at again for how near to each other they have the words, and
    whether a heading (of their `heads`, by number) says just what was asked.
    """
    ranked = nlargest(max(most, RERANKED), scores.items(), key=itemgetter(1))
    near = [(document, score + _exact_score(plan, document, heads)) for document, score in ranked[:RERANKED]]
    near.sort(key=itemgetter(1), reverse=True)
    return [*near, *ranked[RERANKED:]][:most]


def _candidates(plan: Plan) -> dict[int, float]:
    """Document -> score, for those that hold enough of what the query tells.

    Terms are taken the most telling first. Once what is left is worth no more than UNTELLING of the whole
    (UNTELLING_OF_FEW, while there are not ENOUGH), documents that hold only that are not let in any more: common words
    rank, rare ones find.
    """
    terms = sorted(plan.terms, key=lambda term: -term.idf)
    left = whole = sum(term.idf for term in terms)
    scores: dict[int, float] = {}
    for term in terms:
        if not scores:
            scores = dict(term.scores)
        elif left > (UNTELLING if len(scores) >= ENOUGH else UNTELLING_OF_FEW) * whole:
            for document, score in term.scores.items():
                scores[document] = scores.get(document, 0.0) + score
        else:
            _add(scores, term)
        left -= term.idf
    return scores


def _add(scores: dict[int, float], term: Term) -> None:
    more = term.scores
    if len(scores) < len(more):
        for document in scores:
            if document in more:
                scores[document] += more[document]
    else:
        for document, score in more.items():
            if document in scores:
                scores[document] += score


def _boost(plan: Plan, snapshot: Snapshot, scores: dict[int, float]) -> None:
    for phrase in plan.preferred:
        gain = QUOTED_IN_PASTED_TEXT * snapshot.idf(len(phrase.weights))
        for document in phrase.weights:
            scores[document] = scores.get(document, 0.0) + gain
    for code in plan.codes:
        defining = snapshot.documents_defining(code)
        gain = DEFINED_CODE * snapshot.idf(len(defining))
        for document in defining:
            scores[document] = scores.get(document, 0.0) + gain


def _exact_score(plan: Plan, document: int, heads: Sequence[Head]) -> float:
    positions = {number: term.positions(document) for number, term in enumerate(plan.terms) if document in term.scores}
    headed = _heading_score(plan, heads[document], positions) if heads and len(plan.terms) <= MOST_HEADED else 0.0
    return PROXIMITY * _proximity(plan, positions) + HEADING_SAYS_IT * headed


def _heading_score(plan: Plan, head: Head, positions: dict[int, list[int]]) -> float:
    """How much of what was asked one heading of the document says, and how little else."""
    whole, most = sum(term.idf for term in plan.terms), 0.0
    for start, end in head.headings:
        worth, words = 0.0, 0
        for number, own in positions.items():
            at = bisect_left(own, start)
            if at < len(own) and own[at] < end:
                worth += plan.terms[number].idf
                words += 1
        if words:
            most = max(most, worth * (worth / whole) * min(1.0, words / (end - start)))
    return most


def _proximity(plan: Plan, positions: dict[int, list[int]]) -> float:
    """How near to each other the document has the words that were typed next to each other."""
    total = 0.0
    for first, second in plan.pairs:
        if first in positions and second in positions:
            apart = _least_distance(positions[first], positions[second])
            if apart <= MOST_WORDS_APART:
                total += min(plan.terms[first].idf, plan.terms[second].idf) / apart
    return total


def _least_distance(left: list[int], right: list[int]) -> int:
    """The least number of words from one of `left` to one of `right`; one more when the order is turned round."""
    best = MOST_WORDS_APART + 1
    for position in left:
        at = bisect_left(right, position + 1)
        if at < len(right):
            best = min(best, right[at] - position)
        if at and position > right[at - 1]:
            best = min(best, position - right[at - 1] + 1)
    return best
