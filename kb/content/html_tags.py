"""Finds the tags of raw HTML in a text, and which of them hold what pages never show."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

LEFT_OUT = frozenset(
    "applet audio bgsound button canvas embed form frame frameset iframe input keygen math meter object portal "  # noqa: SIM905
    "progress script select style svg template textarea video".split()
)
"""The elements whose content, or whose use, a page loses; what else is taken out leaves its words behind."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that opens an element, with its attributes; `line` counts from 0 within the fragment."""

    name: str
    attributes: dict[str, str]
    line: int


def tags_in(html: str) -> list[Tag]:
    """The opening tags of a fragment, which may end anywhere; comments and scripts hold none."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Notes each tag with its place."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.found.append(Tag(tag, {name: value or "" for name, value in attrs}, self.getpos()[0] - 1))
