"""The elements of MDX that are boxes, tabs and folded parts: their names, their titles, and several on a line."""

from __future__ import annotations

from kb.content.html_tags import tags_in
from kb.content.patterns import linear

TAB_NAMES = frozenset({"Tab", "TabItem", "TabPane", "TabPanel", "Tabs.Tab", "TabsContent", "CodeGroupItem"})
FOLD_NAMES = frozenset({"Accordion", "AccordionItem", "Collapse", "Expandable", "Details"})
_BOX_NAMES = frozenset({"Admonition", "Aside", "Callout"})
KIND_NAMES = frozenset(
    {"Note", "Info", "Tip", "Important", "Warning", "Caution", "Danger", "Check", "Success", "Error", "Hint"}
)
_BOX_ELEMENTS = TAB_NAMES | FOLD_NAMES | _BOX_NAMES | KIND_NAMES
NAMES = "|".join(sorted(_BOX_ELEMENTS)).replace(".", r"\.")
GROUP_ELEMENTS = frozenset({"Tabs", "AccordionGroup", "Accordions"})
BOX_ELEMENTS = _BOX_ELEMENTS | GROUP_ELEMENTS
"""The elements of MDX that are read as boxes and tabs, and those around them."""
_ANY_TAG = linear(rf"<(/?)({NAMES}|Tabs|AccordionGroup|Accordions)((?:[ \t](?:[^<>]|=>)*)?)>")
_LABELS = ("label", "title", "name", "header", "summary", "tab", "value")


def in_line(line: str) -> list[tuple[str, str, str]]:
    """The opening tags, the names and the texts of elements that a line is all of, one behind another or in a group.

    None where a line is a single element, or holds anything else.
    """
    found: list[tuple[str, str, str]] = []
    opened: tuple[str, str, int] | None = None
    end = groups = 0
    for tag in _ANY_TAG.finditer(line) if line[:1] == "<" and "</" in line else ():
        closes, name = bool(tag[1]), str(tag[2])
        if str(tag[3]).endswith("/") or (opened is None and line[end : tag.start()].strip()):
            return []
        if opened is not None:
            if not closes or name != opened[1]:
                return []
            found.append((opened[0], name, line[opened[2] : tag.start()]))
            opened = None
        elif name in GROUP_ELEMENTS:
            groups += 1
        elif closes:
            return []
        else:
            opened = tag.group(), name, tag.end()
        end = tag.end()
    is_whole = opened is None and not line[end:].strip()
    return found if is_whole and found and (groups or len(found) > 1) else []


def kind_of_name(name: str) -> str:
    """The kind of box that an element of this name is, where nothing else says it; '' for tabs and groups."""
    if name in KIND_NAMES:
        return name.lower()
    return "details" if name in FOLD_NAMES else "note" if name in _BOX_NAMES else ""


def label_of(tag: str) -> str:
    """What an opening tag says that its element is called, '' for nothing."""
    found = tags_in(tag)
    attributes = found[0].attributes if found else {}
    return next((attributes[label] for label in _LABELS if attributes.get(label)), "")
