"""Makes boxes of the fences that a plugin of Obsidian shows as such: ```` ```ad-note ````, with `title:` below."""

from __future__ import annotations

from kb.content.box_kinds import ALERTS
from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines
from kb.content.patterns import linear

NESTED = 5
MOST_ROWS = 500
_OPENS = linear(r"([ \t>]*)(`{3,}|~{3,})[ \t]*ad-([\w-]+)[ \t]*")
_OPTION = linear(r"[ \t>]*(title|collapse|icon|color|colour)[ \t]*:[ \t]*(.*?)[ \t]*")


def read(lines: Lines) -> None:
    """Put a container of ours in place of each; within one, others have fewer signs."""
    for _ in range(NESTED):
        end = -1
        for number, row in enumerate(lines.rows):
            opened = _OPENS.fullmatch(row) if "ad-" in row and number > end and number in lines.fenced else None
            closed = _end(lines, number, str(opened[1]), str(opened[2])) if opened else None
            if opened and closed is not None:
                _make_box(lines, number, closed, str(opened[1]), str(opened[3]).lower())
                end = closed
        if end < 0:
            return
        lines.find_code()


def _end(lines: Lines, number: int, margin: str, sign: str) -> int | None:
    """The line that ends a fence, None where that is not to be seen."""
    for at in range(number + 1, min(number + MOST_ROWS, len(lines.rows))):
        text = lines.rows[at].strip(" \t>")
        if text.startswith(sign) and not text.strip(sign[0]):
            return at
        if margin.strip() and not lines.rows[at].lstrip().startswith(">"):
            return None
    return None


def _make_box(lines: Lines, first: int, end: int, margin: str, name: str) -> None:
    given: dict[str, str] = {}
    for at in range(first + 1, end):
        option = _OPTION.fullmatch(lines.rows[at])
        if option is None:
            break
        given[str(option[1])] = str(option[2])
        lines.rows[at] = margin.rstrip()
    kind = name if name in ALERTS else box_kind(name) or "note"
    title = given.get("title", "") or ("" if kind == name else name.replace("-", " ").capitalize())
    if given.get("collapse") in ("open", "closed", "close", "true") and title and kind != "staff":
        kind = "details"
    colons = ":" * (3 + NESTED)
    lines.rows[first], lines.rows[end] = f"{margin}{colons}{kind} {title}".rstrip(), f"{margin}{colons}"
