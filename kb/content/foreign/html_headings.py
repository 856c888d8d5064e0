"""Makes headings of Markdown of those that a text has as HTML, which alone are sections with anchors and titles."""

from __future__ import annotations

from kb.content.foreign.lines import Lines
from kb.content.foreign.macros import MARKS
from kb.content.html_tags import tags_in
from kb.content.patterns import Match, linear

_HEADING = linear(r" {0,3}(<h([1-6])(?:[ \t][^<>]*)?>)[ \t]*(.*?)[ \t]*</h([1-6])>[ \t]*")
_OTHER = linear(r"</?h[1-6][ \t>]")
_TAG = linear(r"<[^<>]*>")
# Where Confluence writes the title of a page.
_TITLE = linear(r"<span id=\"title-text\"[^<>]*>[ \t]*(.*?)[ \t]*</span>")
_MARKS = {sign: instead for sign, instead in MARKS.items() if sign != ord(":")}
_ID = linear(r"[A-Za-z0-9][\w:.-]{0,149}")


def read(lines: Lines) -> None:
    """Put those into Markdown that have a line for themselves and no HTML right above, which would take them in."""
    is_free = True
    for number, row in enumerate(lines.rows):
        found = _HEADING.fullmatch(row) if is_free and "<h" in row and number not in lines.code else None
        is_free = not row.strip()
        if found is None or found[2] != found[4] or _OTHER.search(found[3]) or not _TAG.sub("", found[3]).strip():
            continue
        tags = tags_in(found[1])
        name = tags[0].attributes.get("id", "") if tags else ""
        anchor = f" {{#{name}}}" if _ID.fullmatch(name) else ""
        lines.rows[number] = f"{'#' * int(found[2])} {_without_marks(_TITLE.sub(_words_of, found[3]))}{anchor}"
        is_free = True


def _words_of(found: Match) -> str:
    return str(found[1])


def _without_marks(inner: str) -> str:
    """The words of a heading, whose signs mean nothing, with the elements between them."""
    pieces, end = [], 0
    for tag in _TAG.finditer(inner):
        pieces += [inner[end : tag.start()].translate(_MARKS), tag.group()]
        end = tag.end()
    return "".join([*pieces, inner[end:].translate(_MARKS)])
