"""Groups the blocks of an outline under their labels, below the headings whose problems they tell of."""

from __future__ import annotations

from kb.content.blocks import Block, Code, ListBlock, Outline, Paragraph, Part, Quote, Table, plain
from kb.content.bold_labels import LONGEST_SUBTITLE, labels_items, pieces
from kb.content.box_kinds import FOLDED
from kb.content.headings import Chunk, Heading, Passage
from kb.content.labels import Kind, Label, is_capital_line
from kb.content.observation import promises_fix

DESCRIPTIONS = frozenset(["description", "scenario", "overview"])


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
