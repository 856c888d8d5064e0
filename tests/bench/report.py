"""What was measured in; the table that people read, and whether the targets are met, out."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

TARGETS = {"guide": 8.0, "search": 4.0}
HEADS = ("page", "ours", "django-wiki", "ratio", "ours, first visit", "django-wiki, first visit")


@dataclass(slots=True)
class Measured:
    """Requests per second of one kind of page: one figure for each round, and one for the first visits."""

    page: str
    ours: list[float] = field(default_factory=list)
    peers: list[float] = field(default_factory=list)
    ours_fresh: float = 0.0
    peers_fresh: float = 0.0

    @property
    def ratio(self) -> float | None:
        """How many times quicker ours is, by the medians; None where the peer has no such page."""
        return median(self.ours) / median(self.peers) if self.peers else None

    def row(self) -> tuple[str, ...]:
        """The line of the table."""
        peers = f"{median(self.peers):.0f}" if self.peers else "-"
        ratio = f"{self.ratio:.1f}" if self.ratio else "-"
        fresh = (f"{self.ours_fresh:.0f}", f"{self.peers_fresh:.0f}" if self.peers else "-")
        return (self.page, f"{median(self.ours):.0f}", peers, ratio, *fresh)


def table(measured: Iterable[Measured]) -> str:
    """A Markdown table of requests per second, aligned to be read as it is."""
    rows = [HEADS, *(item.row() for item in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [[cell.rjust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines.insert(1, ["-" * (width - 1) + ":" for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def missed(measured: Iterable[Measured]) -> list[str]:
    """A sentence for each target that was not reached."""
    return [
        f"The {item.page} page is {item.ratio:.1f} times as quick as django-wiki's; the target is {TARGETS[item.page]}."
        for item in measured
        if item.ratio is not None and item.ratio < TARGETS.get(item.page, 0.0)
    ]


def machine() -> str:
    """What the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    model = found[1] if found else platform.processor() or platform.machine()
    software = f"Python {platform.python_version()}, Django {version('django')}, gunicorn {version('gunicorn')}"
    return f"{model}, {os.cpu_count()} cores; {software}"
