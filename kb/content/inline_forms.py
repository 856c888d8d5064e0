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
        return _link(address, AtomicString(address)), m.start(), m.start() + len(address)


class _Form(InlineProcessor):
    """A form whose groups say what it becomes, once what the library has put aside is put back into them."""

    def __init__(self, md: Markdown, pattern: str, make: Callable[[list[str]], ET.Element | str]) -> None:
        super().__init__(pattern, md)
        self._make = make

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: ARG002, N802
        groups = [self.unescape(group or "") for group in m.groups()]
        # What was escaped stands between STX and ETX by its number: it gets its backslash back.
        groups = [_ESCAPED.sub(lambda escaped: f"\\{chr(int(escaped[1]))}", group) for group in groups]
        return self._make(groups), m.start(), m.end()


def _image(groups: list[str]) -> ET.Element:
    given = dict(_ATTRIBUTE.findall(groups[0]))
    return ET.Element("img", {"src": given.get("source", ""), "alt": given.get("alt-text", "")})


def _link(address: str, text: str) -> ET.Element:
    """A link; Markdown in its text counts unless that is an AtomicString."""
    link = ET.Element("a", {"href": address})
    link.text = text
    return link


def register(md: Markdown, raw_html: Callable[[str], str], *, footnotes: Callable[[], bool]) -> None:
    """Teach `md` the forms; `raw_html` makes a tag harmless, references to no footnote go unless `footnotes()`."""

    def video(groups: list[str]) -> ET.Element:
        return _link(groups[0], AtomicString("Watch the video"))

    def e_mail(groups: list[str]) -> ET.Element:
        return _link(f"mailto:{groups[0]}", AtomicString(groups[0]))

    def tag(groups: list[str]) -> str:
        html = raw_html(groups[0])
        return md.htmlStash.store(html) if html.startswith("<") else html

    def lone_footnote(groups: list[str]) -> str:
        return groups[0] if footnotes() else ""

    forms = md.inlinePatterns
    for name in ("automail", "html"):
        forms.deregister(name)
    # The priorities lie between those of the library, whose code (190) and escapes (180) come before all of these and
    # whose links (170 to 130) come after the first.
    forms.register(_Form(md, INCLUDE, lambda groups: _link(groups[1], groups[0])), "include", 178)
    forms.register(_Form(md, VIDEO, video), "video", 177)
    forms.register(_Form(md, IMAGE, _image), "image-form", 176)
    forms.register(_Form(md, LONE_FOOTNOTE, lone_footnote), "lone-footnote", 174)
    forms.register(_Form(md, E_MAIL, e_mail), "e-mail", 110)
    forms.register(SubstituteTagInlineProcessor(HARD_BREAK, "br"), "hard-break", 101)
    forms.register(_Form(md, HTML_RE, tag), "html", 90)
    forms.register(_BareAddress(BARE_ADDRESS), "bare-address", 85)
