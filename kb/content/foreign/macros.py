"""Reads the macros of Confluence's own format, which some exports leave between the Markdown, as HTML."""

from __future__ import annotations

from html import escape

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, shown
from kb.content.foreign.rewriting import UNKNOWN
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
_TASK = linear(r"<ac:task-(?:id|uuid|status)>[^<>]*</ac:task-(?:id|uuid|status)>")
_TIME = linear(r"<time[ \t]+datetime=\"([^\"<>]*)\"[ \t]*/>")
_EMOTICON = linear(r"<ac:emoticon[^<>]*?ac:name=\"([\w-]*)\"[^<>]*/?>")
_EMOTICONS = {"tick": "\N{HEAVY CHECK MARK}", "cross": "\N{CROSS MARK}", "warning": "\N{WARNING SIGN}"}
_SOMEBODY = linear(r"<ri:user[^<>]*/?>")
_MARKS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "[]{}%=+^:*_~`!|"})
_BLOCKS = frozenset({"info", "note", "tip", "warning", "panel"})


def read(lines: Lines) -> None:
    """Put macros, images and links of Confluence's format into HTML that guides know."""
    text = lines.body
    if "<ac:" not in text and "<ri:" not in text:
        return
    text = _CDATA.sub(lambda found: escape(str(found[1]), quote=False).translate(_MARKS), text)
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
    text = _TASK.sub("", text)
    lines.rows = _macros(lines, text).split("\n")
    lines.rows = [_REST.sub("", row) for row in lines.rows]
    lines.find_code()


def _ends(found: Match) -> str:
    return "\n" * found.group().count("\n")


def _macros(lines: Lines, text: str) -> str:
    """Open and close an element for each macro."""
    pieces: list[str] = []
    ends: list[str] = []
    for piece in text.split(_MACRO_END):
        at = 0
        for found in _MACRO.finditer(piece):
            pieces.append(piece[at : found.start()])
            at = found.end()
            start, end = _elements(lines, str(found[1]), piece[at:], "".join(pieces).count("\n"))
            pieces.append(start)
            if not found[2]:
                ends.append(end)
        pieces.append(piece[at:])
        if ends:
            pieces.append(ends.pop())
    return _PARAMETER.sub(_ends, "".join(pieces))


def _elements(lines: Lines, name: str, following: str, number: int) -> tuple[str, str]:
    given = {found[1]: found[2] for found in _PARAMETER.finditer(following[:1000]) if found[1]}
    title = escape(given.get("title", ""))
    if kind := box_kind("note" if name == "panel" else name):
        return f'<div class="admonition {kind}">' + (f'<p class="title">{title}</p>' if title else ""), "</div>"
    if name == "expand":
        return f"<details><summary>{title or 'More'}</summary>", "</details>"
    if name in ("code", "noformat"):
        return "<pre>", "</pre>"
    if name == "status":
        return title, ""
    if name not in ("toc", "excerpt", "section", "column", "anchor", "children", "details"):
        lines.note(number, UNKNOWN.filled(written=shown(f"{name} (Confluence)")))
    return "", ""
