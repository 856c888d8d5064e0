"""How much the slow tests try: all of it each night, little of it on every change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

MANY = os.environ.get("KB_TEST_EXAMPLES") == "many"

Tried = TypeVar("Tried", int, Sequence[object])


def rounds(night: Tried, short: Tried) -> Tried:
    """The first in `make nightly`, the second in its short form."""
    return night if MANY else short
