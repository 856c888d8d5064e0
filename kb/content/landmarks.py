"""Gives a rendered guide the ids that addresses point to, and marks its steps."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from markdown.util import AtomicString

from kb.content.commonmark import LINE
from kb.content.document import Section, StepList
from kb.content.guide_words import ProductText, Words
from kb.content.patterns import linear

_MARKED_AS_DANGER = linear(r"\s*\{danger\}\s*$")
_LONGEST_MARK = 40
# What begins at one line is nested: a row lies in its table, an item in its list.
_NEAREST = {"tr": 0, "li": 1, "p": 2}


@dataclass(slots=True)
class Landmarks:
    """What pages and addresses point to: headings by their line (from 0) of the body, and the lists of steps.

    `places` are the lines and anchors of what else has an anchor of its own; `words` are in the language of the guide.
    """

    headings: dict[int, Section]
    step_lists: tuple[StepList, ...]
    places: tuple[tuple[int, str], ...]
    title: str | None
    words: Words

    def mark(self, root: ET.Element) -> None:
        """Give headings, steps and tables their ids and labels; an anchor without a heading gets an empty element."""
        self._mark_places(root)
        lists = {(steps.anchor, steps.index): steps for steps in self.step_lists}
        taken = {section.anchor for section in self.headings.values()} | {anchor for _, anchor in self.places}
        missing = dict(self.headings)
        section, number = None, 0
        for block in list(root):
            if LINE in block.attrib and (found := missing.pop(int(block.attrib.pop(LINE)), None)):
                section, number = found, 0
                self._mark_heading(root, block, found.anchor)
            elif block.tag in {"ol", "ul"}:
                steps = lists.get((section.anchor if section else "", number))
                number += 1
                if steps:
                    self._mark_steps(block, steps, taken)
            for table in block.iter("div"):
                if table.get("class") == "table-scroll":
                    table.set("aria-label", self._name_of_table(section))
        for position, lost in enumerate(missing.values()):
            root.insert(position, ET.Element("span", {"id": lost.anchor}))

    def _mark_places(self, root: ET.Element) -> None:
        if not self.places:
            return
        begins: dict[int, list[tuple[ET.Element, ET.Element]]] = {}
        for parent, element in _with_parents(root):
            if LINE in element.attrib:
                begins.setdefault(int(element.attrib[LINE]), []).append((parent, element))
        lines = sorted(begins)
        for line, anchor in self.places:
            at = bisect_right(lines, line)
            if not at:
                root.insert(0, ET.Element("span", {"id": anchor}))
                continue
            # The outermost of several: min() gives the first.
            here = begins[lines[at - 1]]
            parent, element = min(here, key=lambda found: _NEAREST.get(found[1].tag, len(_NEAREST)))
            _mark_place(parent, element, anchor)

    def _name_of_table(self, section: Section | None) -> str:
        return (
            self.words.say(ProductText.TABLE_IN, title=section.title) if section else self.words.say(ProductText.TABLE)
        )

    def _mark_heading(self, root: ET.Element, heading: ET.Element, anchor: str) -> None:
        if anchor == self.title:
            root[list(root).index(heading)] = ET.Element("span", {"id": anchor, "class": "title-anchor"})
            return
        heading.set("id", anchor)
        link = {"class": "anchor", "href": f"#{anchor}", "aria-label": self.words.say(ProductText.SECTION)}
        ET.SubElement(heading, "a", link).text = AtomicString("#")

    def _mark_steps(self, block: ET.Element, steps: StepList, taken: set[str]) -> None:
        """Number the items on from the steps that come before; no id that a heading has is used again."""
        problem = steps.problem or "guide"
        block.set("class", " ".join(filter(None, (block.get("class"), "steps"))))
        block.set("data-problem", problem)
        for number, item in enumerate(block.findall("li"), start=steps.first_step):
            name = f"step-{problem}-{number + 1}"
            if name not in taken and "id" not in item.attrib:
                taken.add(name)
                item.set("id", name)
            if number in steps.dangerous:
                _warn(item, self.words.say(ProductText.DANGER))


def _with_parents(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    """Each element below `root` with its parent, outer ones first."""
    for element in root:
        yield root, element
        yield from _with_parents(element)


def _mark_place(parent: ET.Element, element: ET.Element, anchor: str) -> None:
    """Give the element the id, or put an empty one with it before those that can have none."""
    is_finished = element.tag == "p" and isinstance(element.text, AtomicString)
    if element.tag in _NEAREST and "id" not in element.attrib and not is_finished:
        element.set("id", anchor)
    else:
        parent.insert(list(parent).index(element), ET.Element("span", {"id": anchor}))


def _warn(item: ET.Element, warning_text: str) -> None:
    """Put a warning before what the step says, in its first paragraph if it has one."""
    first = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    warning = ET.Element("span", {"class": "step-danger"})
    warning.text, warning.tail = AtomicString(warning_text), f" {first.text or ''}"
    first.text = None
    first.insert(0, warning)


def without_danger_marks(root: ET.Element) -> None:
    """Take out the marks by which writers say that a step is dangerous: pages say it in words."""
    for element in root.iter():
        text = element.text or ""
        if text[-_LONGEST_MARK:].rstrip().endswith("{danger}") and not isinstance(text, AtomicString):
            element.text = _MARKED_AS_DANGER.sub("", text)
