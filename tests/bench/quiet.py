"""What share of the machine others take while something is measured: a busy machine gives no figures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

BUSY = 0.10  # of all processors: above it, a ratio says more about the others than about us


@dataclass(slots=True)
class Watch:
    """`others` is known when the watching is over: the share of all processors that was not ours, from 0 to 1."""

    others: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    @property
    def is_quiet(self) -> bool:
        """Whether what was measured meanwhile may be told."""
        return self.others <= BUSY


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch the machine while the block lasts.

    Ours is what this process and all that descends from it used; the others' is the rest of what the processors did for
    programs, and what a hypervisor took away. Interrupts are left out: those of the loopback network are our own.
    """
    watch = Watch()
    busy, ours = _used_by_all(), _used_by_us()
    yield watch
    spent = (time.perf_counter() - watch.started) * (psutil.cpu_count() or 1)
    watch.others = max(0.0, (_used_by_all() - busy) - (_used_by_us() - ours)) / spent


def _used_by_all() -> float:
    """Seconds that the processors ran programs, or were taken away, since the machine started."""
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0) + getattr(times, "steal", 0.0))


def _used_by_us() -> float:
    """Seconds that this process, its descendants, and those of them that have ended and were waited for, have used."""
    here = psutil.Process()
    total = 0.0
    for process in (here, *here.children(recursive=True)):
        try:
            total += sum(process.cpu_times()[:4])  # user, system, and both of children that have ended
        except psutil.NoSuchProcess:
            continue
    return total
