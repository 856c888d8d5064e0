"""Chooses the way to go, of several that put a problem right, and the step of it that comes next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kb.content.languages.english import STOP_WORDS
from kb.content.patterns import linear
from kb.search.text.analysis import tokenize

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kb.content.alternatives import Procedure
    from troubleshooting.catalogue.values import Problem, Step
    from troubleshooting.walk.address import Address

CONDITIONS = ("if ", "for ", "when ", "in ", "on ")
_VERSION = linear(r"^[0-9]")


def next_step_of(problem: Problem, address: Address, said: str) -> Step:
    """The next step of the way that was picked, else of the one under way, else of the one that fits what was said.

    Where none is left, the first one again.
    """
    gone = {*address.tried, *address.done, *address.skipped}
    skipped = address.skipped[-1:] if address.pick else ()
    for key in (address.pick, *skipped, *address.done[-1:], *address.tried[-1:]):
        way = problem.way_of(key)
        if way and (left := [step for step in way.steps if step.id not in gone]):
            return left[0]
    left = [step for step in problem.steps if step.id not in gone]
    open_ways = [way for way in problem.ways if any(step in left for step in way.steps)]
    if open_ways and open_ways[0].title and (way := fitting(open_ways, said, problem)):
        return next(step for step in way.steps if step in left)
    return left[0] if left else problem.steps[0]


def fitting(ways: Sequence[Procedure[Step]], said: str, problem: Problem) -> Procedure[Step] | None:
    """The one way that names what the person has: words of its condition, numbers, words that tell products apart.

    Only words count that no other way has, and not the title of their problem. None where none or several fit best.
    """
    products = [_own_words(product) for product in problem.guide.applies_to]
    of_all = {word for word in _own_words(" ".join(problem.guide.applies_to)) if all(word in own for own in products)}
    telling = {word for own in products for word in own if len(products) == 1 or word not in of_all}
    named = [_conditions(way, telling) - _own_words(problem.title) for way in ways]
    how_often = Counter(word for words in named for word in words)
    spoken = _own_words(said)
    fits = [sum(how_often[word] == 1 for word in words & spoken) for words in named]
    best = max(fits, default=0)
    return ways[fits.index(best)] if best and fits.count(best) == 1 else None


def _conditions(way: Procedure[Step], products: Collection[str]) -> set[str]:
    """The words of a way that say for whom it is; all of its title where that is a condition."""
    of_title = _own_words(way.title)
    if way.title.casefold().startswith(CONDITIONS):
        return of_title | _own_words(way.condition)
    return _own_words(way.condition) | {word for word in of_title if word in products or _VERSION.match(word)}


def goes_for_all(problem: Problem, way: Procedure[Step]) -> bool:
    """Whether it is what comes before the choice between several ways."""
    ways = problem.ways
    return len(ways) > 1 and way == ways[0] and not way.title


def _own_words(text: str) -> set[str]:
    return set(tokenize(text).words) - STOP_WORDS
