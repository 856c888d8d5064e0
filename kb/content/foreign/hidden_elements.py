"""Knows the elements that no reader is shown: those of HTML, in its spelling and in that of JSX, and those of Vue."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.content.foreign.reader_conditions import is_for_some
from kb.content.foreign.settled import settled
from kb.content.html_tags import tags_in
from kb.content.patterns import linear

_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_QUOTED = r"\"[^\"]*\"|'[^']*'"
ATTRIBUTES = rf"(?:[^<>\"'{{}}]|{_QUOTED}|{_BRACES}|=>)*|(?:[^<>\"']|{_QUOTED})*"
"""What stands in a tag: also a program in braces, which may hold any sign."""
_HIDING = linear(
    r"hidden|display|visibility|d-none|<template|v-if|v-else-if|v-show|x-show|x-if|for=|if=|when=|condition=",
    re.IGNORECASE,
)
_STYLE = linear(r"display:['\"]?none|visibility:['\"]?hidden")
_CLASSES = frozenset({"hidden", "d-none", "is-hidden", "display-none"})
_OF_JSX = linear(rf"([ \t\n])(className|style|hidden|if|when|condition)=({_BRACES})")
_BRACED = linear(rf"={_BRACES}")
_SIGNS = linear(r"[{}\"'`]")
_VUE = linear(r"[ \t\n]v-(?:if|else)")
_OF_VUE = ("v-", "#", "slot")
"""How the attributes of a template begin that Vue shows."""
_CONDITIONS = ("v-if", "v-else-if", "v-show", "x-show", "x-if")
_OF_COMPONENTS = ("if", "when", "condition")
# What is for staff is kept for them: `kb.content.foreign.staff_openings`.
_STAFF = linear(r"(?i)staff|internal|admin|employee|agent")


def hides(tag: str, known: Mapping[str, bool] | None = None) -> bool:
    """Whether an element is one that browsers, or the pages of another tool, don't show to all.

    `known` are the constants of its page.
    """
    if not _HIDING.search(tag):
        return False
    found = tags_in(_BRACED.sub('=""', tag) if "{" in tag else tag)
    if not found:
        return False
    attributes = {("class" if key == "classname" else key): value for key, value in found[0].attributes.items()}
    for _, name, value in _OF_JSX.findall(tag):
        attributes["class" if name == "className" else name] = _SIGNS.sub(" ", value).strip()
    style = "".join(attributes.get("style", "").lower().split())
    classes = attributes.get("class", "").lower().split()
    conditions = (*_CONDITIONS, *_OF_COMPONENTS) if tag[1:2].isupper() else _CONDITIONS
    return (
        (found[0].name == "template" and not any(key.startswith(_OF_VUE) for key in attributes))
        or attributes.get("hidden", "false").lower() != "false"
        or _STYLE.search(style) is not None
        or not _CLASSES.isdisjoint(classes)
        or any(_is_for_nobody(settled(attributes[name], known or {})) for name in conditions if name in attributes)
        or (found[0].name == "visibility" and attributes.get("for") == "agents")  # programs, not people
    )


def condition_of(tag: str) -> tuple[str, bool]:
    """The condition of Vue on which an element is shown, '' for none, and whether it is the other side of one."""
    found = tags_in(tag) if _VUE.search(tag) else ()
    given = found[0].attributes if found else {}
    name = next((name for name in ("v-if", "v-else-if") if name in given), "")
    return given.get(name, "").strip(), "v-else" in given or name == "v-else-if"


def _is_for_nobody(condition: str) -> bool:
    return is_for_some(condition.strip()) and _STAFF.search(condition) is None
