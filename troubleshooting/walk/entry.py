"""Takes a step of a walk on what is published now; pages, the API and hand-overs all come in here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kb.search import configured
from kb.search.text.query import as_words, parse
from troubleshooting.catalogue import build
from troubleshooting.catalogue.by_product import answers_to, in_families, product_named
from troubleshooting.catalogue.narrowing import problems_answered_about
from troubleshooting.catalogue.said_answers import said_answers
from troubleshooting.walk.cards import ASKED_BY_WORDS
from troubleshooting.walk.next_step import decide
from troubleshooting.walk.words import weigh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.index.contract import Engine
    from troubleshooting.catalogue.build import Catalogue
    from troubleshooting.catalogue.values import Problem, Published
    from troubleshooting.walk.address import Address
    from troubleshooting.walk.state import WalkState
    from troubleshooting.walk.words import Words

MOST_HITS = 50


def next_step(address: Address, audiences: frozenset[str]) -> WalkState:
    """What to show for this address. Queries only after a publication; one search when the address has a symptom."""
    return step_in(build.current(audiences), address, audiences)


def step_in(
    catalogue: Catalogue, address: Address, audiences: frozenset[str], engine: Engine | None = None
) -> WalkState:
    """The step on any catalogue; `engine` searches what it was built of (default: the site's own).

    An error code that leads to no problem is searched for like words. What a search finds is planned on alone.
    """
    published = catalogue.published
    address = replace(address, answers=tuple(dict(in_families(address.answers, published)).items()))
    mere_words = "" if published.codes.get(published.code_key(address.code)) else address.code
    text = f"{mere_words} {address.symptom}".strip()
    if not parse(as_words(text)):
        return decide(published, catalogue.planner, address)
    product = product_named(address.symptom, published)
    words = replace(words_found(catalogue, text, audiences, engine, code=address.code), product=product)
    others = (problem for problem in _spoken_of(published, address) if problem.id not in words.problems)
    problems = (*words.problems.values(), *others)
    of_guide = said_answers(published, address.guide, address.symptom)
    known = {**dict(answers_to(product) if product else ()), **dict(of_guide), **dict(address.answers)}
    about_guides = {key: given for key, given in known.items() if key not in ASKED_BY_WORDS}
    narrow = catalogue.narrowed_to(problems, about_guides, address.change, address.guide)
    return decide(narrow.published, narrow.planner, address, words)


def words_found(
    catalogue: Catalogue, text: str, audiences: frozenset[str], engine: Engine | None = None, *, code: str = ""
) -> Words:
    """What a search finds for a text, and for an error code that was given beside it."""
    found = (engine or configured.engine()).search(parse(as_words(text)), audiences, limit=MOST_HITS, measured=True)
    return weigh(catalogue, text, code, found.items, found.fit)


def _spoken_of(published: Published, address: Address) -> Iterator[Problem]:
    """The problems that the walk came by, whether the words find them or not."""
    ids = [
        *address.tried,
        *address.done,
        *address.skipped,
        *address.ruled_out,
        address.fixed,
        address.pick,
        *(answer for _, answer in address.answers),
    ]
    ids += published.codes.get(published.code_key(address.code), ())
    ids += published.of_guide.get(address.guide, ())
    questions = [*(question for question, _ in address.answers), *published.own_questions(address.guide)]
    ids += problems_answered_about(published, questions)
    yield from filter(None, map(published.named, ids))
