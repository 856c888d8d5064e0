"""Counts in Redis where there is one, and in the database while it is away.

A count of either is never added to that of the other: when Redis goes, the period may let through twice as many.

While others write to SQLite, what nobody may wait for is counted in this process, and added to the database with the
next of its kind. So a busy machine refuses nobody, and a flood meets the limit in each process.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator

from django.db import OperationalError, connection

from kb.config.shared_memory import AwayError, shared
from kb.models import Tally
from kb.models.tallies import Place
from kb.rate_limits.rules import MINUTE

CLOCKS_DIFFER_BY = MINUTE  # between machines
MOMENT_MS = 500
MOST_PLACES = 10_000


class _CountedHere:
    """What this process has counted and the database has not."""

    def __init__(self) -> None:
        self._counts = Counter[Place]()
        self._lock = threading.Lock()

    def add(self, place: Place, most: int) -> bool:
        """Count one more, unless there are `most` or too many other places; whether it was."""
        with self._lock:
            if len(self._counts) >= MOST_PLACES:
                now = time.time() - CLOCKS_DIFFER_BY
                self._counts = Counter({each: count for each, count in self._counts.items() if each.ends > now})
            is_room = place in self._counts or len(self._counts) < MOST_PLACES
            if not is_room or self._counts[place] >= most:
                return False
            self._counts[place] += 1
            return True

    @contextlib.contextmanager
    def added(self, place: Place) -> Iterator[int]:
        """How many of a place the database is to have besides; they are counted here again if it does not get them."""
        with self._lock:
            count = self._counts.pop(place, 0)
        try:
            yield count
        except BaseException:
            with self._lock:
                if count:
                    self._counts[place] += count
            raise

    def forget(self) -> None:
        """Count anew."""
        self._counts.clear()


_here = _CountedHere()
forget = _here.forget


def add(place: Place, most: int, seconds: int) -> bool:
    """Count one more in a period of so many seconds, unless `most` were counted; whether it was."""
    try:
        return shared().count(_name(place), most, seconds + CLOCKS_DIFFER_BY)
    except AwayError:
        with _here.added(place) as others:
            return Tally.objects.add(place, most, others)


def add_at_once(place: Place, most: int, seconds: int) -> bool:
    """The same where nobody may wait for others who write to SQLite: where they do, it is counted in this process."""
    with _moment():
        try:
            return add(place, most, seconds)
        except OperationalError as error:
            # the lowest byte is the kind of error, what is above it tells more
            if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return _here.add(place, most)


def take_back(place: Place) -> None:
    """Count one less."""
    try:
        shared().take_back(_name(place))
    except AwayError:
        Tally.objects.take_back(place)


def _name(place: Place) -> str:
    return f"count:{place.name}:{place.ends}:{place.bucket}"


@contextlib.contextmanager
def _moment() -> Iterator[None]:
    """Wait for others who write to SQLite for a moment only."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    connection.connection.execute(f"PRAGMA busy_timeout = {MOMENT_MS}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {usual}")
