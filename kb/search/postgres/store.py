"""The tables of the PostgreSQL index, and how guides are written into them."""

from __future__ import annotations

import secrets
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

from kb.models.audience import PUBLIC, STAFF
from kb.search.index.contract import GuideDocument
from kb.search.index.entries import Entry, entry, format_name

# A name for the code that makes the rows: what other code made is built anew.
MADE_BY = f"{format_name()}-{zlib.crc32(Path(__file__).read_bytes()):08x}"
CREATING = 0x6B62_0001  # the key of the advisory lock: 'kb', and a number

TABLES = """
    CREATE TABLE kb_search_state (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        token text NOT NULL DEFAULT '',
        made_by text NOT NULL DEFAULT ''
    );
    INSERT INTO kb_search_state DEFAULT VALUES;
    CREATE TABLE kb_search_guide (
        guide_id bigint PRIMARY KEY,
        audience text NOT NULL,
        digest text NOT NULL,
        head bytea NOT NULL,
        body bytea NOT NULL
    );
    ALTER TABLE kb_search_guide ALTER COLUMN body SET STORAGE EXTERNAL;
    CREATE TABLE kb_search_posting (
        guide_id bigint NOT NULL,
        audience text NOT NULL,
        field text NOT NULL,
        term text COLLATE "C" NOT NULL,
        positions bytea NOT NULL
    );
    CREATE INDEX kb_search_posting_of_term ON kb_search_posting (term, field);
    CREATE INDEX kb_search_posting_of_guide ON kb_search_posting (guide_id);
    CREATE TABLE kb_search_word (
        audience text NOT NULL,
        word text COLLATE "C" NOT NULL,
        guides integer NOT NULL,
        headlines integer NOT NULL,
        PRIMARY KEY (audience, word)
    );
"""  # the body is packed already

Rows = list[tuple[Any, ...]]


class Database(Protocol):
    """A connection to PostgreSQL, one for each thread."""

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> Rows:
        """What a statement gives; [] for one that gives nothing."""

    def atomic(self) -> AbstractContextManager[object]:
        """A transaction, or a part of one that can be undone by itself."""


@dataclass(frozen=True, slots=True)
class State:
    """What the index is: a new `token` for each change ('' before the first), and whether this code made it."""

    token: str
    is_ours: bool

    @property
    def is_built(self) -> bool:
        """Whether it can be searched."""
        return bool(self.token) and self.is_ours


def make_tables(database: Database) -> None:
    """Make the tables unless they are there, in place of those of another layout; processes take turns."""
    if _are_made(database):
        return
    with database.atomic():
        database.rows("SELECT pg_advisory_xact_lock(%s)", [CREATING])
        if not _are_made(database):
            ((schema,),) = database.rows("SELECT quote_ident(current_schema())")
            for table in ("state", "guide", "word", "posting"):
                database.rows(f"DROP TABLE IF EXISTS {schema}.kb_search_{table}")
            for statement in filter(str.strip, TABLES.split(";\n")):
                database.rows(statement)


def _are_made(database: Database) -> bool:
    # Not to_regclass(): after a wait for a lock it may not know yet what the one before has made, and it sees the
    # tables of other schemas too, in which another site may have its index.
    query = "SELECT 1 FROM pg_tables WHERE tablename = 'kb_search_posting' AND schemaname = current_schema()"
    return bool(database.rows(query))


def state(database: Database) -> State:
    """The state of the index."""
    token, maker = database.rows("SELECT token, made_by FROM kb_search_state")[0]
    return State(token, maker == MADE_BY)


def take_turn(database: Database) -> State:
    """Wait for the turn to write, within a transaction, and give the state that was; others see a new one after it."""
    before = database.rows("SELECT token, made_by FROM kb_search_state FOR UPDATE")[0]
    database.rows("UPDATE kb_search_state SET token = %s, made_by = %s", [secrets.token_hex(8), MADE_BY])
    return State(before[0], before[1] == MADE_BY)


def digests(database: Database) -> dict[int, str]:
    """By guide id, the digest of all that is indexed."""
    return dict(database.rows("SELECT guide_id, digest FROM kb_search_guide"))


