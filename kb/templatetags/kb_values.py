"""Filters that all templates have: they give values that attributes of HTML can hold, and short texts."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import defaultfilters

register = template.Library()
MACHINES = "c"


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: str | None = None) -> str:
    """Django's; with `c`, as in `<time datetime>`, without the parts of a second, of which HTML allows three digits."""
    if arg == MACHINES and hasattr(value, "microsecond"):
        value = value.replace(microsecond=0)
    return str(defaultfilters.date(value, arg))


@register.filter(is_safe=True)
@defaultfilters.stringfilter
def truncatechars(value: str, arg: int) -> str:
    """Django's; what is short enough, as most is, comes back at once, where Django looks at each of its letters."""
    if value.isascii() and len(value) <= arg:
        return value
    return str(defaultfilters.truncatechars(value, arg))


@register.filter
def one_line(text: str) -> str:
    """The text for a field of one line, where browsers would join the words at the end of each line."""
    return " ".join(str(text).splitlines())
