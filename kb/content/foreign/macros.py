"""Reads the macros of Confluence's own format, which some exports leave between the Markdown, as HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, code_spans, shown
from kb.content.foreign.rewriting import UNENDED, UNKNOWN
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
_LINK = linear(r"<ac:link([^<>]*)>(.*?)</ac:link>", 16)
_ANCHOR = linear(r"ac:anchor=\"([^\"]*)\"")
_PAGE = linear(r"<ri:page[^<>]*?ri:content-title=\"([^\"]*)\"")
_FILE = linear(r"<ri:attachment[^<>]*?ri:filename=\"([^\"]*)\"")
_BODY = linear(r"<ac:(?:plain-text-)?link-body>(.*?)</ac:(?:plain-text-)?link-body>", 16)
# What the newer editor writes beside the macros: what it means itself, and what others may show in its place.
_NEWER = linear(r"<ac:adf-extension[^<>]*>(.*?)</ac:adf-extension>", 16)
_FALLBACK = linear(r"<ac:adf-fallback[^<>]*>(.*?)</ac:adf-fallback>", 16)
_OF_NEWER = linear(r"<ac:adf-attribute[^<>]*?key=\"([\w-]*)\"[^<>]*>([^<>]*)</ac:adf-attribute>")
_WORDS = linear(r"</?[\w:-]+[^<>]*>|\s")
_TABS = frozenset({"ui-tab", "tab", "card", "localtab"})
_SILENT = frozenset(
    {
        "ui-tabs",
        "tab-group",
        "tabs-group",
        "tabs",
        "deck",
        "localtabgroup",
        "toc",
        "excerpt",
        "section",
        "column",
        "children",
        "details",
    }
)
_FILES = frozenset({"view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia"})
_SHOWN = _FILES | {"anchor", "status"}
_REST = linear(r"</?(?:ac|ri|at):[\w-]+[^<>]*>")
_STATUS = linear(
    r"<ac:task-status>\s*(complete|incomplete)\s*</ac:task-status>((?:\s|<ac:task-(?:id|uuid)>[^<>]*</ac:task-(?:id|uuid)>)*)"
    r"<ac:task-body>"
)
_TASK = linear(r"<ac:task-(?:id|uuid|status)>[^<>]*</ac:task-(?:id|uuid|status)>")
_TIME = linear(r"<time[ \t]+datetime=\"([^\"<>]*)\"[ \t]*/>")
_EMOTICON = linear(r"<ac:emoticon[^<>]*?ac:name=\"([\w-]*)\"[^<>]*/?>")
_EMOJI = linear(r"ac:emoji-fallback=\"([^\"<>:]{1,12})\"")
_EMOTICONS = {"tick": "\N{HEAVY CHECK MARK}", "cross": "\N{CROSS MARK}", "warning": "\N{WARNING SIGN}"}
_SOMEBODY = linear(r"<ri:user[^<>]*/?>")
MARKS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "[]{}%=+^:*_~`!|"})
_OWN_SIGNS = linear(r"[\x02\x03]")
_KEPT = linear(r"\x02(\d+)\x03")
_CDATA_BEGINS = "<![CDATA["
_CDATA_ENDS = "]]>"
FARTHEST = 1_000
"""Characters behind a macro in which its parameters are looked for."""


def read(lines: Lines, path_of: Callable[[str], str]) -> None:
    """Put macros, images and links of Confluence's format into HTML that guides know.

    `path_of` says where the page of a title, or a file, lies.
    """
    if not any("<ac:" in row or "<ri:" in row for row in lines.rows):
        return
    text, kept = _without_code(lines)
    text = _CDATA.sub(lambda found: _as_it_is(str(found[1])), text)
    for number, row in enumerate(text.split("\n")):
        if _SOMEBODY.search(row):
            lines.note(number, UNKNOWN.filled(written=shown("user (Confluence)")))
    text = _EMOTICON.sub(_emoticon, _TIME.sub(r"\1", text))
    text = text.replace("<ac:task-list>", "<ul>").replace("</ac:task-list>", "</ul>")
    text = text.replace("<ac:task>", "<li>").replace("</ac:task>", "</li>")
    text = _NEWER.sub(_of_newer_editor, text)
    text = _LINK.sub(lambda found: _link(found, path_of), text)
    text = _IMAGE.sub(lambda found: f'<img src="{found[1]}" alt="">' + _ends(found), text)
    text = _TASK.sub("", _STATUS.sub(_sign_of_task, text))
    text = "\n".join(_REST.sub("", row) for row in _macros(lines, text).split("\n"))
    lines.rows = _KEPT.sub(lambda found: kept[whole_number(found[1]) or 0], text).split("\n")
    lines.find_code()


def _emoticon(found: Match) -> str:
    """The sign that is shown, or one that stands for its name."""
    sign = _EMOJI.search(found.group())
    return str(sign[1]) if sign else _EMOTICONS.get(str(found[1]), "")


def _as_it_is(text: str) -> str:
    """A text in which HTML and Markdown mean nothing, with no empty line, which would end what it stands in."""
    rows = escape(text, quote=False).translate(MARKS).split("\n")
    return "\n".join([row if row.strip() or at in (0, len(rows) - 1) else "&#32;" for at, row in enumerate(rows)])


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


def _link(found: Match, path_of: Callable[[str], str]) -> str:
    """A link of HTML, as no Markdown is read in the cell of a table that is HTML."""
    given, inner = _ANCHOR.search(found[1]), str(found[2])
    page, file, body = (pattern.search(inner) for pattern in (_PAGE, _FILE, _BODY))
    anchor = f"#{quote(_id_of(given[1]))}" if given else ""
    named = unescape((page or file)[1]) if page or file else ""  # type: ignore[index]
    words = " ".join(body[1].split()) if body else escape(named or (unescape(given[1]) if given else ""))
    target = (path_of(named) if named else "") + anchor
    return (f'<a href="{escape(target)}">{words}</a>' if target and words else words) + _ends(found)


def _id_of(written: str) -> str:
    """What an anchor is called here, where no name has spaces."""
    return "-".join(unescape(written).split())


def _of_newer_editor(found: Match) -> str:
    """A panel as a box; of all else what others may show in its place, or else what it says."""
    inner = str(found[1])
    given = dict(_OF_NEWER.findall(inner))
    own = _OF_NEWER.sub("", _FALLBACK.sub("", inner))
    fallback = _FALLBACK.search(inner)
    if "panel-type" in given and _WORDS.sub("", own):
        own = f'<div class="admonition {box_kind(given["panel-type"].strip()) or "note"}">{own}</div>'
    elif fallback:
        own = fallback[1]
    return own.rstrip("\n") + "\n" * (found.group().count("\n") - own.rstrip("\n").count("\n"))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A macro that waits for its end: where it stands, what is written there where it has none, and its end."""

    line: int
    written: str
    piece: int
    without_end: str
    end: str


