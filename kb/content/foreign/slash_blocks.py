"""Reads the blocks that pages of MkDocs write between slashes: `/// note | Title`, `/// details`, `/// caption`."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.box_kinds import STAFF_BOX
from kb.content.foreign.box_names import box_kind
from kb.content.foreign.comments import NEVER_ENDS
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import STAYS, UNKNOWN
from kb.content.guide_words import Words
from kb.content.patterns import linear

MOST_OPTIONS = 10
NESTED = 20
_QUOTED = linear(r"(?:[ \t]{0,3}>[ \t]?)*")
_BEGINS = linear(r"([ \t]*)(/{3,})[ \t]+([A-Za-z][\w-]*)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*")
_ENDS = linear(r"([ \t]*)(/{3,})[ \t]*")
_OPTION = linear(r"[ \t]{4,}([\w-]+):[ \t]*(.*?)[ \t]*")
_CAPTIONS = frozenset({"caption", "figure-caption", "table-caption"})
_ARRANGING = frozenset({"html", "define", "block"})
# The number of the quotation, how deep in it, and the slashes: a block ends where the one does that it stands in.
_Place = tuple[int, int, str]


def read(lines: Lines) -> None:
    """Make boxes, folded parts and tabs of them; a caption is set apart, and what only arranges leaves its text."""
    waiting: list[tuple[_Place, str]] = []
    caption = False
    quotations = _quotations(lines.rows)
    last = {
        (quotations[number], margin.count(">"), text.strip()): number
        for number, row in lines.prose()
        if "///" in row
        for margin, text in [_parted(row)]
        if text.lstrip().startswith("///")
    }
    for number, row in lines.prose():
        margin, text = _parted(row)
        if "///" not in row:
            if caption and text.strip():
                lines.rows[number] = f"{margin}*{text.strip().strip('*')}*"
            continue
        ended = _ENDS.fullmatch(text)
        inside = quotations[number], margin.count(">")
        if ended and waiting and waiting[-1][0] == (*inside, ended[2]):
            lines.rows[number] = f"{margin}{ended[1]}{waiting.pop()[1]}"
            caption = False
        elif (begun := _BEGINS.fullmatch(text)) is None:
            continue
        elif len(waiting) == NESTED or last.get((*inside, str(begun[2])), -1) < number:
            _leave(lines, number, str(begun[3]).lower())
        else:
            name, title = str(begun[3]).lower(), str(begun[4] or "").strip()
            opening, end = _form(name, title, _options(lines, number, margin), lines.words)
            if not opening and not end and name not in (_CAPTIONS | _ARRANGING):
                lines.note(number, UNKNOWN.filled(written=shown(text)))
            caption = name in _CAPTIONS
            lines.rows[number] = f"{margin}{begun[1]}{opening}" if opening else margin.rstrip()
            waiting.append(((*inside, str(begun[2])), end))
    lines.find_code()


def _leave(lines: Lines, number: int, name: str) -> None:
    """Tell of a block that never ends; one for staff hides all that follows it."""
    margin, text = _parted(lines.rows[number])
    opening = _form(name, "", {}, lines.words)[0]
    if opening == f":::{STAFF_BOX}":
        lines.note(number, NEVER_ENDS.filled(written=shown(text.partition("|")[0])))
        lines.rows[number] = f"{margin}{opening}"
    elif opening:
        lines.note(number, STAYS.filled(written=shown(text)))


def _quotations(rows: Sequence[str]) -> list[int]:
    """For each line the number of the quotation that it is in, 0 outside of all."""
    found: list[int] = []
    for number, row in enumerate(rows):
        goes_on = number > 0 and found[-1] > 0
        found.append((found[-1] if goes_on else number + 1) if row.lstrip(" \t").startswith(">") else 0)
    return found


def _parted(row: str) -> tuple[str, str]:
    """The signs of quotations that a line begins with, and what it says."""
    quoted = _QUOTED.match(row) if ">" in row else None
    margin = quoted.group() if quoted else ""
    return margin, row[len(margin) :]


def _form(name: str, title: str, options: dict[str, str], words: Words) -> tuple[str, str]:
    """What a block begins and ends with in our forms; nothing for what only arranges its text."""
    if name == "tab":
        return f":::tab {title}".rstrip(), ":::"
    if name == "details":
        return f":::details {title or words.kind('details')}", ":::"
    kind = box_kind(options.get("type", "")) or "note" if name == "admonition" else box_kind(name)
    return (f":::{kind} {title}".rstrip(), ":::") if kind else ("", "")


def _options(lines: Lines, number: int, margin: str) -> dict[str, str]:
    """What the indented lines below the first say of a block, which are left out."""
    found: dict[str, str] = {}
    for at in range(number + 1, min(number + 1 + MOST_OPTIONS, len(lines.rows))):
        own, text = _parted(lines.rows[at])
        option = _OPTION.fullmatch(text) if own.count(">") == margin.count(">") else None
        if option is None:
            break
        found[str(option[1])] = str(option[2])
        lines.rows[at] = own.rstrip()
    return found
