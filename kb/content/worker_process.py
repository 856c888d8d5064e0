"""One process that reads guides and contacts, from both sides: what starts and watches it, and what runs within.

The system itself ends the process when it has computed for too long on one text, by a timer of processor time: that
reaches what libraries compute in C, and holds when nobody watches any more. The process is started afresh, imports
`kb.content` only and inherits neither settings nor connections.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Literal, TypeAlias

from kb.content.document import ContactCard, ContentError, Document
from kb.content.explaining import Explanation, explain
from kb.content.phrases import Phrase
from kb.content.reading import read_contact, read_guide

LONGEST_WAIT = 600.0  # by the clock on the wall, for a process that was stopped or hangs: no text is refused for it
GRACE_SECONDS = 2.0  # in which a process may end by itself
_CONTEXT = multiprocessing.get_context("spawn")
TOO_LONG = Phrase(
    "This text takes longer than {seconds} seconds of processor time to render: look for long runs of brackets, "
    "asterisks or nested markup, or split the text."
)
TOO_MUCH = Phrase(
    "This text needs too much memory to render: look for long runs of brackets, asterisks or nested markup, or split "
    "the text."
)
ENDED = Phrase(
    "Reading this text ended its process (exit code {code}): look for long runs of brackets, asterisks or nested "
    "markup, or split the text."
)
STUCK = Phrase("Reading this text did not end within {minutes} minutes: the machine is too busy, try again later.")
FAILED = Phrase("This text could not be read ({error}): please report it with the text.")

Addresses: TypeAlias = tuple[dict[str, str], dict[str, str]]
Decision: TypeAlias = Document | ContactCard | Explanation | ContentError


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A file to read; `source`, `resolve` and `for_staff` as for `reading.read_guide`."""

    source: str
    data: bytes | str
    resolve: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["guide", "contact", "explanation"] = "guide"
    for_staff: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What became of the file `source`: what was asked for of it, or the error that says why it can't be had."""

    source: str
    document: Document | None = None
    contact: ContactCard | None = None
    explanation: Explanation | None = None
    error: ContentError | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A request, which one it is, and the seconds of processor time that it may take."""

    position: int
    request: ReadRequest
    seconds: float

    def result(self, decision: Decision) -> tuple[int, ReadResult]:
        """Which request it was, and what became of it."""
        source = self.request.source
        if isinstance(decision, ContentError):
            return self.position, ReadResult(source, error=decision)
        if isinstance(decision, ContactCard):
            return self.position, ReadResult(source, contact=decision)
        if isinstance(decision, Explanation):
            return self.position, ReadResult(source, explanation=decision)
        return self.position, ReadResult(source, document=decision)


class Worker:
    """One process, as seen from outside: starting until `ready`, busy while it has a `job`, of no more use if `spent`.

    `deadline` (monotonic seconds) is when nobody waits any longer for it to start or to be done.
    """

    def __init__(self, memory_limit: int) -> None:
        self.ready = False
        self.spent = False
        self.job: Job | None = None
        self.deadline = time.monotonic() + LONGEST_WAIT
        self._addresses: Addresses = ({}, {})
        self.connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=serve, args=(theirs, memory_limit), name="reads-guides", daemon=True)
        with _interrupts_held_back():
            self._process.start()
        assert self._process.pid is not None  # noqa: S101 - it was started
        self.pid = self._process.pid
        theirs.close()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def give(self, job: Job) -> None:
        """Let it read; the addresses are sent only when they are others than the last time."""
        request = job.request
        is_same = (request.resolve, request.for_staff) == self._addresses
        addresses = None if is_same else (dict(request.resolve), dict(request.for_staff))
        self._addresses = addresses or self._addresses
        self.job, self.deadline = job, time.monotonic() + LONGEST_WAIT
        with contextlib.suppress(BrokenPipeError):  # it has just died: the answer to `receive` says so
            self.connection.send((request.kind, request.source, request.data, addresses, job.seconds))

    def receive(self) -> tuple[int, ReadResult] | None:
        """What the process says: that it is ready, or what became of the job."""
        try:
            decision, self.spent = self.connection.recv()
        except (EOFError, OSError):
            decision, self.spent = self._why_it_ended(), True
        job, self.job = self.job, None
        self.ready = True
        return None if job is None else job.result(decision)

    def give_up(self) -> tuple[int, ReadResult] | None:
        """Stop waiting: the process neither computes nor answers."""
        if self.job is None:
            raise RuntimeError(f"A process that reads guides was not ready after {LONGEST_WAIT:g} seconds.")
        self.spent = True
        return self.job.result(ContentError(STUCK.filled(minutes=f"{LONGEST_WAIT / 60:g}")))

    def _why_it_ended(self) -> ContentError:
        self._process.join()
        code = self._process.exitcode
        if self.job is None:
            raise RuntimeError(f"A process that reads guides ended before it was ready (exit code {code}).")
        if code == -signal.SIGPROF:
            return ContentError(TOO_LONG.filled(seconds=f"{self.job.seconds:g}"))
        return ContentError(ENDED.filled(code=code))

    def dismiss(self) -> None:
        """Let the process end by itself."""
        self.connection.close()

    def end(self, *, at_once: bool = False) -> None:
        """Have the process gone."""
        if not at_once:
            self._process.join(GRACE_SECONDS)
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


def serve(connection: Connection, memory_limit: int) -> None:
    """A worker's life: read what comes until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGPROF})
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    addresses: Addresses = ({}, {})
    spent = False
    with contextlib.suppress(EOFError, BrokenPipeError):
        connection.send((None, False))
        while not spent:
            kind, source, data, new_addresses, seconds = connection.recv()
            addresses = addresses if new_addresses is None else new_addresses
            signal.setitimer(signal.ITIMER_PROF, seconds)  # the system ends it then, within C code and orphaned too
            decision, spent = _read_file(kind, source, data, addresses)
            connection.send((decision, spent))
            signal.setitimer(signal.ITIMER_PROF, 0)


def _read_file(kind: str, source: str, data: bytes | str, addresses: Addresses) -> tuple[Decision, bool]:
    """What a file was read into, or why not; and whether this process should read no more."""
    try:
        if kind == "explanation":
            return explain(data, source), False
        if kind == "contact":
            return read_contact(data, source, addresses[0]), False
        return read_guide(data, source, *addresses), False
    except ContentError as error:
        return error, False
    except MemoryError:
        return ContentError(TOO_MUCH), True
    except Exception as error:  # noqa: BLE001 - a fault of ours with one text must not keep the others out
        return ContentError(FAILED.filled(error=f"{type(error).__name__}: {error}")), False
