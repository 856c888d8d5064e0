"""The kinds of boxes that guides have: admonitions, tabs, folded parts, and elements of HTML that are one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.content.staff_signs import names_staff

TAB = "TAB"
STAFF_BOX = "staff"
"""The kind of what a guide for everyone says to staff only."""
STAFF_ONLY = "Staff only"
ALERTS = {
    **dict.fromkeys(
        (
            "note",
            "info",
            "information",
            "abstract",
            "summary",
            "todo",
            "question",
            "example",
            "quote",
            "seealso",
            "details",
            "tldr",
            "help",
            "faq",
            "cite",
        ),
        "note",
    ),
    **dict.fromkeys(("tip", "hint", "success", "check", "done"), "tip"),
    "important": "important",
    **dict.fromkeys(("warning", "attention"), "warning"),
    **dict.fromkeys(("caution", "danger", "error", "failure", "fail", "missing", "bug"), "caution"),
    STAFF_BOX: STAFF_BOX,
}
"""The kinds of boxes that tools know, and which of GitHub's five (or ours) each is shown as."""
KINDS = frozenset(ALERTS.values())
FOLDED = "DETAILS"
"""The kind of what is folded under a title of its own, such as a question and its answer."""
BOXES = frozenset({"div", "aside"})
"""The elements of HTML that may be boxes."""
TITLE = "admonition-title"
_WARNINGS = frozenset({"warning", "attention", "caution", "danger", "important"})
_FAMILIES = ("confluence-information-macro-", "admonition-", "alert-", "callout-", "is-")
# Words that are classes of much else.
_NO_CLASS = frozenset({"summary", "details", "quote", "help", "faq", "cite", "check", "done", "fail", "missing"})


def kind_of_element(name: str, attributes: Iterable[tuple[str, str | None]]) -> str:
    """Which kind of box an element of HTML is, by its classes, in capitals; '' for none."""
    if name not in BOXES:
        return ""
    for word in _classes(attributes):
        if names_staff(word):
            return STAFF_BOX.upper()
        kind = word.rpartition("-")[2]
        if kind in ALERTS and kind not in _NO_CLASS and (word == kind or word.startswith(_FAMILIES)):
            return kind.upper()
    return "NOTE" if name == "aside" else ""


def is_title(name: str, attributes: Iterable[tuple[str, str | None]]) -> bool:
    """Whether an element of HTML is the title of the box that it stands in."""
    return name == "p" and not {"title", TITLE}.isdisjoint(_classes(attributes))


def _classes(attributes: Iterable[tuple[str, str | None]]) -> list[str]:
    return next((value or "" for name, value in attributes if name == "class"), "").lower().split()[:20]


def is_folded(meta: Mapping[str, Any]) -> bool:
    """Whether a box is a part of its own that is folded under its title, and no warning that happens to fold."""
    return bool(meta["folds"] and meta["title"]) and meta["kind"].lower() not in _WARNINGS
