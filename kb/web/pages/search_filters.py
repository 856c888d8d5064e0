"""What an address asks the search page for, and the filters that narrow its hits and widen them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext

from kb.models import categories
from kb.models.slugs import category_slug
from kb.web.addresses import address_of
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
        parameters = {"q": self.text, "category": self.category, "product": self.product}
        parameters |= {"literal": "1" if self.literal else ""} | changed
        return with_query(address_of("kb:search"), parameters)


class Choice(NamedTuple):
    """What the hits can be narrowed to, or are; `address` narrows them, or widens them again when it is `chosen`."""

    label: str
    guides: int
    address: str
    chosen: bool = False


class Filter(NamedTuple):
    """Choices of one kind."""

    name: str
    choices: tuple[Choice, ...]


def filters(search: Search, hits: Hits) -> list[Filter]:
    """The filters that have a choice to make, or one made; the choices with most hits first."""
    offered = (
        Filter(gettext("Category"), tuple(_categories(search, hits))),
        Filter(gettext("Product"), tuple(_products(search, hits))),
    )
    return [offer for offer in offered if len(offer.choices) > 1 or any(choice.chosen for choice in offer.choices)]


def _categories(search: Search, hits: Hits) -> Iterator[Choice]:
    """The way down to the category that is chosen, then those right below it."""
    chosen = category_slug(search.category)
    counted = ((path, category_slug(path), guides) for path, guides in hits.categories.items())
    tree = categories.tree(counted, levels=chosen.count("/") + 2 if chosen else 1)
    trail = categories.trail(tree, chosen)
    above = ""
    for category in trail:
        yield Choice(category.name, category.guides, search.address(category=above), chosen=True)
        above = category.slug
    below = categories.largest(trail[-1].children if trail else tree, MOST_CHOICES)
    for category in sorted(below, key=lambda category: -category.guides):
        yield Choice(category.name, category.guides, search.address(category=category.slug))


def _products(search: Search, hits: Hits) -> Iterator[Choice]:
    for name, guides in list(hits.products.items())[:MOST_CHOICES]:
        if name.casefold() == search.product.casefold():
            yield Choice(name, guides, search.address(product=""), chosen=True)
        else:
            yield Choice(name, guides, search.address(product=name))
