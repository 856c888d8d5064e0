"""What waits in a server is written by a thread beside its requests, and elsewhere by nobody."""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
from collections.abc import Iterator
from queue import Queue

import pytest

from kb.config import background


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(atexit, "register", lambda _: None)
    background.serving.set()
    yield
    background.serving.clear()


def test_a_server_writes_beside_its_requests_by_one_thread_for_each_writer(serving: None) -> None:
    written: Queue[threading.Thread] = Queue()
    writer = background.Writer("trial", lambda: written.put(threading.current_thread()), 0.0)
    writer.wake()
    first = written.get(timeout=20)
    assert (first.name, first is threading.current_thread()) == ("trial", False)
    writer.wake()
    assert written.get(timeout=20) is first


def test_nothing_is_written_by_itself_elsewhere() -> None:
    before = threading.active_count()
    background.Writer("trial", lambda: None, 0.0).wake()
    assert threading.active_count() == before


def test_what_still_waits_when_a_server_ends_is_written_then(monkeypatch: pytest.MonkeyPatch, serving: None) -> None:
    ends: list[object] = []
    monkeypatch.setattr(atexit, "register", ends.append)
    written: Queue[None] = Queue()
    write = lambda: written.put(None)  # noqa: E731 - the same object is asked for
    writer = background.Writer("trial", write, 0.0)
    for _ in range(2):
        writer.wake()
        written.get(timeout=20)
    assert ends == [write]


BUSY = """
import atexit, sys, threading, time
import re2
from kb.config import timer

pattern, text = re2.compile("(a|b)*c"), "ab" * 200_000
def search():
    while True:
        pattern.search(text)
for _ in range(3):
    threading.Thread(target=search, daemon=True).start()
time.sleep(0.3)
atexit.register(print, "written")
try:
    sys.exit(int(sys.argv[1]))
finally:
    timer.worker_exit(None, None)
"""


def test_a_worker_ends_in_peace_while_its_threads_are_at_work() -> None:
    ended = subprocess.run([sys.executable, "-c", BUSY, "0"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "written\n", "")


def test_a_worker_that_failed_says_so_still() -> None:
    ended = subprocess.run([sys.executable, "-c", BUSY, "3"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (3, "written\n")
