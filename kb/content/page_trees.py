"""Reads a rendered page, or a part of one, into a tree that can be taken apart and put together elsewhere."""

from __future__ import annotations

from lxml import html as lxml_html

from kb.content.patterns import linear

# What HTML may hold, a writer may paste from a terminal, and no tree takes back once it has been read into one.
_NOT_IN_TREES = linear(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]")


def tree_of(html: str) -> lxml_html.HtmlElement:
    """The HTML within an element `div`; for characters that no tree may hold, the sign that there was one."""
    return lxml_html.fragment_fromstring(_NOT_IN_TREES.sub("\N{REPLACEMENT CHARACTER}", html), create_parent="div")
