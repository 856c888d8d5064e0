"""Reads the steps of a solution: its numbered items, else its bullets, else its prose as one step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.content.blocks import Block, Code, Item, ListBlock, Paragraph, Quote, plain
from kb.content.document import Step
from kb.content.observation import last_sentence
from kb.content.passages import Chunk, Passage
from kb.content.patterns import counted, linear
from kb.content.units import Unit
from kb.content.wording import cut_at_sentence

LONGEST_STEP = 300
LONGEST_TAIL = 20
_TASK = linear(r"\[[ xX]\]\s+")
_POINTS_ELSEWHERE = counted(
    r"\b(?:more information|more details|see (?:also|the following|these)|refer to|references?|examples?|as follows|"
    r"placeholders?|versions?|values?|reasons?|causes?|conditions?|requirements?|results?|notes?|where|properties|"
    r"parameters|limitations?|include[sd]?|consists? of|means)\b",
    re.IGNORECASE,
)
_NUMBER = linear(r"^(?:(?:step|option)\s+)?\d{1,2}(?:[.):]|\s[-\u2013\u2014])\s+", re.IGNORECASE)
_NOTHING = linear(
    r"(?:none(?: known)?|n/?a|not applicable|no (?:known )?(?:work-?arounds?|solutions?))\.?", re.IGNORECASE
)


@dataclass(slots=True)
class DraftStep:
    """A step as it is read: its text, its Markdown piece by piece, and the sentences that it consists of."""

    text: str
    line: int
    sources: list[str]
    under: str = ""
    condition: str = ""
    procedure: int = 0
    units: list[Unit] = field(default_factory=list)

    def more(self, block: Block) -> None:
        """Keep a block with the step that it belongs to."""
        self.sources.append(block.source)

    def step(self) -> Step:
        """The step, done."""
        markdown = "\n\n".join(filter(None, self.sources))
        return Step(self.text, markdown, self.line, self.under, self.condition, False, self.procedure)


@dataclass(frozen=True, slots=True)
class FoundSteps:
    """The steps of a problem, and for each list that holds some: its line and the number (from 0) of its first step."""

    steps: tuple[Step, ...]
    lists: tuple[tuple[int, int], ...]


def read(passages: Iterable[Passage]) -> FoundSteps:
    """The steps of a problem's solutions, in the order of the text."""
    steps: list[Step] = []
    lists: list[tuple[int, int]] = []
    for passage in passages:
        listed = [_step_lists(chunk.blocks) for chunk in passage.chunks]
        for number, (chunk, inside) in enumerate(zip(passage.chunks, listed, strict=True)):
            for index, block in inside:
                lists += [(block.line, len(steps))] if all(_text(item) for item in block.items) else []
                steps += _of_list(block, chunk.blocks[index + 1 :][:LONGEST_TAIL], _under(chunk, passage))
            if not inside and (number or not any(listed)):
                steps += _of_prose(chunk, passage, heads=number == 0 and len(passage.chunks) > 1)
    return FoundSteps(tuple(steps), tuple(lists))


def _under(chunk: Chunk, passage: Passage) -> str:
    """The sub-heading or the method of some steps, without its number."""
    return _NUMBER.sub("", chunk.title or passage.title, count=1)


def _step_lists(blocks: Sequence[Block]) -> list[tuple[int, ListBlock]]:
    """The lists whose items are steps, with their index: the numbered ones, else the bullets that tell what to do."""
    lists = [(at, block) for at, block in enumerate(blocks) if isinstance(block, ListBlock) and _says_something(block)]
    numbered = [(index, block) for index, block in lists if block.ordered]
    return numbered or [(at, block) for at, block in lists if _tells_actions(block, blocks[at - 1] if at else None)]


def _says_something(block: ListBlock) -> bool:
    return any((text := _text(item)) and not _NOTHING.fullmatch(text) for item in block.items)


def _tells_actions(block: ListBlock, before: Block | None) -> bool:
    """Whether bullets are actions, and not references, names or values; `before` is the block before them."""
    lead = last_sentence(before.text) if isinstance(before, Paragraph) else ""
    names = sum(" " not in _text(item) for item in block.items)
    if _POINTS_ELSEWHERE.search(lead) or names * 2 > len(block.items):
        return False
    return not all(_is_link(item) for item in block.items)


def _is_link(item: Item) -> bool:
    runs = [run for run in item.lead.runs if run.text.strip(" .,;")] if item.lead else []
    return bool(runs) and all(run.target and not run.image for run in runs) and len(item.blocks) == 1


def _of_list(block: ListBlock, after: Sequence[Block], under: str) -> Iterator[Step]:
    """The steps of a list; `after` are the blocks that come after it."""
    for item in block.items:
        if text := _text(item):
            more = _tail(block, after) if item is block.items[-1] else ()
            sources = [_TASK.sub("", item.source, count=1), *(each.source for each in more)]
            yield Step(text, "\n\n".join(sources), item.line, under)


def _tail(block: ListBlock, after: Sequence[Block]) -> Sequence[Block]:
    """What interrupts a list and still belongs to its last item: code after a colon, or all up to the next number."""
    end = next((index for index, each in enumerate(after) if isinstance(each, ListBlock)), len(after))
    following = after[end] if end < len(after) else None
    goes_on = isinstance(following, ListBlock) and following.ordered
    if isinstance(following, ListBlock) and goes_on and following.start == block.start + len(block.items):
        return after[:end]
    last = block.items[-1]
    leads_to_code = isinstance(after[0], Code) if after else False
    return after[:1] if leads_to_code and len(last.blocks) == 1 and _text(last).endswith(":") else ()


def _text(item: Item) -> str:
    """An item's own words: its first paragraph, else the first line of what it holds."""
    runs = [run for run in item.lead.runs if not run.image] if item.lead else []
    words = _TASK.sub("", plain(runs), count=1)
    return cut_at_sentence(words or item.text.strip().split("\n")[0], LONGEST_STEP)


def _of_prose(chunk: Chunk, passage: Passage, *, heads: bool) -> list[Step]:
    """The whole chunk as one step; an introduction to sub-headings that have steps of their own is none."""
    title = _under(chunk, passage)
    blocks = [block for block in chunk.blocks if not (isinstance(block, Quote) and block.alert)]
    prose = (plain(run for run in block.runs if not run.image) for block in blocks if isinstance(block, Paragraph))
    words = " ".join(filter(None, prose))
    if not blocks or (not words.strip() and not title) or _NOTHING.fullmatch(words.strip()) or heads:
        return []
    said = cut_at_sentence(words, LONGEST_STEP)
    text = f"{title}: {said}" if title and said else title or said
    markdown = "\n\n".join(block.source for block in chunk.blocks)
    return [Step(cut_at_sentence(text, LONGEST_STEP), markdown, blocks[0].line, title)]
