"""Each file is read within its bounds, by processes that leave nothing behind."""

from __future__ import annotations

import multiprocessing.spawn
import os
import signal
import subprocess
import sys
import threading
import time
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.content import worker_process, workers
from kb.content.document import ContentError
from kb.content.reading import read_contact, read_guide
from kb.content.workers import TEXTS_WORTH_A_PROCESS, Readers, ReadRequest, read_guide_bounded, read_guides
from tests.support.endless import ENDLESS

if TYPE_CHECKING:
    from collections.abc import Iterator

GUIDE = "# Guide {number}\n\n## Symptoms\n\n- It is slow\n\n## Fix\n\n1. See [other](other.md)\n"
CONTACT = "---\nname: Ann\nrole: On call\ntier: 1\nemail: ann@example.org\n---\nHave *this* at hand.\n"
ROOT = Path(__file__).resolve().parent.parent.parent


def guides(count: int) -> list[ReadRequest]:
    return [ReadRequest(f"guide-{number}.md", GUIDE.format(number=number)) for number in range(count)]


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers(processes=2) as made:
        yield made


def make_ready(readers: Readers) -> None:
    """Have two processes wait for work."""
    while [worker.ready for worker in readers.workers] != [True, True]:
        list(readers.read_guides(guides(60)))


def gone(pid: int) -> bool:
    """Whether a process ends, once it has had the time to."""
    for _ in range(400):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and ") Z " in stat.read_text():
            return True
        time.sleep(0.05)
    return False


def test_a_worker_reads_what_the_caller_would(readers: Readers) -> None:
    addresses = {"other.md": "/guides/other/"}
    requests = [
        ReadRequest("a.md", GUIDE.encode(), addresses),
        ReadRequest("b/c.md", GUIDE, {}),
        ReadRequest("ann.md", CONTACT, addresses, kind="contact"),
        ReadRequest("bad.md", b"fine\n\xff\n"),
    ]
    guide, below, contact, bad = readers.read_guides(requests)
    assert guide.document == read_guide(GUIDE, "a.md", addresses)
    assert 'href="/guides/other/"' in (guide.document.html if guide.document else "")
    assert below.document == read_guide(GUIDE, "b/c.md", {})
    assert "missing-link" in (below.document.html if below.document else "")
    assert contact.contact == read_contact(CONTACT, "ann.md")
    assert (bad.source, bad.error and bad.error.line, bad.document) == ("bad.md", 2, None)


@pytest.mark.slow
def test_a_guide_that_takes_too_long_is_an_error_and_the_next_is_read(readers: Readers) -> None:
    first, *others = guides(3)
    results = list(readers.read_guides([first, ReadRequest("hostile.md", ENDLESS), *others], seconds=1.0))
    assert [result.source for result in results] == ["guide-0.md", "hostile.md", "guide-1.md", "guide-2.md"]
    errors = [result.error for result in results]
    assert errors[1] is not None
    assert errors[1].message.startswith("This text takes longer than 1 seconds of processor time to render: look for")
    assert errors[0] is errors[2] is errors[3] is None


def test_a_process_that_had_to_wait_longer_than_it_may_compute_is_waited_for(readers: Readers) -> None:
    """As on a busy machine: what counts is what it computes, and a stopped process computes nothing."""
    list(readers.read_guides(guides(1)))
    (worker,) = readers.workers
    os.kill(worker.pid, signal.SIGSTOP)
    threading.Timer(2.0, os.kill, (worker.pid, signal.SIGCONT)).start()
    (result,) = readers.read_guides(guides(1), seconds=0.5)
    assert result.error is None
    assert readers.workers == (worker,)


@pytest.mark.slow
def test_a_process_that_computed_for_long_enough_is_ended_however_often_it_waited(readers: Readers) -> None:
    list(readers.read_guides(guides(1)))
    (worker,) = readers.workers
    pid = worker.pid
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(1.0, os.kill, (pid, signal.SIGCONT)).start()
    (result,) = readers.read_guides([ReadRequest("hostile.md", ENDLESS)], seconds=0.5)
    assert result.error is not None
    assert result.error.message.startswith("This text takes longer than 0.5 seconds of processor time")
    assert gone(pid)


