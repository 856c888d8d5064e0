"""Reads tables that have a problem in each row: 'Symptom | Cause | Solution', 'Error | Action'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content.blocks import Paragraph, Table
from kb.content.labels import Kind, read_label
from kb.content.patterns import linear

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


@dataclass(frozen=True, slots=True)
class Row:
    """A problem as a row tells it: its cells by what they hold."""

    told: Paragraph
    causes: tuple[Paragraph, ...]
    solutions: tuple[Paragraph, ...]
    number: int


def rows(table: Table) -> Iterator[Row]:
    """The problems of a table; none when its columns are not headed by what a problem consists of."""
    kinds = [_kind_of(" ".join(cell.text.split()).strip(" :*")) for cell in table.header]
    if kinds.count(Kind.SYMPTOMS) != 1 or Kind.SOLUTION not in kinds:
        return
    for number, row in enumerate(table.rows):
        of = {
            kind: tuple(
                cell for cell, of_kind in zip(row, kinds, strict=False) if of_kind is kind and cell.text.strip()
            )
            for kind in (Kind.SYMPTOMS, Kind.CAUSE, Kind.SOLUTION)
        }
        if of[Kind.SYMPTOMS] and of[Kind.SOLUTION]:
            yield Row(of[Kind.SYMPTOMS][0], of[Kind.CAUSE], of[Kind.SOLUTION], number)


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


def lines_of(cells: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines of some cells, each a paragraph of its own."""
    return [
        Paragraph(
            (line,), cell.line, cell.line, cell.source if len(cell.lines) == 1 else "".join(run.text for run in line)
        )
        for cell in cells
        for line in cell.lines
    ]
