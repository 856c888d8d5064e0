"""A text that somebody merged by hand in; the lines where marks of the conflict were left in it out."""

from __future__ import annotations

from kb.content.merging import BETWEEN, lines

OPENS, CLOSES = "<<<<<<<", ">>>>>>>"


def left_marks(text: str, *originals: str) -> list[int]:
    """The lines (from 1) that still part two texts; a line that one of the `originals` has is no mark."""
    known = {line.strip() for original in originals for line in lines(original)}
    found = ((number, line.strip()) for number, line in enumerate(lines(text), start=1))
    return [number for number, line in found if _is_mark(line) and line not in known]


def _is_mark(line: str) -> bool:
    return line == BETWEEN or line.startswith((f"{OPENS} ", f"{CLOSES} ")) or line in {OPENS, CLOSES}
