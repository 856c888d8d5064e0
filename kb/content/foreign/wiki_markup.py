"""Reads wiki markup of Confluence that was left between the Markdown: `{info}`, `{code}`, `h2. Heading`, `** item`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.content.foreign import wiki_words
from kb.content.foreign.lines import Lines, code_spans, fence_around, is_within, margin_of, shown
from kb.content.foreign.rewriting import STAYS, UNENDED
from kb.content.guide_words import ProductText
from kb.content.patterns import linear

NESTED = 20
ESCAPED = "\\|"
MOST_ROWS_MOVED = 100
MOST_MOVES_OF_CODE = 20
_BOXES = f"info|note|tip|warning|panel|expand|{wiki_words.OTHER_BOXES}"
_MACRO = linear(rf"[ \t]*\{{({_BOXES}|code|noformat|quote)(?::([^{{}}\n]*))?\}}[ \t]*")
_BESIDE = linear(rf"\{{({_BOXES})(?::([^{{}}\n]*))?\}}")
_SILENT = linear(r"[ \t]*\{([a-z][a-z-]{1,30})(?::[^{}\n]*)?\}[ \t]*")
_HEADING = linear(r"h([1-6])\.[ \t]+(.*)")
_QUOTE = linear(r"bq\.[ \t]+(.*)")
_ITEM = linear(r"([*#-]{1,6})[ \t]+(\S.*)")
_LINE = linear(r"-{3,}[ \t]*")
_ROW = linear(r"\|.*\|[ \t]*")
_PARTS = linear(r"h[1-6]\.[ \t]|bq\.[ \t]|\||-{4,}[ \t]*$")
_CODE = frozenset({"code", "noformat"})
_KINDS = {"panel": "note", "expand": "details", "quote": "quote"}
_ELEMENTS = {"panel": "Callout", "expand": "Accordion", "hint": "Tip", "attention": "Warning"}
_OTHERS = frozenset(wiki_words.OTHER_BOXES.split("|"))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A macro that waits for its end: its line, its name, and what it is given."""

    line: int
    name: str
    given: str


def read(lines: Lines, pages: wiki_words.Pages) -> None:
    """Put macros, headings, items and tables that are written so into the forms that guides have."""
    if not any("{" in row or row.startswith(("h", "||", "bq.")) for row in lines.rows):
        return
    before = lines.body
    _read_beside_text(lines)
    _read_macros(lines)
    lines.find_code()
    headings = [number for number, row in lines.prose() if row.startswith("h") and _HEADING.fullmatch(row)]
    is_wiki = lines.body != before or any(
        row.startswith(("||", "bq. ")) or ("{" in row and wiki_words.is_macro(row)) for _, row in lines.prose()
    )
    if not (headings or is_wiki):
        return
    wiki_words.read(lines, pages, is_all_wiki=bool(headings))
    for first, end in list(_blocks(lines)):
        _read_items(lines, first, end, is_all_wiki=bool(headings))
    for number, row in lines.prose():
        if row.startswith("h") and (heading := _HEADING.fullmatch(row)):
            lines.rows[number] = f"{'#' * int(heading[1])} {heading[2]}"
        elif row.startswith("bq.") and (quoted := _QUOTE.fullmatch(row)):
            lines.rows[number] = f"> {quoted[1]}"
    _read_tables(lines)


def _read_macros(lines: Lines) -> None:
    opened: list[_Opened] = []
    for number, row in lines.prose():
        if "{" not in row:
            continue
        found = _MACRO.fullmatch(row)
        is_code = bool(opened) and opened[-1].name in _CODE
        if found is None:
            silent = None if is_code else _SILENT.fullmatch(row)
            if silent and silent[1] in wiki_words.SILENT and silent[1] != "anchor":
                lines.rows[number] = ""
            continue
        name, written = str(found[1]), found[2]
        at = next((at for at in range(len(opened) - 1, -1, -1) if opened[at].name == name), None)
        if is_code and at != len(opened) - 1:
            continue
        if at is not None and written is None:
            _without_end(lines, opened[at + 1 :])
            _enclose(lines, opened[at], number)
            del opened[at:]
        elif len(opened) < NESTED:
            opened.append(_Opened(number, name, str(written or "")))
    _without_end(lines, opened)