@pytest.mark.slow
def test_a_process_that_hangs_is_given_up_after_minutes_without_blaming_the_text(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(readers.read_guides(guides(1)))
    (worker,) = readers.workers
    assert worker_process.LONGEST_WAIT >= 120
    monkeypatch.setattr(worker_process, "LONGEST_WAIT", 0.6)
    os.kill(worker.pid, signal.SIGSTOP)
    (result,) = readers.read_guides(guides(1), seconds=0.5)
    assert result.error is not None
    assert result.error.message.startswith("Reading this text did not end within 0.01 minutes: the machine is too busy")
    monkeypatch.undo()
    assert [result.error for result in readers.read_guides(guides(1))] == [None]


@pytest.mark.slow
def test_the_bound_reaches_code_that_does_not_look_at_signals() -> None:
    """What python-markdown, lxml and `re` compute in C is ended as well."""
    code = (
        "from kb.content import worker_process\n"
        "import re\n"
        "worker_process.read_guide = lambda *_: re.match(r'(a*)*b', 'a' * 64)\n"
        "from multiprocessing.connection import Pipe\n"
        "ours, theirs = Pipe()\n"
        "ours.send(('guide', 'a.md', '', None, 0.5))\n"
        "worker_process.serve(theirs, 1_500_000_000)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGPROF


@pytest.mark.slow
def test_results_keep_the_order_of_the_requests(readers: Readers) -> None:
    make_ready(readers)
    results = list(readers.read_guides([ReadRequest("hostile.md", ENDLESS), *guides(3)], seconds=1.0))
    assert [result.source for result in results] == ["hostile.md", "guide-0.md", "guide-1.md", "guide-2.md"]
    assert [result.error is None for result in results] == [False, True, True, True]


def test_ctrl_c_does_not_reach_the_processes(readers: Readers) -> None:
    list(readers.read_guides(guides(1)))
    (worker,) = readers.workers
    os.kill(worker.pid, signal.SIGINT)
    wait([worker.connection], 0.5)  # it would close its end
    assert [result.error for result in readers.read_guides(guides(1))] == [None]
    assert readers.workers == (worker,)


@pytest.mark.slow
def test_a_hostile_guide_leaves_none_of_its_process(readers: Readers) -> None:
    pids: list[int] = []
    busy = threading.Thread(target=lambda: pids.append(_when_busy(readers)))
    busy.start()
    list(readers.read_guides([ReadRequest("hostile.md", ENDLESS)], seconds=1.0))
    busy.join()
    assert gone(pids[0])
    assert readers.workers == ()


@pytest.mark.slow
def test_a_process_that_ends_by_itself_is_an_error_of_its_guide_only(readers: Readers) -> None:
    killer = threading.Thread(target=lambda: os.kill(_when_busy(readers), signal.SIGKILL))
    killer.start()
    hostile, after = readers.read_guides([ReadRequest("hostile.md", ENDLESS), *guides(1)], seconds=30)
    killer.join()
    assert hostile.error is not None
    assert "exit code -9" in hostile.error.message
    assert after.document is not None


def _when_busy(readers: Readers) -> int:
    """The process that reads, once there is one."""
    while True:
        for worker in readers.workers:
            if worker.job is not None:
                return worker.pid
        time.sleep(0.01)


@pytest.mark.slow
def test_a_process_that_ended_while_it_was_idle_is_replaced(readers: Readers) -> None:
    list(readers.read_guides(guides(1)))
    (worker,) = readers.workers
    os.kill(worker.pid, signal.SIGKILL)
    while worker.alive:
        time.sleep(0.01)
    assert [result.error for result in readers.read_guides(guides(2))] == [None, None]


@pytest.mark.slow
def test_a_text_that_needs_too_much_memory_is_an_error() -> None:
    bomb = "[x] " * 2_000 + "\n\n[x]: https://example.org/" + "a" * 500_000
    with Readers(processes=1, memory_limit=600_000_000, seconds=60) as readers:
        heavy, after = readers.read_guides([ReadRequest("heavy.md", bomb), *guides(1)])
    assert heavy.error is not None
    assert heavy.error.message.startswith(("This text needs too much memory", "Reading this text ended its process"))
    assert after.document is not None


def test_a_fault_of_ours_is_an_error_of_one_text(readers: Readers) -> None:
    faulty, after = readers.read_guides([ReadRequest(None, "x"), *guides(1)])  # type: ignore[arg-type]
    assert faulty.error is not None
    assert faulty.error.message.startswith("This text could not be read (AttributeError")
    assert after.document is not None


@pytest.mark.slow
def test_few_guides_are_read_by_one_process_and_many_by_several(readers: Readers) -> None:
    assert list(readers.read_guides([])) == []
    assert readers.workers == ()
    list(readers.read_guides(guides(3)))
    assert len(readers.workers) == 1
    results = list(readers.read_guides(iter(guides(120))))
    assert len(readers.workers) == 2
    assert [result.source for result in results] == [request.source for request in guides(120)]
    assert not any(result.error for result in results)


def test_addresses_that_change_between_two_readings_are_seen(readers: Readers) -> None:
    addresses = {"other.md": "/guides/old/"}
    request = ReadRequest("a.md", GUIDE, addresses)
    (before,) = readers.read_guides([request])
    addresses["other.md"] = "/guides/new/"
    (after,) = readers.read_guides([request])
    assert "/guides/old/" in (before.document.html if before.document else "")
    assert "/guides/new/" in (after.document.html if after.document else "")


@pytest.mark.slow
def test_a_caller_that_stops_early_leaves_no_work_behind(readers: Readers) -> None:
    make_ready(readers)
    results = readers.read_guides([*guides(1), ReadRequest("hostile.md", ENDLESS)], seconds=30)
    assert next(results).source == "guide-0.md"
    (busy,) = [worker.pid for worker in readers.workers if worker.job]
    results.close()
    assert gone(busy)
    assert [result.error for result in readers.read_guides(guides(1))] == [None]


@pytest.mark.slow
def test_processes_for_many_files_end_with_the_iterator() -> None:
    ready = set(multiprocessing.active_children())
    results = read_guides(guides(TEXTS_WORTH_A_PROCESS + 1))
    next(results)
    started = [child for child in multiprocessing.active_children() if child not in ready]
    results.close()
    assert started
    assert not [child for child in started if child in multiprocessing.active_children()]


def test_requests_that_fail_to_come_stop_the_reading(readers: Readers) -> None:
    def broken() -> Iterator[ReadRequest]:
        yield from guides(1)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(readers.read_guides(broken()))


def test_processes_that_can_not_start_are_said_to_be_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    before = multiprocessing.spawn.get_executable()
    multiprocessing.set_executable("/bin/false")
    try:
        with Readers() as readers, pytest.raises(RuntimeError, match="ended before it was ready"):
            list(readers.read_guides(guides(1)))
    finally:
        multiprocessing.set_executable(os.fsdecode(before))
    monkeypatch.setattr(worker_process, "LONGEST_WAIT", 0.0)
    with Readers() as readers, pytest.raises(RuntimeError, match="was not ready"):
        list(readers.read_guides(guides(1)))


@pytest.mark.slow
def test_a_server_keeps_one_reader_ready() -> None:
    addresses = {"other.md": "/guides/other/"}
    assert read_guide_bounded(GUIDE, "a.md", addresses) == read_guide(GUIDE, "a.md", addresses)
    worker = workers.ready_worker()
    assert worker
    assert read_guide_bounded(GUIDE, "a.md") == read_guide(GUIDE, "a.md")
    assert workers.ready_worker() is worker
    with pytest.raises(ContentError, match="UTF-8"):
        read_guide_bounded(b"\xff", "a.md")
    with pytest.raises(ContentError, match="longer than"):
        read_guide_bounded(ENDLESS, "a.md", seconds=0.2)
    assert read_guide_bounded(GUIDE, "a.md").structure.problems


def test_many_threads_can_share_the_ready_reader() -> None:
    titles: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: titles.append(read_guide_bounded(f"# Guide {n}\n", "a.md").metadata.title))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(titles) == [f"Guide {n}" for n in range(8)]


def script(body: str) -> subprocess.Popen[str]:
    code = f"from kb.content.workers import *\nimport os, sys, signal\n{body}"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


START_ONE = """
read_guide_bounded('# A', 'a.md')
print(ready_worker().pid, flush=True)
"""
STUCK = """
import threading, time
def tell():
    while (worker := ready_worker()) is None or worker.job is None:
        time.sleep(0.01)
    print(worker.pid, flush=True)
threading.Thread(target=tell, daemon=True).start()
try:
    read_guide_bounded('<!--' * 100_000, 'a.md', seconds=%s)
except KeyboardInterrupt:
    sys.exit(3)
"""


@pytest.mark.slow
def test_an_interpreter_ends_with_its_reader() -> None:
    process = script(START_ONE)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert gone(int(out))


def test_a_killed_server_takes_its_idle_reader_along() -> None:
    process = script(START_ONE + "signal.pause()")
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()
    assert gone(pid)


def test_a_killed_server_takes_its_busy_reader_along() -> None:
    process = script(STUCK % 1)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()
    assert gone(pid)


@pytest.mark.slow
def test_ctrl_c_stops_at_once_without_a_word_from_the_reader() -> None:
    process = script(STUCK % 60)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    os.kill(pid, signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (3, "")
    assert gone(pid)


@pytest.mark.slow
def test_a_forked_server_makes_a_reader_of_its_own() -> None:
    process = script(
        START_ONE
        + """
if os.fork() == 0:
    print(read_guide_bounded('# B', 'b.md').metadata.title, ready_worker().pid, flush=True)
    os._exit(0)
os.wait()
print(read_guide_bounded('# C', 'c.md').metadata.title, ready_worker().pid, flush=True)
"""
    )
    out, err = process.communicate(timeout=60)
    first, child, parent = out.splitlines()
    assert (process.returncode, err) == (0, "")
    assert child.split()[0] == "B"
    assert child.split()[1] != first
    assert parent == f"C {first}"
