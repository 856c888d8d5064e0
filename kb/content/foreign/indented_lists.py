"""Lets lists belong to the numbered items above them that stand deeper than these, but not as deep as a viewer asks."""

from __future__ import annotations

from kb.content.foreign.lines import Lines
from kb.content.patterns import linear

_NUMBERED = linear(r"([ \t]*)(\d{1,9}[.)])([ \t]+)\S")
_ITEM = linear(r"( *)(?:[-*+]|[a-z]{1,3}[.)]|\d{1,9}[.)])[ \t]+\S")
_LEAST = 2


def read(lines: Lines) -> None:
    """Indent what stands two spaces deep below `1.`, of which it means to be a part, by the space that is missing."""
    missing, at, width, belongs = 0, -1, 0, True
    for number, row in enumerate(lines.rows):
        if not row.strip():
            continue
        indent = len(row) - len(row.lstrip(" "))
        is_code = number in lines.code
        # Code is moved with what opens it, or not at all.
        belongs = belongs if is_code and number - 1 in lines.code else indent >= at + _LEAST
        if missing and belongs:
            lines.rows[number] = " " * missing + row
            continue
        if is_code:
            missing = 0
            continue
        missing = 0
        if found := _NUMBERED.match(row):
            at, width = len(found[1]), len(found[2]) + len(found[3])
            continue
        if at >= 0 and at + _LEAST <= indent < at + width and _ITEM.match(row):
            missing = at + width - indent
            lines.rows[number] = " " * missing + row
        elif indent <= at:
            at = -1
