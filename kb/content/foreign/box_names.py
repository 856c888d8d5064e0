"""Which kind of box is meant by the names, colours and styles that other tools give."""

from __future__ import annotations

from kb.content.box_kinds import ALERTS

OTHER_KINDS = {
    **dict.fromkeys(("primary", "secondary", "light", "dark", "blue", "grey", "gray", "default", "feature"), "note"),
    **dict.fromkeys(("green", "done", "check", "best-practice"), "tip"),
    **dict.fromkeys(("yellow", "orange", "warn", "deprecated", "alert"), "warning"),
    **dict.fromkeys(("red", "stop", "critical"), "danger"),
}

_FAMILIES = ("alert-", "callout-", "box-", "prompt-", "notice--", "notice-", "admonition-", "message-", "is-", "bg-")


def box_kind(*words: str) -> str:
    """The first of some words that names a kind of box, as the kind that it is; '' when none does."""
    for word in words:
        name = word.strip().lower()
        name = next((name.removeprefix(family) for family in _FAMILIES if name.startswith(family)), name)
        if name in ALERTS and name != "details":
            return name
        if name in OTHER_KINDS:
            return OTHER_KINDS[name]
    return ""


def title_of(kind: str, title: str) -> str:
    """The title of a box, '' where it only says its kind."""
    return "" if title.strip().lower() == kind else title.strip()
