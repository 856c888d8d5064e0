"""A real PostgreSQL for tests: a scratch database for each process, a schema for each engine."""

from __future__ import annotations

import atexit
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import psycopg
import pytest
from psycopg import sql

URL = os.environ.get("KB_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


class Connection:
    """A schema of its own in the scratch database, as engines use it."""

    def __init__(self, address: str) -> None:
        self.schema = f"s{secrets.token_hex(6)}"
        self.connection = psycopg.connect(address, autocommit=True, cursor_factory=psycopg.ClientCursor)
        self.connection.execute(f"CREATE SCHEMA {self.schema}")
        self.connection.execute(f"SET search_path = {self.schema}, public")
        self.statements: list[str] = []
        self.others: list[Connection] = []

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        self.statements.append(statement)
        cursor = self.connection.execute(statement, parameters or None)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []

    def atomic(self) -> AbstractContextManager[object]:
        """A transaction."""
        return self.connection.transaction()

    def another(self) -> Connection:
        """A second connection to the same schema."""
        other = object.__new__(Connection)
        other.schema, other.statements, other.others = self.schema, [], []
        self.others.append(other)
        other.connection = psycopg.connect(
            self.connection.info.dsn, autocommit=True, cursor_factory=psycopg.ClientCursor
        )
        other.connection.execute(f"SET search_path = {self.schema}, public")
        return other


@cache
def scratch_database() -> str | None:
    """The address of a database that this process may fill; None where no PostgreSQL answers."""
    try:
        server = psycopg.connect(URL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return None
    name = f"kb_search_{os.getpid()}_{secrets.token_hex(4)}"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    address = psycopg.conninfo.make_conninfo(URL, dbname=name)

    def drop() -> None:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        server.close()

    atexit.register(drop)
    return address


def needed() -> str:
    """The address of the scratch database; skips the test where there is none, and fails it on CI."""
    address = scratch_database()
    if address is None:
        sentence = "no PostgreSQL answers at KB_TEST_POSTGRES_URL: set it to the address of one to run this test"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return address


def needed_url() -> str:
    """The same as an address that KB_DATABASE_URL takes."""
    name = psycopg.conninfo.conninfo_to_dict(needed())["dbname"]
    return f"{URL.rpartition('/')[0]}/{name}"


@contextmanager
def database() -> Iterator[str]:
    """The address, as KB_DATABASE_URL takes it, of an empty database, which is gone afterwards."""
    name = sql.Identifier(made := f"kb_empty_{os.getpid()}_{secrets.token_hex(4)}")
    with psycopg.connect(needed(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield f"{URL.rpartition('/')[0]}/{made}"
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def connection() -> Iterator[Connection]:
    """A connection with an empty schema, which is gone afterwards."""
    made = Connection(needed())
    try:
        yield made
    finally:
        for other in made.others:
            other.connection.close()
        made.connection.execute(f"DROP SCHEMA {made.schema} CASCADE")
        made.connection.close()
