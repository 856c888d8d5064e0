"""Reads wiki markup of Confluence that was left between the Markdown: `{info}`, `{code:bash}`, `h2. Heading`."""

from __future__ import annotations

from collections.abc import Callable

from kb.content.foreign.lines import Lines, fence_around
from kb.content.guide_words import ProductText
from kb.content.patterns import Match, linear

_MACRO = linear(r"[ \t]*\{(info|note|tip|warning|panel|expand|code|noformat|quote)(?::([^{}\n]*))?\}[ \t]*")
_SILENT = linear(r"[ \t]*\{(?:toc|children|section|column|excerpt|recently-updated)(?::[^{}\n]*)?\}[ \t]*")
_HEADING = linear(r"h([1-6])\.[ \t]+(.*)")
_NUMBERED = linear(r"(#+)[ \t]+(.*)")
_COLOUR = linear(r"\{color(?::[\w#-]{1,30})?\}")
_MONO = linear(r"\{\{([^{}`\n]{1,80})\}\}")
_LINK = linear(r"\[([^\[\]|\n]{1,200})\|((?:https?://|mailto:)[^\[\]|\s<>]+)(?:\|[^\[\]\n]*)?\]")
_PAGE = linear(r"\[([^\[\]|\n]{1,200})\|([^\[\]|\n<>]{1,200})\]")
_HEAD = linear(r"\|\|(.*?)\|\|[ \t]*")
_CODE = frozenset({"code", "noformat"})


def read(lines: Lines, has_page: Callable[[str], bool]) -> None:
    """Put macros, headings and numbered items that are written so into the forms that guides have.

    `has_page` says whether the library has a page that is called so.
    """
    if not any("{" in row or row.startswith(("h", "||")) for row in lines.rows):
        return
    before = lines.body
    _read_macros(lines)
    lines.find_code()
    if lines.body != before or any(row.startswith("||") for row in lines.rows):
        _read_words(lines, has_page)
    numbers = {number for number, row in lines.prose() if row.startswith("h") and _HEADING.fullmatch(row)}
    items = {number for number, row in lines.prose() if row.startswith("#") and _NUMBERED.fullmatch(row)}
    for number in numbers:
        found = _HEADING.fullmatch(lines.rows[number])
        lines.rows[number] = f"{'#' * int(found[1])} {found[2]}" if found else ""
    for number in items if numbers else ():
        # One that stands alone is a heading of Markdown, such as the title that an export wrote.
        if number - 1 in items or number + 1 in items:
            found = _NUMBERED.fullmatch(lines.rows[number])
            lines.rows[number] = f"{'   ' * (len(found[1]) - 1)}1. {found[2]}" if found else ""


def _read_words(lines: Lines, has_page: Callable[[str], bool]) -> None:
    """Colours, links, code and heads of tables in a text that has macros of wiki markup, too."""
    lines.change(lambda _, text: _COLOUR.sub("", text), "{color")
    lines.change(lambda _, text: _MONO.sub(r"`\1`", text), "{{")
    lines.change(lambda _, text: _LINK.sub(r"[\1](<\2>)", text), "|http", "|mailto")
    lines.change(
        lambda at, text: _PAGE.sub(lambda found: _page(found, has_page, in_table=lines.rows[at][:1] == "|"), text), "|"
    )
    for number, row in lines.prose():
        if row.startswith("||") and (found := _HEAD.fullmatch(row)):
            cells = [cell.strip() for cell in str(found[1]).split("||")]
            follows = number + 1 < len(lines.rows) and lines.rows[number + 1].startswith("|")
            if follows and number and not lines.rows[number - 1].strip():
                lines.rows[number - 1] = f"| {' | '.join(cells)} |"
                lines.rows[number] = f"|{' --- |' * len(cells)}"


def _page(found: Match, has_page: Callable[[str], bool], *, in_table: bool) -> str:
    """A link to a page by its title. What may be none stays; in a table without the bar, which would end its cell."""
    words, title = str(found[1]).strip(), str(found[2]).strip()
    if has_page(title):
        return f"[[{title}|{words}]]"
    if title.startswith("#"):
        return f"[{words}](<{title}>)"
    return f"[{words}\\|{title}]" if in_table else found.group()


def _read_macros(lines: Lines) -> None:
    opened: tuple[int, str, str] | None = None
    for number, row in lines.prose():
        if "{" not in row:
            continue
        if opened is None and _SILENT.fullmatch(row):
            lines.rows[number] = ""
        found = _MACRO.fullmatch(row)
        if found is None:
            continue
        if opened is None:
            opened = number, str(found[1]), str(found[2] or "")
        elif opened[1] == found[1]:
            _enclose(lines, opened, number)
            opened = None
        elif opened[1] not in _CODE:
            opened = number, str(found[1]), str(found[2] or "")


def _enclose(lines: Lines, opened: tuple[int, str, str], end: int) -> None:
    first, name, given = opened
    parts = dict(part.partition("=")[::2] for part in given.split("|") if "=" in part)
    plain = next((part for part in given.split("|") if part and "=" not in part), "")
    if name in _CODE:
        fence = fence_around(lines.rows[first + 1 : end])
        lines.rows[first], lines.rows[end] = f"{fence}{parts.get('language', plain)}", fence
    else:
        kind = {"panel": "note", "expand": "details", "quote": "quote"}.get(name, name)
        title = parts.get("title", plain) or (lines.words.say(ProductText.MORE) if name == "expand" else "")
        lines.rows[first], lines.rows[end] = f":::{kind} {title}".rstrip(), ":::"
