"""The headings of a guide as a tree, what each stands over, and what the passages below them are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kb.content.blocks import Block, Outline, Paragraph, Part
from kb.content.bold_labels import label_of
from kb.content.document import Section
from kb.content.labels import Kind, Label, read_label
from kb.content.patterns import counted

_CONTINUES = counted(r"(?:for )?(?:examples?|samples?)\b", re.IGNORECASE)


@dataclass(slots=True)
class Chunk:
    """The blocks of a passage under one of its headings or bold lines; `title` is '' for the label's own."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    section: Section | None = None


@dataclass(slots=True)
class Passage:
    """What stands under one label; `kind` is None for what stands under no label at all.

    `name` is the label as written ('Method 2'), `title` what follows it ('Reset the view'); a `is_vague` one may head a
    task as well.
    """

    kind: Kind | None
    owner: Heading
    section: Section | None
    title: str = ""
    line: int = 1
    name: str = ""
    numbered: bool = False
    is_vague: bool = False
    bold: bool = False
    in_capitals: bool = False
    chunks: list[Chunk] = field(default_factory=list)

    @property
    def blocks(self) -> list[Block]:
        """All blocks, those under sub-headings too."""
        return [block for chunk in self.chunks for block in chunk.blocks]


@dataclass(slots=True, eq=False)
class Heading:
    """A heading among the others, or the guide (`part` None or its title heading, `level` 0).

    `kind` is what it stands over: by its own label, or by that of a heading above it. One that `continues` goes on with
    what stands above it: 'Example'.
    """

    part: Part | None
    level: int
    parent: Heading | None = None
    label: Label | None = None
    children: list[Heading] = field(default_factory=list)
    kind: Kind | None = None
    passage: Passage | None = None
    continues: bool = False

    @property
    def anchor(self) -> str:
        """The anchor of the section, '' for the guide."""
        return self.part.section.anchor if self.part and self.level else ""

    @property
    def title(self) -> str:
        """The heading's words, '' for the guide."""
        return self.part.section.title if self.part and self.level else ""

    @property
    def owner(self) -> Heading:
        """The nearest heading, from here upwards, that stands under no label; the guide at last."""
        heading = self
        while (heading.kind is not None or heading.continues) and heading.parent is not None:
            heading = heading.parent
        return heading

    def below(self) -> Iterator[Heading]:
        """This heading and all those below it."""
        waiting = [self]
        while waiting:
            heading = waiting.pop()
            yield heading
            waiting += reversed(heading.children)


def headings(outline: Outline) -> Heading:
    """The guide as a tree of headings; the title heading is the guide itself."""
    guide = current = Heading(None, 0)
    for part in outline.parts:
        section = part.section
        if section.level == 0:
            continue
        if section.anchor == outline.title_anchor:
            guide.part, current = part, guide
            continue
        while current.level >= section.level:
            current = current.parent or guide
        heading = Heading(part, section.level, current, read_label(section.title))
        current.children.append(heading)
        current = heading
    _part_numbered(guide)
    _complete(guide)
    _settle(guide)
    return guide


def _part_numbered(guide: Heading) -> None:
    """Part 'Symptom 1', 'Solution', 'Symptom 2', 'Solution' on one level into problems, each below its symptom."""
    for parent in list(guide.below()):
        starts = [child for child in parent.children if child.label and child.label.kind is Kind.SYMPTOMS]
        if len(starts) > 1 and all(start.label and start.label.numbered for start in starts):
            kept: list[Heading] = []
            for child in parent.children:
                if child in starts or not kept or kept[-1] not in starts:
                    kept.append(child)
                else:
                    child.parent = kept[-1]
                    kept[-1].children.append(child)
            solved = [any(c.label and c.label.kind is Kind.SOLUTION for c in start.below()) for start in starts]
            parent.children = kept if all(solved) else parent.children
            for start in starts if all(solved) else ():
                start.label = None


def _complete(guide: Heading) -> None:
    """Put below a solution that ends with a colon, as in 'follow these steps:', the headings that go on with it."""
    for parent in list(guide.below()):
        kept: list[Heading] = []
        goes_on = False
        for child in parent.children:
            if goes_on and child.label is None:
                child.parent = kept[-1]
                kept[-1].children.append(child)
            else:
                kept.append(child)
                goes_on = _ends_with_colon(child)
        parent.children = kept


def _ends_with_colon(heading: Heading) -> bool:
    """Whether it is a solution, with no heading below it, that breaks off at a colon."""
    is_solution = heading.label is not None and heading.label.kind is Kind.SOLUTION and not heading.children
    last = heading.part.blocks[-1] if is_solution and heading.part and heading.part.blocks else None
    return isinstance(last, Paragraph) and last.text.rstrip().endswith(":")


def _settle(guide: Heading) -> None:
    """Say of each heading what it stands over."""
    all_headings = list(guide.below())
    kinds = {
        id(heading): _bold_kinds(heading) | ({heading.label.kind} if heading.label else set())
        for heading in all_headings
    }
    for heading in reversed(all_headings):
        if heading.parent is not None:
            kinds[id(heading.parent)] |= kinds[id(heading)]
    for heading in all_headings[1:]:
        heading.continues = bool(heading.parent and _CONTINUES.match(heading.title) and not heading.children)
        inner_kinds = {kind for child in heading.children for kind in kinds[id(child)]} | _bold_kinds(heading)
        if heading.label is not None and _is_title(heading, inner_kinds):
            heading.label = None
        is_whole_problem = Kind.SOLUTION in inner_kinds and bool(inner_kinds & {Kind.SYMPTOMS, Kind.CAUSE})
        if heading.label is not None:
            heading.kind = heading.label.kind
        elif heading.parent is not None and not is_whole_problem:
            heading.kind = heading.parent.kind


def _bold_kinds(heading: Heading) -> set[Kind]:
    paragraphs = (block for block in (heading.part.blocks if heading.part else ()) if isinstance(block, Paragraph))
    labels = (label_of(line, alone=len(block.lines) == 1) for block in paragraphs for line in block.lines)
    return {found[0].kind for found in labels if found}


def _is_title(heading: Heading, inner_kinds: set[Kind]) -> bool:
    """'Issue 1: no sound' over its own resolution, or 'Problems' over several headings, are no labels."""
    label = heading.label
    if label is None or label.kind is not Kind.SYMPTOMS:
        return False
    plural_chapter = heading.title.lower().rstrip(": ").endswith(("problems", "issues"))
    if plural_chapter and any(child.label is None for child in heading.children):
        return True
    return label.names_problem and Kind.SOLUTION in inner_kinds
