"""Says which products a handed-over walk is about, for staff to find it by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troubleshooting.catalogue.by_product import PRODUCT, product_named
from troubleshooting.catalogue.values import UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from troubleshooting.catalogue.values import Published
    from troubleshooting.walk.state import WalkState

MOST_PRODUCTS = 10
LONGEST_PRODUCT = 100


def products_of(state: WalkState, published: Published) -> list[str]:
    """What the person named or answered; else what the guides apply to that were tried, or the likeliest one's."""
    if place := product_named(state.address.symptom, published):
        return [place.family]
    if answered := [asked.answer for asked in state.asked if asked.id == PRODUCT and asked.answer_id != UNSURE]:
        return answered
    guides = [tried.problem.guide for tried in state.tried]
    if not guides and (len(state.candidates) < state.total or state.covered is not None):
        guides = [candidate.problem.guide for candidate in state.candidates[:1]]
    families = dict.fromkeys(place.family for guide in guides for place in guide.products)
    return list(families)[:MOST_PRODUCTS]


def as_lines(products: Iterable[str]) -> str:
    """Products as a hand-over keeps them: each between two line ends; '' for none."""
    lines = "\n".join(" ".join(product.split())[:LONGEST_PRODUCT] for product in products)
    return f"\n{lines}\n" if lines else ""
