"""The first page of a walk: a box for one's own words, examples of what others had, and the products to choose from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from troubleshooting.catalogue.by_product import PRODUCT
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.planning.learning import CAUSE_WEIGHT
from troubleshooting.walk.address import QUESTIONS, Address
from troubleshooting.walk.cards import ASKED_BY_WORDS
from troubleshooting.walk.links import Link, address_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from troubleshooting.catalogue.values import Problem, Published

MOST_EXAMPLES = 3
MOST_PRODUCTS = 8
LONGEST_EXAMPLE = 120
SHORT_EXAMPLE = 60


def start_context(published: Published, address: Address) -> dict[str, Any]:
    """What the start page offers; for a walk that has begun, to word its symptom anew and keep the rest."""
    new = Address(start=QUESTIONS, embed=address.embed)
    products = published.wordings[PRODUCT].answers if PRODUCT in published.wordings else {}
    chosen = [(key, label) for key, label in products.items() if key != UNSURE]
    links = [Link(label, address_of(replace(new, answers=((PRODUCT, key),)))) for key, label in chosen[:MOST_PRODUCTS]]
    every = address_of(replace(new, answers=((PRODUCT, UNSURE),), change=PRODUCT))
    return {
        "examples": [
            Link(text, address_of(Address(symptom=text, embed=address.embed))) for text in _examples(published)
        ],
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


def _examples(published: Published) -> list[str]:
    """What the problems that walks reached most are seen by, in the guides' own words; of each guide one.

    As long as walks reached too few, short symptoms of those that are to be expected most make up for it.
    """
    every = published.problems.values()
    reached = sorted(filter(_times_reached, every), key=_times_reached, reverse=True)
    expected = sorted(every, key=lambda problem: -problem.guide.weight)
    texts = [_example(problem) for problem in _one_of_each_guide(reached)]
    texts += [_short_symptom(problem) for problem in (*_one_of_each_guide(filter(_short_symptom, expected)), *expected)]
    return list(dict.fromkeys(text for text in texts if text))[:MOST_EXAMPLES]


def _one_of_each_guide(problems: Iterable[Problem]) -> list[Problem]:
    of_guides: dict[str, Problem] = {}
    for problem in problems:
        of_guides.setdefault(problem.guide.slug, problem)
    return list(of_guides.values())


def _times_reached(problem: Problem) -> float:
    """In how many walks it turned out to be this, as far as that is known and counts still."""
    return problem.learned.clicks + CAUSE_WEIGHT * problem.learned.causes


def _example(problem: Problem) -> str:
    """A symptom as somebody may type it, else the title; '' where both are too long."""
    texts = (" ".join(text.split()) for text in (*(symptom.text for symptom in problem.symptoms), problem.title))
    return next((text for text in texts if len(text) <= LONGEST_EXAMPLE), "")


def _short_symptom(problem: Problem) -> str:
    """The first symptom of a few words, without what a reader would have to put in; '' for none.

    What says no more than the title is none that somebody sees.
    """
    texts = (" ".join(symptom.text.split()) for symptom in problem.symptoms if symptom.text != problem.title)
    return next((text for text in texts if " " in text and len(text) <= SHORT_EXAMPLE and "<" not in text), "")
