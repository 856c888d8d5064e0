"""Reads arguments of commands, with a sentence for those that can't be used."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

from kb.content.numbers import whole_number


def number_from(lowest: int, highest: int, what: str = "a number") -> Callable[[str], int]:
    """A reader of an argument that is a whole number within these bounds."""

    def read(typed: str) -> int:
        number = whole_number(typed, lowest, highest)
        if number is None:
            raise ArgumentTypeError(f"give {what} from {lowest} to {highest}")
        return number

    return read
