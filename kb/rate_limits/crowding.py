"""Lets few threads of a server do costly work at once, so that its other threads answer readers meanwhile.

In each process, one thread cleans images and one reads texts. One more waits until either of them is done; whoever else
comes is told at once to come again. What no request asks for, as commands and the timer, never waits here.

How long costly work takes is bounded by its own processor time, and so is the wait for it: on a busy machine it takes
longer by the clock, and nobody is refused for that. The clock only frees a thread that waits for one that hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.utils.translation import gettext_noop

WAIT_SECONDS = 60.0
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
_waiting = threading.Lock()
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


def somebody_waits() -> bool:
    """Whether somebody waits for a place in this process: then whoever else comes is told to come again."""
    return _waiting.locked()


def _take(work: Work) -> None:
    if _places[work].acquire(blocking=False):
        return
    if not _waiting.acquire(blocking=False):
        raise CrowdedError(work)
    try:
        if not _places[work].acquire(timeout=WAIT_SECONDS):
            raise CrowdedError(work)
    finally:
        _waiting.release()
