"""The figures of a measurement: medians with their spread, ratios, and which targets are missed."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

TARGETS = {"guide": 8.0, "search": 4.0}
HEADS = (
    "page",
    "first visit: ours",
    "django-wiki",
    "ratio",
    "again: ours",
    "django-wiki",
    "ratio",
    "django-wiki's workers",
)

Rounds = list[float]


@dataclass(frozen=True, slots=True)
class Spread:
    """What several rounds gave: the median, and the least and the most."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """The spread of at least one figure."""
        return cls(min(figures), median(figures), max(figures))

    def shown(self, digits: int) -> str:
        """As it stands in a table: `812 (790-830)`."""
        low, middle, high = (f"{figure:.{digits}f}" for figure in (self.low, self.middle, self.high))
        return f"{middle} ({low}-{high})"


@dataclass(slots=True)
class Visits:
    """Requests per second of ours and of the peer, a figure for each round; no peer where it has no such page.

    `workers` is the kind of its workers that suited the peer better when all kinds were tried.
    """

    ours: Rounds = field(default_factory=list)
    peer: Rounds = field(default_factory=list)
    workers: str = ""

    @property
    def ratio(self) -> Spread | None:
        """How many times as quick ours is, round by round; None where the peer has no such page."""
        if not self.peer:
            return None
        return Spread.of([ours / peer for ours, peer in zip(self.ours, self.peer, strict=True)])

    def cells(self) -> list[str]:
        """Ours, the peer's, and the ratio."""
        if (ratio := self.ratio) is None:
            return [Spread.of(self.ours).shown(0), "-", "-"]
        return [Spread.of(self.ours).shown(0), Spread.of(self.peer).shown(0), ratio.shown(1)]


@dataclass(slots=True)
class Measured:
    """One kind of page: its first visits, and those of pages that were seen before.

    `busy` is the most that others took of the machine when they disturbed too many runs: then there are no figures.
    """

    page: str
    first: Visits = field(default_factory=Visits)
    again: Visits = field(default_factory=Visits)
    busy: float | None = None

    def row(self) -> list[str]:
        """The line of the table."""
        if self.busy is not None:
            return [self.page, *["-"] * 6, f"no figures: others took {self.busy:.0%} of the machine"]
        workers = dict.fromkeys(kind for kind in (self.first.workers, self.again.workers) if kind)
        return [self.page, *self.first.cells(), *self.again.cells(), ", then ".join(workers) or "-"]


def table(measured: Iterable[Measured]) -> str:
    """A Markdown table of requests per second, aligned to be read as it is."""
    rows = [list(HEADS), *(item.row() for item in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [[cell.rjust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines.insert(1, ["-" * (width - 1) + ":" for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def missed(measured: Iterable[Measured]) -> list[str]:
    """A sentence for each target that was not reached, and for each page without figures."""
    said = []
    for item in measured:
        if item.busy is not None:
            said.append(f"The {item.page} page has no figures: others took {item.busy:.0%} of the machine.")
        elif (ratio := item.again.ratio) and ratio.middle < TARGETS.get(item.page, 0.0):
            target = TARGETS[item.page]
            said.append(f"The {item.page} page is {ratio.middle:.1f} times as quick as django-wiki's, not {target}.")
    return said


def machine() -> str:
    """What the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    model = found[1] if found else platform.processor() or platform.machine()
    software = f"Python {platform.python_version()}, Django {version('django')}"
    return f"{model}, {os.cpu_count()} cores; {software}"
