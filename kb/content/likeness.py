"""Says how alike two wordings are, so that what was found in a guide can be held against what a person found there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from kb.content.gold import GoldItem
from kb.content.patterns import counted, linear

# From this token F1 on, two wordings say the same.
ALIKE_TEXTS = 0.6
LONG_WORDING = 10
_WORD = linear(r"[a-z0-9]+(?:['\u2019.][a-z0-9]+)*")
_CAPITAL_INSIDE = counted(r"(?<=[a-z])(?=[A-Z][a-z])")
_IMAGE = linear(r"!\[[^\]]*\]\([^)]*\)")
_LINK = linear(r"\[([^\]]*)\]\([^)]*\)")
_MARKER = linear(r"(?m)^\s*(?:[-*+>]|\d+[.)])\s+")
_MARK = linear(r"[*`\\]|</?(?:ins|tt|span|br|a)(?:[^\w>][^>]*)?>")


@lru_cache(maxsize=50_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case; 'KeepAlive' and 'keep_alive' are two."""
    parted = _CAPITAL_INSIDE.sub(" ", text).replace("\u2019", "'").lower().replace("_", " ")
    return tuple(_WORD.findall(parted))


def f1(one: str, other: str) -> float:
    """The token F1 of two texts, from 0 to 1."""
    mine, others = words(one), words(other)
    if not mine or not others:
        return 0.0
    same = sum((Counter(mine) & Counter(others)).values())
    return 2 * same / (len(mine) + len(others))


def likeness(item: GoldItem, text: str) -> float:
    """How alike a text is to the most alike wording of an item."""
    return max(f1(wording, text) for wording in item.wordings)


def plain(markdown: str) -> str:
    """Markdown without links, images and marks."""
    text = _MARKER.sub("", _LINK.sub(r"\1", _IMAGE.sub("", markdown)))
    return _MARK.sub("", text)


def stands_in(wordings: Sequence[str], text: str) -> bool:
    """Whether one of some wordings stands in a text, its words together; of a long one, its end will do."""
    body = f" {' '.join(words(plain(text)))} "
    for wording in wordings:
        gold_words = words(wording)
        if gold_words and f" {' '.join(gold_words)} " in body:
            return True
        if len(gold_words) > LONG_WORDING and f" {' '.join(gold_words[-LONG_WORDING:])} " in body:
            return True
    return False
