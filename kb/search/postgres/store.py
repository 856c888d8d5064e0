"""The tables of the PostgreSQL index, and how guides are written into them."""

from __future__ import annotations

import secrets
import zlib
from array import array
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kb.models.audience import PUBLIC, STAFF
from kb.search.index.contract import GuideDocument
from kb.search.index.entries import Entry, entry, format_name, read_body
from kb.search.weights import HEADING, LABEL, TEXT, TITLE

WEIGHTS = {"A": TITLE, "B": HEADING, "C": LABEL, "D": TEXT}
# PostgreSQL's own limits of a tsvector: positions up to 16,383, 256 of a word at most, less than 1 MB in all.
LAST_POSITION = 16_382
MOST_POSITIONS = 255
LARGEST_VECTOR = 900_000
CREATING = 0x6B62_0001  # the key of the advisory lock: 'kb', and a number

TABLES = """
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
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
        codes text[] NOT NULL,
        head bytea NOT NULL,
        body bytea NOT NULL,
        words tsvector NOT NULL
    );
    CREATE INDEX kb_search_guide_words ON kb_search_guide USING gin (words);
    CREATE TABLE kb_search_word (
        audience text NOT NULL,
        word text COLLATE "C" NOT NULL,
        guides integer NOT NULL,
        PRIMARY KEY (audience, word)
    );
    CREATE INDEX kb_search_word_near ON kb_search_word USING gin (lower(word) gin_trgm_ops);
"""  # lower(): an index on the word itself would be taken for plain look-ups too, which it makes 100 times as slow

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
    """Make the tables, the indices and the extension unless they are there; processes take turns."""
    if _are_made(database):
        return
    with database.atomic():
        database.rows("SELECT pg_advisory_xact_lock(%s)", [CREATING])
        if not _are_made(database):
            for statement in filter(str.strip, TABLES.split(";\n")):
                database.rows(statement)
            for column in ("body", "words"):  # read in part, again and again: not worth unpacking each time
                database.rows(f"ALTER TABLE kb_search_guide ALTER COLUMN {column} SET STORAGE EXTERNAL")


def _are_made(database: Database) -> bool:
    # Not to_regclass(): after a wait for a lock it may not know yet what the one before has made, and it sees the
    # tables of other schemas too, in which another site may have its index.
    query = "SELECT 1 FROM pg_tables WHERE tablename = 'kb_search_state' AND schemaname = current_schema()"
    return bool(database.rows(query))


def made_by() -> str:
    """A name for the code that makes the rows: what other code made is built anew."""
    return f"{format_name()}-{zlib.crc32(Path(__file__).read_bytes()):08x}"


MADE_BY = made_by()


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


def put(database: Database, documents: Iterable[GuideDocument]) -> None:
    """Index the guides in place of what was indexed of them."""
    last = {document.guide_id: document for document in documents}
    drop(database, last)
    for document in last.values():
        _insert(database, document)
    _count(database, list(last))


def drop(database: Database, guide_ids: Iterable[int]) -> None:
    """Forget the guides, and the words that only they had."""
    ids = list(guide_ids)
    database.rows(
        """
        WITH gone AS (DELETE FROM kb_search_guide WHERE guide_id = ANY(%s::bigint[]) RETURNING audience, words),
        fewer AS (SELECT audience, lexeme, count(*) AS guides FROM gone, unnest(words) GROUP BY 1, 2)
        UPDATE kb_search_word w SET guides = w.guides - fewer.guides FROM fewer
        WHERE w.audience = fewer.audience AND w.word = fewer.lexeme
        """,
        [ids],
    )
    database.rows("DELETE FROM kb_search_word WHERE guides <= 0")


def replace_all(database: Database, documents: Iterable[GuideDocument]) -> None:
    """Make the index of these documents alone; readers see the old rows until the transaction ends."""
    database.rows("DELETE FROM kb_search_guide")
    database.rows("DELETE FROM kb_search_word")
    seen: set[int] = set()
    for document in documents:
        if document.guide_id in seen:
            database.rows("DELETE FROM kb_search_guide WHERE guide_id = %s", [document.guide_id])
        seen.add(document.guide_id)
        _insert(database, document)
    _count(database, list(seen))
    for table in ("kb_search_guide", "kb_search_word"):
        database.rows(f"ANALYZE {table}")


def _insert(database: Database, document: GuideDocument) -> None:
    indexed = entry(document)
    audience = PUBLIC if document.audience == PUBLIC else STAFF  # what is not said to be public is not
    database.rows(
        "INSERT INTO kb_search_guide (guide_id, audience, digest, codes, head, body, words) "
        "VALUES (%s, %s, %s, %s::text[], %s, %s, %s::tsvector)",
        [indexed.guide_id, audience, document.digest, list(indexed.codes), indexed.head, indexed.body, vector(indexed)],
    )


def _count(database: Database, ids: list[int]) -> None:
    database.rows(
        """
        INSERT INTO kb_search_word (audience, word, guides)
        SELECT audience, lexeme, count(*) FROM kb_search_guide, unnest(words)
        WHERE guide_id = ANY(%s::bigint[]) GROUP BY 1, 2
        ON CONFLICT (audience, word) DO UPDATE SET guides = kb_search_word.guides + excluded.guides
        """,
        [ids],
    )


def vector(made: Entry) -> str:
    """The words of an entry as a tsvector: titles A, headings B, symptoms, codes and labels C, texts D.

    A tsvector has no more than LAST_POSITION positions, MOST_POSITIONS of one word and LARGEST_VECTOR bytes: what is
    beyond counts less or is left out.
    """
    body = read_body(made.body)
    classes = {position: "B" for part in body.parts for position in range(part.heading_at, part.text_at)}
    classes |= dict.fromkeys(range(body.bounds[0] if body.bounds else LAST_POSITION), "A")
    end = max((part.text_at + part.length for part in body.parts), default=0) + 2
    found: list[str] = []
    size = 0
    for word, weight, positions in made.postings:
        at = array("I", positions) if len(positions) % 4 == 0 else array("I")
        marks = [
            f"{position + 1}{classes.get(position, 'D')}"
            for position in at[:MOST_POSITIONS]
            if position < LAST_POSITION
        ]
        labels = round((weight - sum(WEIGHTS[classes.get(position, "D")] for position in at)) / LABEL)
        # Two apart, so that words of different labels never make a phrase.
        marks += [f"{min(end + 2 * n, LAST_POSITION) + 1}C" for n in range(min(labels, MOST_POSITIONS))]
        size += len(word) + 2 * len(marks) + 8
        if size > LARGEST_VECTOR:
            break
        found.append(f"{quoted(word)}:{','.join(marks or [f'{LAST_POSITION + 1}'])}")
    return " ".join(found)


def quoted(word: str) -> str:
    """The word as it stands in a tsvector or a tsquery."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def any_of(forms: Iterable[str]) -> str:
    """A tsquery for any of the words; '' for none."""
    return " | ".join(map(quoted, forms))


def phrase(words: Sequence[Sequence[str]]) -> str:
    """A tsquery for words one after the other, each in any of its forms; '' when one has none."""
    return " <-> ".join(f"({any_of(forms)})" for forms in words) if all(words) else ""
