"""Offers searches like one that found nothing, each of which finds something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kb.models import categories
from kb.models.slugs import category_slug
from kb.search import configured
from kb.search.text.query import EXCLUDED, FILTERS, QUOTES, parse, without_operators
from kb.web.pages.search_filters import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.search.text.query import Query

MOST_NEAR = 5
MOST_CATEGORIES = 3
LIKE_ENOUGH = 0.6
EVERYWHERE = {
    "category": "In all categories",
    "product": "For all products",
    "audience": "For every audience",
    "code": "With or without the error code",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A search that finds `guides`, and how it differs from the one that found nothing."""

    label: str
    address: str
    guides: int


def wider(asked: Search, query: Query, audiences: frozenset[str]) -> list[Way]:
    """The search without its quotes, without what it leaves out, without each of its filters; else with words alone."""
    single = list(_looser(asked, query))
    found = _finding(single, audiences)
    if found or len(single) < 2:  # noqa: PLR2004
        return found
    return _finding([("Only the words", _only_words(asked))], audiences)


def nearest(asked: Search, audiences: frozenset[str]) -> list[Way]:
    """The search with words that guides have for those that none has; with its filters when that finds something."""
    texts = [asked.text, _only_words(asked).text]
    near = dict.fromkeys(
        near for text in texts for near in configured.engine().similar_queries(text, audiences, limit=MOST_NEAR)
    )
    ways = []
    for text in list(near)[:MOST_NEAR]:
        narrow, wide = replace(asked, text=text, literal=False, page=1), Search(text)
        ways += _finding([(text, narrow)], audiences) or _finding([(text, wide)], audiences)
    return ways


def like(asked: Search, query: Query, known: Iterable[categories.Category], audiences: frozenset[str]) -> list[Way]:
    """The same search in the known categories with a name most like the one that does not exist."""
    slugs = {category.slug: names for category, names in _paths(known, ())}
    slug = category_slug(query.category)
    by_last_part: dict[str, str] = {}
    for path in slugs:
        by_last_part.setdefault(path.rpartition("/")[2], path)
    close = get_close_matches(slug, slugs, MOST_CATEGORIES, LIKE_ENOUGH)
    close += [by_last_part[part] for part in get_close_matches(slug, by_last_part, MOST_CATEGORIES, LIKE_ENOUGH)]
    close += [path for path in slugs if slug and (path.startswith(slug) or f"/{slug}" in path)]
    text = without_operators(asked.text, "category")
    near = [(slugs[path], Search(text, category=path, product=asked.product)) for path in dict.fromkeys(close)]
    return _finding(near[:MOST_CATEGORIES], audiences)


def _looser(asked: Search, query: Query) -> Iterator[tuple[str, Search]]:
    if query.pasted:
        typed = dict.fromkeys((*FILTERS, QUOTES, EXCLUDED), asked.text)
    else:
        typed = {kind: without_operators(asked.text, kind) for kind in (*FILTERS, QUOTES, EXCLUDED)}
    asked = replace(asked, literal=False, page=1)
    if query.phrases:
        yield "Without the quotes", replace(asked, text=typed[QUOTES])
    if query.excluded:
        yield f"With {_listed(query.excluded)} too", replace(asked, text=typed[EXCLUDED])
    given = {"category": query.category, "product": query.product, "audience": query.audience, "code": query.only_code}
    for key, value in given.items():
        if value:
            category = "" if key == "category" else asked.category
            product = "" if key == "product" else asked.product
            yield EVERYWHERE[key], replace(asked, text=typed[key], category=category, product=product)


def _listed(excluded: tuple[tuple[str, ...], ...]) -> str:
    return ", ".join(f"“{' '.join(phrase)}”" for phrase in excluded[:MOST_CATEGORIES])


def _only_words(asked: Search) -> Search:
    return Search(without_operators(asked.text, *FILTERS, QUOTES, EXCLUDED))


def _finding(searches: Iterable[tuple[str, Search]], audiences: frozenset[str]) -> list[Way]:
    """Those of the searches that find something."""
    ways = []
    for label, asked in searches:
        query = parse(asked.text, category=asked.category, product=asked.product)
        total = configured.engine().search(query, audiences, limit=1).total if query else 0
        if total:
            ways.append(Way(label, asked.address(), total))
    return ways


def _paths(known: Iterable[categories.Category], above: tuple[str, ...]) -> Iterator[tuple[categories.Category, str]]:
    """Each category with its path as people read it."""
    for category in known:
        names = (*above, category.name)
        yield category, " › ".join(names)  # noqa: RUF001  # the mark that breadcrumbs have
        yield from _paths(category.children, names)
