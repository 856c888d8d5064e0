"""Locks of the database, which the processes of all machines that share it see."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, connection

PAUSE_SECONDS = 0.1  # between tries: a question that waits for its answer would be taken for one that is lost


@contextlib.contextmanager
def database_lock(key: int, *, wait: bool) -> Iterator[bool]:
    """Whether no other machine has the lock, and none gets it meanwhile; on SQLite there is no other machine.

    PostgreSQL gives it back when the connection ends, so a process that dies keeps none.
    """
    if connection.vendor == "sqlite":
        yield True
        return
    while not (is_locked := _asked("SELECT pg_try_advisory_lock(%s)", key)) and wait:
        time.sleep(PAUSE_SECONDS)
    try:
        yield is_locked
    finally:
        if is_locked:
            _give_back(key)


def _asked(statement: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        return bool(cursor.fetchone()[0])


def _give_back(key: int) -> None:
    """Unlock; where nothing can be asked any more, as in a transaction that has failed, end the connection."""
    try:
        _asked("SELECT pg_advisory_unlock(%s)", key)
    except (DatabaseError, InterfaceError):
        if not connection.in_atomic_block:
            connection.close()
