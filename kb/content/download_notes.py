"""Says behind each link to a download of what kind and how large the file is."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from kb.content.html_tags import tags_in

CLASS = "download-note"
_END = "</a>"


def with_notes(html: str, notes: Mapping[str, str]) -> str:
    """A part of a page with the notes behind its links, by the addresses that these lead to."""
    if not notes:
        return html
    pieces, end = [], 0
    # The tags' places in the page, which stays as it is: lxml would write it anew.
    for tag in tags_in(html):
        note = notes.get(tag.attributes.get("href", "")) if tag.name == "a" else None
        close = html.find(_END, tag.start) if note else -1
        if note and close >= end:
            pieces += [html[end : close + len(_END)], f' <span class="{CLASS}">({escape(note)})</span>']
            end = close + len(_END)
    return "".join([*pieces, html[end:]])
