"""Teaches Python-Markdown the forms inside a line that no specification knows, so that readers can use them.

They are footnotes without a note, and what the Microsoft Learn articles use.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape
from typing import TYPE_CHECKING

from markdown.inlinepatterns import InlineProcessor, Pattern
from markdown.util import AtomicString, Registry

from kb.content import patterns
from kb.content.guide_words import ProductText

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown import Markdown

    from kb.content.guide_words import Words

FOOTNOTE = r"\[\^([^\]\s]{1,200})\]"
LONE_FOOTNOTE = r"(\[\^[^\[\]\s]{1,200}\])"
IMAGE = r":::image\s++([^\n]{0,2000}?):::"
INCLUDE = r"\[!INCLUDE\s*+\[([^\]\n]{0,500})\]\s*+\(([^)\n]{0,1000})\)\s*+\]"
VIDEO = r"\[!VIDEO\s+([^\]\s]{1,1000})\s*\]"
_ATTRIBUTE = patterns.linear(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""")

Handled = tuple[ET.Element | str | None, int | None, int | None]


class _Form(InlineProcessor):
    """A form whose groups say what it becomes; they are the writer's own text."""

    def __init__(self, md: Markdown, pattern: str, make: Callable[[list[str]], ET.Element | str]) -> None:
        super().__init__(pattern, md)
        self._make = make

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: ARG002, N802
        return self._make([group or "" for group in m.groups()]), m.start(), m.end()


def _image(groups: list[str]) -> ET.Element:
    given = {name: unescape(one or two) for name, one, two in _ATTRIBUTE.findall(groups[0])}
    return ET.Element("img", {"src": given.get("source", ""), "alt": given.get("alt-text", "").replace("`", "")})


def _link(address: str, text: str) -> ET.Element:
    """A link; Markdown in its text counts unless that is an AtomicString."""
    link = ET.Element("a", {"href": unescape(address)})
    link.text = text
    return link


def register(md: Markdown, *, footnotes: Callable[[], bool], words: Callable[[], Words]) -> None:
    """Teach `md` the forms, and no others; references to no footnote go unless `footnotes()`.

    `words()` are in the language of the text.

    What the specification knows is read by `kb.content.inline_tree`, which asks these forms where they may begin.
    """

    def video(groups: list[str]) -> ET.Element:
        return _link(groups[0], AtomicString(words().say(ProductText.FILM)))

    def lone_footnote(groups: list[str]) -> str:
        return groups[0] if footnotes() else ""

    forms: Registry[Pattern] = Registry()
    md.inlinePatterns = forms
    # Those with the higher number are asked first; footnotes, which the library's extension knows, have 175.
    forms.register(_Form(md, INCLUDE, lambda groups: _link(groups[1], groups[0])), "include", 178)
    forms.register(_Form(md, VIDEO, video), "video", 177)
    forms.register(_Form(md, IMAGE, _image), "image-form", 176)
    forms.register(_Form(md, LONE_FOOTNOTE, lone_footnote), "lone-footnote", 174)
