"""Reads the macros of Confluence's own format, which some exports leave between the Markdown, as HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, code_spans, shown
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.guide_words import ProductText
from kb.content.numbers import whole_number
from kb.content.patterns import Match, linear

_MACRO = linear(r'<ac:structured-macro[^<>]*ac:name="([\w-]+)"[^<>]*?(/?)>')
_MACRO_END = "</ac:structured-macro>"
_PARAMETER = linear(r'<ac:parameter[^<>]*ac:name="([\w-]*)"[^<>]*>(.*?)</ac:parameter>|<ac:parameter[^<>]*/>', 16)
_CDATA = linear(r"<!\[CDATA\[(.*?)\]\]>", 16)
_IMAGE = linear(
    r"<ac:image[^<>]*>[^<>]*<ri:(?:attachment|url)[^<>]*?ri:(?:filename|value)=\"([^\"]*)\"[^<>]*?/?>(?:[^<>]*</ri:\w+>)?[^<>]*</ac:image>"
)
_LINK = linear(
    r'<ac:link[^<>]*>[^<>]*<ri:page[^<>]*?ri:content-title="([^"]*)"[^<>]*?/?>(?:[^<>]*</ri:page>)?[^<>]*(?:<ac:(?:plain-text-)?link-body>(.*?)</ac:(?:plain-text-)?link-body>)?[^<>]*</ac:link>',
    16,
)
_REST = linear(r"</?(?:ac|ri|at):[\w-]+[^<>]*>")
_STATUS = linear(
    r"<ac:task-status>\s*(complete|incomplete)\s*</ac:task-status>((?:\s|<ac:task-(?:id|uuid)>[^<>]*</ac:task-(?:id|uuid)>)*)"
    r"<ac:task-body>"
)
_TASK = linear(r"<ac:task-(?:id|uuid|status)>[^<>]*</ac:task-(?:id|uuid|status)>")
_TIME = linear(r"<time[ \t]+datetime=\"([^\"<>]*)\"[ \t]*/>")
_EMOTICON = linear(r"<ac:emoticon[^<>]*?ac:name=\"([\w-]*)\"[^<>]*/?>")
_EMOTICONS = {"tick": "\N{HEAVY CHECK MARK}", "cross": "\N{CROSS MARK}", "warning": "\N{WARNING SIGN}"}
_SOMEBODY = linear(r"<ri:user[^<>]*/?>")
MARKS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "[]{}%=+^:*_~`!|"})
_OWN_SIGNS = linear(r"[\x02\x03]")
_KEPT = linear(r"\x02(\d+)\x03")
_CDATA_BEGINS = "<![CDATA["
_CDATA_ENDS = "]]>"
FARTHEST = 1_000
"""Characters behind a macro in which its parameters are looked for."""


def read(lines: Lines) -> None:
    """Put macros, images and links of Confluence's format into HTML that guides know."""
    if not any("<ac:" in row or "<ri:" in row for row in lines.rows):
        return
    text, kept = _without_code(lines)
    text = _CDATA.sub(lambda found: escape(str(found[1]), quote=False).translate(MARKS), text)
    for number, row in enumerate(text.split("\n")):
        if _SOMEBODY.search(row):
            lines.note(number, UNKNOWN.filled(written=shown("user (Confluence)")))
    text = _EMOTICON.sub(lambda found: _EMOTICONS.get(str(found[1]), ""), _TIME.sub(r"\1", text))
    text = text.replace("<ac:task-list>", "<ul>").replace("</ac:task-list>", "</ul>")
    text = text.replace("<ac:task>", "<li>").replace("</ac:task>", "</li>")
    text = _LINK.sub(
        lambda found: f"[[{found[1]}{'|' + ' '.join(found[2].split()) if found[2] else ''}]]" + _ends(found), text
    )
    text = _IMAGE.sub(lambda found: f'<img src="{found[1]}" alt="">' + _ends(found), text)
    text = _TASK.sub("", _STATUS.sub(_sign_of_task, text))
    text = "\n".join(_REST.sub("", row) for row in _macros(lines, text).split("\n"))
    lines.rows = _KEPT.sub(lambda found: kept[whole_number(found[1]) or 0], text).split("\n")
    lines.find_code()


def _without_code(lines: Lines) -> tuple[str, list[str]]:
    """The text with a sign in place of all that it shows as code, and what each stands for.

    What stands in `CDATA` is the text of a macro, however it looks.
    """
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\x02{len(kept) - 1}\x03"

    rows = []
    is_data = False
    for number, row in enumerate(_OWN_SIGNS.sub("", lines.body).split("\n")):
        if not is_data and number in lines.fenced:
            rows.append(keep(row))
            continue
        is_whole = is_data or _CDATA_BEGINS in row or "`" not in row
        rows.append(row if is_whole else _with_code(row, keep))
        is_data = row.rfind(_CDATA_BEGINS) > row.rfind(_CDATA_ENDS) or (is_data and _CDATA_ENDS not in row)
    return "\n".join(rows), kept


def _with_code(row: str, change: Callable[[str], str]) -> str:
    """A line whose inline code is put through `change`."""
    pieces, end = [], 0
    for start, stop in code_spans(row):
        pieces += [row[end:start], change(row[start:stop])]
        end = stop
    return "".join([*pieces, row[end:]])


def _sign_of_task(found: Match) -> str:
    return f'{_ends(found)}<input type="checkbox" disabled{" checked" if found[1] == "complete" else ""}> '


def _ends(found: Match) -> str:
    return "\n" * found.group().count("\n")


def _macros(lines: Lines, text: str) -> str:
    """Open and close an element for each macro."""
    pieces: list[str] = []
    ends: list[str] = []
    number = 0
    for piece in text.split(_MACRO_END):
        at = 0
        for found in _MACRO.finditer(piece):
            pieces.append(piece[at : found.start()])
            number += piece.count("\n", at, found.start())
            start, end = _elements(lines, str(found[1]), piece[found.end() : found.end() + FARTHEST], number)
            number += piece.count("\n", found.start(), found.end())
            at = found.end()
            pieces.append(start)
            if not found[2]:
                ends.append(end)
        pieces.append(piece[at:])
        number += piece.count("\n", at)
        if ends:
            pieces.append(ends.pop())
    return _PARAMETER.sub(_ends, "".join(pieces))


def _elements(lines: Lines, name: str, following: str, number: int) -> tuple[str, str]:
    given = {found[1]: found[2] for found in _PARAMETER.finditer(following) if found[1]}
    title = escape(given.get("title", ""))
    if kind := box_kind("note" if name == "panel" else name):
        return f'<div class="admonition {kind}">' + (f'<p class="title">{title}</p>' if title else ""), "</div>"
    if name == "expand":
        return f"<details><summary>{title or escape(lines.words.say(ProductText.MORE))}</summary>", "</details>"
    if name in ("code", "noformat"):
        return "<pre>", "</pre>"
    if name == "status":
        return title, ""
    if name not in ("toc", "excerpt", "section", "column", "anchor", "children", "details"):
        lines.note(number, UNKNOWN.filled(written=shown(f"{name} (Confluence)")))
    return "", ""
