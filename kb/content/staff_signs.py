"""Knows the sign of what is for staff only, however it is written."""

from __future__ import annotations

import unicodedata
from html import unescape

from kb.content.patterns import linear

# Also what editors make of it when they escape its brackets, and one whose bracket nobody closed.
MARK = linear(r"(?i)\[[\s\\*_]*![\s\\*_]*staff")


def plain(text: str) -> str:
    """The text without what nobody sees, and with plain letters and signs in place of wide and of encoded ones."""
    if "&" in text:
        text = unescape(text)
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if sign.isascii() or unicodedata.category(sign) != "Cf")
