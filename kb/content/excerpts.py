"""Cuts a part out of the rendered page of a guide, for a page that shows no more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import html as lxml_html

from kb.content.patterns import linear

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_EXCERPT = 2_000  # characters of text
_HEADING = linear(r"h[1-6]")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of a rendered page; `is_whole` says whether it is all of it."""

    html: str
    is_whole: bool


def excerpt(html: str, anchor: str, address: str, longest: int = LONGEST_EXCERPT) -> Excerpt:
    """The blocks of a page from a section on (from its beginning, for anchor '' and where all of it is short).

    As many as have `longest` characters, but one at least. The ids are left out, and links within the page lead to its
    `address`, so that it can stand on another page. `html` is a page as `render` gave it, sanitised.
    """
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    blocks = list(root)
    lengths = [len(block.text_content()) for block in blocks]
    start = 0 if sum(lengths) <= longest else _start(blocks, anchor)
    end, left = start, longest
    while end < len(blocks) and (left == longest or lengths[end] <= left):
        left -= lengths[end]
        end += 1
    while end - 1 > start and end < len(blocks) and _HEADING.fullmatch(str(blocks[end - 1].tag)):
        end -= 1  # a heading with nothing below it
    shown = blocks[start:end]
    for block in shown:
        _made_portable(block, address)
    text = "".join(lxml_html.tostring(block, encoding="unicode") for block in shown)
    return Excerpt(text, end - start == len(blocks))


def _start(blocks: Sequence[lxml_html.HtmlElement], anchor: str) -> int:
    """Which block has the anchor, or lies in front of what follows it; the first where none has."""
    if not anchor:
        return 0
    return next((k for k, block in enumerate(blocks) if any(e.get("id") == anchor for e in block.iter())), 0)


def _made_portable(block: lxml_html.HtmlElement, address: str) -> None:
    for link in block.xpath(".//a[contains(concat(' ', @class, ' '), ' anchor ')]"):
        link.drop_tree()
    for element in block.iter():
        for name in ("id", "data-problem"):
            element.attrib.pop(name, None)
        if element.get("href", "").startswith("#"):
            element.set("href", f"{address}{element.get('href')}")
