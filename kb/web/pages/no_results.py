"""Offers searches like one that found nothing, each of which finds something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_lazy

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
    "category": gettext_lazy("In all categories"),
    "product": gettext_lazy("For all products"),
    "audience": gettext_lazy("For every audience"),
    "code": gettext_lazy("With or without the error code"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A search that finds `guides`, and how it differs from the one that found nothing."""

    label: str
    address: str
    guides: int


def wider(search: Search, query: Query, audiences: frozenset[str]) -> list[Way]:
    """The search without its quotes, without what it leaves out, without each of its filters; else with words alone."""
    looser = list(_looser(search, query))
    found = _finding(looser, audiences)
    if found or len(looser) < 2:  # noqa: PLR2004
        return found
    return _finding([(gettext("Only the words"), _only_words(search))], audiences)


def nearest(search: Search, audiences: frozenset[str]) -> list[Way]:
    """The search with words that guides have for those that none has; with its filters when that finds something."""
    texts = [search.text, _only_words(search).text]
    near = dict.fromkeys(
        near for text in texts for near in configured.engine().similar_queries(text, audiences, limit=MOST_NEAR)
    )
    ways = []
    for text in list(near)[:MOST_NEAR]:
        narrow, wide = replace(search, text=text, literal=False, page=1), Search(text)
        ways += _finding([(text, narrow)], audiences) or _finding([(text, wide)], audiences)
    return ways


def like(search: Search, query: Query, roots: Iterable[categories.Category], audiences: frozenset[str]) -> list[Way]:
    """The same search in the categories with a name most like the one that does not exist."""
    slugs = {category.slug: names for category, names in _paths(roots, ())}
    slug = category_slug(query.category)
    by_last_part: dict[str, str] = {}
    for path in slugs:
        by_last_part.setdefault(path.rpartition("/")[2], path)
    close = get_close_matches(slug, slugs, MOST_CATEGORIES, LIKE_ENOUGH)
    close += [by_last_part[part] for part in get_close_matches(slug, by_last_part, MOST_CATEGORIES, LIKE_ENOUGH)]
    close += [path for path in slugs if slug and (path.startswith(slug) or f"/{slug}" in path)]
    text = without_operators(search.text, "category")
    near = [(slugs[path], Search(text, category=path, product=search.product)) for path in dict.fromkeys(close)]
    return _finding(near[:MOST_CATEGORIES], audiences)


def _looser(search: Search, query: Query) -> Iterator[tuple[str, Search]]:
    if query.pasted:
        typed = dict.fromkeys((*FILTERS, QUOTES, EXCLUDED), search.text)
    else:
        typed = {kind: without_operators(search.text, kind) for kind in (*FILTERS, QUOTES, EXCLUDED)}
    search = replace(search, literal=False, page=1)
    if query.phrases:
        yield gettext("Without the quotes"), replace(search, text=typed[QUOTES])
    if query.excluded:
        excluded = ", ".join(f"“{' '.join(phrase)}”" for phrase in query.excluded[:MOST_CATEGORIES])
        yield gettext("With {excluded} too").format(excluded=excluded), replace(search, text=typed[EXCLUDED])
    given = {"category": query.category, "product": query.product, "audience": query.audience, "code": query.only_code}
    for key, value in given.items():
        if value:
            category = "" if key == "category" else search.category
            product = "" if key == "product" else search.product
            yield str(EVERYWHERE[key]), replace(search, text=typed[key], category=category, product=product)


def _only_words(search: Search) -> Search:
    return Search(without_operators(search.text, *FILTERS, QUOTES, EXCLUDED))


def _finding(searches: Iterable[tuple[str, Search]], audiences: frozenset[str]) -> list[Way]:
    """Those of the searches that find something."""
    ways = []
    for label, search in searches:
        query = parse(search.text, category=search.category, product=search.product)
        total = configured.engine().search(query, audiences, limit=1).total if query else 0
        if total:
            ways.append(Way(label, search.address(), total))
    return ways


def _paths(roots: Iterable[categories.Category], above: tuple[str, ...]) -> Iterator[tuple[categories.Category, str]]:
    """Each category with its path as people read it."""
    for category in roots:
        names = (*above, category.name)
        yield category, " › ".join(names)  # noqa: RUF001  # the mark that breadcrumbs have
        yield from _paths(category.children, names)
