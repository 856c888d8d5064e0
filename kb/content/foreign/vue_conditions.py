"""Knows which elements of Vue are the other side of a condition (`v-else`) that says who reads: staff, if not all."""

from __future__ import annotations

from kb.content.foreign.hidden_elements import ATTRIBUTES, condition_of
from kb.content.foreign.lines import Lines
from kb.content.foreign.reader_conditions import other_side_is_for_some
from kb.content.foreign.settled import constants, settled
from kb.content.patterns import linear

WIDEST = 200
"""Characters of space between two sides."""
_TEMPLATE = linear(rf"</?template(?:[\s/](?:{ATTRIBUTES}))?>")
_TAG = linear(rf"<(/?)([A-Za-z][\w:-]*)(?:[\s/](?:{ATTRIBUTES}))?>")


def without_templates(lines: Lines) -> None:
    """Leave out the tags of `<template v-if>` and its like, which only enclose; other templates are gone by then."""
    lines.change(lambda _, text: _TEMPLATE.sub("", text), "<template", "</template")


class Sides:
    """Goes with its reader through one text, from one element with a condition to the next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known = constants(text)
        self._ends: dict[int, int] | None = None
        self._behind: dict[int, bool] = {}
        self._any = False

    def other_side_hides(self, tag: str, start: int, end: int) -> bool | None:
        """Whether an element is for some readers only, as what is before it is for others; None for one without."""
        condition, is_other = condition_of(tag)
        condition = settled(condition, self._known)
        if not (condition or is_other):
            return None
        space = self._text[max(0, start - WIDEST) : start]
        behind = start - len(space) + len(space.rstrip())
        hides = is_other and self._behind.get(behind, self._any)
        goes_on = hides or (condition != "" and other_side_is_for_some(condition))
        self._any |= goes_on
        stop = end if tag.endswith("/>") else self._end_of(end)
        if stop is not None:
            self._behind[stop] = goes_on
        return hides

    def _end_of(self, end: int) -> int | None:
        """Where the element ends whose tag ends here; None when it never does."""
        if self._ends is None:
            self._ends = {}
            waiting: dict[str, list[int]] = {}
            for found in _TAG.finditer(self._text):
                begun = waiting.setdefault(found[2].lower(), [])
                if not found[1] and not found.group().endswith("/>"):
                    begun.append(found.end())
                elif begun:
                    self._ends[begun.pop()] = found.end()
        return self._ends.get(end)
