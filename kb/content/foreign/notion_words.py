"""Reads what Notion's own Markdown has within a line: mentions, files, formulas, colours, and cells of its tables."""

from __future__ import annotations

from kb.content.foreign import media
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.markdown_in_html import as_html
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.html_tags import tags_in
from kb.content.patterns import Match, linear

MOST_ROWS_OF_A_TABLE = 500
_LINK = linear(
    r"<(page|database|mention-(?:page|database|data-source))([ \t][^<>]*?)(?:/>|>([^<>\n]*)</(?:page|database|"
    r"mention-(?:page|database|data-source))>)"
)
_FILE = linear(r"<(file|pdf|audio|video)((?:[ \t][^<>]*)?[ \t]src=[^<>]*?)>([^<>\n]+)</(?:file|pdf|audio|video)>")
_PERSON = linear(r"<mention-(?:user|agent)((?:[ \t][^<>]*?)?)(?:/>|>([^<>\n]*)</mention-(?:user|agent)>)")
_DATE = linear(r"<mention-date([ \t][^<>]*?)(?:/>|>[^<>\n]*</mention-date>)")
_UNKNOWN = linear(r"<unknown[ \t][^<>]*/>")
_FORMULA = linear(r"\$`([^`\n]+)`\$")
_SOURCE = linear(r"\[\^(https?://[^\s\[\]]+)\]")
_TABLE = linear(r"[ \t]*<table([ \t][^<>]*(?:header-row|header-column|fit-page-width)=[^<>]*)>[ \t]*")
_CELL = linear(r"(<t[dh](?:[ \t][^<>]*)?>)(.*?)(</t[dh]>)")


def read(lines: Lines) -> None:
    """Put links, words and code in their place, each on its line; what says nothing here is told."""
    text = lines.body
    if "<table" in text:
        _read_tables(lines)
    lines.change(lambda _, row: _SOURCE.sub(r"<\1>", row), "[^http")
    if "$`" in text:
        for number, row in lines.prose():
            lines.rows[number] = _FORMULA.sub(r"`\1`", row)
    if not any(sign in text for sign in ("<mention-", "<page ", "<database ", "<unknown ", "src=")):
        return

    def change(number: int, row: str) -> str:
        row = _DATE.sub(_date, _FILE.sub(_file, _LINK.sub(lambda found: _link(lines, number, found), row)))
        row = _PERSON.sub(lambda found: _person(lines, number, found), row)
        return _UNKNOWN.sub(lambda found: _left_out(lines, number, found.group()), row)

    lines.change(change, "<")


def _given(written: str) -> dict[str, str]:
    found = tags_in(f"<div {written}>")
    return found[0].attributes if found else {}


def _left_out(lines: Lines, number: int, written: str) -> str:
    lines.note(number, UNKNOWN.filled(written=shown(written)))
    return ""


def _link(lines: Lines, number: int, found: Match) -> str:
    """A link to a page; what has no address is another tool's or HTML's."""
    address = _given(found[2]).get("url", "").strip("{}")
    if not address:
        return found.group()
    title = str(found[3] or "").strip()
    return media.link(address, title) if title else _left_out(lines, number, found.group())


def _file(found: Match) -> str:
    return media.link(_given(found[2]).get("src", "").strip("{}"), str(found[3]))


def _person(lines: Lines, number: int, found: Match) -> str:
    name = str(found[2] or "").strip()
    return media.escaped(name) if name else _left_out(lines, number, found.group())


def _date(found: Match) -> str:
    given = _given(found[1])
    ends = [f"{given[key]} {given.get(f'{key}time', '')}".strip() for key in ("start", "end") if given.get(key)]
    return " \N{EN DASH} ".join(ends)


def _read_tables(lines: Lines) -> None:
    """Let the cells of tables show their Markdown, and the first row be their head where they say so."""
    last = -1
    for number, row in lines.prose():
        opened = _TABLE.fullmatch(row) if number > last and "<table" in row else None
        if opened is None:
            continue
        is_head = _given(opened[1]).get("header-row") == "true"
        for last in range(number + 1, min(number + MOST_ROWS_OF_A_TABLE, len(lines.rows))):
            inner = lines.rows[last]
            if "</table>" in inner:
                break
            if "<td" in inner or "<th" in inner:
                inner = _CELL.sub(lambda cell: f"{cell[1]}{as_html(cell[2])}{cell[3]}", inner)
                lines.rows[last] = inner.replace("<td", "<th").replace("</td>", "</th>") if is_head else inner
            is_head = is_head and "</tr>" not in inner
