"""Tells templates which way a language is written."""

from __future__ import annotations

import unicodedata

from django import template
from django.conf.locale import LANG_INFO

register = template.Library()
FROM_THE_RIGHT = frozenset(tag for tag, known in LANG_INFO.items() if known.get("bidi")) | {
    "dv",
    "ks",
    "ps",
    "sd",
    "yi",
}


@register.filter
def direction_of(text: str) -> str:
    """The value of `dir` for what belongs to a text such as a title: that of its first letter; 'auto' without one."""
    ways = (unicodedata.bidirectional(sign) for sign in text)
    first = next((way for way in ways if way in ("L", "R", "AL")), "")
    return {"L": "ltr", "R": "rtl", "AL": "rtl"}.get(first, "auto")


@register.filter
def direction(language: str) -> str:
    """The value of `dir` for a text in the language with this tag; 'auto' where nobody knows it."""
    if not language:
        return "auto"
    return "rtl" if language.lower().partition("-")[0] in FROM_THE_RIGHT else "ltr"
