"""Runs that others disturb are measured again, a counted number of times; sides start in turn; no figures when busy.

What others do is real here: a process that is not ours spins while a run is measured.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.bench.quiet import _used_by_all
from tests.bench.times import AddedRow, Round, Row, Times, rows, timed
from tests.bench.turns import Busy, Runs, by_turns, rotated

SPIN = "import time\nend = time.process_time() + 10\nwhile time.process_time() < end: pass"  # it ends by itself, too
QUIETLY = "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL"
START = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SPIN!r}], {QUIETLY}).pid)"
CPUS = psutil.cpu_count() or 1
BUSY_SECONDS = 0.4 * CPUS  # of processors, which is more than a tenth of whatever a run takes here
PLENTY = 10_000  # of runs that may be disturbed: tests may share the machine with anybody


@pytest.fixture
def others() -> Iterator[Callable[[], None]]:
    """Let somebody else use the machine, until so much was used that a run of a second can't count."""
    started: list[int] = []

    def disturb() -> None:
        before = _used_by_all()
        for _ in range(CPUS):
            said = subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True)
            started.append(int(said.stdout))
        while _used_by_all() - before < BUSY_SECONDS:
            time.sleep(0.01)
        for pid in started:
            os.kill(pid, signal.SIGKILL)
        started.clear()

    yield disturb
    for pid in started:
        os.kill(pid, signal.SIGKILL)


def each_once(calls: list[str]) -> str:
    """The order of the calls, those told once that were repeated because of somebody else."""
    return "".join(call for number, call in enumerate(calls) if call != (calls[number - 1] if number else ""))


def test_a_run_that_was_disturbed_is_measured_again(others: Callable[[], None]) -> None:
    calls: list[int] = []

    def run() -> int:
        calls.append(len(calls))
        if len(calls) == 1:
            others()
        return calls[-1]

    runs = Runs(PLENTY, pause=0)
    assert runs.measure(run) > 0
    assert runs.spare < PLENTY


def test_a_side_that_is_disturbed_too_often_gives_no_figure(others: Callable[[], None]) -> None:
    calls: list[int] = []

    def run() -> None:
        calls.append(1)
        others()

    with pytest.raises(Busy, match=r"others took .*% of the machine") as busy:
        Runs(1, pause=0).measure(run)
    assert len(calls) == 2
    assert busy.value.others > 0.1


def test_each_side_starts_a_round_as_often_as_the_others() -> None:
    assert [rotated("abc", number) for number in range(4)] == [list("abc"), list("bca"), list("cab"), list("abc")]
    assert rotated([], 1) == []
    calls: list[str] = []
    sides = {name: lambda name=name: calls.append(name) for name in "abc"}
    figures = by_turns(sides, 3, PLENTY, pause=0)
    assert each_once(calls) == "abcbcacab"
    assert {name: len(own) for name, own in figures.items()} == {"a": 3, "b": 3, "c": 3}


def test_each_task_is_the_first_for_a_text_as_often_as_the_others() -> None:
    calls: list[str] = []
    tasks = [lambda text, name=name: calls.append(f"{name}{text}") for name in "xy"]
    times = timed(["1", "2", "3"], *tasks)
    assert calls == ["x1", "y1", "y2", "x2", "x3", "y3"]
    assert [len(each.seconds) for each in times] == [3, 3]
    calls.clear()
    timed(["1"], *tasks, first=1)
    assert calls == ["y1", "x1"]


def test_each_task_has_its_rounds_beside_the_peer() -> None:
    texts = [["a", "b", "c"], ["d"]]
    found = rows({"searched": 20, "completed": 5}, texts, *[lambda _: None] * 3, run=2, spare=PLENTY, pause=0)
    assert [(row.name, row.allowed) for row in found] == [("searched", 20), ("completed", 5)]
    assert [[len(each.ours.seconds) for each in row.rounds] for row in found] == [[3, 1], [3, 1]]
    assert [each.peer for each in found[0].rounds] == [each.peer for each in found[1].rounds]


def test_texts_whose_run_was_disturbed_are_asked_again_and_counted_once(others: Callable[[], None]) -> None:
    asked: list[str] = []

    def search(text: str) -> None:
        asked.append(text)
        if asked == ["a", "b"]:
            others()

    (row,) = rows({"x": 1}, [["a", "b", "c"]], search, lambda _: None, run=2, spare=PLENTY, pause=0)
    assert each_once(asked).startswith("abab")
    assert [len(each.ours.seconds) for each in row.rounds] == [3]


def test_a_line_that_was_disturbed_too_often_has_no_ratio(others: Callable[[], None]) -> None:
    (row,) = rows({"x": 1}, [["a"]], lambda _: others(), lambda _: None, run=1, spare=0, pause=0)
    assert not row.is_met
    assert "no figures: others took" in str(row)


def test_a_line_compares_the_95th_percentiles_round_by_round() -> None:
    peer = Times(tuple(0.001 for _ in range(100)))
    ours = Times((*(0.002 for _ in range(94)), *(0.01 for _ in range(6))))
    slow = Times((0.03,) * 100)
    assert ours.at(0.5) == pytest.approx(2)
    row = Row("x", [Round(ours, peer), Round(slow, peer), Round(ours, peer)], allowed=20)
    assert row.ratio.shown(1) == "10.0 (10.0-30.0)"
    assert str(row).endswith("ok")
    assert str(Row("x", row.rounds, allowed=9)).endswith("MISSED")


def test_a_line_of_what_is_added_tells_milliseconds() -> None:
    peer = Times((0.005,) * 100)
    rounds = [Round(Times((seconds,) * 100), peer) for seconds in (0.035, 0.050, 0.040)]
    row = AddedRow("x", rounds, allowed=36)
    assert row.ratio.shown(1) == "35.0 (30.0-45.0)"
    assert row.is_met
    assert not AddedRow("x", rounds, allowed=34).is_met
    (line,) = rows({"x": 1e6}, [["a"]], len, len, run=1, spare=PLENTY, pause=0, kind=AddedRow)
    assert isinstance(line, AddedRow)
