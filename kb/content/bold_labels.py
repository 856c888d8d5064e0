"""Finds the labels that lines of prose begin with: in bold, in capitals, or alone before a colon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kb.content.blocks import Line, ListBlock, Paragraph, plain
from kb.content.labels import Kind, Label, is_capital_line, read_label

LONGEST_SUBTITLE = 80
MOST_LINES = 400
MOST_WORDS = 4
_KINDS_OF_A_PROBLEM = frozenset({Kind.SYMPTOMS, Kind.CAUSE, Kind.MEANING, Kind.DIAGNOSIS, Kind.SOLUTION})


def pieces(block: Paragraph) -> Iterator[tuple[Label | str, Paragraph | None, int]]:
    """A paragraph cut before each label in it: the label or subtitle ('' for none), what follows it, its line."""
    marks: list[tuple[int, Label | str, Line]] = []
    for number, line in enumerate(block.lines[:MOST_LINES]):
        found = label_of(line, alone=len(block.lines) == 1) or _subtitle_of(line, block, number)
        if found:
            marks.append((number, *found))
    if not marks or marks[0][0]:
        marks.insert(0, (0, "", block.lines[0]))
    ends = [*(number for number, _, _ in marks[1:]), len(block.lines)]
    for (start, mark, first), end in zip(marks, ends, strict=True):
        yield mark, block.between(start, end, first), block.line + start


def _subtitle_of(line: Line, block: Paragraph, number: int) -> tuple[str, Line] | None:
    text = plain(line)
    if number or not text or len(text) > LONGEST_SUBTITLE:
        return None
    bold = len(block.lines) == 1 and all(run.strong or not run.text.strip(" :") for run in line)
    return (text.rstrip(":"), ()) if bold or is_capital_line(text) else None


def labels_items(block: ListBlock) -> bool:
    """Whether the items of a list are labelled blocks: '- **Symptoms:** ...', '- **Solution:** ...'."""
    leads = [item.lead for item in block.items]
    found = [label_of(lead.lines[0], alone=False) for lead in leads if lead is not None]
    return len({label[0].kind for label in found if label} & _KINDS_OF_A_PROBLEM) > 1


def label_of(line: Line, *, alone: bool) -> tuple[Label, Line] | None:
    """The label that a line of a paragraph begins with, and what follows it on the line.

    A label is bold, in capitals, or, `alone` on its line and paragraph, ends in a colon.
    """
    text = plain(line)
    strong = _bold_runs_at_start(line)
    if strong:
        label = read_label(plain(line[:strong]))
        rest = _after_colon(line[strong:], plain(line[:strong]))
        return (label, rest) if label and rest is not None else None
    if is_capital_line(text) or (alone and text.endswith(":") and len(text.split()) <= MOST_WORDS):
        label = read_label(text)
        return (label, ()) if label else None
    return None


def _bold_runs_at_start(line: Line) -> int:
    """How many runs at the start of a line are bold."""
    count = 0
    while count < len(line) and (line[count].strong or (count == 0 and not line[count].text.strip())):
        count += 1
    return count if any(run.strong for run in line[:count]) else 0


def _after_colon(runs: Line, label: str) -> Line | None:
    """What follows a bold label on its line; None when the bold words are the beginning of a sentence."""
    text = "".join(run.text for run in runs)
    if not text.strip():
        return ()
    stripped = text.lstrip()
    if not label.endswith((":", ".")) and not stripped.startswith((":", "- ", "\u2013", "\u2014")):
        return None
    kept = (replace(runs[0], text=runs[0].text.lstrip(" :-\u2013\u2014\t")), *runs[1:])
    return kept if plain(kept) else ()
