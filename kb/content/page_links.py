"""Finds in a rendered page what links can point to, and where its links lead.

It is parsed as HTML: code that shows HTML in backticks holds neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from kb.content.page_trees import tree_of

ALWAYS_THERE = frozenset({"", "page_main"})


def anchors_in(html: str) -> frozenset[str]:
    """Whatever of a rendered page a link can point to."""
    return ALWAYS_THERE | {str(element.get("id")) for element in _elements(html) if element.get("id")}


def addresses_in(html: str) -> list[str]:
    """Where the links of a rendered page lead, as written, each once."""
    found = (str(element.get("href")) for element in _elements(html) if element.tag == "a" and element.get("href"))
    return list(dict.fromkeys(found))


def _elements(html: str) -> Iterator[lxml_html.HtmlElement]:
    if not html.strip():
        return
    try:
        root = tree_of(html)
    except (etree.ParserError, ValueError):  # nothing but what no page may hold
        return
    yield from root.iter(etree.Element)
