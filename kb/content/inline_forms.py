"""Teaches Python-Markdown the forms inside a line that it does not know, so that readers can use them.

They are bare addresses, HTML tags, footnotes without a note, and what the Microsoft Learn articles use.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from markdown.inlinepatterns import HTML_RE, InlineProcessor, SubstituteTagInlineProcessor
from markdown.util import AtomicString

from kb.content import patterns

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown import Markdown

BARE_ADDRESS = r"(?<![\w/])https?://[^\s<>\x02\x03]+"
E_MAIL = r"<([^<>\s@:/]{1,64}@[^<>\s@:/]{1,255}\.[^<>\s@:/.]{1,63})>"
HARD_BREAK = r"\\\n"
LONE_FOOTNOTE = r"(\[\^[^\[\]\s]+\])"
IMAGE = r":::image\s++([^\n]{0,2000}?):::"
INCLUDE = r"\[!INCLUDE\s*+\[([^\]\n]{0,500})\]\s*+\(([^)\n]{0,1000})\)\s*+\]"
VIDEO = r"\[!VIDEO\s+([^\]\s]+)\s*\]"
_ATTRIBUTE = patterns.linear(r'([\w-]+)="([^"]*)"')
_ESCAPED = patterns.linear(r"\x02(\d+)\x03")
_TRAILING = ".,;:!?'\"*_~"

Handled = tuple[ET.Element | str | None, int | None, int | None]


class _BareAddress(InlineProcessor):
    """`https://example.org/x.` becomes a link, without the full stop."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: ARG002, N802
        address = m[0].rstrip(_TRAILING)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_TRAILING)
        link = ET.Element("a", {"href": address})
        link.text = AtomicString(address)
        return link, m.start(), m.start() + len(address)


class _Form(InlineProcessor):
    """A form whose groups say what it becomes, once what the library has put aside is put back into them."""

    def __init__(self, md: Markdown, pattern: str, make: Callable[[list[str]], ET.Element | str]) -> None:
        super().__init__(pattern, md)
        self._make = make

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: ARG002, N802
        groups = [self.unescape(group or "") for group in m.groups()]
        return self._make([_ESCAPED.sub(_as_typed, group) for group in groups]), m.start(), m.end()


def _as_typed(escaped: patterns.Match) -> str:
    return f"\\{chr(int(escaped[1]))}"


def _image(groups: list[str]) -> ET.Element:
    given = dict(_ATTRIBUTE.findall(groups[0]))
    return ET.Element("img", {"src": given.get("source", ""), "alt": given.get("alt-text", "")})


def _include(groups: list[str]) -> ET.Element:
    link = ET.Element("a", {"href": groups[1]})
    link.text = groups[0]
    return link


def _video(groups: list[str]) -> ET.Element:
    link = ET.Element("a", {"href": groups[0]})
    link.text = AtomicString("Watch the video")
    return link


def _e_mail(groups: list[str]) -> ET.Element:
    link = ET.Element("a", {"href": f"mailto:{groups[0]}"})
    link.text = AtomicString(groups[0])
    return link


def register(md: Markdown, raw_html: Callable[[str], str], *, footnotes: Callable[[], bool]) -> None:
    """Teach `md` the forms; `raw_html` makes a tag harmless, references to no footnote go unless `footnotes()`."""

    def tag(groups: list[str]) -> str:
        html = raw_html(groups[0])
        return md.htmlStash.store(html) if html.startswith("<") else html

    def lone_footnote(groups: list[str]) -> str:
        return groups[0] if footnotes() else ""

    forms = md.inlinePatterns
    for name in ("automail", "html"):
        forms.deregister(name)
    forms.register(_Form(md, INCLUDE, _include), "include", 178)
    forms.register(_Form(md, VIDEO, _video), "video", 177)
    forms.register(_Form(md, IMAGE, _image), "image-form", 176)
    forms.register(_Form(md, LONE_FOOTNOTE, lone_footnote), "lone-footnote", 174)
    forms.register(_Form(md, E_MAIL, _e_mail), "e-mail", 110)
    forms.register(SubstituteTagInlineProcessor(HARD_BREAK, "br"), "hard-break", 101)
    forms.register(_Form(md, HTML_RE, tag), "html", 90)
    forms.register(_BareAddress(BARE_ADDRESS), "bare-address", 85)
