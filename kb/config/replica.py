"""Says when the database is read from its replica, and finds out whether that is there and up to date.

Only what a thread does within `reading` may come from the replica, and nothing of it that follows a write or lies in a
transaction. Each process asks the replica every half second how far it has come; one that does not answer, or lags
behind a primary that answers, is not asked by anybody until it is right again. Positions are those of PostgreSQL's log.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from kb.config import background

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

REPLICA = "replica"
LOOK_SECONDS = 0.5
MOST_BEHIND_SECONDS = 5.0
NOW = "pg_current_wal_lsn()"
# One that was promoted has no place that it has replayed to.
HERE = f"CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE {NOW} END"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Reading:
    """What a thread reads: the state of the library that the replica has, and whether it wrote, or was failed by it."""

    state: str
    wrote: bool = False
    failed: bool = False


class Watch:
    """What this process knows of the replica."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_there = False
        self.position = 0
        """How far it has come at least."""

    def may_be_read(self, position: int) -> bool:
        """Whether it is there, and has come so far."""
        if background.serving.is_set():
            self._start()
        return self._is_there and self.position >= position

    def lost(self) -> None:
        """Note that it did not answer: nobody asks it until it was seen again."""
        self._set(is_there=False, why="it does not answer")

    def look(self) -> None:
        """Ask both how far they are."""
        primary = self._asked(DEFAULT_DB_ALIAS, NOW)
        began = time.monotonic()
        position = self._asked(REPLICA, HERE)
        while position is not None and primary is not None and position < primary:
            if time.monotonic() - began > MOST_BEHIND_SECONDS:
                self._set(is_there=False, why="it lags behind")
                return
            time.sleep(LOOK_SECONDS / 10)
            position = self._asked(REPLICA, HERE)
        if position is None:
            self.lost()
        else:
            self.position = max(self.position, position)
            self._set(is_there=True)

    def _set(self, *, is_there: bool, why: str = "") -> None:
        with self._lock:
            was_there, self._is_there = self._is_there, is_there
        if was_there and not is_there:
            logger.warning("The replica of the database is not read any more: %s", why)
        elif is_there and not was_there:
            logger.warning("The replica of the database is read")

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._watch, name="watches-the-replica", daemon=True)
                    self._thread.start()

    def _watch(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                logger.exception("The replica could not be looked at")
            time.sleep(LOOK_SECONDS)

    def _asked(self, alias: str, what: str) -> int | None:
        """A position; None when it can't be had."""
        connection = connections[alias]
        try:
            connection.close_if_unusable_or_obsolete()
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT ({what} - '0/0')::bigint")
                return int(cursor.fetchone()[0])
        except (DatabaseError, InterfaceError):
            connection.close()
            return None


watch = Watch()
_thread = threading.local()


def is_configured() -> bool:
    """Whether the settings name a replica."""
    return REPLICA in connections.settings


@contextmanager
def reading(state: str) -> Iterator[Reading]:
    """Let this thread read from the replica, which has this state of the library or a newer one."""
    _thread.reading = Reading(state)
    try:
        yield _thread.reading
    finally:
        _thread.reading = None


@contextmanager
def asking_the_primary() -> Iterator[None]:
    """Have this thread ask the primary alone, whatever it may read elsewhere."""
    before, _thread.reading = _current(), None
    try:
        yield
    finally:
        _thread.reading = before


def state_read() -> str | None:
    """The state of the library that this thread reads from the replica; None where it reads from the primary."""
    current = _current()
    return current.state if current else None


def position_of_primary() -> int | None:
    """Where the primary's log ends: whoever has come so far has all that was written up to now. None if unknown."""
    with suppress(DatabaseError, InterfaceError), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT ({NOW} - '0/0')::bigint")
        return int(cursor.fetchone()[0])
    return None


def failed(*, is_lost: bool) -> None:
    """Note that the replica answered a question of this thread with an error, or that there was no answer."""
    if (current := _current()) is not None:
        current.failed = True
    if is_lost:
        watch.lost()


def connection_to_read() -> BaseDatabaseWrapper:
    """Where this thread reads now what no model stands for."""
    return connections[_alias()]


def _current() -> Reading | None:
    return getattr(_thread, "reading", None)


def _alias() -> str:
    current = _current()
    if current is None or current.wrote or current.failed or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    return REPLICA


class Router:
    """Django's way to ask where a model is read and written."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        """The replica for those who may read from it."""
        return _alias()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Always the primary; what the thread reads next is read there as well."""
        if (current := _current()) is not None:
            current.wrote = True
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _first: Any, _second: Any, **_hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """The replica gets its tables from the primary."""
        return db == DEFAULT_DB_ALIAS
