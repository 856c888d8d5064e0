"""Keeps the titles of containers that are not known here, `::: pros Why we like it`, and tells of those without one."""

from __future__ import annotations

from kb.content.box_kinds import ALERTS
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.patterns import linear

_OPENS = linear(r"([ \t>]*:{3,}[ \t]*)\{?\.?([\w-]+)\}?([^\n]*)")
_TITLE = linear(r"[ \t]+([^\s{}()\[\]=:][^{}=:]*)")
_KNOWN = frozenset(ALERTS) | frozenset(
    "tab tabs tab-item tab-set tab-group code-tabs code-group code-group-item raw v-pre image video code zone moniker "  # noqa: SIM905
    # What only arranges what stands in it.
    "row column columns grid cards card-grid card-group center left right align-center steps flow field-group div "
    "figure only window demo".split()
)


def read(lines: Lines) -> None:
    """Make a note of one that has a title, which would be lost, and say of others that they are left out."""
    for number, row in lines.prose():
        found = _OPENS.fullmatch(row) if ":::" in row else None
        name = found[2].lower() if found else ""
        is_div = "{." in row  # of Pandoc: classes that are not known only arrange
        if not found or is_div or name in _KNOWN or name.endswith("-end") or row.rstrip().endswith(":::"):
            continue
        if title := _TITLE.fullmatch(found[3]):
            lines.rows[number] = f"{found[1]}note {title[1].strip()}"
        elif ":" not in found[3]:
            lines.note(number, UNKNOWN.filled(written=shown(row.strip(" \t>"))))
