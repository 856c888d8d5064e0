"""The guides of some audiences as one segment, asked of PostgreSQL word by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import product

import numpy as np

from kb.search.index.cache import Bounded
from kb.search.index.entries import Body, Head, read_body
from kb.search.index.postings import NOWHERE, Postings, numbers
from kb.search.postgres.store import Database

MOST_BYTES = 8 * 2**20
AFTER_ALL = "\U0010ffff"


class PostgresSegment:
    """The guides of some audiences; documents are numbered in the order of their guides' ids.

    Every statement names the audiences: nothing of any other can be in what it gives. See `Segment` for what each
    method promises.
    """

    is_far = True

    def __init__(self, database: Database, audiences: Iterable[str]) -> None:
        self._database = database
        self._audiences = sorted(audiences)
        rows = database.rows(
            "SELECT head FROM kb_search_guide WHERE audience = ANY(%s::text[]) ORDER BY guide_id", [self._audiences]
        )
        self.heads = [Head.read(bytes(head)) for (head,) in rows]
        self._numbers = {head.guide_id: number for number, head in enumerate(self.heads)}
        self._loaded = Bounded[tuple[str, str], Postings](MOST_BYTES, lambda own: own.nbytes + 200)

    def postings(self, field: str, term: str) -> Postings:
        """The documents with the term in the field, and where, if the field has positions."""
        found = self._loaded.get((field, term))
        return self._read([field], [term]).get((field, term), NOWHERE) if found is None else found

    def load(self, fields: Collection[str], terms: Collection[str]) -> None:
        """Read the postings of terms at once; they are kept for when they are asked for."""
        missing = [term for term in terms if any(self._loaded.get((field, term)) is None for field in fields)]
        if missing:
            found = self._read(fields, missing)
            for key in product(fields, missing):
                self._loaded.put(key, found.get(key, NOWHERE))

    def _read(self, fields: Collection[str], terms: Collection[str]) -> dict[tuple[str, str], Postings]:
        rows = self._database.rows(
            """
            SELECT field, term, guide_id, positions FROM kb_search_posting
            WHERE term = ANY(%s::text[]) AND field = ANY(%s::text[]) AND audience = ANY(%s::text[])
            ORDER BY guide_id
            """,
            [list(terms), list(fields), self._audiences],
        )
        found: dict[tuple[str, str], list[tuple[int, bytes]]] = defaultdict(list)
        for field, term, guide_id, positions in rows:
            number = self._numbers.get(guide_id)  # none for a guide that came meanwhile
            if number is not None:
                found[(field, term)].append((number, bytes(positions)))
        return {key: _postings(own) for key, own in found.items()}

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many guides the words are, if in any."""
        rows = self._database.rows(
            "SELECT word, sum(guides)::integer FROM kb_search_word "
            "WHERE audience = ANY(%s::text[]) AND word = ANY(%s::text[]) GROUP BY word",
            [self._audiences, list(words)],
        )
        return dict(rows)

    def beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        """Up to `most` of the `words` or the `headlines` that begin so, in order, and in how many guides they are."""
        column = "headlines" if field == "headlines" else "guides"
        rows = self._database.rows(
            f"SELECT word, sum({column})::integer FROM kb_search_word "  # noqa: S608 - one of the two above
            'WHERE audience = ANY(%s::text[]) AND word >= %s COLLATE "C" AND word < %s COLLATE "C" '
            f"AND {column} > 0 GROUP BY word ORDER BY word LIMIT %s",
            [self._audiences, start, start + AFTER_ALL, most],
        )
        return dict(rows)

    def bodies(self, documents: Collection[int]) -> dict[int, Body]:
        """The sections of the documents; none for a guide that went meanwhile."""
        wanted = {self.heads[number].guide_id: number for number in documents}
        rows = self._database.rows(
            "SELECT guide_id, body FROM kb_search_guide "
            "WHERE audience = ANY(%s::text[]) AND guide_id = ANY(%s::bigint[])",
            [self._audiences, list(wanted)],
        )
        return {wanted[guide_id]: read_body(bytes(body)) for guide_id, body in rows}


def _postings(found: list[tuple[int, bytes]]) -> Postings:
    """The postings of (document, packed positions), in order."""
    packed = [positions for _, positions in found]
    starts = np.cumsum([0, *(len(positions) // 4 for positions in packed)], dtype=np.int32)
    return Postings(numbers([number for number, _ in found]), starts, np.frombuffer(b"".join(packed), dtype=np.int32))
