"""Makes contacts of the levels of escalation paths: whom each names, and in which order all of them are asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.content.patterns import linear
from kb.content.wording import capitalised, cut, sentences, symptom_key

LONGEST_LEVEL_NAME = 80
_PLACE_IN_PATH = linear(
    r"(?:level|tier|step|stage|line|l|t)\s*\d{1,2}\s*[:.)\x{2013}\x{2014}-]\s*|"
    r"(?:first|1st|second|2nd|third|3rd|last|final)(?: (?:line|level|step|contact))?\s*[:\x{2013}\x{2014}]\s*",
    re.IGNORECASE,
)
_SENDS = linear(
    r"(?:then |next,? |finally,? |first,? )?(?:contact|ask|call|notify|page|engage|inform|phone|e-?mail|"
    r"(?:escalate|go|write|speak|talk|turn) to)\s+",
    re.IGNORECASE,
)
_ARTICLE = linear(r"(?:the|an?|your|our)\s+", re.IGNORECASE)
_AFTER_NAME = linear(r"\s*[:;,\x{2013}\x{2014}|]\s*|\s+-+>?\s+|\s+(?:\(|at |via |by |if |when |for |on )")
_IN_PARENTHESES = linear(r"\s*[(\[][^)\]]*[)\]]?")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a path: the `name` of whom it names, and the rest of what it says of them, '' for nothing."""

    name: str
    said: str


def level(text: str) -> Level:
    """Whom a level of a path names ('Ask the duty officer, at any hour': 'Duty officer'), and what it says of them."""
    text = " ".join(text.split())
    bare = text
    for start in (_PLACE_IN_PATH, _SENDS):
        found = start.match(bare)
        bare = bare[found.end() :] if found and found.end() < len(bare) else bare
    article = _ARTICLE.match(bare)
    named = bare[article.end() :] if article and article.end() < len(bare) else bare
    first = (sentences(named) or [named])[0]
    end = _AFTER_NAME.search(first)
    name = first[: end.start()] if end and end.start() else first
    said = _without_parentheses(named[len(name) :])
    return Level(capitalised(cut(name.rstrip("."), LONGEST_LEVEL_NAME)), capitalised(said))


def _without_parentheses(rest: str) -> str:
    """What stands after a name, without the signs between them."""
    rest = rest.strip(" :;,-\u2013\u2014|.>")
    return rest[1:-1].strip() if rest.startswith("(") and rest.find(")") == len(rest) - 1 else rest.strip()


def name_key(name: str) -> str:
    """What two ways to write one name have in common: no case, no punctuation, no plural, nothing in parentheses."""
    bare = _IN_PARENTHESES.sub(" ", name).strip() or name
    article = _ARTICLE.match(bare)
    bare = bare[article.end() :] if article else bare
    return symptom_key(bare.replace("-", " ").replace("&", " and ")) or bare.casefold()


def joined(cards: Sequence[str], paths: Iterable[Sequence[str]], *, places: Mapping[str, int]) -> list[str]:
    """All names (keys) in the order in which to ask: along the paths, each as it says, and among them the others.

    `cards` are those that have a card, the first to ask first; `places` (from 1) say of these which tier they are of. A
    card that no path names comes before the first of the paths that has a later tier, or level where it has no card.
    """
    order: list[str] = []
    for path in paths:
        at = len(order)
        for key in reversed(dict.fromkeys(path)):
            if key in order:
                at = order.index(key)
            else:
                order.insert(at, key)
    levels = {key: number for number, key in enumerate(order, 1)}
    rank = {key: number for number, key in enumerate(cards)}
    for key in cards:
        if key not in levels:
            later = (
                place
                for place, other in enumerate(order)
                if (rank[other] > rank[key] if other in rank else levels[other] > places[key])
            )
            order.insert(next(later, len(order)), key)
    return order
