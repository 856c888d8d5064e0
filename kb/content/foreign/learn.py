"""Reads what Microsoft Learn writes beyond boxes and images: tabs as headings, zones, and files that are taken in."""

from __future__ import annotations

from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.patterns import linear

_TAKES_IN = ("8<", "--<", "<<", "include", "[!c", "[!C")
NOT_TAKEN_IN = "The text of '{}' is not taken in here: write it down, or link to it."
_TAB = linear(r"#{1,6}[ \t]+\[([^\[\]\n]+)\]\(#tab/[^()\s]+\)[ \t]*")
_RULE = linear(r"[ \t]*(?:\*{3,}|-{3,})[ \t]*")
_ZONE = linear(r":::[ \t]*(?:zone|moniker)[ \t]+([\w-]+)=\"([^\"]*)\"(.*?)(?::::)?[ \t]*")
_ZONE_END = linear(r":::[ \t]*(?:zone|moniker)-end[ \t]*(?::::)?[ \t]*")
_NAMED_ZONE = linear(r"(?:programming-language|language|platform|os|client|environment)-")
_CODE = linear(r":::[ \t]*code[ \t]+([^:]*?(?::[^:]+)*?)[ \t]*:::[ \t]*")
_SOURCE = linear(r'source="([^"]*)"')
_INCLUDE = linear(r"\[!INCLUDE[ \t]*\[[^\]\n]*\][ \t]*\(([^)\n]+)\)[ \t]*\]")
_OLD_CODE = linear(r"[ \t]*\[!(?:code|Code)-?[\w-]*[ \t]*\[[^\]\n]*\]\(([^)\n]+)\)\][ \t]*")
_SNIPPET = linear(r"[ \t]*(?:-+8<-+|-{2,}<)[ \t]*[\"']([^\"'\n]+)[\"'][ \t]*")
_CODE_FILE = linear(r"[ \t]*(?:<<<|<<\[)[ \t]*([@\w./~-]+)(?:[#{\[][^\n]*)?[ \t]*")
_INCLUDE_FILE = linear(r"[ \t]*(?:<!--[ \t]*@include:|!!!include\(|@\[include\]\()[ \t]*([^\s)>]+).*")


def read(lines: Lines) -> None:
    """Put tabs and zones into our forms, and say what is not taken in."""
    _read_tabs(lines)
    for number, row in lines.prose():
        text = row.strip()
        if text.startswith(":::"):
            _read_directive(lines, number, text)
        elif "[!INCLUDE" in row:
            for found in _INCLUDE.finditer(row):
                lines.note(number, NOT_TAKEN_IN.format(shown(found[1])))
        elif path := _taken_in(row):
            lines.note(number, NOT_TAKEN_IN.format(shown(path)))
            lines.rows[number] = ""


def _taken_in(row: str) -> str:
    """The file that a line takes in, '' for most lines."""
    if not any(sign in row for sign in _TAKES_IN):
        return ""
    found = (each.fullmatch(row) for each in (_SNIPPET, _CODE_FILE, _INCLUDE_FILE, _OLD_CODE))
    return next((str(match[1]) for match in found if match), "")


def _read_directive(lines: Lines, number: int, text: str) -> None:
    if zone := _ZONE.fullmatch(text):
        is_shown = zone[1] in ("pivot", "range")
        title = _NAMED_ZONE.sub("", zone[2]) if zone[1] == "pivot" else zone[2]
        words = " ".join(title.replace(":", " ").replace(",", ", ").split())
        lines.rows[number] = f":::tab {words}" if is_shown and words else ""
        if not lines.rows[number]:
            _leave_out_end(lines, number)
    elif _ZONE_END.fullmatch(text):
        lines.rows[number] = ":::"
    elif code := _CODE.fullmatch(text):
        source = _SOURCE.search(code[1])
        lines.note(number, NOT_TAKEN_IN.format(shown(source[1])) if source else UNKNOWN.format(shown(text)))
        lines.rows[number] = ""


def _leave_out_end(lines: Lines, first: int) -> None:
    depth = 0
    for number in range(first + 1, len(lines.rows)):
        text = lines.rows[number].strip()
        if text.startswith(":::") and number not in lines.code:
            depth += 1 if _ZONE.fullmatch(text) else 0
            if _ZONE_END.fullmatch(text):
                if not depth:
                    lines.rows[number] = ""
                    return
                depth -= 1


def _read_tabs(lines: Lines) -> None:
    """Make a tab of each heading that is a link to one, up to the next or to a rule."""
    inside = False
    for number, row in enumerate(lines.rows):
        tab = _TAB.fullmatch(row) if row.startswith("#") and number not in lines.code else None
        if tab is not None:
            inside = True
            title = tab[1].replace('"', "'")
            lines.rows[number] = f'=== "{title}"'
        elif inside and number not in lines.code and _RULE.fullmatch(row):
            inside = False
            lines.rows[number] = ""
        elif inside and row.strip():
            lines.rows[number] = f"    {row}"
