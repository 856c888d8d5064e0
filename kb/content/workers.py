"""Reads guides and contacts in processes of their own, in order, each within a bound of processor time and memory.

Rendering Markdown can take hours and gigabytes on a hostile text, and can't be interrupted from within. So the texts
are read by processes that the system ends when they have computed for too long, which is an error of that text alone.
How busy the machine is makes no difference: only what a process computes counts, not how long it waits for a
processor. The processes are started afresh, import `kb.content` only and inherit neither settings nor connections.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Literal, Self

from kb.content.document import ContactCard, ContentError, Document
from kb.content.reading import read_contact, read_guide

SECONDS = 5.0
MEMORY = 1_500_000_000
LONGEST_WAIT = 600.0  # by the clock on the wall, for a process that was stopped or hangs: no text is refused for it
GRACE = 2.0
WORTH_A_PROCESS = 24
_CONTEXT = multiprocessing.get_context("spawn")
ADVICE = "look for long runs of brackets, asterisks or nested markup, or split the text."
TOO_LONG = "This text takes longer than {seconds:g} seconds of processor time to render: " + ADVICE
TOO_MUCH = "This text needs too much memory to render: " + ADVICE
ENDED = "Reading this text ended its process (exit code {code}): " + ADVICE
STUCK = "Reading this text did not end within {minutes:g} minutes: the machine is too busy, try again later."
FAILED = "This text could not be read ({error}): please report it with the text."


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A file to read; `source` and `resolve` as for `reading.read_guide`."""

    source: str
    data: bytes | str
    resolve: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["guide", "contact"] = "guide"


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What became of the file `source`: a document, a contact, or the error that says why there is neither."""

    source: str
    document: Document | None = None
    contact: ContactCard | None = None
    error: ContentError | None = None


def read_guides(
    requests: Iterable[ReadRequest], *, seconds: float = SECONDS, processes: int | None = None
) -> Iterator[ReadResult]:
    """Read files in as many processes as there are processors, and yield the results in the order of the requests.

    `seconds` of processor time bound each file. Few files are read by the process that stays ready; others end with
    the iterator.
    """
    incoming = iter(requests)
    first = list(itertools.islice(incoming, WORTH_A_PROCESS + 1))
    if len(first) <= WORTH_A_PROCESS and processes is None:
        with _warm.lock:
            results = list(_warm.readers.read_guides(first, seconds=seconds))
        yield from results
        return
    with Readers(seconds=seconds, processes=processes) as readers:
        yield from readers.read_guides(itertools.chain(first, incoming))


def read_guide_bounded(
    data: bytes | str, source: str, resolve: Mapping[str, str] | None = None, *, seconds: float = SECONDS
) -> Document:
    """A guide as read by a process that stays ready for the next; ContentError when it can't be, or not in time.

    For the requests of a server: callers of one process wait for one another.
    """
    result = _read_warm(ReadRequest(source, data, resolve or {}), seconds)
    if result.document is None:
        raise result.error or ContentError(FAILED.format(error="it is no guide"))
    return result.document


def read_contact_bounded(
    data: bytes | str, source: str, resolve: Mapping[str, str] | None = None, *, seconds: float = SECONDS
) -> ContactCard:
    """The same for a contact."""
    result = _read_warm(ReadRequest(source, data, resolve or {}, "contact"), seconds)
    if result.contact is None:
        raise result.error or ContentError(FAILED.format(error="it is no contact"))
    return result.contact


def _read_warm(request: ReadRequest, seconds: float) -> ReadResult:
    with _warm.lock:
        (result,) = _warm.readers.read_guides([request], seconds=seconds)
    return result


class Readers:
    """Up to `processes` processes of at most `memory` bytes that read files.

    They start when they are needed and end with `close`; `seconds` of processor time bound the reading of each file.
    """

    def __init__(self, *, seconds: float = SECONDS, processes: int | None = None, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._most = processes or os.cpu_count() or 1
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
        ahead = 2 * WORTH_A_PROCESS * self._most
        waiting: deque[_Job] = deque()
        done: dict[int, ReadResult] = {}
        taken = given = 0
        try:
            while True:
                for position, request in itertools.islice(incoming, ahead - (taken - given)):
                    waiting.append(_Job(position, request, self._seconds if seconds is None else seconds))
                    taken += 1
                if given == taken:
                    return
                self._hand_out(waiting)
                done.update(self._collect())
                while given in done:
                    yield done.pop(given)
                    given += 1
        finally:
            self._remove([worker for worker in self._workers if worker.job is not None])

    def _hand_out(self, waiting: deque[_Job]) -> None:
        """Give each free worker a job, and start as many workers as the jobs are worth."""
        self._remove([worker for worker in self._workers if worker.ready and not worker.alive])
        enough = math.ceil((len(waiting) + sum(worker.job is not None for worker in self._workers)) / WORTH_A_PROCESS)
        for _ in range(min(enough, self._most) - len(self._workers)):
            self._workers.append(_Worker(self._memory))
        for worker in self._workers:
            if waiting and worker.ready and worker.job is None:
                worker.give(waiting.popleft())

    def _collect(self) -> Iterator[tuple[int, ReadResult]]:
        """Wait until a worker has something to say or has ended, or for as long as anybody should."""
        watched = {worker.connection: worker for worker in self._workers if worker.job or not worker.ready}
        soonest = min(worker.deadline for worker in watched.values())
        speaking = wait(list(watched), max(0.0, soonest - time.monotonic()))
        for connection, worker in watched.items():
            if connection in speaking:
                decision = worker.receive()
            elif worker.deadline <= time.monotonic():
                decision = worker.give_up()
            else:
                continue
            if decision is not None:
                yield decision
        self._remove([worker for worker in self._workers if worker.spent])

    def _remove(self, workers: list[_Worker]) -> None:
        for worker in workers:
            self._workers.remove(worker)
            worker.end(at_once=True)


@dataclass(frozen=True, slots=True)
class _Job:
    """A request, which one it is, and the seconds of processor time that it may take."""

    position: int
    request: ReadRequest
    seconds: float

    def result(self, decision: Document | ContactCard | ContentError) -> tuple[int, ReadResult]:
        source = self.request.source
        if isinstance(decision, ContentError):
            return self.position, ReadResult(source, error=decision)
        if isinstance(decision, ContactCard):
            return self.position, ReadResult(source, contact=decision)
        return self.position, ReadResult(source, document=decision)


class _Worker:
    """One process, as seen from outside: starting until `ready`, busy while it has a `job`, of no more use if `spent`.

    `deadline` (monotonic seconds) is when nobody waits any longer for its start or its job.
    """

    def __init__(self, memory: int) -> None:
        self.ready = False
        self.spent = False
        self.job: _Job | None = None
        self.deadline = time.monotonic() + LONGEST_WAIT
        self._resolve: dict[str, str] = {}
        self.connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, memory), name="reads-guides", daemon=True)
        with _interrupts_held_back():
            self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def give(self, job: _Job) -> None:
        """Let it read; the addresses are sent only when they are others than the last time."""
        request = job.request
        addresses = None if request.resolve == self._resolve else dict(request.resolve)
        if addresses is not None:
            self._resolve = addresses
        self.job, self.deadline = job, time.monotonic() + LONGEST_WAIT
        with contextlib.suppress(BrokenPipeError):  # it has just died: the answer to `receive` says so
            self.connection.send((request.kind, request.source, request.data, addresses, job.seconds))

    def receive(self) -> tuple[int, ReadResult] | None:
        """What the process says: that it is ready, or what became of the job."""
        try:
            decision, self.spent = self.connection.recv()
        except (EOFError, OSError):
            decision, self.spent = self._last_words(), True
        job, self.job = self.job, None
        self.ready = True
        return None if job is None else job.result(decision)

    def give_up(self) -> tuple[int, ReadResult] | None:
        """Stop waiting: the process neither computes nor answers."""
        if self.job is None:
            raise RuntimeError(f"A process that reads guides was not ready after {LONGEST_WAIT:g} seconds.")
        self.spent = True
        return self.job.result(ContentError(STUCK.format(minutes=LONGEST_WAIT / 60)))

    def _last_words(self) -> ContentError:
        self._process.join()
        code = self._process.exitcode
        if self.job is None:
            raise RuntimeError(f"A process that reads guides ended before it was ready (exit code {code}).")
        if code == -signal.SIGPROF:
            return ContentError(TOO_LONG.format(seconds=self.job.seconds))
        return ContentError(ENDED.format(code=code))

    def dismiss(self) -> None:
        """Let the process end by itself."""
        self.connection.close()

    def end(self, *, at_once: bool = False) -> None:
        """Have the process gone."""
        if not at_once:
            self._process.join(GRACE)
        self._process.kill()
        self._process.join()
        self._process.close()
        self.connection.close()


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A process started in here is not stopped by Ctrl-C, which its parent sees to; not even while it imports."""
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, memory: int) -> None:
    """A worker's life: read what comes until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGPROF})
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    addresses: dict[str, str] = {}
    spent = False
    with contextlib.suppress(EOFError, BrokenPipeError):
        connection.send((None, False))
        while not spent:
            kind, source, data, new_addresses, seconds = connection.recv()
            addresses = addresses if new_addresses is None else new_addresses
            signal.setitimer(signal.ITIMER_PROF, seconds)  # the system ends it then, within C code and orphaned too
            decision, spent = _read(kind, source, data, addresses)
            connection.send((decision, spent))
            signal.setitimer(signal.ITIMER_PROF, 0)


def _read(
    kind: str, source: str, data: bytes | str, addresses: Mapping[str, str]
) -> tuple[Document | ContactCard | ContentError, bool]:
    """What a file was read into, or why not; and whether this process should read no more."""
    try:
        return (read_contact if kind == "contact" else read_guide)(data, source, addresses), False
    except ContentError as error:
        return error, False
    except MemoryError:
        return ContentError(TOO_MUCH), True
    except Exception as error:  # noqa: BLE001 - a fault of ours with one text must not keep the others out
        return ContentError(FAILED.format(error=f"{type(error).__name__}: {error}")), False


class _Warm:
    """The reader that stays ready in a process that serves; a forked process makes its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.readers = Readers(processes=1)


_warm = _Warm()
os.register_at_fork(after_in_child=_warm.__init__)  # type: ignore[misc]
