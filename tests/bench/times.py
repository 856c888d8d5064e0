"""Times tasks within one process, and writes what they took beside a peer as lines of a table."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench.report import Spread
from tests.bench.turns import PAUSE_SECONDS, Busy, Runs, rotated

SPARE = 10  # runs of a line that may be disturbed

Task = Callable[[str], object]
Clock = Callable[[], float]  # `time.perf_counter`, or `time.process_time` on a machine that is never quiet


@dataclass(frozen=True, slots=True)
class Times:
    """What some calls took, in seconds."""

    seconds: tuple[float, ...]

    def at(self, share: float) -> float:
        """The milliseconds that `share` of the calls did not exceed."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @classmethod
    def together(cls, several: Iterable[Times]) -> Times:
        """All of them as one."""
        return cls(tuple(seconds for each in several for seconds in each.seconds))


@dataclass(frozen=True, slots=True)
class Round:
    """What a task and its peer took in one round."""

    ours: Times
    peer: Times

    @property
    def ratio(self) -> float:
        """How many times as long as the peer we take, at the 95th percentile."""
        return self.ours.at(0.95) / self.peer.at(0.95)

    @property
    def added(self) -> float:
        """How many milliseconds more than the peer we take, at the 95th percentile."""
        return self.ours.at(0.95) - self.peer.at(0.95)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, in rounds, and how many times the peer's time is allowed.

    `busy` is the most that others took of the machine when they took too much too often: then there are no rounds.
    """

    name: str
    rounds: Sequence[Round]
    allowed: float
    busy: float | None = None

    @property
    def ratio(self) -> Spread:
        """The median of the rounds, the least and the most."""
        return Spread.of([each.ratio for each in self.rounds])

    def __str__(self) -> str:
        """The line."""
        if self.busy is not None:
            return f"{self.name:<34}no figures: others took {self.busy:.0%} of the machine"
        sides = (Times.together(each.ours for each in self.rounds), Times.together(each.peer for each in self.rounds))
        shown = "".join(f"{side.at(share):10.3f}" for side in sides for share in (0.5, 0.95))
        state = "ok" if self.is_met else "MISSED"
        return f"{self.name:<34}{shown}{self.ratio.shown(1):>18}{self.allowed:9.1f}  {state}"

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.busy is None and self.ratio.middle <= self.allowed


@dataclass(frozen=True, slots=True)
class AddedRow(Row):
    """A line of what something adds to what is done without it: milliseconds stand in place of the ratio."""

    @property
    def ratio(self) -> Spread:
        """The milliseconds that are added: the median of the rounds, the least and the most."""
        return Spread.of([each.added for each in self.rounds])


def head(peer: str) -> str:
    """What stands above the lines."""
    return (
        f"{'':<34}{'p50':>10}{'p95':>10}{f'{peer} p50':>10}{f'{peer} p95':>10}{'ratio':>18}{'allowed':>9}"
        f"\n(medians; ratio of the 95th percentiles: median of the rounds, least and most)"
    )


def timed(texts: Sequence[str], *tasks: Task, first: int = 0, clock: Clock = time.perf_counter) -> list[Times]:
    """How long each task takes for each text: all tasks for the same text, each as often first as the others."""
    seconds: list[list[float]] = [[] for _ in tasks]
    for number, text in enumerate(texts, first):
        for task, own in rotated(list(zip(tasks, seconds, strict=True)), number):
            start = clock()
            task(text)
            own.append(clock() - start)
    return [Times(tuple(own)) for own in seconds]


def rows(
    names: Mapping[str, float],
    rounds: Sequence[Sequence[str]],
    *tasks: Task,
    run: int,
    spare: int = SPARE,
    pause: float = PAUSE_SECONDS,
    clock: Clock = time.perf_counter,
    kind: type[Row] = Row,
) -> list[Row]:
    """A line for each task but the second, which is the peer; `names` says what they are called and allowed.

    So many texts of a round as `run` says are watched together, and asked again when others disturbed them, which may
    happen `spare` times. Processor time is our own, whatever others do: it is not watched.
    """
    found: list[list[Round]] = [[] for _ in tasks[1:]]
    runs = Runs(spare, pause)
    try:
        for number, texts in enumerate(rounds):
            parts = [texts[start : start + run] for start in range(0, len(texts), run)]
            timings = [partial(timed, part, *tasks, first=number, clock=clock) for part in parts]
            times = [each() if clock is time.process_time else runs.measure(each) for each in timings]
            ours, peer, *more = (Times.together(several) for several in zip(*times, strict=True))
            for own, each in zip(found, (ours, *more), strict=True):
                own.append(Round(each, peer))
    except Busy as busy:
        return [kind(name, (), allowed, busy.others) for name, allowed in names.items()]
    return [kind(name, own, allowed) for (name, allowed), own in zip(names.items(), found, strict=True)]


def say(line: str) -> None:
    """Tell the person who waits, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
