"""Measures several sides by turns, so that none has the better moment, and gives no figure while others were at work.

All benches measure through this module. A run is what is measured in one go. Each run is watched by itself: one during
which others took more than a tenth of the machine is thrown away and done again, and when a side had more such runs
than it has to spare, there are no figures at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tests.bench.quiet import watched

Figure = TypeVar("Figure")
Side = TypeVar("Side")
PAUSE_SECONDS = 1.0  # for what disturbed a run to be over


class Busy(Exception):  # noqa: N818 - what is so, not what went wrong
    """Others took too much of the machine, too often; `others` is the most that they took."""

    def __init__(self, others: float) -> None:
        super().__init__(f"others took {others:.0%} of the machine")
        self.others = others


class Runs:
    """Runs of one side, of which so many may be disturbed."""

    def __init__(self, spare: int, pause: float = PAUSE_SECONDS) -> None:
        self.spare = spare
        self.pause = pause
        self.busiest = 0.0

    def measure(self, run: Callable[[], Figure]) -> Figure:
        """What a run gave during which the machine was ours; Busy when there was none."""
        while True:
            with watched() as watch:
                figure = run()
            if watch.is_quiet:
                return figure
            self.busiest = max(self.busiest, watch.others)
            if self.spare == 0:
                raise Busy(self.busiest)
            self.spare -= 1
            time.sleep(self.pause)


def rotated(sides: Sequence[Side], number: int) -> list[Side]:
    """The sides in the order of the round, or of the text, of this number: each starts as often as the others."""
    start = number % len(sides) if sides else 0
    return [*sides[start:], *sides[:start]]


def by_turns(
    sides: Mapping[str, Callable[[], Figure]], rounds: int, spare: int, pause: float = PAUSE_SECONDS
) -> dict[str, list[Figure]]:
    """So many figures of each side, a round of all sides after the other; Busy when a side was disturbed too often."""
    figures: dict[str, list[Figure]] = {name: [] for name in sides}
    runs = {name: Runs(spare, pause) for name in sides}
    for number in range(rounds):
        for name in rotated(list(sides), number):
            figures[name].append(runs[name].measure(sides[name]))
    return figures
