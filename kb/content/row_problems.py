"""Reads tables with a problem in each row ('Symptom | Cause | Solution'), or one in all (labels and values)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.content.blocks import Block, Item, Line, ListBlock, Paragraph, Run, Table, plain
from kb.content.html_blocks import source_of
from kb.content.labels import Kind, read_label
from kb.content.list_steps import NOTHING
from kb.content.patterns import linear
from kb.content.procedures import leads_to_alternatives

_TOLD = linear(
    r"(?:error|warning)(?: (?:message|text|description))?s?|messages?|exceptions?|if you see|what you see|scenarios?|"
    r"(?:failure|alert|symptom|behaviou?r)s?",
    re.IGNORECASE,
)
_DONE = linear(
    r"(?:(?:recommended|suggested|corrective|required|user) )?(?:actions?|responses?)(?: to take)?|what to do|try this|"
    r"how to (?:fix|resolve|solve)(?: it)?|next steps?|remed(?:y|ies)|recommendations?",
    re.IGNORECASE,
)
_CAUSE = linear(
    r"(?:(?:possible|likely|probable|root) )?(?:causes?|reasons?)|why|meaning|explanation|what it means", re.IGNORECASE
)
_SPLIT = linear(r"\s*(?:/|\\|&)\s*|\s+(?:or|and)\s+", re.IGNORECASE)

MOST_LABELS = 30
FEWEST_WAYS = 2
KEY_AND_VALUE = 2
_NUMBER = linear(r"\s*(?:step )?(\d{1,2})[.)]\s+", re.IGNORECASE)
_NEXT_NUMBER = linear(r"[\s;,.]+(\d{1,2})[.)]\s+\S")
_BULLET = linear(r"\s*[-*\x{2022}]\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """A problem as a row, or a whole table, tells it: its cells by what they hold; `symptoms` are lines."""

    observed: Paragraph
    causes: tuple[Paragraph, ...]
    solutions: tuple[Paragraph, ...]
    number: int
    symptoms: tuple[Paragraph, ...] = ()


def problem_rows(table: Table) -> Iterator[Row]:
    """The problems of a table; none when its columns are not headed by what a problem consists of."""
    kinds = [_kind_of(" ".join(cell.text.split()).strip(" :*")) for cell in table.header]
    if kinds.count(Kind.SYMPTOMS) != 1 or Kind.SOLUTION not in kinds:
        return
    for number, row in enumerate(table.rows):
        of = {
            kind: tuple(
                cell for cell, of_kind in zip(row, kinds, strict=False) if of_kind is kind and _says_something(cell)
            )
            for kind in (Kind.SYMPTOMS, Kind.CAUSE, Kind.SOLUTION)
        }
        if of[Kind.SYMPTOMS] and of[Kind.SOLUTION]:
            yield Row(of[Kind.SYMPTOMS][0], of[Kind.CAUSE], of[Kind.SOLUTION], number)


def _says_something(cell: Paragraph) -> bool:
    text = cell.text.strip(" -\u2013\u2014")
    return bool(text) and not NOTHING.fullmatch(text)


def _kind_of(header: str) -> Kind | None:
    """What a column holds, by its head; one of several words ('Resolution / Workaround') counts for all."""
    kinds = {kind for part in (header, *_SPLIT.split(header)) if (kind := _of_words(part))}
    return next((kind for kind in (Kind.SOLUTION, Kind.SYMPTOMS, Kind.CAUSE) if kind in kinds), None)


def _of_words(words: str) -> Kind | None:
    if _DONE.fullmatch(words):
        return Kind.SOLUTION
    if _TOLD.fullmatch(words):
        return Kind.SYMPTOMS
    if _CAUSE.fullmatch(words):
        return Kind.CAUSE
    label = read_label(words)
    return label.kind if label and label.kind in (Kind.SYMPTOMS, Kind.CAUSE, Kind.SOLUTION) else None


def key_values(table: Table, title: str) -> Row | None:
    """The problem, with this title, that a table of two columns tells: labels, and what stands beside each."""
    pairs = (table.header, *table.rows)
    if any(len(row) != KEY_AND_VALUE for row in pairs) or len(pairs) > MOST_LABELS or _is_of_rows(table):
        return None
    of: dict[Kind, list[Paragraph]] = {}
    for key, value in pairs:
        kind = _kind_of(" ".join(key.text.split()).strip(" :*"))
        if kind and value.text.strip():
            of.setdefault(kind, []).append(value)
    if Kind.SOLUTION not in of or len(of) == 1:
        return None
    observed = Paragraph(((Run(title),),), table.line, table.line, title)
    symptoms = [_unnumbered(line) for line in lines_of(of.get(Kind.SYMPTOMS, ()))]
    return Row(observed, tuple(of.get(Kind.CAUSE, ())), tuple(of[Kind.SOLUTION]), 0, tuple(symptoms))


def _is_of_rows(table: Table) -> bool:
    """Whether the head of a table says what its columns hold: a problem stands in each row."""
    kinds = {_kind_of(" ".join(cell.text.split()).strip(" :*")) for cell in table.header}
    return len(kinds - {None}) > 1


def lines_of(cells: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines of some cells, each a paragraph of its own."""
    return [
        Paragraph((line,), cell.line, cell.line, cell.source if len(cell.lines) == 1 else source_of(line))
        for cell in cells
        for line in cell.lines
        if plain(line)
    ]