def put(database: Database, documents: Iterable[GuideDocument], gone: Iterable[int] = ()) -> None:
    """Index the guides in place of what was indexed of them, and forget those that are gone."""
    last = {document.guide_id: document for document in documents}
    _drop(database, {*last, *gone})
    for document in last.values():
        _insert(database, document)
    _count(database, list(last))


def _drop(database: Database, guide_ids: Iterable[int]) -> None:
    """Forget the guides, and the words that only they had."""
    ids = list(guide_ids)
    database.rows(
        """
        WITH gone AS (DELETE FROM kb_search_posting WHERE guide_id = ANY(%s::bigint[]) RETURNING audience, field, term),
        fewer AS (
            SELECT audience, term, count(*) FILTER (WHERE field = 'words') AS guides,
                count(*) FILTER (WHERE field = 'headlines') AS headlines
            FROM gone WHERE field IN ('words', 'headlines') GROUP BY 1, 2
        )
        UPDATE kb_search_word w SET guides = w.guides - fewer.guides, headlines = w.headlines - fewer.headlines
        FROM fewer WHERE w.audience = fewer.audience AND w.word = fewer.term
        """,
        [ids],
    )
    database.rows("DELETE FROM kb_search_word WHERE guides <= 0")
    database.rows("DELETE FROM kb_search_guide WHERE guide_id = ANY(%s::bigint[])", [ids])


def replace_all(database: Database, documents: Iterable[GuideDocument]) -> None:
    """Make the index of these documents alone; readers see the old rows until the transaction ends."""
    tables = ("kb_search_guide", "kb_search_posting", "kb_search_word")
    for table in tables:
        database.rows(f"DELETE FROM {table}")  # noqa: S608 - one of the above
    seen: set[int] = set()
    for document in documents:
        if document.guide_id not in seen:
            _insert(database, document)
            seen.add(document.guide_id)
    _count(database, list(seen))
    for table in tables:
        database.rows(f"ANALYZE {table}")


def _insert(database: Database, document: GuideDocument) -> None:
    made = entry(document)
    audience = PUBLIC if document.audience == PUBLIC else STAFF  # what is not said to be public is not
    database.rows(
        "INSERT INTO kb_search_guide (guide_id, audience, digest, head, body) VALUES (%s, %s, %s, %s, %s)",
        [made.guide_id, audience, document.digest, made.head, made.body],
    )
    fields, terms, positions = zip(*_postings(made), strict=True)
    database.rows(
        "INSERT INTO kb_search_posting (guide_id, audience, field, term, positions) "
        "SELECT %s, %s, made.* FROM unnest(%s::text[], %s::text[], %s::bytea[]) AS made",
        [made.guide_id, audience, list(fields), list(terms), list(positions)],
    )


def _postings(made: Entry) -> Iterator[tuple[str, str, bytes]]:
    """The (field, term, positions) of an entry; at least one, for it has a row for the guide itself."""
    yield "guide", str(made.guide_id), b""
    for name, words in (*made.fields.items(), ("words", made.words)):
        for term, found in groupby(sorted(words), key=itemgetter(0)):
            yield name, term, array("I", (position for _, position in found)).tobytes()
    for name, terms in (("codes", made.codes), ("headlines", made.headlines)):
        for term in terms:
            yield name, term, array("I", [0]).tobytes()


def _count(database: Database, ids: list[int]) -> None:
    database.rows(
        """
        INSERT INTO kb_search_word (audience, word, guides, headlines)
        SELECT audience, term, count(*) FILTER (WHERE field = 'words'), count(*) FILTER (WHERE field = 'headlines')
        FROM kb_search_posting
        WHERE guide_id = ANY(%s::bigint[]) AND field IN ('words', 'headlines') GROUP BY 1, 2
        ON CONFLICT (audience, word) DO UPDATE SET
            guides = kb_search_word.guides + excluded.guides, headlines = kb_search_word.headlines + excluded.headlines
        """,
        [ids],
    )
