"""The filter `date` as all templates have it: a moment for a machine is one that HTML can hold."""

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
