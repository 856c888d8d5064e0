"""Finds the cells of columns that a table of GitBook keeps from readers: those whose head says `data-hidden`."""

from __future__ import annotations

from collections.abc import Iterator

from kb.content.patterns import linear

_TAG = linear(r"(?i)<(/?)(table|tr|th|td)([ \t\n][^<>]*)?>")
_HIDES = linear(r"(?i)[ \t\n]data-hidden(?:[ \t\n=]|\Z)")
# Where a card leads, which its picture and its words do not say.
_LEADS = "data-card-target"


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each such cell begins and ends."""
    if "data-hidden" not in text:
        return
    hidden: set[int] = set()
    column, begun = -1, -1
    for found in _TAG.finditer(text):
        closes, name, given = bool(found[1]), str(found[2]).lower(), str(found[3] or "")
        if begun >= 0:
            yield begun, found.end() if closes and name in ("th", "td") else found.start()
            begun = -1
        if name == "table":
            hidden = set()
        elif name == "tr":
            column = -1
        elif not closes:
            column += 1
            if name == "th" and _HIDES.search(given) and _LEADS not in given:
                hidden.add(column)
            begun = found.start() if column in hidden else -1
    if begun >= 0:
        yield begun, len(text)
