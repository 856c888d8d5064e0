"""Makes a page of hits for a query: ranked, filtered, counted by category and product, with the best sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from kb.models.slugs import category_slug
from kb.search.index.contract import Hit, Hits, Snippet
from kb.search.index.entries import Head, code_key
from kb.search.index.postings import Term
from kb.search.index.snapshot import Category, Snapshot
from kb.search.ranking.plan import Plan, Planner
from kb.search.ranking.rank import best, matching
from kb.search.ranking.snippets import Section, sections
from kb.search.text.analysis import tokenize
from kb.search.text.query import Query
from kb.search.weights import ALSO_SHOWN

MOST_SECTIONS = 3
LONGEST_CODE = 12

Scores = Mapping[int, float]
Rescore = Callable[[Plan, Scores], tuple[Plan, Scores]]


def results(
    query: Query,
    planner: Planner,
    snapshot: Snapshot,
    *,
    limit: int,
    offset: int,
    literal: bool,
    rescore: Rescore | None = None,
) -> Hits:
    """The guides `offset` to `offset + limit` for a query, with totals and counts over all that match.

    The counts by category are over all categories, and those by product over all products, whatever was chosen.
    `rescore` gives a plan and scores that say more of the best documents, where the first ones are only rough.
    """
    plan = planner.plan(query, literal=literal)
    if query.only_code and not query.words:
        plan = replace(plan, terms=_showing(query.only_code, snapshot), codes=(code_key(query.only_code),))
    scores = _admitted(query, snapshot, _found(query, plan, snapshot))
    category_of, categories = snapshot.categories
    products_of, products = snapshot.products
    in_category, about_product = scores, scores
    if query.category:
        chosen = {number for number, category in enumerate(categories) if _is_in(category, query.category)}
        in_category = {number: score for number, score in scores.items() if category_of[number] in chosen}
    if query.product:
        chosen = {number for number, names in enumerate(products) if _is_about(names, query.product)}
        about_product = {number: score for number, score in scores.items() if products_of[number] in chosen}
    kept: Scores = {number: in_category[number] for number in about_product if number in in_category}
    if rescore and plan.terms:
        plan, kept = rescore(plan, kept)
    ranked = _ranked(query, plan, kept, snapshot, offset + limit)
    by_category = Counter(map(category_of.__getitem__, about_product))
    by_product = Counter(map(products_of.__getitem__, in_category))
    return Hits(
        total=len(kept),
        items=tuple(_hit(plan, snapshot, number, score) for number, score in ranked[offset : offset + limit]),
        correction=plan.correction,
        proposal=plan.proposal if kept else None,
        categories=_sums(((categories[number].name,), count) for number, count in by_category.items()),
        products=_sums((products[number], count) for number, count in by_product.items()),
    )


def _found(query: Query, plan: Plan, snapshot: Snapshot) -> Mapping[int, float]:
    """Documents with their scores; all of them when there are only filters."""
    if query.words:
        return matching(plan, snapshot)
    return dict.fromkeys(snapshot.documents if query else (), 0.0)


def _admitted(query: Query, snapshot: Snapshot, scores: Mapping[int, float]) -> Mapping[int, float]:
    """Those of the audience and with the error code that were asked for."""
    if query.audience:
        heads = snapshot.heads
        scores = {number: score for number, score in scores.items() if heads[number].audience == query.audience}
    if query.only_code:
        having = snapshot.documents_defining(code_key(query.only_code)) | _naming(query.only_code, snapshot)
        scores = {number: score for number, score in scores.items() if number in having}
    return scores


def _naming(code: str, snapshot: Snapshot) -> set[int]:
    """The documents that have the whole of an identifier, or words in that order, as they are written."""
    phrase = _as_indexed(code)
    return set(snapshot.matches(phrase, exact=True).weights) if phrase else set()


def _showing(code: str, snapshot: Snapshot) -> tuple[Term, ...]:
    """The term by which snippets show where a code is named."""
    phrase = _as_indexed(code)
    return (snapshot.term((phrase, 1.0)),) if phrase else ()


def _as_indexed(code: str) -> tuple[str, ...]:
    found = tokenize(code)
    identifiers = [identifier for _, identifier in found.identifiers]
    return tuple(identifiers[-1:] if len(code.split()) == 1 and identifiers else found.words[:LONGEST_CODE])


def _ranked(query: Query, plan: Plan, kept: Scores, snapshot: Snapshot, most: int) -> list[tuple[int, float]]:
    """The `most` first documents in order; where a code is asked for, those that define it before all others."""
    defining = snapshot.documents_defining(code_key(query.only_code)) if query.only_code else set()
    first = {number: score for number, score in kept.items() if number in defining}
    rest = {number: score for number, score in kept.items() if number not in defining} if first else kept
    ranked: list[tuple[int, float]] = []
    for scores in filter(None, (first, rest)):
        ranked += best(plan, scores, most, snapshot.heads) if query.words else _by_title(scores, snapshot)
    return ranked[:most]


def _is_in(category: Category, asked: str) -> bool:
    return f"{category.slug}/".startswith(f"{category_slug(asked)}/")


def _is_about(products: tuple[str, ...], asked: str) -> bool:
    return asked.casefold() in (name.casefold() for name in products)


def _by_title(kept: Mapping[int, float], snapshot: Snapshot) -> list[tuple[int, float]]:
    return sorted(kept.items(), key=lambda item: (snapshot.heads[item[0]].title.casefold(), item[0]))


def _sums(counted: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, int]:
    """How often each name, the commonest first."""
    sums: dict[str, int] = {}
    for names, count in counted:
        for name in names:
            if name:
                sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _hit(plan: Plan, snapshot: Snapshot, number: int, score: float) -> Hit:
    head = snapshot.heads[number]
    found = sections(plan, snapshot.body(number), number, MOST_SECTIONS, ALSO_SHOWN)
    also = tuple(_shown(head, section, score) for section in found[1:])
    return _shown(head, found[0] if found else None, score, also)


def _shown(head: Head, section: Section | None, score: float, also: tuple[Hit, ...] = ()) -> Hit:
    return Hit(
        guide_id=head.guide_id,
        slug=head.slug,
        anchor=section.part.anchor if section else "",
        title=head.title,
        section=section.part.title if section else "",
        category=head.category,
        audience=head.audience,
        score=round(score, 4),
        snippet=section.snippet if section else Snippet(""),
        also=also,
    )
