"""Writes the text that is shown of a hit as HTML, with the words that were looked for marked."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.index.contract import Snippet


def html_of(snippet: Snippet) -> str:
    """A snippet with all of its text escaped, and its matching spans in `<mark>`."""
    return "".join(_parts(snippet))


def _parts(snippet: Snippet) -> Iterator[str]:
    """The text and its marks; escaped by the standard library, as a page of hits has some hundred of them."""
    text, end = snippet.text, 0
    shown = str if escape(text) == text else escape
    for start, stop in snippet.marks:
        yield shown(text[end:start])
        yield f"<mark>{shown(text[start:stop])}</mark>"
        end = stop
    yield shown(text[end:])
