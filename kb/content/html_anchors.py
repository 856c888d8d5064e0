"""Keeps the anchors that HTML between the Markdown gives, unless something of the page itself has that id."""

from __future__ import annotations

from collections import Counter

from kb.content.html_tags import tags_in
from kb.content.patterns import linear

_EMPTY = linear(r'<span id="([^"]*)"></span>')


def without_any(html: str) -> str:
    """A part of a page without anchors, which the whole page has."""
    return _EMPTY.sub("", html) if '<span id="' in html else html


def without_clashes(html: str) -> str:
    """A page on which each id is there once: a heading, step or part keeps its own, else the first has it."""
    if '<span id="' not in html:
        return html
    ids = [tag.attributes["id"] for tag in tags_in(html) if tag.attributes.get("id")]
    times = Counter(ids)
    if len(times) == len(ids):
        return html
    empty = Counter(found[1] for found in _EMPTY.finditer(html))
    seen: set[str] = set()
    pieces, end = [], 0
    for found in _EMPTY.finditer(html):
        name = found[1]
        if times[name] > 1 and (times[name] > empty[name] or name in seen):
            pieces.append(html[end : found.start()])
            end = found.end()
        seen.add(name)
    return "".join([*pieces, html[end:]])
