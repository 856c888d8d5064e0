"""Merges two texts that were made from one, line by line, and shows where both changed the same lines.

A text that a person merged by hand is searched for marks of conflicts that were left in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from kb.content.line_endings import ending_of, lines
from kb.content.matching import matching_blocks

THEIRS = "<<<<<<< published"
BETWEEN = "======="
MINE = ">>>>>>> yours"
_OPENS, _CLOSES = "<<<<<<<", ">>>>>>>"


@dataclass(frozen=True, slots=True)
class Agreed:
    """Lines that both have, or that only one of the two changed."""

    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both changed, each in another way; `line` (from 1) is where it begins in `Merge.text`."""

    base: str
    theirs: str
    mine: str
    line: int


Part: TypeAlias = Agreed | Clash


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of two texts with one origin, in order."""

    parts: tuple[Part, ...]

    @property
    def clean(self) -> bool:
        """Whether no place needs a person."""
        return not any(isinstance(part, Clash) for part in self.parts)

    @property
    def text(self) -> str:
        """The merged text; where both changed the same lines, theirs and then mine."""
        return "".join(part.text if isinstance(part, Agreed) else _both(part) for part in self.parts)

    @property
    def marked(self) -> str:
        """The merged text with marks around the places where both changed the same lines."""
        return "".join(part.text if isinstance(part, Agreed) else _marked(part) for part in self.parts)


def merge(base: str, theirs: str, mine: str) -> Merge:
    """Merge two texts that were made from `base`, by lines; in bounded time, for which more may be said to clash.

    The lines that all three have hold them together. What lies between two of such stretches is taken from the one
    that changed it, and is a clash when both did, in different ways: Khanna, Kunal and Pierce, "A Formal
    Investigation of Diff3" (2007).
    """
    origin, left, right = lines(base), lines(theirs), lines(mine)
    parts: list[Part] = []
    line = 1
    at = left_at = right_at = 0
    for start, left_start, right_start, size in _in_all_three(origin, left, right):
        before = "".join(origin[at:start])
        left_text, right_text = "".join(left[left_at:left_start]), "".join(right[right_at:right_start])
        if before in (left_text, right_text) or left_text == right_text:
            changed: Part = Agreed(right_text if left_text == before else left_text)
        else:
            changed = Clash(before, left_text, right_text, line)
        at, left_at, right_at = start + size, left_start + size, right_start + size
        for part in (changed, Agreed("".join(origin[start:at]))):
            if text := part.text if isinstance(part, Agreed) else _both(part):
                line += len(lines(text))
                parts.append(part)
    return Merge(tuple(parts))


def _in_all_three(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of lines that all have, in order: where they begin in each, and how many; at last the empty end."""
    left, right = matching_blocks(base, theirs), matching_blocks(base, mine)
    left_index = right_index = 0
    while left_index < len(left) and right_index < len(right):
        (i, j, size), (k, m, length) = left[left_index], right[right_index]
        start, end = max(i, k), min(i + size, k + length)
        if start < end:
            yield start, j + start - i, m + start - k, end - start
        if i + size <= k + length:
            left_index += 1
        else:
            right_index += 1
    yield len(base), len(theirs), len(mine), 0


def left_marks(text: str, *originals: str) -> list[int]:
    """The lines (from 1) that still part two texts; a line that one of the `originals` has is no mark."""
    known = {line.strip() for original in originals for line in lines(original)}
    marks = {BETWEEN, _OPENS, _CLOSES} - known
    found = ((number, line.strip()) for number, line in enumerate(lines(text), start=1))
    return [
        number
        for number, line in found
        if line in marks or (line.startswith((f"{_OPENS} ", f"{_CLOSES} ")) and line not in known)
    ]


def _both(clash: Clash) -> str:
    return _ended(clash.theirs) + clash.mine


def _marked(clash: Clash) -> str:
    ending = next((ending_of(line) for line in lines(clash.theirs + clash.mine) if ending_of(line)), "\n")
    theirs, mine = _ended(clash.theirs, ending), _ended(clash.mine, ending)
    return f"{THEIRS}{ending}{theirs}{BETWEEN}{ending}{mine}{MINE}{ending}"


def _ended(text: str, ending: str = "\n") -> str:
    return text if not text or ending_of(text) else text + ending
