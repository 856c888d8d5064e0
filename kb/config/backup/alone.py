"""Keeps two apart that would fill one place: a restore, and another one or the start of a server.

Who fills holds a lock of the data folder and, of PostgreSQL, one of the database, which another machine may be filling.
Both are given back when a process dies; PostgreSQL sees that a moment later, once its statement is over, so the lock of
the database is tried for several times. Nothing is written for them: a folder of others stays as it was.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from kb.config.backup.archive import BackupError

FILLING = 0x6B62_0004  # the key of the advisory lock: 'kb', and a number
TRIES, PAUSE_SECONDS = 50, 0.1


@contextlib.contextmanager
def restoring() -> Iterator[None]:
    """Fill data folder and database alone; BackupError while another restore, or a server that starts, is at work."""
    with _locked(is_shared=False) as trouble:
        if trouble:
            raise BackupError(
                f"Another restore, or a server that starts, is at work {trouble} just now. Nothing was touched: "
                "wait until it is over."
            )
        yield


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """Start a server, beside others that start; BackupError while a restore is under way."""
    with _locked(is_shared=True) as trouble:
        if trouble:
            raise BackupError(f"A restore {trouble} is under way: start the server when it is over.")
        yield


def is_restoring() -> bool:
    """Whether a restore into this data folder is under way."""
    with _folder_locked(is_shared=True) as is_free:
        return not is_free


@contextlib.contextmanager
def _locked(*, is_shared: bool) -> Iterator[str]:
    """Where somebody is at work who must not be; empty, and nobody begins meanwhile, where nobody is."""
    with _folder_locked(is_shared=is_shared) as is_folder_free:
        if not is_folder_free:
            yield f"in {settings.DATA_DIR}"
            return
        with _database_locked(is_shared=is_shared) as is_free:
            yield "" if is_free else "in the database"


@contextlib.contextmanager
def _folder_locked(*, is_shared: bool) -> Iterator[bool]:
    folder = os.open(settings.DATA_DIR, os.O_RDONLY)
    try:
        fcntl.flock(folder, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        is_free = True
    except BlockingIOError:
        is_free = False
    except OSError:  # network file systems lock only what is open to be written, which a folder never is
        is_free = True
    try:
        yield is_free
    finally:
        os.close(folder)


@contextlib.contextmanager
def _database_locked(*, is_shared: bool) -> Iterator[bool]:
    if connection.vendor == "sqlite":
        yield True
        return
    apart = connection.copy()  # a restore that fails closes its connection, and takes away what it wrote after that
    try:
        yield any(_taken(apart, is_shared=is_shared, pause=PAUSE_SECONDS if number else 0) for number in range(TRIES))
    finally:
        apart.close()


def _taken(apart: BaseDatabaseWrapper, *, is_shared: bool, pause: float) -> bool:
    """Whether a connection has the lock of the database, tried for after a pause."""
    time.sleep(pause)
    with apart.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock{'_shared' if is_shared else ''}(%s)", [FILLING])
        return bool(cursor.fetchone()[0])
