"""The engine whose index is in PostgreSQL, for sites of several machines on one database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Unpack

from kb.models.audience import PUBLIC, STAFF
from kb.search.engine.base import EngineParts, IndexedEngine
from kb.search.engine.reader import IndexReader
from kb.search.index.contract import GuideDocument, UnusableIndex
from kb.search.index.snapshot import Snapshot
from kb.search.postgres import store
from kb.search.postgres.segment import PostgresSegment
from kb.search.postgres.store import Database
from kb.search.text.synonyms import Synonyms

AUDIENCES = frozenset({PUBLIC, STAFF})


class PostgresReader(IndexReader):
    """What was read of one state of the index."""

    def __init__(self, database: Database, token: str, synonyms: Synonyms) -> None:
        super().__init__(synonyms)
        self.token = token
        self._database = database

    def _read(self, audiences: frozenset[str]) -> Snapshot:
        return Snapshot([(PostgresSegment(self._database, audiences & AUDIENCES), frozenset())])


class PostgresEngine(IndexedEngine[PostgresReader]):
    """The engine for several machines on one database; its tables are its own and can be thrown away."""

    def __init__(self, database: Database, **parts: Unpack[EngineParts]) -> None:
        super().__init__(**parts)
        self._database = database
        self._is_made = False

    def update(self, documents: Iterable[GuideDocument], gone: Iterable[int] = ()) -> None:
        """Put some guides in and leave others out, durable with the transaction. Waits for its turn to write."""
        store.make_tables(self._database)
        with self._database.atomic():
            if not self._take_turn():
                store.put(self._database, documents, gone)

    def rebuild(self, documents: Iterable[GuideDocument]) -> None:
        """Make the index anew from `documents`; readers see the old index or the new one."""
        store.make_tables(self._database)
        with self._database.atomic():
            store.take_turn(self._database)
            store.replace_all(self._database, documents)

    def repair(self) -> bool:
        """Build the index anew from its source if it does not hold just what is recorded; whether that was needed."""
        if self.digests() == self._recorded() and store.state(self._database).is_built:
            return False
        self.rebuild(self._source() if self._source else ())
        return True

    def digests(self) -> dict[int, str]:
        """By guide id, the digest of all that is indexed; {} for what other code made, so that all is made anew."""
        store.make_tables(self._database)
        return store.digests(self._database) if store.state(self._database).is_built else {}

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """A transaction on tables that are there, as far as is known: readers make them once."""
        if not self._is_made:
            store.make_tables(self._database)
            self._is_made = True
        with self._database.atomic():
            yield

    def _take_turn(self) -> bool:
        """Wait for the turn to write. True when there was no index to change, and it was built from the source."""
        before = store.take_turn(self._database)
        if before.is_built:
            return False
        store.replace_all(self._database, self._source() if self._source else ())
        return self._source is not None

    def _newest(self) -> PostgresReader:
        """What was read of the index as it is now; costs one short statement when that is known."""
        state = store.state(self._database)
        if not state.is_built:
            raise UnusableIndex("the tables of the search index are empty, or other code made them")
        reader = self._open
        if reader is None or reader.token != state.token or not self._is_as_now(reader):
            reader = self._open = PostgresReader(self._database, state.token, self._synonyms())
        return reader

    def _forget(self) -> None:
        super()._forget()
        self._is_made = False
