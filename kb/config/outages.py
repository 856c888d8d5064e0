"""Tells outages around this program from its own faults: a database that is away, a disk that is full.

Pages answer 503, and commands end with a sentence for either, where a fault of ours is to be seen whole. The log of a
server is told when its database goes and when it is back, and when a disk can't be written and when it can again.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg.errors
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from kb.config.kept_files import FilesAwayError
from kb.config.shipped import PROGRAM

RETRY_SECONDS = 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
# How SQLite names what comes of a full disk, and of one that can only be read: then a file that is open fails to be
# written, and one that is opened anew is for reading.
SQLITE_UNWRITABLE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHM")
DAMAGED = ("file is not a database", "malformed", "disk image")
NOT_SET_UP = ("no such table", "no such column")
LOST = ("08", "57P")  # how the SQLSTATE of a connection that was lost or refused begins
UNTIL_THEN = "until the database answers again, nothing more is told of this"
UNTIL_WRITABLE = "until it can be written again, nothing more is told of this"
UNAVAILABLE = 503
PROBE = bytes(65_536)

logger = logging.getLogger(__name__)


def is_away(error: BaseException | None) -> bool:
    """Whether the database, or the bucket of files, could not be asked just now: away, busy, or on a full disk."""
    return any(isinstance(cause, (OperationalError, InterfaceError, FilesAwayError)) for cause in _chain(error))


def is_unwritable(error: BaseException | None) -> bool:
    """Whether a disk was full, or could only be read: of that no waiting makes anything better, but somebody's hand."""
    return any(map(_is_of_a_disk, _chain(error)))


class Outage:
    """Whether this process has lost what is named, from the first error that says so until it is there again."""

    def __init__(self, told_at_the_end: str) -> None:
        self._told_at_the_end = told_at_the_end
        self._lock = threading.Lock()
        self._is_known = False

    def begins(self) -> bool:
        """Whether it was not known yet."""
        with self._lock:
            before, self._is_known = self._is_known, True
        return not before

    def ends(self) -> None:
        """Note that it is there, and tell the log if it was not before."""
        with self._lock:
            before, self._is_known = self._is_known, False
        if before:
            logger.warning(self._told_at_the_end)


class DiskOutage(Outage):
    """The same of a disk. That something is written there does not end it, as a full disk has room for very little."""

    folder: Path | None = None

    def begins_in(self, folder: Path) -> bool:
        """Whether it was not known yet of any disk."""
        if is_new := self.begins():
            self.folder = folder
        return is_new

    def look(self) -> None:
        """End it when its folder can be written again."""
        if self.folder is None:
            return
        try:
            with tempfile.TemporaryFile(dir=self.folder, buffering=0) as probe:
                is_written = probe.write(PROBE) == len(PROBE)
        except OSError:
            return
        if is_written:
            self.folder = None
            self.ends()


outage = Outage("The database answers again")
disk = DiskOutage("The disk can be written again")


class OneLine(logging.Filter):
    """Tells the log of a lost database, and of a disk, once and of other outages in a line each: it must not flood."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let what is news through; an outage without the way that it took through the program."""
        known = vars(record)
        if "_is_news" not in known:  # each record is judged once, however many handlers it comes to
            known["_is_news"] = self._is_news(record)  # names that begin so are no fields of a line in JSON
        return bool(known["_is_news"])

    def _is_news(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not is_away(error) and not is_unwritable(error):
            # A page that says 'come again' is meant to; what made it so has a line of its own.
            return getattr(record, "status_code", 0) != UNAVAILABLE or error is not None
        vars(record)["_template"] = f"{record.msg} ({type(error).__name__})"
        record.msg, record.args = f"{record.getMessage()}: {' '.join(str(error).split())}", ()
        record.exc_info = record.exc_text = None
        if is_lost(error):
            record.msg = f"{record.msg} ({UNTIL_THEN})"
            return outage.begins()
        if (folder := _unwritable_folder(error)) is not None:
            record.msg = f"{record.msg} ({UNTIL_WRITABLE})"
            return disk.begins_in(folder)
        return True


def sentence(error: BaseException) -> str | None:
    """What an operator is told instead of a traceback, with what to do; None for a fault of ours."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and (message := _of_the_disk(cause)):
            return message
        if isinstance(cause, (DatabaseError, InterfaceError)) and (message := _of_the_database(cause)):
            return message
    return None


def is_lost(error: BaseException | None) -> bool:
    """Whether there is no connection to a PostgreSQL any more, so that nothing is asked before there is another."""
    kinds = (psycopg.OperationalError, psycopg.InterfaceError)
    causes = [cause for cause in _chain(error) if isinstance(cause, kinds) and not hasattr(cause, "of_replica")]
    return any(cause.sqlstate is None or cause.sqlstate.startswith(LOST) for cause in causes)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _is_of_a_disk(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL or error.errno == errno.EROFS
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", "").startswith(SQLITE_UNWRITABLE)
    return isinstance(error, psycopg.errors.DiskFull)


def _unwritable_folder(error: BaseException | None) -> Path | None:
    """Where on this machine something could not be written; None when it was elsewhere."""
    for cause in filter(_is_of_a_disk, _chain(error)):
        if isinstance(cause, psycopg.Error):
            continue
        is_sqlite = isinstance(cause, sqlite3.Error)
        file = settings.DATABASES["default"]["NAME"] if is_sqlite else getattr(cause, "filename", None)
        folders = Path(str(file)).absolute().parents if file else [Path(settings.DATA_DIR)]
        return next((folder for folder in folders if folder.is_dir()), None)
    return None


def _of_the_disk(error: OSError) -> str | None:
    if error.errno in FULL:
        return (
            f"The disk is full ({_place(error)}): make room, and start again. What was published before is as it was."
        )
    if error.errno not in UNWRITABLE or (error.filename is None and error.errno != errno.EROFS):
        return None
    if error.filename is None or Path(str(error.filename)).is_relative_to(settings.DATA_DIR):
        return f"{_place(error)} can't be written ({error.strerror}): let this account write below KB_DATA_DIR."
    return (
        f"{_place(error)} can't be used ({error.strerror}): let this account read it, and write what it is to write "
        "there, or name another place."
    )


def _place(error: OSError) -> str:
    return str(error.filename or settings.DATA_DIR)


def _of_the_database(error: Exception) -> str | None:
    text = " ".join(str(error).split())
    if any(words in text for words in DAMAGED) and isinstance(error.__cause__, sqlite3.DatabaseError):
        file = settings.DATABASES["default"]["NAME"]
        return f"The database is damaged ({text}): stop the server, and put back a backup of {file}."
    if "database or disk is full" in text or isinstance(error.__cause__, psycopg.errors.DiskFull):
        return f"The disk of the database is full: make room, and start again ({text})."
    is_missing = isinstance(error.__cause__, (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn))
    if is_missing or any(words in text for words in NOT_SET_UP):
        return f"The database is not set up for this release ({text}): run {PROGRAM} migrate, or start the server once."
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    if "readonly database" in text or any(isinstance(cause, refusals) for cause in _chain(error)):
        rights = "give it the rights, or set KB_DATABASE_URL"
        disk_of_it = " (and where its disk can only be read, mend that)" if "readonly database" in text else ""
        return f"The database may not be changed by this account ({text}): {rights}{disk_of_it}."
    if isinstance(error, (OperationalError, InterfaceError)):
        return f"The database can't be used (see KB_DATABASE_URL): {text}"
    return None
