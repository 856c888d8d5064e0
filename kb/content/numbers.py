"""Reads numbers that somebody typed: the one place where digits from outside become a number.

Python refuses to read thousands of digits, reads digits of every script, and databases hold numbers only so large.
Whoever takes a number from an address, a form, a file or a command line asks here, and gets one within bounds or None.
"""

from __future__ import annotations

HIGHEST = 2_000_000_000  # what a column of the database holds


def whole_number(typed: str | None, lowest: int = 0, highest: int = HIGHEST) -> int | None:
    """The number that these plain digits spell, when it is within the bounds; None for all else."""
    if not typed or not (typed.isascii() and typed.isdigit()):
        return None
    digits = typed.lstrip("0") or "0"
    if len(digits) > len(str(highest)):
        return None
    number = int(digits)
    return number if lowest <= number <= highest else None
