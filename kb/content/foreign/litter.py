"""Takes out what exports leave of images that they lost: `![info]` without an address, `[Image: Screen_Shot.png]`."""

from __future__ import annotations

import re

from kb.content.foreign.lines import Lines
from kb.content.patterns import Match, linear

_LOST = linear(r"!\[([^\[\]\n]*)\](?:\[\]|([(\[:]?))")
_NAMED = linear(
    r"\[(?:Image|Picture|Screenshot|Embedded image|Inline image|cid)[ \t]*:[ \t]*[^\[\]\n]*"
    r"\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?)[ \t]*\](\(?)",
    re.IGNORECASE,
)
_COMMENT_BEFORE = linear(r"([ \t>]*(?:(?:[-*+:]|\d+[.)])[ \t]+)?)(?:<!--[^<>]*-->[ \t]*)+([^<\s].*)")
_DEFINITION = linear(r"[ \t]{0,3}\[([^\[\]\n]+)\]:")


def take_out(lines: Lines) -> None:
    """Leave out images that have no address at all, and lines that only keep others apart."""
    labels: set[str] | None = None
    for number, row in lines.prose():
        if row.strip() in ("&nbsp;", "\\", "\u200b"):
            lines.rows[number] = ""
        elif "<!--" in row and (found := _COMMENT_BEFORE.fullmatch(row)):  # else what follows it is HTML, too
            lines.rows[number] = found[1] + found[2]
        if "![" in row or "[" in row:
            labels = labels if labels is not None else _labels(lines)
    if labels is None:
        return

    def lost(found: Match) -> str:
        return "" if not found[2] and found[1].strip().casefold() not in (labels or ()) else found.group()

    lines.change(lambda _, text: _LOST.sub(lost, text), "![")
    lines.change(lambda _, text: _NAMED.sub(lambda found: found.group() if found[1] else "", text), "[")


def _labels(lines: Lines) -> set[str]:
    return {
        found[1].strip().casefold() for _, row in lines.prose() if "]:" in row and (found := _DEFINITION.match(row))
    }
