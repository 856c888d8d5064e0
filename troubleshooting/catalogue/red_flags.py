"""The reasons to escalate at once: who takes them, and which of them the words of a person speak of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kb.content.languages.english import FILLERS, STOP_WORDS
from kb.content.patterns import linear
from kb.content.wording import stem, symptom_key
from troubleshooting.catalogue.identifiers import short_id
from troubleshooting.catalogue.values import Contact, Guide, Trigger

if TYPE_CHECKING:
    from kb.content.product_table import ProductTable
    from troubleshooting.catalogue.database_rows import GuideRow

LEAST_SHARED = 2  # words of a clause: one alone is common
LEAST_OF_CLAUSE = 0.6
COMMON_SHARE, FEWEST_COMMON = 0.1, 10  # of the titles of problems, from which on a word of theirs is common
SHORTEST_ALONE = 5  # letters of a word that is the whole of a trigger
_WORD = linear(r"[^\W\d_]+|\d+")
_CLAUSE_END = linear(r"[.,:;()?!\n\x{2013}\x{2014}]+|\s+(?:or|and|then|but)\s+", re.IGNORECASE)
# Words of every other sentence that sends to somebody, and that says when.
_OF_SENDING = frozenset(
    """ask call case contact engage error escalate fail failure fails failed file guide immediately inform last least
    may message notify open page raise report step steps submit support team ticket""".split()  # noqa: SIM905
)
_EMPTY = STOP_WORDS | FILLERS | _OF_SENDING


def triggers(
    rows: Iterable[GuideRow], guides: Mapping[int, Guide], contacts: Iterable[Contact], common: frozenset[str]
) -> dict[str, Trigger]:
    """What guides say when to escalate, each once, with who takes it.

    `guides` are by primary key, `common` the words by which nobody speaks of any of them.
    """
    all_contacts = list(contacts)
    found: dict[str, Trigger] = {}
    for row in rows:
        guide = guides[row.fields["pk"]]
        for text in row.triggers:
            trigger_id = short_id("trigger", symptom_key(text))
            if trigger_id not in found:
                takers = _takers(text, guide, all_contacts)
                found[trigger_id] = Trigger(trigger_id, text, guide.slug, takers, clauses(text, common))
    return found


def _takers(text: str, guide: Guide, contacts: Iterable[Contact]) -> tuple[str, ...]:
    """Who takes a trigger: those that it names or whose `handles` do, the closest match first; then the guide's own."""
    words = set(symptom_key(text).split())
    matches: dict[str, int] = {}
    for contact in contacts:
        named = (set(symptom_key(handled).split()) for handled in (contact.name, *contact.handles))
        matches[contact.slug] = max((len(parts) for parts in named if parts and parts <= words), default=0)
    closest = sorted((slug for slug, match in matches.items() if match), key=lambda slug: -matches[slug])
    return tuple(dict.fromkeys([*closest, *(slug for slug in guide.contacts if slug in matches)]))


def common_words(titles: Iterable[str], products: ProductTable) -> frozenset[str]:
    """The words that tell nothing here: those of the names of products, and of many of the titles of problems."""
    names = (name for family in products.families for name in (family.name, *family.spellings))
    found = {word for name in names for word in telling_words(name)}
    words = [telling_words(title) for title in titles]
    counts = Counter(word for own in words for word in own)
    most = max(FEWEST_COMMON, COMMON_SHARE * len(words))
    return frozenset(found | {word for word, count in counts.items() if count >= most})


def clauses(trigger: str, common: frozenset[str] = frozenset()) -> tuple[frozenset[str], ...]:
    """The words that tell of each clause of a trigger, and of all of it; the surest first."""
    parts = [telling_words(part) - common for part in _CLAUSE_END.split(trigger)]
    whole = telling_words(trigger) - common
    is_a_word = len(whole) == 1 and len(_WORD.findall(trigger)) == 1 and len(trigger) >= SHORTEST_ALONE
    kept = [part for part in dict.fromkeys([*parts, whole]) if len(part) >= LEAST_SHARED]
    return (whole,) if is_a_word else tuple(kept)


def telling_words(text: str) -> frozenset[str]:
    """The stems of the words of a text that tell something."""
    words = _WORD.findall(text.casefold())
    return frozenset(stem(word) for word in words if len(word) > 1 and word not in _EMPTY)


def raised(text: str, among: Mapping[str, Trigger]) -> list[Trigger]:
    """The triggers of which a text has most of the words of a clause, those that it has most of first."""
    words = telling_words(text)
    shares = {key: _best(words, trigger.clauses) for key, trigger in among.items()} if words else {}
    return sorted((among[key] for key, share in shares.items() if share), key=lambda t: -shares[t.id])


def _best(words: frozenset[str], parts: Iterable[frozenset[str]]) -> float:
    """How well the best of the clauses is met, 0 when none is."""
    best = 0.0
    for part in parts:
        shared = len(words & part)
        if shared >= min(LEAST_SHARED, len(part)) and shared >= LEAST_OF_CLAUSE * len(part):
            best = max(best, shared * shared / len(part))
    return best
