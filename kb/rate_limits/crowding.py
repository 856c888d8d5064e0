"""Lets few threads of a server do costly work at once, so that its other threads answer readers meanwhile.

In each process, one thread cleans images and one reads texts. MOST_WAITING more wait for either of them; whoever else
comes is told at once to come again, for one thread must be left for readers (see THREADS in kb/config/startup.py). What
no request asks for, as commands and the timer, never waits here.

The wait is counted in processor time that the server uses meanwhile: where others have the machine, all takes longer by
the clock, and nobody is refused for that. The clock only frees a thread that waits for one that hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.utils.translation import gettext_noop

MOST_WAITING = 3
WAIT_SECONDS = 3.0  # of processor time
LONGEST_WAIT, LOOK_EVERY = 60.0, 0.25  # seconds by the clock
RETRY_SECONDS = 10


class Work(StrEnum):
    """What is costly."""

    IMAGE = "image"
    TEXT = "text"


SENTENCES = {
    Work.IMAGE: gettext_noop("Other images are being read just now."),
    Work.TEXT: gettext_noop("Other texts are being read just now."),
}


class CrowdedError(Exception):
    """Why costly work can't be done now: others do the same."""

    def __init__(self, work: Work) -> None:
        super().__init__(SENTENCES[work])


_places = {work: threading.Lock() for work in Work}
_may_wait = threading.BoundedSemaphore(MOST_WAITING)
_request = threading.local()


@contextmanager
def answering_a_request() -> Iterator[None]:
    """Have the costly work of this thread take its place among others."""
    _request.holds = set()
    try:
        yield
    finally:
        del _request.holds


@contextmanager
def place(work: Work) -> Iterator[None]:
    """Do costly work in here, at once if the thread has this place already; CrowdedError when there is none for it."""
    holds: set[Work] | None = getattr(_request, "holds", None)
    if holds is None or work in holds:
        yield
        return
    _take(work)
    holds.add(work)
    try:
        yield
    finally:
        holds.remove(work)
        _places[work].release()


def _take(work: Work) -> None:
    if _places[work].acquire(blocking=False):
        return
    if not _may_wait.acquire(blocking=False):
        raise CrowdedError(work)
    try:
        used, latest = time.process_time() + WAIT_SECONDS, time.monotonic() + LONGEST_WAIT
        while not _places[work].acquire(timeout=LOOK_EVERY):
            if time.process_time() > used or time.monotonic() > latest:
                raise CrowdedError(work)
    finally:
        _may_wait.release()
