"""Gives steps of MDX that stand beside one another on a line, `<Step>One</Step><Step>Two</Step>`, lines of their own.

These are the empty lines around them, so that each other line keeps its number. What finds none stands behind the last.
"""

from __future__ import annotations

from kb.content.foreign.lines import Lines, margin_of
from kb.content.html_tags import tags_in
from kb.content.patterns import linear
from kb.content.phrases import Phrase

BESIDE = Phrase("Steps stand beside one another on this line: give each a line of its own.")
_STEP = linear(r"<Step(?:[ \t](?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{[^{}]*\})*)?>(.*?)</Step>")
_GROUP = linear(r"</?Steps(?:[ \t][^<>]*)?>")
_SIGNS = linear(r"[\s{}\[\]*\\]+")


def item(tag: str, text: str) -> str:
    """A step as an item of a list: its title, and its words."""
    said = title(tag)
    return f"1. {f'**{said}{stop(said)}** ' if said else ''}{text.strip()}"


def title(row: str) -> str:
    """The title that the first tag of a line gives."""
    tags = tags_in(row)
    return " ".join(_SIGNS.sub(" ", tags[0].attributes.get("title", "")).split()) if tags else ""


def stop(said: str) -> str:
    """What ends a title that more words follow."""
    return "" if said.endswith((".", ":", "!", "?")) else "."


def spread(lines: Lines, number: int) -> bool:
    """Put the steps of a line onto lines of their own; whether it was one of steps."""
    row = lines.rows[number]
    if _GROUP.sub("", _STEP.sub("", row)).strip():
        return False
    steps = [item(found.group(), str(found[1])) for found in _STEP.finditer(row)]
    if not steps:
        return False
    places = _places(lines.rows, number, len(steps))
    depths = [len(each) - len(each.lstrip(" ")) for each in (row, *(lines.rows[at] for at in places)) if each.strip()]
    if len(steps) > len(places):
        lines.note(number, BESIDE)
        last = len(places) - 1
        steps[last:] = [" ".join([steps[last], *(each.removeprefix("1. ") for each in steps[last + 1 :])])]
    for place in {number, *places}:
        lines.rows[place] = ""
    for place, step in zip(places, steps, strict=True):
        lines.rows[place] = " " * min(depths) + step
    return True


def _places(rows: list[str], number: int, count: int) -> list[int]:
    """As many lines as are wanted, or as there are: this one, and those below and above that are empty or of a group.

    One stays empty behind what would go on, and before what follows.
    """
    first = last = number
    while first and _is_free(rows[first - 1]):
        first -= 1
    while last + 1 < len(rows) and _is_free(rows[last + 1]):
        last += 1
    goes_on = first > 0 and (margin_of(rows[first - 1]) or rows[first - 1].startswith(("|", "<")))
    first += bool(goes_on)
    last -= last + 1 < len(rows)
    start = max(min(first, number), min(number, max(last, number) - count + 1))
    return list(range(start, max(last, number) + 1))[:count]


def _is_free(row: str) -> bool:
    return not row.strip() or _GROUP.fullmatch(row.strip()) is not None
