"""Connections to a PostgreSQL that may fall silent, which end when no answer comes for long.

What is dead is found by the system (keep-alives and `tcp_user_timeout`, see the settings). A proxy, or a machine that
hangs, takes all that is sent and never answers; that is found here, by how long no answer comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

from kb.config.outages import outage
from kb.config.silence import Silence

CHECK_SECONDS = 2.0  # for a connection that was idle, to say that it still is one
PATIENCE_SECONDS = 2.0  # until somebody looks whether a question is not answered because nobody answers any
MOST_SECONDS_OF_A_SERVER = 60.0
INTERVAL = 0.1  # between looks whether this process was interrupted
SILENT = "the database takes connections and says nothing"
Result = TypeVar("Result")

silence = Silence()


class Patience:
    """How long a question may take in this process: for ever in a command, which may well ask much at once."""

    most_seconds = float("inf")


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is given up when the database has fallen silent; `ask` connects to it anew."""

    ask: Callable[[], object] | None = None
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
                if silence.is_known or time.monotonic() >= until:
                    self.pgconn.finish()  # what is still to be rolled back would wait as well
                    raise psycopg.OperationalError(SILENT) from None
                if self.ask is not None:
                    silence.suspect(self.ask)


class _Driver:
    """What psycopg offers, with connections of ours."""

    connect = PatientConnection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, that asks nothing of a database that is known to be silent."""

    Database: Any = _Driver()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, unless somebody did so in vain a moment ago."""
        if silence.is_known:
            raise psycopg.OperationalError(SILENT)

        def ask() -> None:
            psycopg.connect(**conn_params).close()

        began = time.monotonic()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.Error:
            silence.tried_in_vain(time.monotonic() - began, ask)
            raise
        connection.ask = ask
        outage.ends()
        return connection

    def is_usable(self) -> bool:
        """Whether the connection answers, and soon: else a new one is made."""
        if silence.is_known:
            return False
        if self.connection is not None:
            self.connection.most_seconds = CHECK_SECONDS
        try:
            return bool(super().is_usable())
        finally:
            if self.connection is not None:
                self.connection.most_seconds = None
