"""Puts labels into a text, where a reader would not be sure without them: 'Solution' before a fix, for instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.content.blocks import Block, ListBlock, Paragraph
from kb.content.observation import last_sentence
from kb.content.scopes import Scope
from kb.content.units import Unit

DEEPEST = 6
SHORTEST_FOUND = 12
LONGEST_FOUND = 40
# What the template of a problem says there, so that lint asks for words of the writer's own.
TO_FILL_IN = "What a person sees, word for word, such as `the message on the screen` (always)"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text: before the character `column` (from 0) of the line `line` (from 1)."""

    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Insertion:
    """What is put into a text at a place; `heading` is the label in it as it is written, such as '## Solution'."""

    place: Place
    text: str
    heading: str


def label(word: str, scope: Scope) -> str:
    """A label as a heading below that of a part, or in bold where the part has none or is at the deepest level."""
    level = max(1, scope.heading.level) + 1
    return f"{'#' * level} {word}" if scope.is_heading and level <= DEEPEST else f"**{word}:**"


def insertion(lines: Sequence[str], place: Place, heading: str, filled: str = "") -> Insertion:
    """A label at a place, with blank lines around it, and below it what is `filled` in."""
    below = f"{filled}\n\n" if filled else ""
    if place.column:
        return Insertion(place, f"\n\n{heading}\n\n{below}", heading)
    follows_text = place.line > 1 and bool(lines[place.line - 2].strip())
    return Insertion(place, f"{chr(10) if follows_text else ''}{heading}\n\n{below}", heading)


def inserted(text: str, insertions: Iterable[Insertion]) -> str:
    """The text with all of them put in, those of one place in their order, and no white space left before them."""
    lines = text.split("\n")
    in_order = sorted(insertions, key=lambda one: (one.place.line, one.place.column))
    for each in reversed(in_order):
        index = each.place.line - 1
        row = lines[index]
        lines[index] = f"{row[: each.place.column].rstrip()}{each.text}{row[each.place.column :]}"
    return "\n".join(lines)


def before(unit: Unit, blocks: Sequence[Block], lines: Sequence[str]) -> Place:
    """Where the label over a sentence goes: before it, before its list, or before what leads to that."""
    index = unit.path[0]
    block = blocks[index]
    if isinstance(block, Paragraph):
        return _of_sentence(unit.source, block, lines)
    above = blocks[index - 1] if index else None
    if isinstance(block, ListBlock) and isinstance(above, Paragraph) and above.text.rstrip().endswith(":"):
        return _of_sentence(last_sentence(above.source), above, lines)
    return Place(block.line)


def _of_sentence(source: str, block: Paragraph, lines: Sequence[str]) -> Place:
    """Where a sentence of a paragraph begins; the paragraph's own beginning where it can't be told."""
    rows = lines[block.line - 1 : block.end_line]
    joined = " ".join(rows)
    words = " ".join(source.split())[:LONGEST_FOUND]
    while len(words) >= SHORTEST_FOUND:
        if (at := joined.find(words)) >= 0:
            return _place(rows, block.line, at)
        words = words[: len(words) * 2 // 3]
    return Place(block.line)


def _place(rows: Sequence[str], line: int, at: int) -> Place:
    """The place of the `at`-th character of some rows of which the first is at `line`."""
    for row in rows:
        if at <= len(row):
            return Place(line, at if row[:at].strip() else 0)
        at -= len(row) + 1
        line += 1
    return Place(line)