def _macros(lines: Lines, text: str) -> str:
    """Open and close an element for each macro."""
    pieces: list[str] = []
    opened: list[_Opened] = []
    number = 0
    parts = text.split(_MACRO_END)
    for part, piece in enumerate(parts):
        at = 0
        for found in _MACRO.finditer(piece):
            pieces.append(piece[at : found.start()])
            number += piece.count("\n", at, found.start())
            name, given = str(found[1]), _given(piece[found.end() : found.end() + FARTHEST])
            start, end = _elements(lines, name, given, number)
            if not found[2]:
                title = escape(unescape(given.get("title", "")))
                instead = (f"<p><strong>{title}</strong></p>" if title else "") if end else start
                opened.append(_Opened(number, f"{name} (Confluence)", len(pieces), instead, end))
            number += piece.count("\n", found.start(), found.end())
            at = found.end()
            pieces.append(start)
        pieces.append(piece[at:])
        number += piece.count("\n", at)
        if opened and part + 1 < len(parts):
            pieces.append(opened.pop().end)
    for each in opened:
        lines.note(each.line, UNENDED.filled(written=shown(each.written)))
        pieces[each.piece] = each.without_end
    return _PARAMETER.sub(_ends, "".join(pieces))


def _given(following: str) -> dict[str, str]:
    """The parameters right behind the tag of a macro, without those of macros that stand in it."""
    given: dict[str, str] = {}
    end = 0
    for found in _PARAMETER.finditer(following):
        if following[end : found.start()].strip():
            break
        given.setdefault(found[1] or "", str(found[2] or ""))
        end = found.end()
    return given


def _elements(lines: Lines, name: str, given: Mapping[str, str], number: int) -> tuple[str, str]:
    title = escape(unescape(given.get("title", "")))
    if kind := box_kind("note" if name == "panel" else name):
        return f'<div class="admonition {kind}">' + (f'<p class="title">{title}</p>' if title else ""), "</div>"
    if name in _TABS:
        named = title or escape(unescape(given.get("label", given.get("", ""))))
        return (f"<p><strong>{named}</strong></p>" if named else ""), ""
    if name in ("expand", "ui-expand"):
        return f"<details><summary>{title or escape(lines.words.say(ProductText.MORE))}</summary>", "</details>"
    if name in ("code", "noformat"):
        return (f"<p><strong>{title}</strong></p>" if title else "") + "<pre>", "</pre>"
    if name not in _SILENT | _SHOWN:
        lines.note(number, UNKNOWN.filled(written=shown(f"{name} (Confluence)")))
    return _alone(name, given), ""


def _alone(name: str, given: Mapping[str, str]) -> str:
    """What a macro says that encloses nothing which is shown."""
    if name == "anchor":
        return f'<a id="{escape(_id_of(given.get("", "")))}"></a>'
    if name in _FILES:
        file = _FILE.search(given.get("name", ""))
        return f'<a href="{file[1]}">{file[1]}</a>' if file else ""
    # The number of an issue, and the page that is taken in, say at least where more is.
    return given.get({"status": "title", "jira": "key", "include": "", "excerpt-include": ""}.get(name, "-"), "")
