"""Finds the tags and the words of raw HTML in a text, and which tags hold what pages never show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

from lxml import etree

LEFT_OUT = frozenset(
    "applet audio bgsound button canvas embed form frame frameset iframe input keygen math meter object portal "  # noqa: SIM905
    "progress script select style svg template textarea video".split()
)
"""The elements whose content, or whose use, a page loses; what else is taken out leaves its words behind."""
_WITHOUT_WORDS = ("script", "style")
# Without `huge_tree`, lxml drops what is nested more than 256 deep.
_PARSER = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that opens an element, with its attributes; `line` and `start` count lines and characters from 0."""

    name: str
    attributes: dict[str, str]
    line: int
    start: int


def is_left_out(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether a page loses such an element."""
    return name in LEFT_OUT and not is_sign_of_task(name, attributes)


def is_sign_of_task(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element is a box to tick that only shows whether something is done."""
    return name == "input" and attributes.get("type", "").lower() == "checkbox" and "disabled" in attributes


def tags_in(html: str) -> list[Tag]:
    """The opening tags of a fragment, which may end anywhere; comments and scripts hold none.

    This is by Python's parser of HTML: lxml doesn't know at which character of a line a tag begins.
    """
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return reader.found


def words_in(html: str) -> str:
    """What is to be read of a fragment, which may end anywhere: no tags, comments, scripts or styles."""
    # Lone surrogates, which lxml refuses, become question marks.
    root = etree.fromstring(b"<html><body>" + html.encode(errors="replace"), _PARSER)
    etree.strip_elements(root, *_WITHOUT_WORDS, with_tail=False)
    return "".join(root.itertext())


class _Reader(HTMLParser):
    """Notes each tag with its place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._lines = list(accumulate((len(line) + 1 for line in html.split("\n")), initial=0))
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        line, column = self.getpos()
        attributes = {name: value or "" for name, value in attrs}
        self.found.append(Tag(tag, attributes, line - 1, self._lines[line - 1] + column))
