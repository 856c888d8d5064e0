"""Suggests completions and guides for each letter that is typed, at a fraction of the cost of a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.folding import fold
from kb.search.index.contract import Hit, Suggestions
from kb.search.index.postings import Numbers, Scores
from kb.search.index.snapshot import Snapshot
from kb.search.index.used import NOTHING_KNOWN, Use
from kb.search.ranking.completion import complete
from kb.search.ranking.plan import Plan, Planner
from kb.search.ranking.rank import NOT_FOUND, best, matching
from kb.search.ranking.results import results, shown
from kb.search.ranking.snippets import best_section
from kb.search.text.analysis import tokenize
from kb.search.text.query import Query, parse
from kb.search.weights import MUCH_USED

LONGEST_TYPED = 200
MOST_STARTS = 12
ENDINGS, ENDINGS_OF_ONE_WORD = 1, 2  # where other words stand before it, those find the guides
LOOKED_AT = 7
LOOKED_AT_AGAIN = 20
CHOSEN_FROM = 4


def suggest(text: str, planner: Planner, snapshot: Snapshot, limit: int, use: Use = NOTHING_KNOWN) -> Suggestions:
    """Up to `limit` texts that end the last word of `text`, and guides; see `Engine.suggest`.

    Of guides whose titles match about equally well, one that is much used (`use`) comes first.
    """
    text = text[:LONGEST_TYPED]
    completions = complete(text, snapshot, limit)
    query, words, endings = _meant(text, completions, snapshot)
    starts = [word for word in words if word not in STOP_WORDS][:MOST_STARTS]
    starts = starts or list(filter(None, [fold(query.text)]))
    if query.category or query.product or query.audience or query.only_code:
        found = results(query, planner, snapshot, limit=LOOKED_AT, offset=0, literal=False)
        first, others = [hit for hit in found.items if _begins(hit.title, starts)], list(found.items)
    else:
        first, others = _found(_opened(planner.plan(query), endings, snapshot), snapshot, starts, limit, use)
    others.sort(key=lambda hit: not _begins(hit.section, starts))
    offered: dict[int, Hit] = {}
    for hit in (*first, *others):
        offered.setdefault(hit.guide_id, hit)
    return Suggestions(tuple(completions), tuple(offered.values())[:limit])


def _meant(text: str, completions: list[str], snapshot: Snapshot) -> tuple[Query, list[str], list[str]]:
    """What to look up, the words as they were typed, and how else the last of them may end.

    A start that is no word itself is ended first. So many words begin with a letter that it tells of titles only.
    """
    before, _, last = text.rpartition(" ")
    last_words = tokenize(last).words
    most = ENDINGS if before.strip() else ENDINGS_OF_ONE_WORD
    endings = [ended.rpartition(" ")[2] for ended in completions[:most]]
    if endings and not _is_whole(last_words, snapshot):
        query = parse(f"{before} {endings[0]}")
        words = query.words[: -len(tokenize(endings[0]).words) or None]
        return query, [*words, *last_words], endings[1:]
    if before and len(last) == 1 and last.isascii() and last.isalpha():
        query = parse(before)
        return query, [*query.words, *last_words], endings
    query = parse(text)
    return query, [*query.words], endings


def _is_whole(words: list[str], snapshot: Snapshot) -> bool:
    """Whether what was typed ends with a word that guides have, which may yet be the start of another."""
    return bool(words) and (words[-1] in STOP_WORDS or len(snapshot.matching((words[-1],))) > 0)


def _opened(plan: Plan, endings: Sequence[str], snapshot: Snapshot) -> Plan:
    """The plan with one more term: any of the other ways to end the last word."""
    if not endings:
        return plan
    return replace(plan, terms=(*plan.terms, snapshot.term(*(((word,), 1.0) for word in endings))))


def _found(plan: Plan, snapshot: Snapshot, starts: list[str], limit: int, use: Use) -> tuple[list[Hit], list[Hit]]:
    """The best guides with the words in their titles; where those are too few, the best of the others too."""
    scores = matching(plan, snapshot)
    titled = _used_first(_titled(plan, scores, snapshot, starts)[: limit * CHOSEN_FROM], scores, snapshot, use)[:limit]
    missing = limit - len(titled)
    scores[titled] = NOT_FOUND
    others = best(plan, scores, missing, snapshot.heads, looked_at=LOOKED_AT_AGAIN, at_a_glance=True) if missing else []
    snapshot.load_bodies([*titled, *(number for number, _ in others)])
    return (
        [_hit(plan, snapshot, number, 0.0) for number in titled],
        [_hit(plan, snapshot, number, score) for number, score in others],
    )


def _titled(plan: Plan, scores: Scores, snapshot: Snapshot, starts: list[str]) -> list[int]:
    """The guides whose titles have, for each start, a word that begins so; those with the highest scores first."""
    has_each = np.full(len(snapshot.heads), bool(starts))
    for start in starts:
        has_start = np.zeros(len(has_each), dtype=bool)
        has_start[snapshot.titled(start)] = True
        has_each &= has_start
    documents: Numbers = np.flatnonzero(has_each).astype(np.int32)
    if plan.required or len(plan.excluded):
        documents = documents[scores[documents] > NOT_FOUND]
    in_order: list[int] = documents[np.lexsort((documents, -scores[documents]))].tolist()
    return in_order


def _used_first(documents: list[int], scores: Scores, snapshot: Snapshot, use: Use) -> list[int]:
    """The documents in order, where what is much used counts a little more than what is not."""
    if not use.guides:
        return documents
    gains = {number: 1 + MUCH_USED * use.share(snapshot.heads[number].guide_id) for number in documents}
    return sorted(documents, key=lambda number: -scores[number] * gains[number])


def _hit(plan: Plan, snapshot: Snapshot, number: int, score: float) -> Hit:
    return shown(snapshot.heads[number], best_section(plan, snapshot.body(number), number), score)


def _begins(title: str, starts: list[str]) -> bool:
    """Whether for each start a word of the title begins so."""
    own = tokenize(title).words
    return all(any(word.startswith(start) for word in own) for start in starts)
