"""Finds the parts of a guide that stand under no label: what may tell of a problem, and of one alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb.content.blocks import Block, Item, ListBlock, Paragraph, Quote, plain
from kb.content.headings import Heading, Passage
from kb.content.observation import observable

LONGEST_BOLD_TITLE = 300


@dataclass(slots=True, eq=False)
class Scope:
    """A title and the blocks under it: those of a heading, of a bold line, or of an item that opens in bold.

    `within` are the titles above it, the guide's first.
    """

    title: str
    line: int
    heading: Heading
    within: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)
    is_heading: bool = True


def scopes(heading: Heading, own: Sequence[Passage], guide_title: str) -> Iterator[Scope]:
    """The parts under one heading that stand under no label."""
    within = (guide_title, *_above(heading))
    line = heading.part.section.line if heading.part else 1
    here = Scope(heading.title or guide_title, line, heading, within if heading.title else ())
    yield here
    for passage in own:
        if passage.kind is not None:
            continue
        for chunk in passage.chunks:
            if chunk.title and chunk.blocks:
                here = Scope(
                    chunk.title, max(1, chunk.blocks[0].line - 1), heading, (*within, heading.title), is_heading=False
                )
                yield here
            messages = _groups_of_messages(chunk.blocks) > 1
            for before, block in zip((None, *chunk.blocks), chunk.blocks, strict=False):
                if isinstance(block, ListBlock) and _titled_items(block):
                    for item in block.items:
                        yield _of_item(item, here)
                    continue
                if messages and _is_message(block) and not (before and (_is_message(before) or _is_or(before))):
                    within_here = (*within, heading.title) if heading.title else within
                    here = Scope(" ".join(block.text.split()), block.line, heading, within_here, is_heading=False)
                    yield here
                here.blocks.append(block)


def _is_message(block: Block) -> bool:
    """Whether a block is a quoted message, which may head what is told of it."""
    if not isinstance(block, Quote) or block.alert or len(block.blocks) != 1 or len(block.text) > LONGEST_BOLD_TITLE:
        return False
    inner = block.blocks[0]
    return isinstance(inner, Paragraph) and (any(run.code for run in inner.runs) or observable(inner.text))


def _groups_of_messages(blocks: Sequence[Block]) -> int:
    """How many messages, or groups of them with nothing between, stand among some blocks."""
    without_or = [block for block in blocks if not _is_or(block)]
    return sum(
        _is_message(block) and not (index and _is_message(without_or[index - 1]))
        for index, block in enumerate(without_or)
    )


def _is_or(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.text.strip(" :.*_").lower() in {"or", "and", "and/or"}


def _above(heading: Heading) -> tuple[str, ...]:
    titles: list[str] = []
    here = heading.parent
    while here is not None and here.title:
        titles.insert(0, here.title)
        here = here.parent
    return tuple(titles)


def _titled_items(block: ListBlock) -> bool:
    """Whether each item of a list is a part of its own: a bold line, and something under it."""
    return all(len(item.blocks) > 1 and item.lead is not None and _is_bold(item.lead) for item in block.items)


def _is_bold(lead: Paragraph) -> bool:
    return (
        all(run.strong or not run.text.strip(" :.") for run in lead.runs)
        and len(plain(lead.runs)) <= LONGEST_BOLD_TITLE
    )


def _of_item(item: Item, above: Scope) -> Scope:
    title = plain(item.lead.runs).rstrip(" :") if item.lead else ""
    return Scope(title, item.line, above.heading, (*above.within, above.title), list(item.blocks[1:]), is_heading=False)
