"""Groups the blocks of an outline under their labels, below the headings whose problems they tell of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kb.content.blocks import Block, Code, ListBlock, Outline, Paragraph, Part, Quote, Table, plain
from kb.content.bold_labels import LONGEST_SUBTITLE, label_of, labels_items, pieces
from kb.content.box_kinds import FOLDED
from kb.content.document import Section
from kb.content.labels import Kind, Label, is_capital_line, read_label
from kb.content.observation import promises_fix
from kb.content.patterns import counted

DESCRIPTIONS = frozenset(["description", "scenario", "overview"])
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


def passages(outline: Outline, guide: Heading) -> list[Passage]:
    """Every passage of the guide, in the order of the text."""
    found: list[Passage] = []
    for part in (part for part in outline.parts if part.section.level == 0):
        found += _passages_of(guide, part)
    for heading in guide.below():
        found += _passages_of(heading, heading.part) if heading.part else []
    return found


def _passages_of(heading: Heading, part: Part) -> list[Passage]:
    own, is_new = _own_passage(heading, part)
    cutter = _Cutter(own, heading, part)
    for index, block in enumerate(part.blocks):
        following = part.blocks[index + 1] if index + 1 < len(part.blocks) else None
        cutter.take(block, following)
    return [passage for passage in cutter.passages if is_new or passage is not own]


def _own_passage(heading: Heading, part: Part) -> tuple[Passage, bool]:
    """The passage that a heading's blocks go to, and whether it is a new one."""
    section = part.section
    inherits = heading.label is None and heading.kind is not None and heading.parent is not None
    above = heading.parent.passage if inherits and heading.parent else None
    if above is not None:
        above.chunks.append(Chunk(section.title, section=section))
        heading.passage = above
        return above, False
    title = heading.label.rest if heading.label else ""
    passage = Passage(heading.kind, heading.owner, section, title, section.line, chunks=[Chunk("", section=section)])
    if heading.label is not None:
        passage.name, passage.numbered = section.title, heading.label.numbered
        passage.is_vague = heading.label.is_vague(section.title)
    heading.passage = passage
    return passage, True


class _Cutter:
    """Cuts the blocks of one section into passages, where bold labels stand."""

    def __init__(self, own: Passage, heading: Heading, part: Part) -> None:
        self.passages = [own]
        self._after_fold = False
        self._after_remark = False
        self._heading = heading
        self._section = part.section

    def take(self, block: Block, following: Block | None) -> None:
        """Put a block where it belongs; `following` is the one after it."""
        self._leave_remark(block)
        if isinstance(block, ListBlock) and labels_items(block):
            for inner in (inner for item in block.items for inner in item.blocks):
                self.take(inner, None)
            return
        if isinstance(block, Quote) and block.alert == FOLDED:
            self._fold(block)
            return
        if not isinstance(block, Paragraph):
            self._add(block)
            return
        if self._turns_to_solution(block, following):
            self._open(Kind.SOLUTION, "", block.line)
        for mark, paragraph, line in pieces(block):
            if isinstance(mark, Label):
                self._open(mark.kind, mark.rest, line)
                self.passages[-1].name = plain(block.lines[line - block.line]).partition(":")[0][:LONGEST_SUBTITLE]
                self.passages[-1].numbered = mark.numbered
                self.passages[-1].is_vague = mark.is_vague(self.passages[-1].name)
                self.passages[-1].in_capitals = is_capital_line(block.lines[line - block.line][0].text)
            elif mark:
                self._part_off(mark, line)
            if paragraph:
                self._add(paragraph)
            self._after_remark = isinstance(mark, Label) and self._is_remark(mark, paragraph, line)

    def _leave_remark(self, block: Block) -> None:
        """Go on with the section's own passage after a remark, but for code, a list or a table right below it."""
        if self._after_remark and not isinstance(block, Code | ListBlock | Table):
            self.passages.append(self.passages.pop(-2))
        self._after_remark = False

    def _is_remark(self, label: Label, paragraph: Paragraph | None, line: int) -> bool:
        """Whether a label is that of one remark ('**Summary:** ...'), after which the section goes on."""
        is_inline = paragraph is not None and paragraph.line == line and not paragraph.text.rstrip().endswith(":")
        name = self.passages[-1].name.strip(" :*").lower()
        follows_own = len(self.passages) > 1 and not self.passages[-2].bold
        return label.kind is Kind.INFORMATION and is_inline and follows_own and name not in DESCRIPTIONS

    def _fold(self, block: Quote) -> None:
        """What is folded under a summary is a part of its own of what it stands under."""
        self._after_fold = False
        self.passages[-1].chunks.append(Chunk(block.title, section=self._section))
        for index, inner in enumerate(block.blocks):
            self.take(inner, block.blocks[index + 1] if index + 1 < len(block.blocks) else None)
        self._after_fold = True

    def _add(self, block: Block) -> None:
        if self._after_fold:
            self.passages[-1].chunks.append(Chunk("", section=self._section))
            self._after_fold = False
        self.passages[-1].chunks[-1].blocks.append(block)

    def _open(self, kind: Kind | None, title: str, line: int) -> None:
        self._after_fold = False
        chunk = Chunk("", section=self._section)
        owner = self._heading.owner
        self.passages.append(Passage(kind, owner, self._section, title, line, bold=True, chunks=[chunk]))

    def _part_off(self, subtitle: str, line: int) -> None:
        """A bold line that is no label: a part of a solution, the end of anything else that has a bold label.

        A line in capitals also ends a solution whose own label is one: that is how such a guide parts its sections.
        """
        self._after_fold = False
        passage = self.passages[-1]
        if passage.bold and (passage.kind is not Kind.SOLUTION or (passage.in_capitals and subtitle.isupper())):
            self._open(self._heading.kind, "", line)
        self.passages[-1].chunks.append(Chunk(subtitle, section=self._section))

    def _turns_to_solution(self, block: Paragraph, following: Block | None) -> bool:
        """'To fix this:' and a numbered list, under a label of symptoms or causes."""
        is_under_symptoms = self.passages[-1].kind in (Kind.SYMPTOMS, Kind.CAUSE)
        return is_under_symptoms and isinstance(following, ListBlock) and following.ordered and promises_fix(block.text)
