"""Takes the blocks of a section apart into units: the sentences of its prose, of its items and of its quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kb.content.blocks import Block, Code, Item, ListBlock, Paragraph, Quote, Run, plain
from kb.content.box_kinds import TAB
from kb.content.patterns import linear
from kb.content.wording import sentences

MOST_UNITS = 400
_NUMBER = linear(r"(?:(?:step|part|phase) )?#?\d{1,2}[.):]?", re.IGNORECASE)


@dataclass(slots=True)
class Unit:
    """One sentence, and where it stands.

    `path` are the indices that lead to its block: of the block in the section, of the item in a list, of the block in
    the item; `sentence` and `of` its number among those of its paragraph. `lead` is the sentence before its list.
    One that `acts` begins with what to do, a `numbered` one follows 'Step 2.'. `step`, `symptom` and
    `cause` are how likely it is to be one, once it has been weighed.
    """

    text: str
    line: int
    source: str
    path: tuple[int, ...]
    sentence: int = 0
    of: int = 1
    ordered: bool = False
    numbered: bool = False
    item: Item | None = None
    listed: ListBlock | None = None
    items: int = 0
    number: int = 0
    lead: str = ""
    alert: str = ""
    before_code: bool = False
    after_code: bool = False
    before_list: bool = False
    code_runs: int = 0
    linked: bool = False
    bold_start: bool = False
    code_start: bool = False
    acts: bool = False
    step: float = 0.0
    symptom: float = 0.0
    cause: float = 0.0


def units(blocks: Sequence[Block]) -> list[Unit]:
    """The units of some blocks, in the order of the text; code and tables give none."""
    return list(islice(_of_blocks(blocks, _Place()), MOST_UNITS))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where some blocks stand: in which item of which list, after which lead, in which box."""

    path: tuple[int, ...] = ()
    listed: ListBlock | None = None
    item: Item | None = None
    number: int = 0
    lead: str = ""
    alert: str = ""

    def put(self, unit: Unit) -> Unit:
        """A unit that stands here."""
        unit.listed, unit.item, unit.number, unit.lead, unit.alert = (
            self.listed,
            self.item,
            self.number,
            self.lead,
            self.alert,
        )
        unit.ordered = bool(self.listed and self.listed.ordered)
        unit.items = len(self.listed.items) if self.listed else 0
        return unit


def _of_blocks(blocks: Sequence[Block], place: _Place) -> Iterator[Unit]:
    for index, block in enumerate(blocks):
        here = replace(place, path=(*place.path, index))
        before = blocks[index - 1] if index else None
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, Paragraph):
            for unit in _of_paragraph(block, here.path):
                last = unit.sentence == unit.of - 1
                unit.before_code = last and isinstance(after, Code)
                unit.before_list = last and isinstance(after, ListBlock)
                unit.after_code = unit.sentence == 0 and isinstance(before, Code)
                yield place.put(unit)
        elif isinstance(block, ListBlock) and place.item is None:
            yield from _of_list(block, here, before)
        elif isinstance(block, Quote):
            kind = place.alert if block.alert == TAB else block.alert or "QUOTE"
            yield from _of_blocks(block.blocks, replace(here, alert=kind))


def _of_list(block: ListBlock, here: _Place, before: Block | None) -> Iterator[Unit]:
    leads = sentences(before.text) if isinstance(before, Paragraph) else []
    for number, item in enumerate(block.items):
        lead = leads[-1] if leads else ""
        yield from _of_blocks(item.blocks, _Place((*here.path, number), block, item, number, lead, here.alert))


def _of_paragraph(block: Paragraph, path: tuple[int, ...]) -> Iterator[Unit]:
    runs = [run for run in block.runs if not run.image]
    whole = [text for text in sentences("".join(_marked(run) for run in runs)) if text.replace("\u2063", "").strip()]
    sources = sentences(block.source) if len(whole) > 1 else [block.source]
    aligned = len(sources) == len(whole)
    first = next((run for run in runs if run.text.strip()), None)
    linked = bool(runs) and all(run.target for run in runs if run.text.strip(" .,;"))
    numbered = len(whole) > 1 and bool(_NUMBER.fullmatch(whole[0].replace("\u2063", "").strip()))
    if numbered:
        whole, sources = whole[1:], sources[1:] if aligned else sources
    for number, text in enumerate(whole):
        clean = text.replace("\u2063", "").strip()
        yield Unit(
            text=clean,
            line=block.line,
            source=_source_of(block, sources, number, aligned=aligned),
            path=path,
            sentence=number,
            of=len(whole),
            numbered=numbered and number == 0,
            linked=linked,
            code_runs=text.count("\u2063") // 2,
            bold_start=number == 0 and bool(first and first.strong),
            code_start=number == 0 and bool(first and first.code),
        )


def _source_of(block: Paragraph, sources: Sequence[str], number: int, *, aligned: bool) -> str:
    """The Markdown of a sentence: the paragraph's where it is the only one, or where it can't be parted."""
    if len(sources) == 1 or not aligned:
        return block.source if number == 0 else ""
    return sources[number]


def _marked(run: Run) -> str:
    return f"\u2063{run.text}\u2063" if run.code or run.strong else run.text


def texts(blocks: Sequence[Block], *, apart: bool = False) -> Iterator[tuple[str, int]]:
    """The items and paragraphs (`apart`: their sentences) of some blocks, without those that only lead to a list."""
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, ListBlock):
            yield from ((" ".join(item.text.split()), item.line) for item in block.items if item.text.strip())
        elif isinstance(block, Paragraph) and (words := plain(run for run in block.runs if not run.image)):
            if isinstance(following, ListBlock) and words.endswith(":"):
                continue
            texts = sentences(words) if apart else [words]
            yield from ((text, block.line) for text in texts)
