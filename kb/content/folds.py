"""Makes a part of its own of each folded part in which a problem may be told: a question and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kb.content.blocks import Block, Outline, Paragraph, Part, Quote, text_of
from kb.content.bold_labels import label_of
from kb.content.box_kinds import FOLDED
from kb.content.document import Section
from kb.content.labels import read_label


def unfolded(outline: Outline) -> Outline:
    """The outline with a part under its summary for each `<details>` that stands under no label.

    What is folded under a label belongs to that: it stays where it is.
    """
    if not any(_is_fold(block) for part in outline.parts for block in part.blocks):
        return outline
    return replace(outline, parts=tuple(_parts(outline)))


def _parts(outline: Outline) -> Iterator[Part]:
    labelled: list[tuple[int, bool]] = []
    for part in outline.parts:
        section = part.section
        while labelled and labelled[-1][0] >= section.level:
            labelled.pop()
        is_title = section.anchor == outline.title_anchor
        under = any(label for _, label in labelled) or (not is_title and read_label(section.title) is not None)
        labelled.append((section.level, under))
        end = len(part.blocks) if under else 0
        for index, block in enumerate(part.blocks):
            if not under and isinstance(block, Paragraph) and _is_labelled(block):
                break
            end = index + 1
        folds = [] if under else [block for block in part.blocks[:end] if isinstance(block, Quote) and _is_fold(block)]
        yield replace(part, blocks=tuple(block for block in part.blocks if block not in folds)) if folds else part
        anchor = "" if is_title else section.anchor
        for fold in folds:
            text = text_of(fold.blocks)
            below = Section(anchor, fold.title, max(1, section.level) + 1, fold.line, fold.end_line, text)
            yield Part(below, fold.blocks)


def _is_fold(block: Block) -> bool:
    return isinstance(block, Quote) and block.alert == FOLDED


def _is_labelled(block: Paragraph) -> bool:
    return any(label_of(line, alone=len(block.lines) == 1) for line in block.lines[:20])
