"""Suggests completions and guides for each letter that is typed, at a fraction of the cost of a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from heapq import nlargest

from kb.search.index.contract import Hit, Snippet, Suggestions
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.completion import complete
from kb.search.ranking.plan import Plan, Planner
from kb.search.ranking.rank import best, matching
from kb.search.ranking.results import Rescore, results
from kb.search.ranking.snippets import best_part
from kb.search.text.analysis import STOP_WORDS, fold, tokenize
from kb.search.text.query import Query, parse

LONGEST_TYPED = 200
MOST_STARTS = 12
MOST_ENDINGS = 2
LOOKED_AT = 7
MORE = 1

Prepare = Callable[[Query, int], Rescore | None]


def suggest(text: str, planner: Planner, snapshot: Snapshot, limit: int, prepare: Prepare) -> Suggestions:
    """Up to `limit` texts that end the last word of `text`, and guides; see `Engine.suggest`.

    `prepare` fetches what a query needs, for so many guides that are looked at, as `results` may want it.
    """
    text = text[:LONGEST_TYPED]
    completions = complete(text, snapshot, limit)
    typed = parse(text)
    starts = _starts(typed)
    query, endings = _meant(typed, completions[:MOST_ENDINGS], snapshot)
    rescore = prepare(query, limit + LOOKED_AT)
    if query.category or query.product or query.audience or query.only_code:
        found = results(query, planner, snapshot, limit=LOOKED_AT, offset=0, literal=False, rescore=rescore)
        first, others = [hit for hit in found.items if _begins(hit.title, starts)], list(found.items)
    else:
        plan = _opened(planner.plan(query), endings, snapshot)
        first, others = _found(plan, snapshot, starts, limit, rescore)
    others.sort(key=lambda hit: not _begins(hit.section, starts))
    offered: dict[int, Hit] = {}
    for hit in (*first, *others):
        offered.setdefault(hit.guide_id, hit)
    return Suggestions(tuple(completions), tuple(offered.values())[:limit])


def _meant(typed: Query, completions: list[str], snapshot: Snapshot) -> tuple[Query, list[str]]:
    """What to look up, and how else the last word may end: a start that is no word itself is ended first."""
    endings = [ended.rpartition(" ")[2] for ended in completions]
    if not endings or (typed.words and snapshot.forms(typed.words[-1])):
        return typed, endings
    return parse(f"{typed.text.rpartition(' ')[0]} {endings[0]}"), endings[1:]


def _opened(plan: Plan, endings: Sequence[str], snapshot: Snapshot) -> Plan:
    """The plan with one more term: any of the other ways to end the last word."""
    if not endings:
        return plan
    return replace(plan, terms=(*plan.terms, snapshot.term(*(((word,), 1.0) for word in endings))))


def _starts(typed: Query) -> list[str]:
    telling = [word for word in typed.words if word not in STOP_WORDS]
    return list(filter(None, telling[:MOST_STARTS] or [fold(typed.text)]))


def _found(
    plan: Plan, snapshot: Snapshot, starts: list[str], limit: int, rescore: Rescore | None
) -> tuple[list[Hit], list[Hit]]:
    """The best guides with the words in their titles; where those are too few, the best of the others too."""
    scores = matching(plan, snapshot)
    titled = snapshot.titles.beginning(starts)
    if plan.required or plan.excluded:
        titled &= scores.keys()
    first = _best_of({number: scores.get(number, 0.0) for number in titled}, limit)
    missing = limit - len(first)
    others = {number: score for number, score in _best_of(scores, limit + LOOKED_AT).items() if number not in first}
    others = _best_of(others, LOOKED_AT) if missing else {}
    if rescore:
        plan, nearer = rescore(plan, first | others)
        first, others = ({number: nearer.get(number, 0.0) for number in each} for each in (first, others))
    return _hits(plan, snapshot, first, limit), _hits(plan, snapshot, others, missing + MORE)


def _hits(plan: Plan, snapshot: Snapshot, scores: dict[int, float], most: int) -> list[Hit]:
    ranked = best(plan, scores, most, snapshot.heads) if len(scores) > 1 else scores.items()
    return [_hit(plan, snapshot, number, score) for number, score in ranked]


def _best_of(scores: dict[int, float], most: int) -> dict[int, float]:
    return {number: scores[number] for number in nlargest(most, scores, key=scores.__getitem__)}


def _hit(plan: Plan, snapshot: Snapshot, number: int, score: float) -> Hit:
    head, part = snapshot.heads[number], best_part(plan, snapshot.body(number), number)
    return Hit(
        guide_id=head.guide_id,
        slug=head.slug,
        anchor=part.anchor if part else "",
        title=head.title,
        section=part.title if part else "",
        category=head.category,
        audience=head.audience,
        score=round(score, 4),
        snippet=Snippet(""),
    )


def _begins(title: str, starts: list[str]) -> bool:
    """Whether for each start a word of the title begins so."""
    own = tokenize(title).words
    return all(any(word.startswith(start) for word in own) for start in starts)
