"""Takes a step of a walk on what is published now; pages, the API and hand-overs all come in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.search import configured
from kb.search.text.query import parse
from troubleshooting.catalogue import build
from troubleshooting.walk.next_step import decide

if TYPE_CHECKING:
    from kb.search.index.contract import Engine
    from troubleshooting.catalogue.build import Catalogue
    from troubleshooting.catalogue.values import Published
    from troubleshooting.walk.address import Address
    from troubleshooting.walk.state import WalkState

MOST_HITS = 50
BESIDE_THE_PROBLEMS = 0.7  # of the strength of a hit in a problem's own section


def next_step(address: Address, audiences: frozenset[str]) -> WalkState:
    """What to show for this address. Queries only after a publication; one search when the address has a symptom."""
    return step_in(build.current(audiences), address, audiences)


def step_in(
    catalogue: Catalogue, address: Address, audiences: frozenset[str], engine: Engine | None = None
) -> WalkState:
    """The step on any catalogue; `engine` searches what it was built of (default: the site's own).

    An error code that leads to no problem is searched for like words.
    """
    published = catalogue.published
    mere_words = "" if published.codes.get(published.code_key(address.code)) else address.code
    found = problems_found(published, f"{mere_words} {address.symptom}", audiences, engine)
    return decide(published, catalogue.planner, address, found)


def problems_found(
    published: Published, text: str, audiences: frozenset[str], engine: Engine | None = None
) -> dict[str, float]:
    """How well `text` fits each problem, from 0 to 1: by the score of a search beside the best one.

    A problem whose error code the text names fits wholly. What is found beside a guide's problems points to each of
    them, but less.
    """
    query = parse(text)
    if not query:
        return {}
    found = {problem: 1.0 for code in query.codes for problem in published.codes.get(published.code_key(code), ())}
    hits = (engine or configured.engine()).search(query, audiences, limit=MOST_HITS).items
    best = max((hit.score for hit in hits), default=0.0)
    for hit in hits:
        place = (hit.slug, hit.anchor)
        exact = [key for key in (published.sections.get(place), *published.within.get(place, ())) if key]
        strength = hit.score / best if best > 0 else 1.0
        if hit.similarity:  # it has none of the words, so it is no surer than it is near
            strength = min(strength, hit.similarity)
        for problem in exact or published.of_guide.get(hit.slug, ()):
            found[problem] = max(found.get(problem, 0.0), strength if exact else strength * BESIDE_THE_PROBLEMS)
    return found
