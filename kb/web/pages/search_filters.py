"""What an address asks the search page for, and the filters that narrow its hits and widen them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from kb.models import categories
from kb.models.slugs import category_slug
from kb.web.query_strings import with_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.index.contract import Hits

MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Search:
    """What an address asks the search page for; `literal` takes the words exactly as typed."""

    text: str
    category: str = ""
    product: str = ""
    literal: bool = False
    page: int = 1

    def address(self, **changed: str) -> str:
        """The address of the same search with something changed; back at its first page."""
        asked = {"q": self.text, "category": self.category, "product": self.product}
        asked |= {"literal": "1" if self.literal else ""} | changed
        return with_query(reverse("kb:search"), asked)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the hits can be narrowed to, or are; `address` narrows them, or widens them again when it is `chosen`."""

    label: str
    guides: int
    address: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Choices of one kind."""

    name: str
    choices: tuple[Choice, ...]


def filters(asked: Search, found: Hits) -> list[Filter]:
    """The filters that have a choice to make, or one made; the choices with most hits first."""
    offered = (Filter("Category", tuple(_categories(asked, found))), Filter("Product", tuple(_products(asked, found))))
    return [one for one in offered if len(one.choices) > 1 or any(choice.chosen for choice in one.choices)]


def _categories(asked: Search, found: Hits) -> Iterator[Choice]:
    """The way down to the category that is chosen, then those right below it."""
    tree = categories.tree((path, category_slug(path), guides) for path, guides in found.categories.items())
    trail = categories.trail(tree, category_slug(asked.category))
    above = ""
    for category in trail:
        yield Choice(category.name, category.guides, asked.address(category=above), chosen=True)
        above = category.slug
    below = categories.largest(trail[-1].children if trail else tree, MOST_CHOICES)
    for category in sorted(below, key=lambda category: -category.guides):
        yield Choice(category.name, category.guides, asked.address(category=category.slug))


def _products(asked: Search, found: Hits) -> Iterator[Choice]:
    for name, guides in list(found.products.items())[:MOST_CHOICES]:
        if name.casefold() == asked.product.casefold():
            yield Choice(name, guides, asked.address(product=""), chosen=True)
        else:
            yield Choice(name, guides, asked.address(product=name))
