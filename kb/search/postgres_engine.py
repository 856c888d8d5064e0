"""Documents and queries in, hits out, kept in the PostgreSQL database that several machines share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial

from kb.audience import PUBLIC, STAFF
from kb.search import postgres_store as store
from kb.search.completion import complete
from kb.search.engine import GuideDocument, Hits
from kb.search.postgres_shelf import Shelf
from kb.search.postgres_snapshot import ShelfPlanner, ShelfSnapshot, look_closer
from kb.search.postgres_store import Database
from kb.search.query import MAX_LENGTH, Query, clean, parse
from kb.search.results import results
from kb.search.synonyms import Synonyms

AUDIENCES = frozenset({PUBLIC, STAFF})
MOST_HITS = 1000
MOST_RESULTS = 500

logger = logging.getLogger(__name__)

Fallback = Callable[[Query, frozenset[str], int, int], Hits]
Source = Callable[[], Iterable[GuideDocument]]
Asked = tuple[Query, frozenset[str], int, int, bool]


def _nothing(_query: Query, _audiences: frozenset[str], _limit: int, _offset: int) -> Hits:
    return Hits(0, ())


class NotBuilt(Exception):  # noqa: N818  # a state, said in its own words
    """There is no index yet, or other code made it."""


class OpenShelves:
    """What was read of one state of the index, by the audiences that may see it, with the results kept."""

    def __init__(self, database: Database, token: str, synonyms: Synonyms) -> None:
        self.token = token
        self._database = database
        self._synonyms = synonyms
        self._readers: dict[frozenset[str], tuple[ShelfSnapshot, ShelfPlanner]] = {}
        self._results: dict[Asked, Hits] = {}

    def search(self, query: Query, audiences: frozenset[str], *, limit: int, offset: int, literal: bool) -> Hits:
        """The hits for a query; see `Engine.search`."""
        asked = (query, audiences, limit, offset, literal)
        found = self._results.get(asked)
        if found is None:
            snapshot, planner = self._reader(audiences)
            snapshot.prepare(query)
            closer = partial(look_closer, snapshot, limit, offset)
            found = results(query, planner, snapshot, limit=limit, offset=offset, literal=literal, look_again=closer)
            if len(self._results) >= MOST_RESULTS:
                self._results.clear()
            self._results[asked] = found
        return found

    def complete(self, text: str, audiences: frozenset[str], limit: int) -> list[str]:
        """Ways to end the last word; see `Engine.complete`."""
        return complete(text, self._reader(audiences)[0], limit)

    def nearest(self, text: str, audiences: frozenset[str], limit: int) -> list[str]:
        """Texts to search for instead; see `Engine.nearest`."""
        query = parse(text)
        snapshot, planner = self._reader(audiences)
        snapshot.prepare(query)
        return [other for other in planner.nearest(query) if self._finds(other, audiences)][:limit]

    def _finds(self, text: str, audiences: frozenset[str]) -> bool:
        return self.search(parse(text), audiences, limit=1, offset=0, literal=False).total > 0

    def _reader(self, audiences: frozenset[str]) -> tuple[ShelfSnapshot, ShelfPlanner]:
        allowed = audiences & AUDIENCES
        reader = self._readers.get(allowed)
        if reader is None:
            snapshot = ShelfSnapshot(Shelf(self._database, allowed))
            reader = self._readers[allowed] = snapshot, ShelfPlanner(snapshot, self._synonyms)
        return reader


class PostgresEngine:
    """The engine for several machines on one database; its tables are its own and can be thrown away.

    `source` gives all documents when the index has to be made from nothing, `recorded` their digests; `fallback` finds
    hits while there is no index, and `on_damage` is told so.
    """

    def __init__(
        self,
        database: Database,
        *,
        source: Source | None = None,
        recorded: Callable[[], dict[int, str]] = dict,
        fallback: Fallback = _nothing,
        on_damage: Callable[[], None] | None = None,
        synonyms: Callable[[], Synonyms] = dict,
    ) -> None:
        self._database = database
        self._source = source
        self._recorded = recorded
        self._fallback = fallback
        self._on_damage = on_damage
        self._synonyms = synonyms
        self._open: OpenShelves | None = None
        self._is_made = False

    def add(self, documents: Iterable[GuideDocument]) -> None:
        """Index the guides in place of what was indexed of them; durable with the transaction. Waits for its turn."""
        store.make_tables(self._database)
        with self._database.atomic():
            if not self._take_turn():
                store.put(self._database, documents)

    def remove(self, guide_ids: Iterable[int]) -> None:
        """Forget the guides; those not indexed are no error. Waits for its turn to write."""
        store.make_tables(self._database)
        with self._database.atomic():
            if not self._take_turn():
                store.drop(self._database, guide_ids)

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

    def search(
        self, query: Query, audiences: frozenset[str], *, limit: int = 10, offset: int = 0, literal: bool = False
    ) -> Hits:
        """The hits for a query. Never raises: what the index can't give, the fallback gives."""
        limit, offset = min(max(limit, 0), MOST_HITS), max(offset, 0)
        for is_last in (False, True):
            try:
                self._make()
                with self._database.atomic():
                    return self._newest().search(query, audiences, limit=limit, offset=offset, literal=literal)
            except NotBuilt as error:
                self._report(error)
                break
            except Exception:
                logger.exception("A search went wrong%s", "; asking the guides" if is_last else "; opening anew")
                self._forget()
        return self._fallback(query, audiences, limit, offset)

    def complete(self, text: str, audiences: frozenset[str], *, limit: int = 8) -> list[str]:
        """Ways to end the last word of `text`, likeliest first; none when there is no index. Never raises."""
        text = text[:MAX_LENGTH]
        text = clean(text) + " " * text[-1:].isspace()
        return self._texts(lambda shelves: shelves.complete(text, audiences, limit))

    def nearest(self, text: str, audiences: frozenset[str], *, limit: int = 5) -> list[str]:
        """Texts to search for instead of one that finds nothing; none when there is no index. Never raises."""
        return self._texts(lambda shelves: shelves.nearest(text, audiences, limit))

    def _texts(self, asked: Callable[[OpenShelves], list[str]]) -> list[str]:
        try:
            self._make()
            with self._database.atomic():
                return asked(self._newest())
        except NotBuilt as error:
            self._report(error)
        except Exception:
            logger.exception("Proposing words went wrong")
            self._forget()
        return []

    def digests(self) -> dict[int, str]:
        """By guide id, the digest of all that is indexed; {} for what other code made, so that all is made anew."""
        store.make_tables(self._database)
        return store.digests(self._database) if store.state(self._database).is_built else {}

    def _make(self) -> None:
        """Make the tables unless they are there, as far as is known: readers ask once."""
        if not self._is_made:
            store.make_tables(self._database)
            self._is_made = True

    def _take_turn(self) -> bool:
        """Wait for the turn to write. True when there was no index to change, and it was built from the source."""
        before = store.take_turn(self._database)
        if before.is_built:
            return False
        store.replace_all(self._database, self._source() if self._source else ())
        return self._source is not None

    def _newest(self) -> OpenShelves:
        """What was read of the index as it is now; costs one short statement when that is known."""
        now = store.state(self._database)
        if not now.is_built:
            raise NotBuilt("the tables of the search index are empty, or other code made them")
        opened = self._open
        if opened is None or opened.token != now.token:
            opened = self._open = OpenShelves(self._database, now.token, self._synonyms())
        return opened

    def _forget(self) -> None:
        self._open = None
        self._is_made = False

    def _report(self, error: Exception) -> None:
        if self._on_damage is not None:
            logger.warning("The search index can't be used, guides are searched directly: %s", error)
            self._on_damage()