def _read_beside_text(lines: Lines) -> None:
    """Make elements of boxes that go over some lines and open or close beside their text: `{note}Mind the step`."""
    opened: tuple[int, int, int, str, str] | None = None
    for number, row in lines.prose():
        found = list(_BESIDE.finditer(row)) if "{" in row else []
        if len(found) != 1 or is_within(list(code_spans(row)), found[0].start()):
            opened = None if found else opened
            continue
        name, written = str(found[0][1]), found[0][2]
        start, end = found[0].span()
        if opened is None or written is not None or name != opened[3]:
            begins = not row[:start].strip(" \t>")
            opened = (number, start, end, name, str(written or "")) if begins else None
            continue
        first = lines.rows[opened[0]]
        if first[opened[2] :].strip() or row[:start].strip():
            element = _ELEMENTS.get(name, name.capitalize())
            title = _parts(lines, _Opened(opened[0], name, opened[4]))[1].translate(wiki_words.NO_TAG)
            named = f' title="{" ".join(title.split())}"' if title.strip() else ""
            lines.rows[number] = f"{row[:start]}</{element}>{row[end:]}"
            lines.rows[opened[0]] = f"{first[: opened[1]]}<{element}{named}>{first[opened[2] :]}"
        opened = None


def _parts(lines: Lines, opened: _Opened) -> tuple[str, str]:
    """The language of code, and the title of a macro."""
    named, plain = wiki_words.given(opened.given)
    if opened.name in _CODE:
        return named.get("language", plain), named.get("title", "")
    title = named.get("title", plain)
    return "", title or (lines.words.say(ProductText.MORE) if opened.name == "expand" else "")


def _without_end(lines: Lines, opened: list[_Opened]) -> None:
    """Tell of macros that nothing ends, and leave their titles."""
    for each in opened:
        if each.name in _OTHERS:  # it may be a word in braces
            lines.note(each.line, STAYS.filled(written=shown(lines.rows[each.line].strip())))
            continue
        title = _parts(lines, each)[1] or lines.words.kind(_KINDS.get(each.name, each.name))
        lines.note(each.line, UNENDED.filled(written=shown(lines.rows[each.line].strip())))
        lines.rows[each.line] = f"**{title}**" if title and each.name not in _CODE else ""


def _enclose(lines: Lines, opened: _Opened, end: int) -> None:
    first = opened.line
    language, title = _parts(lines, opened)
    if opened.name in _CODE:
        fence = fence_around(lines.rows[first + 1 : end])
        named = f' title="{title}"' if title and '"' not in title and "`" not in title else ""
        lines.rows[first], lines.rows[end] = f"{fence}{language or ('text' if named else '')}{named}", fence
    else:
        kind = _KINDS.get(opened.name, opened.name)
        lines.rows[first], lines.rows[end] = f":::{kind} {title}".rstrip(), ":::"


def _blocks(lines: Lines) -> Iterator[tuple[int, int]]:
    """The first line of each stretch with no empty one, heading or table, and the one behind its last."""
    first = None
    for number, row in enumerate([*lines.rows, ""]):
        if number in lines.code or (row.strip() and not _PARTS.match(row)):
            first = number if first is None else first
        elif first is not None:
            yield first, number
            first = None


