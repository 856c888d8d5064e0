"""A plan and a snapshot in, the matching documents in order out: all of them by words, then the best by nearness."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from heapq import nlargest
from operator import itemgetter

from kb.search.index.entries import Head
from kb.search.index.snapshot import Snapshot, Term
from kb.search.ranking.plan import Plan

RERANKED = 30
TAIL = 0.3
LEAST = 0.15
ENOUGH = 10
NEAR = 4
NEARNESS = 0.3
PREFERRED = 0.75
DEFINED_CODE = 1.0
HEADED = 1.0
MOST_HEADED = 10


def matching(plan: Plan, snapshot: Snapshot) -> dict[int, float]:
    """Document -> score, for all documents that the plan finds."""
    scores = _candidates(plan)
    _prefer(plan, snapshot, scores)
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
    near = [(document, score + _second_look(plan, document, heads)) for document, score in ranked[:RERANKED]]
    near.sort(key=itemgetter(1), reverse=True)
    return [*near, *ranked[RERANKED:]][:most]


def _candidates(plan: Plan) -> dict[int, float]:
    """Document -> score, for those that hold enough of what the query tells.

    Terms are taken the most telling first. Once what is left is worth no more than TAIL of the whole (LEAST, while
    there are not ENOUGH), documents that hold only that are not let in any more: common words rank, rare ones find.
    """
    terms = sorted(plan.terms, key=lambda term: -term.idf)
    left = whole = sum(term.idf for term in terms)
    scores: dict[int, float] = {}
    for term in terms:
        if not scores:
            scores = dict(term.scores)
        elif left > (TAIL if len(scores) >= ENOUGH else LEAST) * whole:
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


def _prefer(plan: Plan, snapshot: Snapshot, scores: dict[int, float]) -> None:
    for phrase in plan.preferred:
        gain = PREFERRED * snapshot.idf(len(phrase.weights))
        for document in phrase.weights:
            scores[document] = scores.get(document, 0.0) + gain
    for code in plan.codes:
        defining = snapshot.defining(code)
        gain = DEFINED_CODE * snapshot.idf(len(defining))
        for document in defining:
            scores[document] = scores.get(document, 0.0) + gain


def _second_look(plan: Plan, document: int, heads: Sequence[Head]) -> float:
    places = {number: term.places(document) for number, term in enumerate(plan.terms) if document in term.scores}
    headed = _headed(plan, heads[document], places) if heads and len(plan.terms) <= MOST_HEADED else 0.0
    return NEARNESS * _nearness(plan, places) + HEADED * headed


def _headed(plan: Plan, head: Head, places: dict[int, list[int]]) -> float:
    """How much of what was asked one heading of the document says, and how little else."""
    whole, most = sum(term.idf for term in plan.terms), 0.0
    for start, end in head.headings:
        worth, words = 0.0, 0
        for number, own in places.items():
            at = bisect_left(own, start)
            if at < len(own) and own[at] < end:
                worth += plan.terms[number].idf
                words += 1
        if words:
            most = max(most, worth * (worth / whole) * min(1.0, words / (end - start)))
    return most


def _nearness(plan: Plan, places: dict[int, list[int]]) -> float:
    """How near to each other the document has the words that were typed next to each other."""
    total = 0.0
    for first, second in plan.pairs:
        if first in places and second in places:
            apart = _least_distance(places[first], places[second])
            if apart <= NEAR:
                total += min(plan.terms[first].idf, plan.terms[second].idf) / apart
    return total


def _least_distance(left: list[int], right: list[int]) -> int:
    """The least number of words from one of `left` to one of `right`; one more when the order is turned round."""
    best = NEAR + 1
    for place in left:
        at = bisect_left(right, place + 1)
        if at < len(right):
            best = min(best, right[at] - place)
        if at and place > right[at - 1]:
            best = min(best, place - right[at - 1] + 1)
    return best
