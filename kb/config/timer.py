"""Runs the jobs of a server when they are due: publishing, sending and forgetting, each in a thread of its own.

Applications add their jobs to `jobs` when they are ready. No job waits for another, and none that fails ends another:
a receiver that takes half a minute keeps no guide from its time. gunicorn reads this module as its configuration
before Django is set up, so nothing of ours is imported at its start.
"""

from __future__ import annotations

import atexit
import fcntl
import logging
import os
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 20.0
LATE_SECONDS = 180.0
LOCKS = 0x6B62 << 32  # the keys of their advisory locks: 'kb', and a number

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to look after, again and again: `run` does what is due, in bounded time, and says how much it was.

    It runs at most once in each period of `every` seconds, and in one process of all machines at once, unless it is
    safe in several (`together`) or each machine needs it done (`everywhere`). Its `name` is a plain word.
    """

    name: str
    run: Callable[[], int]
    every: float = 0.0
    together: bool = False
    everywhere: bool = False


jobs: list[Job] = []
turns: list[Callable[[str, float], bool]] = []
"""Each says whether a job, by its name, is not done yet in this period of so many seconds, and is from now on."""
_woken = threading.Event()


def post_worker_init(_worker: Any) -> None:
    """Let this worker look for what is due, for as long as it lives."""
    threading.Thread(target=watch, name="timer", daemon=True).start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """End this worker's process at once, when all that is to be done at its end is done.

    Python would stop the threads that still run on its way out, by an exception that the C++ of re2 ends with SIGABRT.
    """
    ended = sys.exc_info()[1]
    if isinstance(ended, SystemExit):
        atexit._run_exitfuncs()  # noqa: SLF001 - as the end of the process would; there is no other name for it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 0)


def child_exit(_server: Any, worker: Any) -> None:
    """Have the metrics of a worker that ended counted as those of one that is gone."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 - see above

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def wake() -> None:
    """Have the watch of this process look at once, if it has one; others look within `SECONDS` anyway."""
    _woken.set()


def until_woken(seconds: float) -> bool:
    """The pause of a server: it ends when `wake` is called, or after these seconds, and is never the last."""
    _woken.wait(seconds)
    _woken.clear()
    return False


def watch(pause: Callable[[float], bool] = until_woken) -> None:
    """Have each job look for what is due after each pause, until a pause says that it was the last."""
    from kb.config.outages import disk  # noqa: PLC0415 - see above

    runners = [_Runner(job) for job in jobs]
    for job in jobs:  # a server that has just started is not late
        _touch_heartbeat(job)
    while not pause(SECONDS):
        disk.look()
        for runner in runners:
            runner.go()
    for runner in runners:
        runner.end()


def is_late() -> bool:
    """Whether a job has not been done on this machine for minutes: no server runs, or the job hangs."""
    now = time.time()
    return any(now - (done_at(job) or 0.0) > job.every + LATE_SECONDS for job in jobs)


def done_at(job: Job) -> float | None:
    """When a job was done last on this machine, in seconds since 1970; None for never."""
    try:
        return _heartbeat_file(job).stat().st_mtime
    except FileNotFoundError:
        return None


def _heartbeat_file(job: Job) -> Path:
    """The file whose time says when the job was done last."""
    from django.conf import settings  # noqa: PLC0415 - see above

    return Path(settings.DATA_DIR) / f"timer-{job.name}"


def _touch_heartbeat(job: Job) -> None:
    with suppress(OSError):  # a disk that is full is told of by `/healthz`, and takes no job's turn
        _heartbeat_file(job).touch()


def done(*names: str) -> None:
    """Note that a command did these jobs, where no server does them."""
    for job in jobs:
        if job.name in names:
            _touch_heartbeat(job)


def tick() -> int:
    """Run every job once, one after the other; how much they did together."""
    return sum(_run(job) for job in jobs)


class _Runner:
    """The thread of one job; told to go while the job runs, it runs it once more, so that no call is lost."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._called = threading.Event()
        self._is_requested = self._is_over = False
        self._next = 0.0
        self._thread = threading.Thread(target=self._work, name=f"timer-{job.name}", daemon=True)
        self._thread.start()

    def go(self) -> None:
        """Run the job soon."""
        self._is_requested = True
        self._called.set()

    def end(self) -> None:
        """Wait until it has done what it was told to."""
        self._is_over = True
        self._called.set()
        self._thread.join()

    def _work(self) -> None:
        from django.db import close_old_connections, connections  # noqa: PLC0415 - see above

        while self._called.wait():
            self._called.clear()
            is_requested, self._is_requested = self._is_requested, False
            if is_requested and time.monotonic() >= self._next:
                self._next = time.monotonic() + self._job.every
                close_old_connections()
                _run(self._job, _is_due)
                close_old_connections()
            if self._is_over and not self._is_requested:
                break
        connections.close_all()


def _always(_job: Job) -> bool:
    """Whether to run it: whoever calls `tick` means it."""
    return True


def _is_due(job: Job) -> bool:
    """Whether no process of any machine has run it in this period."""
    if job.everywhere or not job.every:
        return True
    try:
        is_ours = all(is_first(job.name, job.every) for is_first in turns)
    except Exception:
        logger.exception("Whose turn it is to %s can't be told; this process takes it", job.name)
        return True
    if is_ours:
        logger.info("It is this process's turn to %s", job.name)
    return is_ours


def _run(job: Job, is_due: Callable[[Job], bool] = _always) -> int:
    """Run a job, unless another process is at it or it is not due; a failure is logged, and the next time tries again.

    A database, or a data folder, that is away for a minute comes back.
    """
    try:
        with _alone(job) as is_free:
            done = job.run() if is_free and is_due(job) else 0
            if is_free:
                _touch_heartbeat(job)
            return done
    except Exception:
        logger.exception("The timer's job %s failed; it is tried again", job.name)
        return 0


@contextmanager
def _alone(job: Job) -> Iterator[bool]:
    """Whether no other process is at the job; none can be before this ends."""
    from django.conf import settings  # noqa: PLC0415 - see above

    from kb.config.locks import database_lock  # noqa: PLC0415 - see above

    if job.together:
        yield True
        return
    with (Path(settings.DATA_DIR) / f"timer-{job.name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        if job.everywhere:
            yield True
            return
        with database_lock(LOCKS + zlib.crc32(job.name.encode()), wait=False) as is_free:
            yield is_free