def _read_items(lines: Lines, first: int, end: int, *, is_all_wiki: bool) -> None:
    """Put the items of a stretch as deep as their signs say; what stands between goes with the one before.

    A line with `#` that stands alone, or above one with `##`, is a heading of Markdown.
    """
    found = {
        number: item
        for number in range(first, end)
        if number not in lines.code and (item := _ITEM.fullmatch(lines.rows[number]))
    }
    marks = [str(item[1]) for item in found.values()]
    numbers = [mark for mark in marks if "#" in mark]
    is_list = len(set(numbers)) < len(numbers) or any(len(set(mark)) > 1 for mark in numbers)
    is_list = is_list or (is_all_wiki and len(numbers) > 1)
    if (numbers and not is_list) or not any(len(mark) > 1 or "#" in mark for mark in marks):
        return
    indent = ""
    for number in range(first, end):
        item = found.get(number)
        if item is None or (len(item[1]) > 1 and not indent and "#" not in item[1] and "*" not in item[1]):
            lines.rows[number] = (
                indent + lines.rows[number] if indent and lines.rows[number].strip() else lines.rows[number]
            )
            continue
        mark = str(item[1])
        margin = "".join("   " if sign == "#" else "  " for sign in mark[:-1]) if indent else ""
        sign = "1." if mark[-1] == "#" else "-"
        lines.rows[number] = f"{margin}{sign} {item[2]}"
        indent = margin + " " * (len(sign) + 1)


def _read_tables(lines: Lines) -> None:
    """Give tables the rule below their heads, for which the empty line above makes room."""
    number = moves = 0
    while number < len(lines.rows):
        row = lines.rows[number]
        if number in lines.code or not row.startswith("|") or not _ROW.fullmatch(row):
            number += 1
            continue
        end = number
        while end < len(lines.rows) and lines.rows[end].startswith("|") and end not in lines.code:
            end += 1
        moves += _read_table(lines, number, end, may_move_code=moves < MOST_MOVES_OF_CODE)
        number = end


def _read_table(lines: Lines, first: int, end: int, *, may_move_code: bool) -> bool:
    """Write a table anew; whether code moved up for it."""
    has_rule = end > first + 1 and not lines.rows[first + 1].strip("|-: \t")
    if has_rule or (end == first + 1 and not lines.rows[first].startswith("||")):
        return False
    rows = [_cells(row, is_head=at == 0) for at, row in enumerate(lines.rows[first:end])]
    above = _room_above(lines, first)
    moves_code = any(at in lines.code for at in range(above, first))
    if above < 0 or (moves_code and not may_move_code):
        return False
    lines.rows[above : first - 1], lines.rows[first - 1] = lines.rows[above + 1 : first], ""
    indent = _indent_of(lines, first - 2)
    rule = f"|{' --- |' * (rows[0].replace(ESCAPED, '').count('|') - 1)}"
    lines.rows[first - 1 : end] = [indent + row for row in (rows[0], rule, *rows[1:])]
    if moves_code:
        lines.find_code()
    return moves_code


def _cells(row: str, *, is_head: bool) -> str:
    """A row of a table; the cells of a head that stands beside others are bold."""
    text = row.strip().replace(ESCAPED, "\x03").removesuffix("|").removesuffix("|")
    written = []
    for part in text.replace("||", "|\x02").split("|")[1:]:
        cell = part.removeprefix("\x02").strip()
        written.append(f"**{cell}**" if part.startswith("\x02") and cell and not is_head else cell)
    return f"| {' | '.join(written)} |".replace("\x03", ESCAPED)


def _indent_of(lines: Lines, last: int) -> str:
    """How deep a table stands that follows a line, which may go on with an item of a list."""
    for number in range(last, max(-1, last - MOST_ROWS_MOVED), -1):
        margin = margin_of(lines.rows[number])
        if not lines.rows[number].strip() or lines.rows[number].startswith(("#", ":::", "|")):
            return ""
        if margin.strip(" \t>"):
            return " " * len(margin)
    return ""


def _room_above(lines: Lines, first: int) -> int:
    """The next line above that is empty, to which what stands between can move up; -1 for none."""
    above = first - 1
    if above > 0 and _LINE.fullmatch(lines.rows[above]) and above not in lines.code:  # it parts the table from the rest
        return above
    while above >= 0 and (lines.rows[above].strip() or above in lines.code):
        above -= 1
    return above if first - above <= MOST_ROWS_MOVED else -1
