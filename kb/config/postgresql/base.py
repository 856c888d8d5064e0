"""Connections to a PostgreSQL that may fall silent, which end when no answer comes for long.

What is dead is found by the system (keep-alives and `tcp_user_timeout`, see the settings). A proxy, or a machine that
hangs, takes all that is sent and never answers; that is found here, by how long no answer comes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from psycopg.abc import PQGen

from kb.config import replica
from kb.config.outages import LOST, outage
from kb.config.silence import Silence

CHECK_SECONDS = 2.0  # for a connection that was idle, to say that it still is one
PATIENCE_SECONDS = 2.0  # until somebody looks whether a question is not answered because nobody answers any
MOST_SECONDS_OF_A_SERVER = 60.0
INTERVAL = 0.1  # between looks whether this process was interrupted
FAILURES = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)
SILENT = "the database takes connections and says nothing"
Result = TypeVar("Result")

silences: defaultdict[str, Silence] = defaultdict(Silence)  # by the name that the settings give a database
silence = silences[DEFAULT_DB_ALIAS]


class Patience:
    """How long a question may take in this process: for ever in a command, which may well ask much at once."""

    most_seconds = float("inf")


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is given up when the database has fallen silent; `ask` connects to it anew."""

    ask: Callable[[], object] | None = None
    silence = silence
    most_seconds: float | None = None

    def wait(self, gen: PQGen[Result], interval: float = INTERVAL, timeout: float | None = None) -> Result:
        """Wait for an answer as long as the database answers others, and no longer than a question may take."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        most = Patience.most_seconds if self.most_seconds is None else self.most_seconds
        until = time.monotonic() + most
        while True:
            try:
                return super().wait(gen, interval, min(PATIENCE_SECONDS, most))
            except psycopg.errors._WaitTimeout:  # noqa: SLF001 - as psycopg's documentation names it
                if self.silence.is_known or time.monotonic() >= until:
                    self.pgconn.finish()  # what is still to be rolled back would wait as well
                    raise psycopg.OperationalError(SILENT) from None
                if self.ask is not None:
                    self.silence.suspect(self.ask)


class _Driver:
    """What psycopg offers, with connections of ours."""

    connect = PatientConnection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class _NotingErrors(DatabaseErrorWrapper):
    """Django's way to make its errors of psycopg's, which notes those of a replica."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Note that the replica failed, so that the primary is asked."""
        if isinstance(error, FAILURES):
            vars(error)["of_replica"] = True  # it tells nothing of the database itself
            replica.failed(is_lost=error.sqlstate is None or error.sqlstate.startswith(LOST))
        super().__exit__(kind, error, trace)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, that asks nothing of a database that is known to be silent."""

    Database: Any = _Driver()

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """What each call to psycopg stands in."""
        return _NotingErrors(self) if self.alias == replica.REPLICA else DatabaseErrorWrapper(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, unless somebody did so in vain a moment ago."""
        silence = silences[self.alias]
        if silence.is_known:
            raise psycopg.OperationalError(SILENT)

        def ask() -> None:
            psycopg.connect(**conn_params).close()

        began = time.monotonic()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.Error as error:
            silence.tried_in_vain(error, time.monotonic() - began, ask)
            raise
        connection.ask, connection.silence = ask, silence
        if self.alias == DEFAULT_DB_ALIAS:
            outage.ends()
        return connection

    def is_usable(self) -> bool:
        """Whether the connection answers, and soon: else a new one is made."""
        if silences[self.alias].is_known:
            return False
        if self.connection is not None:
            self.connection.most_seconds = CHECK_SECONDS
        try:
            return bool(super().is_usable())
        finally:
            if self.connection is not None:
                self.connection.most_seconds = None
