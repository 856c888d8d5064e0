"""Reads guides and contacts in other processes, each text within a bound of processor time and memory.

Rendering Markdown can take hours and gigabytes on a hostile text, and can't be interrupted from within. So processes
read the texts, and the system ends one that has computed for too long, which is an error of that text alone. How busy
the machine is makes no difference: only what a process computes counts, not how long it waits for a processor.

Pools that are to be had, as pebble's, bound a task by the clock on the wall and share one pipe under a lock, which a
process that is killed may hold; here killing is the ordinary case, so each process has a pipe of its own.
"""

from __future__ import annotations

import itertools
import math
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing.connection import wait
from typing import Self

from kb.content.document import ContactCard, ContentError, Document
from kb.content.explaining import Explanation
from kb.content.worker_process import FAILED, Job, ReadRequest, ReadResult, Worker

__all__ = [
    "ReadRequest",
    "ReadResult",
    "Readers",
    "explain_bounded",
    "read_contact_bounded",
    "read_guide_bounded",
    "read_guides",
    "ready_worker",
]

SECONDS_PER_TEXT = 5.0
MEMORY_PER_PROCESS = 1_500_000_000
TEXTS_WORTH_A_PROCESS = 24


def read_guides(
    requests: Iterable[ReadRequest], *, seconds: float = SECONDS_PER_TEXT, processes: int | None = None
) -> Iterator[ReadResult]:
    """Read files in as many processes as there are processors, and yield the results in the order of the requests.

    `seconds` of processor time bound each file. Few files are read by the process that stays ready; others end with
    the iterator.
    """
    incoming = iter(requests)
    first = list(itertools.islice(incoming, TEXTS_WORTH_A_PROCESS + 1))
    if len(first) <= TEXTS_WORTH_A_PROCESS and processes is None:
        with _warm.lock:
            results = list(_warm.readers.read_guides(first, seconds=seconds))
        yield from results
        return
    with Readers(seconds=seconds, processes=processes) as readers:
        yield from readers.read_guides(itertools.chain(first, incoming))


def read_guide_bounded(
    data: bytes | str,
    source: str,
    resolve: Mapping[str, str] | None = None,
    *,
    for_staff: Mapping[str, str] | None = None,
    seconds: float = SECONDS_PER_TEXT,
) -> Document:
    """A guide as read by a process that stays ready for the next; ContentError when it can't be, or not in time.

    For the requests of a server: callers of one process wait for one another.
    """
    result = _read_warm(ReadRequest(source, data, resolve or {}, for_staff=for_staff or {}), seconds)
    if result.document is None:
        raise result.error or ContentError(FAILED.filled(error="it is no guide"))
    return result.document


def read_contact_bounded(
    data: bytes | str, source: str, resolve: Mapping[str, str] | None = None, *, seconds: float = SECONDS_PER_TEXT
) -> ContactCard:
    """The same for a contact."""
    result = _read_warm(ReadRequest(source, data, resolve or {}, "contact"), seconds)
    if result.contact is None:
        raise result.error or ContentError(FAILED.filled(error="it is no contact"))
    return result.contact


def explain_bounded(data: bytes | str, source: str, *, seconds: float = SECONDS_PER_TEXT) -> Explanation:
    """What was found in a guide, and why nothing was, by the process that stays ready; ContentError as above."""
    result = _read_warm(ReadRequest(source, data, kind="explanation"), seconds)
    if result.explanation is None:
        raise result.error or ContentError(FAILED.filled(error="it is no guide"))
    return result.explanation


def ready_worker() -> Worker | None:
    """The process that stays ready in this one, None until something was read; for those who watch over a server."""
    return next(iter(_warm.readers.workers), None)


def _read_warm(request: ReadRequest, seconds: float) -> ReadResult:
    with _warm.lock:
        (result,) = _warm.readers.read_guides([request], seconds=seconds)
    return result


class Readers:
    """Up to `processes` processes of at most `memory_limit` bytes that read files.

    They start when they are needed and end with `close`; `seconds` of processor time bound the reading of each file.
    """

    def __init__(
        self, *, seconds: float = SECONDS_PER_TEXT, processes: int | None = None, memory_limit: int = MEMORY_PER_PROCESS
    ) -> None:
        self._seconds = seconds
        self._memory_limit = memory_limit
        self._most = processes or os.cpu_count() or 1
        self._workers: list[Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The processes that there are now."""
        return tuple(self._workers)

    def close(self) -> None:
        """End all processes."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.dismiss()
        for worker in workers:
            worker.end()

    def read_guides(self, requests: Iterable[ReadRequest], *, seconds: float | None = None) -> Iterator[ReadResult]:
        """The results of `requests`, in their order; reads a little ahead. For one caller at a time."""
        incoming = enumerate(requests)
        ahead = 2 * TEXTS_WORTH_A_PROCESS * self._most
        waiting: deque[Job] = deque()
        results: dict[int, ReadResult] = {}
        taken = given = 0
        try:
            while True:
                for position, request in itertools.islice(incoming, ahead - (taken - given)):
                    waiting.append(Job(position, request, self._seconds if seconds is None else seconds))
                    taken += 1
                if given == taken:
                    return
                self._hand_out(waiting)
                results.update(self._collect())
                while given in results:
                    yield results.pop(given)
                    given += 1
        finally:
            self._remove([worker for worker in self._workers if worker.job is not None])

    def _hand_out(self, waiting: deque[Job]) -> None:
        """Give each free worker a job, and start as many workers as the jobs are worth."""
        self._remove([worker for worker in self._workers if worker.ready and not worker.alive])
        workers_needed = math.ceil(
            (len(waiting) + sum(worker.job is not None for worker in self._workers)) / TEXTS_WORTH_A_PROCESS
        )
        for _ in range(min(workers_needed, self._most) - len(self._workers)):
            self._workers.append(Worker(self._memory_limit))
        for worker in self._workers:
            if waiting and worker.ready and worker.job is None:
                worker.give(waiting.popleft())

    def _collect(self) -> Iterator[tuple[int, ReadResult]]:
        """Wait until a worker has something to say or has ended, or for as long as anybody should."""
        watched = {worker.connection: worker for worker in self._workers if worker.job or not worker.ready}
        soonest = min(worker.deadline for worker in watched.values())
        answered = wait(list(watched), max(0.0, soonest - time.monotonic()))
        for connection, worker in watched.items():
            if connection in answered:
                result = worker.receive()
            elif worker.deadline <= time.monotonic():
                result = worker.give_up()
            else:
                continue
            if result is not None:
                yield result
        self._remove([worker for worker in self._workers if worker.spent])

    def _remove(self, workers: list[Worker]) -> None:
        for worker in workers:
            self._workers.remove(worker)
            worker.end(at_once=True)


class _Warm:
    """The reader that stays ready in a process that serves; a forked process makes its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.readers = Readers(processes=1)


_warm = _Warm()
os.register_at_fork(after_in_child=_warm.__init__)  # type: ignore[misc]
