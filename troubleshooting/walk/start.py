"""The first page of a walk: a box for one's own words, examples of what others had, and the products to choose from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from troubleshooting.catalogue.by_product import PRODUCT
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.walk.address import QUESTIONS, Address
from troubleshooting.walk.cards import ASKED_BY_WORDS
from troubleshooting.walk.links import Link, address_of

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Published

MOST_PRODUCTS = 8


def start_context(published: Published, address: Address) -> dict[str, Any]:
    """What the start page offers; for a walk that has begun, to word its symptom anew and keep the rest."""
    new = Address(start=QUESTIONS, embed=address.embed)
    products = published.wordings[PRODUCT].answers if PRODUCT in published.wordings else {}
    chosen = [(key, label) for key, label in products.items() if key != UNSURE]
    links = [Link(label, address_of(replace(new, answers=((PRODUCT, key),)))) for key, label in chosen[:MOST_PRODUCTS]]
    every = address_of(replace(new, answers=((PRODUCT, UNSURE),), change=PRODUCT))
    return {
        "examples": [Link(text, address_of(Address(symptom=text, embed=address.embed))) for text in published.examples],
        "products": links,
        "all_products": every if len(chosen) > len(links) else "",
        "apart": address_of(replace(address, embed=False)),
        "symptom": address.symptom,
        "kept": reworded(address).parameters(),
        "back": address_of(replace(address, change="")) if address.change else "",
    }


def reworded(address: Address) -> Address:
    """The walk without its words, and without the answers to what was asked because of them."""
    answers = tuple(pair for pair in address.answers if pair[0] not in ASKED_BY_WORDS)
    return replace(address, symptom="", answers=answers, change="")
