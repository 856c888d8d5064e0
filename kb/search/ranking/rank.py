"""Scores the documents that match a plan (BM25F), then rescores the best by how they have the words together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kb.search.index.entries import Head
from kb.search.index.postings import NOWHERE, Numbers, Places, Scores, in_a_row, stretches
from kb.search.index.snapshot import Snapshot
from kb.search.index.terms import Term
from kb.search.ranking.plan import Plan
from kb.search.weights import (
    ALL_OF_IT,
    DEFINED_CODE,
    HEADING_SAYS_IT,
    QUOTED_IN_PASTED_TEXT,
    TOGETHER,
    WINDOWS,
    WORD_FOR_WORD,
)

NOT_FOUND = -1.0
RERANKED = 100
UNTELLING = 0.3
UNTELLING_OF_FEW = 0.15
ENOUGH = 10
MOST_HEADED = 10
LONGEST_GAP = 6
SHORTEST_RUN = 3
SHORTEST_MESSAGE = 4

_BITS_OF_POSITIONS = 32
_APART = np.int64(1) << _BITS_OF_POSITIONS  # between the places of two documents
_BEYOND = np.array([np.iinfo(np.int64).max])


def matching(plan: Plan, snapshot: Snapshot) -> Scores:
    """By number of the document, its score; NOT_FOUND for what the plan does not find."""
    scores = _candidates(plan, len(snapshot.heads))
    for documents, factor in gained(plan, snapshot):
        _add(scores, documents, factor * snapshot.idf(len(documents)))
    for phrase in plan.required:
        scores[np.isin(np.arange(len(scores)), phrase.documents, invert=True)] = NOT_FOUND
    scores[plan.excluded.documents] = NOT_FOUND
    return scores


def gained(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[Numbers, float]]:
    """The documents that gain by more than their words, and how much, as a multiple of how telling it is."""
    yield from ((phrase.documents, QUOTED_IN_PASTED_TEXT) for phrase in plan.preferred)
    yield from ((snapshot.defining(code), DEFINED_CODE) for code in plan.codes)


def found(scores: Scores) -> Numbers:
    """The documents that were found, in order of their numbers."""
    return (scores > NOT_FOUND).nonzero()[0].astype(np.int32)


def best(
    plan: Plan,
    scores: Scores,
    most: int,
    heads: Sequence[Head],
    *,
    looked_at: int = RERANKED,
    at_a_glance: bool = False,
) -> list[tuple[int, float]]:
    """The `most` best of the documents with their scores, in order.

    Those that could be on the first pages, `looked_at` of them, are looked at again: how many of the words they have
    near to each other, how much they have word for word, and whether a heading says just what was asked; `at_a_glance`
    the first of these alone, and within the widest of WINDOWS only.
    """
    ranked = first(scores, max(most, looked_at))
    literal = NOWHERE.documents if at_a_glance else _with_the_message(plan)
    near, rest = np.sort(ranked[:looked_at]), ranked[looked_at:]
    if len(literal):
        near = np.union1d(near, literal[scores[literal] > NOT_FOUND])
        rest = ranked[np.isin(ranked, near, invert=True)]
    nearer = scores[near]
    if plan.terms and len(near):
        nearer = nearer + (near_scores(plan, near) if at_a_glance else exact_scores(plan, near, heads))
    order = np.lexsort((near, -nearer))
    together = zip(near[order].tolist(), nearer[order].tolist(), strict=True)
    return [*together, *zip(rest.tolist(), scores[rest].tolist(), strict=True)][:most]


def first(scores: Scores, most: int) -> Numbers:
    """The `most` documents with the highest scores, the highest first, in order of their numbers where equal."""
    holding = found(scores)
    if len(holding) > most:
        least = np.partition(scores[holding], len(holding) - most)[len(holding) - most]
        holding = holding[scores[holding] >= least]
    return holding[np.lexsort((holding, -scores[holding]))][:most]


def _candidates(plan: Plan, size: int) -> Scores:
    """By number of the document, the score of those that hold enough of what the query tells.

    Terms are taken the most telling first. Once what is left is worth no more than UNTELLING of the whole
    (UNTELLING_OF_FEW, while there are not ENOUGH), documents that hold only that are not let in any more: common words
    rank, rare ones find.
    """
    terms = sorted(plan.terms, key=lambda term: -term.idf)
    left = whole = sum(term.idf for term in terms)
    scores = np.full(size, NOT_FOUND)
    count = 0
    for term in terms:
        if not count or left > (UNTELLING if count >= ENOUGH else UNTELLING_OF_FEW) * whole:
            _add(scores, term.documents, term.scores)
            count = int(np.count_nonzero(scores > NOT_FOUND))
        else:
            known = scores[term.documents] > NOT_FOUND
            scores[term.documents[known]] += term.scores[known]
        left -= term.idf
    return scores


def _add(scores: Scores, documents: Numbers, gain: Scores | float) -> None:
    """Let the documents in, and add to their scores."""
    scores[documents] = np.maximum(scores[documents], 0.0) + gain


def near_scores(plan: Plan, documents: Numbers) -> Scores:
    """What the documents, in order of their numbers, gain by having words of a plan within the widest of WINDOWS."""
    terms = plan.terms[: plan.main]
    if len(terms) < 2:  # noqa: PLR2004
        return np.zeros(len(documents))
    places = [places_of(term, documents) for term in terms]
    return TOGETHER * _together(terms, places, len(documents), WINDOWS[:1])


def exact_scores(plan: Plan, documents: Numbers, heads: Sequence[Head]) -> Scores:
    """What the documents, in order of their numbers, gain by how they have the words of a plan."""
    terms = plan.terms[: plan.main]
    places = [places_of(term, documents) for term in terms]
    gains = np.zeros(len(documents))
    if len(terms) > 1:
        gains += TOGETHER * _together(terms, places, len(documents), WINDOWS)
        gains += WORD_FOR_WORD * word_for_word(plan, places, len(documents))
    if len(terms) <= MOST_HEADED:
        gains += HEADING_SAYS_IT * _in_headings(terms, places, [heads[number] for number in documents.tolist()])
    return gains


def places_of(term: Term, documents: Numbers) -> Places:
    """Where the term is: the index of the document in `documents` and the position, in one number."""
    own = term.places
    at = own.documents.searchsorted(documents)
    at[at == len(own)] = 0
    held = (own.documents[at] == documents).nonzero()[0] if len(own) else at[:0]
    rows, positions = own.positions_at(at[held])
    places: Places = held[rows] * _APART + positions
    return places


def _highest(places: Places, worth: Scores, size: int) -> Scores:
    """By document, the highest of what its places are worth."""
    highest = np.zeros(size)
    np.maximum.at(highest, places >> _BITS_OF_POSITIONS, worth)
    return highest


def _together(terms: Sequence[Term], places: Sequence[Places], size: int, windows: Sequence[int]) -> Scores:
    """By document, how telling the words are that stand near to each other: the mean over windows of so many words."""
    starts = np.sort(np.concatenate(places))
    following = [_following(own, starts) for own in places]
    worth, count = _held(terms, following, starts + np.array(windows)[:, np.newaxis])
    worth[count < 2] = 0.0  # noqa: PLR2004
    gains = np.zeros(size)
    if len(starts):
        rows = starts >> _BITS_OF_POSITIONS
        is_first = np.ones(len(rows), dtype=bool)
        is_first[1:] = rows[1:] != rows[:-1]
        first = is_first.nonzero()[0]
        gains[rows[first]] = np.maximum.reduceat(worth, first, axis=1).sum(axis=0) / len(windows)
    return gains


def held_within(terms: Sequence[Term], places: Sequence[Places], starts: Places, ends: Places) -> tuple[Scores, Scores]:
    """For each stretch from a start to before its end, how telling the terms are that are in it, and how many."""
    return _held(terms, [_following(own, starts) for own in places], ends)


def _following(places: Places, starts: Places) -> Places:
    """For each start the first of the places that is there or after it; beyond all ends where there is none."""
    following: Places = np.concatenate((places, _BEYOND))[places.searchsorted(starts)]
    return following


def _held(terms: Sequence[Term], following: Sequence[Places], ends: Places) -> tuple[Scores, Scores]:
    """The same for `following`, the places of each term that follow on the starts."""
    worth, count = np.zeros(ends.shape), np.zeros(ends.shape)
    for term, places in zip(terms, following, strict=True):
        is_inside = places < ends
        worth += term.idf * is_inside
        count += is_inside
    return worth, count


def _with_the_message(plan: Plan) -> Numbers:
    """The documents with all that was typed word for word, where that is long enough to be a message."""
    places = [at for at, _ in plan.typed]
    if len(places) < SHORTEST_RUN or places[-1] - places[0] < SHORTEST_MESSAGE - 1:
        return NOWHERE.documents
    offsets = [at - places[0] for at in places]
    return in_a_row([plan.terms[term].places for _, term in plan.typed], offsets).documents[:RERANKED]


def word_for_word(plan: Plan, places: Sequence[Places], size: int) -> Scores:
    """By document, how telling the longest run of words is that it has as they were typed.

    Words that were typed one after the other stand as far from each other in the document. A run may leave out what is
    not looked for, or is another word there, up to LONGEST_GAP words in a row; SHORTEST_RUN words are looked for in it
    or more. From SHORTEST_MESSAGE words on, it counts the more the more it is of what was typed.
    """
    if len(plan.typed) < SHORTEST_RUN:
        return np.zeros(size)
    shifted = [places[term] - at for at, term in plan.typed]
    lines = np.concatenate(shifted)
    at = np.repeat([at for at, _ in plan.typed], list(map(len, shifted)))
    idf = np.repeat([plan.terms[term].idf for _, term in plan.typed], list(map(len, shifted)))
    order = np.lexsort((at, lines))
    lines, at, idf = lines[order], at[order], idf[order]
    if not len(lines):
        return np.zeros(size)
    is_first = np.ones(len(lines), dtype=bool)
    is_first[1:] = (lines[1:] != lines[:-1]) | (at[1:] - at[:-1] > LONGEST_GAP)
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(lines)) - 1
    worth = np.add.reduceat(idf, starts)
    share = worth / sum(plan.terms[term].idf for _, term in plan.typed)
    is_message = at[ends] - at[starts] >= SHORTEST_MESSAGE - 1
    worth *= 1 + ALL_OF_IT * np.where(is_message, share**2, 0.0)
    is_run = ends - starts >= SHORTEST_RUN - 1
    return _highest(lines[starts] + at[starts], np.where(is_run, worth, 0.0), size)


def _in_headings(terms: Sequence[Term], places: Sequence[Places], heads: Sequence[Head]) -> Scores:
    """By document, how much of what was asked one of its headings says, and how little else."""
    starts, ends = stretches([head.headings for head in heads])
    worth, words = held_within(terms, places, starts, ends)
    whole = sum(term.idf for term in terms) or 1.0
    share = np.minimum(1.0, words / np.maximum(ends - starts, 1))
    return _highest(starts, worth * (worth / whole) * share, len(heads))


def only(scores: Scores, documents: Numbers) -> Scores:
    """The scores of these documents alone."""
    kept = np.full(len(scores), NOT_FOUND)
    kept[documents] = scores[documents]
    return kept


def of(documents: Numbers, size: int, score: float) -> Scores:
    """The same score for some documents."""
    scores = np.full(size, NOT_FOUND)
    scores[documents] = score
    return scores
