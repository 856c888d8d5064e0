"""Gives writers their turn to publish, and keeps the token by which cached pages know that nothing was published since.

The database holds the token; a marker file in the data folder repeats it, so that a page which is read costs a
`stat` and no query. While a publication is under way the marker says so, and nothing is cached that could be half
old and half new. A process that dies in the middle leaves the marker unsettled until the next one mends it.

Where several machines publish to one PostgreSQL, a lock there gives their writers their turn, and each machine asks it
once a second for the token. A Redis, where there is one, brings the news sooner; it is never believed in its place.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection
from django.utils import timezone

from kb.config import replica
from kb.config.files import replace_file
from kb.config.locks import database_lock
from kb.config.shared_memory import AwayError, shared
from kb.library import purging
from kb.models import Generation, Notice

UNSETTLED = "*"
NOTICES_SET = "-n"  # ends the token when there are notices to look at, so that pages without any need not ask
SHARED_DATABASE_CHECK_SECONDS = 1.0
NEWS_SECONDS = 0.05
NEWS = "generation"
NEWS_KEPT_SECONDS = 24 * 60 * 60
TURN = 0x6B62_0002  # the key of the advisory lock: 'kb', and a number


@dataclass(slots=True)
class _Seen:
    """What this process last saw: the marker's identity and text, and when it last asked the database."""

    identity: tuple[int, int, int] | None = None
    text: str = ""
    asked_at: float = 0.0
    heard_at: float = 0.0
    heard: bytes = b""


_seen = _Seen()
_asking = threading.Lock()


def current() -> str:
    """The token of the newest settled state; the same string as long as nothing was published.

    Who reads from a replica is told the state that it has: what is kept under a token must not be older than that.
    """
    return replica.state_read() or _read_marker().removesuffix(UNSETTLED)


def cacheable() -> str | None:
    """The token under which a page may be kept, None while a publication is under way."""
    text = _read_marker()
    return None if text.endswith(UNSETTLED) or replica.state_read() not in (None, text) else text


@contextlib.contextmanager
def publication() -> Iterator[None]:
    """Hold the one turn to publish: in it, write to the database, then to the index; after it, readers see a new token.

    Publications of all processes on all machines wait for each other here. Not re-entrant.
    """
    with _lock(wait=True) as locked:
        assert locked  # noqa: S101 - a lock that is waited for is held
        with _renewal():
            yield


@contextlib.contextmanager
def publication_if_free() -> Iterator[bool]:
    """The same for what can wait: whether it is our turn, which it is unless somebody publishes right now."""
    with _lock(wait=False) as locked, _renewal() if locked else contextlib.nullcontext():
        yield locked


@contextlib.contextmanager
def _renewal() -> Iterator[None]:
    _write_marker(current() + UNSETTLED)
    try:
        yield
    finally:
        Generation.objects.update_or_create(pk=1, defaults={"token": _new_token()})
        token = _token_in_database()
        _write_marker(token)
        with contextlib.suppress(AwayError):
            shared().put(NEWS, token.encode(), NEWS_KEPT_SECONDS)
        purging.wake()


def settle() -> None:
    """Make the marker say what the database says, unless a publication is under way on this machine."""
    with _machine_lock(wait=False) as locked:
        if locked:
            _write_marker(_token_in_database())


def _marker() -> Path:
    return _marker_in(settings.DATA_DIR)


@cache
def _marker_in(folder: str | Path) -> Path:
    """The marker of a data folder; each request asks for it, and to join the names takes as long as to look."""
    return Path(folder) / "generation"


def _read_marker() -> str:
    _follow_shared_database()
    try:
        status = os.stat(_marker())  # noqa: PTH116 - the fastest way, on the way of every request
    except FileNotFoundError:
        settle()
        return _token_in_database() + UNSETTLED
    identity = (status.st_mtime_ns, status.st_ino, status.st_size)
    if identity != _seen.identity:
        _seen.text = _marker().read_text()
        _seen.identity = identity
        if _seen.text.endswith(UNSETTLED):
            _mend()
    return _seen.text


def _mend() -> None:
    """Settle what a publication that was killed left behind; one that is under way holds the lock, and is let be."""
    settle()
    _seen.text = _marker().read_text()
    if _seen.text.endswith(UNSETTLED):
        _seen.identity = None


def _follow_shared_database() -> None:
    """On a database that other machines publish to as well, ask it now and then; SQLite has this machine only."""
    if connection.vendor == "sqlite":
        return
    if time.monotonic() - _seen.asked_at < SHARED_DATABASE_CHECK_SECONDS and not _has_heard():
        return
    if not _asking.acquire(blocking=False):
        return  # one thread asks: a database that takes connections and says nothing must not hold them all
    try:
        if _seen.text and _seen.text != _token_in_database():
            settle()
    except (OperationalError, InterfaceError):
        pass  # it is away: what is kept goes on being served, as of when it was last there
    finally:
        _seen.asked_at = time.monotonic()
        _asking.release()


def _has_heard() -> bool:
    """Whether Redis has news of another state, which it had not a moment ago."""
    if not shared().is_there or time.monotonic() - _seen.heard_at < NEWS_SECONDS:
        return False
    _seen.heard_at = time.monotonic()
    try:
        news = shared().get(NEWS) or b""
    except AwayError:
        return False
    is_new = news not in (_seen.heard, _seen.text.encode())
    _seen.heard = news
    return is_new


def _token_in_database() -> str:
    row = Generation.objects.using(DEFAULT_DB_ALIAS).filter(pk=1).values_list("token", flat=True).first()
    if row is None:
        row = Generation.objects.get_or_create(pk=1, defaults={"token": _new_token()})[0].token
    return str(row)


def _new_token() -> str:
    has_notices = Notice.objects.not_over(timezone.now()).exists()
    return secrets.token_hex(8) + (NOTICES_SET if has_notices else "")


def _write_marker(text: str) -> None:
    replace_file(_marker(), text.encode())


@contextlib.contextmanager
def _lock(*, wait: bool) -> Iterator[bool]:
    """Whether it is our turn among the processes of all machines."""
    with _machine_lock(wait=wait) as is_first_here:
        if not is_first_here:
            yield False
            return
        with database_lock(TURN, wait=wait) as is_locked:
            yield is_locked


@contextlib.contextmanager
def _machine_lock(*, wait: bool) -> Iterator[bool]:
    """The same among those of this machine; the system gives a `flock` back when a process dies."""
    with (Path(settings.DATA_DIR) / "publishing.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_locked = True
        except BlockingIOError:
            is_locked = False
        yield is_locked
