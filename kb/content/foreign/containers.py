"""Keeps the titles of containers that are not known here, `::: pros Why we like it`, and tells of those without one."""

from __future__ import annotations

from kb.content.boxes import GROUPS, KNOWN
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.patterns import linear

_OPENS = linear(r"([ \t>]*:{3,}[ \t]*)\{?\.?([\w-]+)\}?([^\n]*)")
_TITLE = linear(r"[ \t]+([^\s{}()\[\]=:][^{}=:]*)")
_READ = KNOWN | GROUPS | frozenset(["code-group", "raw", "v-pre", "image", "video", "code", "zone", "moniker"])
_ARRANGING = frozenset(
    "row column columns grid cards card-grid card-group center left right align-center steps flow field-group div "  # noqa: SIM905
    "figure only window demo".split()
)
"""The names of those that only arrange what stands in them."""


def read(lines: Lines) -> None:
    """Make a note of one that has a title, which would be lost, and say of others that they are left out."""
    for number, row in lines.prose():
        found = _OPENS.fullmatch(row) if ":::" in row else None
        name = found[2].lower() if found else ""
        if not found or name in _READ | _ARRANGING or name.endswith("-end") or row.rstrip().endswith(":::"):
            continue
        if row.startswith("{", found.end(1)):  # a division of Pandoc: classes that are not known only arrange
            continue
        if title := _TITLE.fullmatch(found[3]):
            lines.rows[number] = f"{found[1]}note {title[1].strip()}"
        elif ":" not in found[3]:
            lines.note(number, UNKNOWN.filled(written=shown(row.strip(" \t>"))))
