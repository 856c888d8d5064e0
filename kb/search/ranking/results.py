"""Makes a page of hits for a query: ranked, filtered, counted by category and product, with the best sections."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kb.models.slugs import category_slug
from kb.search.index.contract import Fit, Hit, Hits, Snippet
from kb.search.index.entries import Head, code_key
from kb.search.index.postings import NOWHERE, Numbers, Scores, numbers
from kb.search.index.snapshot import Snapshot
from kb.search.index.terms import Term
from kb.search.ranking.by_meaning import MOST_FUSED, AskMeaning, Nearness, nearness
from kb.search.ranking.fit import COMPARED, fit
from kb.search.ranking.plan import Plan, Planner
from kb.search.ranking.rank import NOT_FOUND, best, found, matching, of, only
from kb.search.ranking.snippets import Section, section_at, sections
from kb.search.text.analysis import tokenize
from kb.search.text.query import Query
from kb.search.weights import ALSO_SHOWN

MOST_SECTIONS = 3
LONGEST_CODE = 12

Truths: TypeAlias = NDArray[np.bool_]


def results(
    query: Query,
    planner: Planner,
    snapshot: Snapshot,
    *,
    limit: int,
    offset: int,
    literal: bool,
    measured: bool = False,
    ask: AskMeaning | None = None,
) -> Hits:
    """The guides `offset` to `offset + limit` for a query, with totals and counts over all that match.

    The counts by category are over all categories, and those by product over all products, whatever was chosen. With
    `measured` they come with how well the best by words fits. `ask` gives what is near in meaning to a text, where that
    can be told.
    """
    plan = planner.plan(query, literal=literal)
    if query.only_code and not query.words:
        plan = replace(plan, terms=_showing(query.only_code, snapshot), codes=(code_key(query.only_code),))
    scores = _admitted(query, snapshot, _found(query, plan, snapshot))
    meant = nearness(ask, query, plan, snapshot, scores, literal=literal)
    scores[meant.alone] = 0.0
    matched = found(scores)
    in_category, about_product = _chosen(query, snapshot, matched)
    kept = only(scores, matched[in_category & about_product])
    ranked = _ranked(query, plan, kept, snapshot, most=offset + limit, meant=meant)[offset : offset + limit]
    categories, products = snapshot.named
    snapshot.load_bodies([number for number, _ in ranked])
    total = int(np.count_nonzero(in_category & about_product))
    return Hits(
        total=total,
        items=tuple(_hit(plan, snapshot, number, score, meant) for number, score in ranked),
        correction=plan.correction,
        proposal=plan.proposal if total else None,
        categories=categories.counted(matched[about_product], len(scores)),
        products=products.counted(matched[in_category], len(scores)),
        fit=_fit(plan, _by_words(kept, meant), snapshot, meant, planner.is_foreign(query)) if measured else None,
    )


def _fit(plan: Plan, by_words: Scores, snapshot: Snapshot, meant: Nearness, is_foreign: bool) -> Fit:
    """How well the best fit the words, and the meaning where that can be told."""
    by_words_alone = fit(plan, best(plan, by_words, COMPARED, snapshot.heads), snapshot)
    return replace(by_words_alone, nearness=meant.nearest, is_foreign=is_foreign)


def _by_words(scores: Scores, meant: Nearness) -> Scores:
    """The scores of those that were found by their words."""
    by_words = scores.copy()
    by_words[meant.alone] = NOT_FOUND
    return by_words


def _found(query: Query, plan: Plan, snapshot: Snapshot) -> Scores:
    """The scores of the documents; with filters alone, all are found but those that say what is excluded."""
    if query.words:
        return matching(plan, snapshot)
    scores = of(snapshot.documents if query else NOWHERE.documents, len(snapshot.heads), 0.0)
    scores[plan.excluded.documents] = NOT_FOUND
    return scores


def _chosen(query: Query, snapshot: Snapshot, matched: Numbers) -> tuple[Truths, Truths]:
    """Which of the documents lie in the category, and which are about the product, that was asked for."""
    in_category = about_product = np.ones(len(matched), dtype=bool)
    if query.category:
        numbers_of, categories = snapshot.categories
        slug = f"{category_slug(query.category)}/"
        chosen = [number for number, category in enumerate(categories) if f"{category.slug}/".startswith(slug)]
        in_category = np.isin(numbers_of[matched], chosen)
    if query.product:
        numbers_of, products = snapshot.products
        product = query.product.casefold()
        chosen = [number for number, names in enumerate(products) if product in map(str.casefold, names)]
        about_product = np.isin(numbers_of[matched], chosen)
    return in_category, about_product


def _admitted(query: Query, snapshot: Snapshot, scores: Scores) -> Scores:
    """Those of the audience and with the error code that were asked for."""
    if query.audience:
        asked = [number for number in found(scores).tolist() if snapshot.heads[number].audience == query.audience]
        scores = only(scores, numbers(asked))
    if query.only_code:
        having = np.union1d(snapshot.defining(code_key(query.only_code)), _naming(query.only_code, snapshot))
        scores = only(scores, having)
    return scores


def _naming(code: str, snapshot: Snapshot) -> Numbers:
    """The documents that have the whole of an identifier, or words in that order, as they are written."""
    phrase = as_indexed(code)
    return snapshot.matching(phrase, exact=len(phrase) > 1).documents if phrase else NOWHERE.documents


def _showing(code: str, snapshot: Snapshot) -> tuple[Term, ...]:
    """The term by which snippets show where a code is named."""
    phrase = as_indexed(code)
    return (snapshot.term((phrase, 1.0)),) if phrase else ()


def as_indexed(code: str) -> tuple[str, ...]:
    """What an error code is looked up by: an identifier in one piece, or its words."""
    found = tokenize(code)
    identifiers = [identifier for _, identifier in found.identifiers]
    return tuple(identifiers[-1:] if len(code.split()) == 1 and identifiers else found.words[:LONGEST_CODE])


def _ranked(
    query: Query, plan: Plan, kept: Scores, snapshot: Snapshot, *, most: int, meant: Nearness
) -> list[tuple[int, float]]:
    """The `most` first documents in order; where a code is asked for, those that define it before all others."""
    if not query.only_code:
        return _in_order(query, plan, kept, snapshot, most=most, meant=meant)
    defining = snapshot.defining(code_key(query.only_code))
    rest = kept.copy()
    rest[defining] = NOT_FOUND
    parts = (only(kept, defining), rest)
    return [hit for part in parts for hit in _in_order(query, plan, part, snapshot, most=most, meant=meant)][:most]


def _in_order(
    query: Query, plan: Plan, kept: Scores, snapshot: Snapshot, *, most: int, meant: Nearness
) -> list[tuple[int, float]]:
    """The first of them, as they are ranked; those that filters alone have found by their titles."""
    if not query.words:
        by_title = sorted(found(kept).tolist(), key=lambda number: snapshot.heads[number].title.casefold())
        return [(number, 0.0) for number in by_title[:most]]
    by_words = kept
    if len(meant.alone):
        by_words = kept.copy()
        by_words[meant.alone] = NOT_FOUND
    return meant.ranked(plan, best(plan, by_words, max(most, MOST_FUSED), snapshot.heads), kept)[:most]


def _hit(plan: Plan, snapshot: Snapshot, number: int, score: float, meant: Nearness) -> Hit:
    head = snapshot.heads[number]
    if number in meant.alone:
        near = meant.near[number]
        hit = shown(head, section_at(snapshot.body(number), near.anchor), score)
        return hit._replace(similarity=round(near.similarity, 4))
    found = sections(plan, snapshot.body(number), number, MOST_SECTIONS, ALSO_SHOWN)
    also = tuple(shown(head, section, score) for section in found[1:])
    return shown(head, found[0] if found else None, score, also)


def shown(head: Head, section: Section | None, score: float, also: tuple[Hit, ...] = ()) -> Hit:
    """The hit that shows a section of a guide; the guide alone where it has none."""
    return Hit(
        guide_id=abs(head.guide_id),
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
