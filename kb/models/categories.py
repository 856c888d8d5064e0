"""Builds the tree of categories, with names and counts, from the category paths of guides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_REMEMBERED = 4096  # paths of categories: a library has some hundred, and each page of hits asks for all of them


@dataclass(frozen=True, slots=True)
class Category:
    """A category: `slug` is its whole path, `name` its last part as written, `guides` counts those below it too."""

    slug: str
    name: str
    guides: int
    children: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way down to a category."""

    slug: str
    name: str


@lru_cache(MOST_REMEMBERED)
def crumbs(path: str, slug: str) -> tuple[Crumb, ...]:
    """The way down to a category, from its path as written (`Network/Time-outs`) and its slug; () for none."""
    slugs = slug.split("/") if slug else []
    names = [part.strip() for part in path.split("/") if part.strip()]
    if len(names) != len(slugs):
        names = [part.replace("-", " ").capitalize() for part in slugs]
    return tuple(Crumb("/".join(slugs[: depth + 1]), name) for depth, name in enumerate(names))


def tree(counts: Iterable[tuple[str, str, int]], levels: int | None = None) -> tuple[Category, ...]:
    """The top categories, by name, from (path as written, slug, guides in it); the first wording of a slug stays.

    With `levels`, no deeper than that: who shows one level has no use for the rest.
    """
    names: dict[str, str] = {}
    guides: dict[str, int] = {}
    for path, slug, number in counts:
        for crumb in crumbs(path, slug)[:levels]:
            names.setdefault(crumb.slug, crumb.name)
            guides[crumb.slug] = guides.get(crumb.slug, 0) + number
    below: dict[str, list[str]] = defaultdict(list)
    for slug in names:
        below[slug.rpartition("/")[0]].append(slug)
    return _children("", names, guides, below)


def largest(found: tuple[Category, ...], limit: int) -> tuple[Category, ...]:
    """Those of the categories that hold most guides, in the order in which they came."""
    kept = {category.slug for category in sorted(found, key=lambda category: -category.guides)[:limit]}
    return tuple(category for category in found if category.slug in kept)


def trail(top: Iterable[Category], slug: str) -> tuple[Category, ...]:
    """The categories from the top down to `slug`, itself included; () when there is none."""
    for category in top:
        if category.slug == slug:
            return (category,)
        if slug.startswith(f"{category.slug}/"):
            rest = trail(category.children, slug)
            return (category, *rest) if rest else ()
    return ()


def _children(
    parent: str, names: Mapping[str, str], guides: Mapping[str, int], below: Mapping[str, list[str]]
) -> tuple[Category, ...]:
    found = (
        Category(slug, names[slug], guides[slug], _children(slug, names, guides, below))
        for slug in below.get(parent, ())
    )
    return tuple(sorted(found, key=lambda category: category.name.lower()))
