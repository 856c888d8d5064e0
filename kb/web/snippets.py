"""Writes the snippet of a hit as HTML, for pages and for programs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.search.index.contract import Snippet


def html_of(snippet: Snippet) -> str:
    """Its text escaped, its matching spans in `<mark>`; by the standard library, as a page has some hundred of them."""
    text, end = snippet.text, 0
    parts: list[str] = []
    for start, stop in snippet.marks:
        parts += text[end:start], text[start:stop]
        end = stop
    parts.append(text[end:])
    if escape(text) != text:
        parts = list(map(escape, parts))
    parts[1::2] = [f"<mark>{part}</mark>" for part in parts[1::2]]
    return "".join(parts)
