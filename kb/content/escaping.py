"""Writes what somebody typed into Markdown so that it is shown as it was typed."""

from __future__ import annotations

from kb.content.patterns import linear

_MARKUP = linear(r"([\\`*_\[\]<>{}#&~!|^$:])")
_BRACKETS = linear(r"([\\\[\]])")


def escaped(text: str) -> str:
    """Words that may stand anywhere in a line of text."""
    return _MARKUP.sub(lambda found: f"\\{found[1]}", text)


def escaped_in_brackets(text: str) -> str:
    """Words between the brackets of a link or an image, which a writer goes on to read and to change."""
    return _BRACKETS.sub(lambda found: f"\\{found[1]}", text)