def solution_blocks(cells: Sequence[Paragraph]) -> list[Block]:
    """The lines of some cells as blocks: lines that are numbered, or that hold '1. ... 2. ...', as a list.

    So are the lines after one that leads to ways to choose from ('Possible workarounds:').
    """
    lines = lines_of(cells)
    lead = next((number for number, line in enumerate(lines) if _leads(line)), len(lines))
    if len(lines) - lead > FEWEST_WAYS:
        ways = tuple(Item((line,), line.line, line.end_line, line.source) for line in lines[lead + 1 :])
        source = "\n".join(f"- {way.source}" for way in ways)
        return [*lines[: lead + 1], ListBlock(ways, ways[0].line, ways[-1].end_line, source)]
    blocks: list[Block] = []
    items: list[Item] = []
    for line in (piece for whole in lines for piece in _numbered_apart(whole)):
        number = _NUMBER.match(line.text)
        if number and int(number[1]) == len(items) + 1:
            step = _unnumbered(line)
            items.append(Item((step,), step.line, step.end_line, step.source))
        else:
            blocks += [*_listed(items), line]
            items = []
    return [*blocks, *_listed(items)]


def _leads(line: Paragraph) -> bool:
    return line.text.rstrip().endswith(":") and leads_to_alternatives(line.text)


def _listed(items: Sequence[Item]) -> Iterator[ListBlock]:
    if items:
        source = "\n".join(f"{number}. {item.source}" for number, item in enumerate(items, start=1))
        yield ListBlock(tuple(items), items[0].line, items[-1].end_line, source, ordered=True)


def _numbered_apart(line: Paragraph) -> Iterator[Paragraph]:
    """A line cut before each number of a list that stands on it: '1. Check the plug 2. Check the fuse'."""
    starts = [0]
    runs = list(line.runs)
    text = "".join(run.text for run in runs)
    opening = _NUMBER.match(text.lstrip())
    if opening and int(opening[1]) == 1:
        for found in _NEXT_NUMBER.finditer(text):
            if int(found[1]) == len(starts) + 1 and not _in_code(runs, found.start(1)):
                starts.append(found.start(1))
    if len(starts) == 1:
        yield line
        return
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = _between(runs, start, end)
        yield Paragraph((piece,), line.line, line.end_line, source_of(piece))


def _in_code(runs: Sequence[Run], place: int) -> bool:
    return any(run.code for run in _between(runs, place, place + 1))


def _between(runs: Sequence[Run], start: int, end: int) -> Line:
    """The runs of a stretch of their text."""
    kept: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        at += len(run.text)
        if text:
            kept.append(replace(run, text=text))
    return tuple(kept)


def _unnumbered(line: Paragraph) -> Paragraph:
    """A line without the number or the mark of an item that it begins with."""
    text = "".join(run.text for run in line.runs)
    mark = _NUMBER.match(text) or _BULLET.match(text)
    if mark is None or not line.runs or line.runs[0].code:
        return line
    rest = _between(line.runs, mark.end(), len(text))
    return Paragraph((rest,), line.line, line.end_line, source_of(rest))
