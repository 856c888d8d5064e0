"""Asks PostgreSQL for words, postings and texts of the guides of some audiences."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from kb.search.index.entries import NO_POSITIONS, Body, Head, read_body
from kb.search.index.postings import Posting
from kb.search.postgres.store import LAST_POSITION, WEIGHTS, Database
from kb.search.weights import LABEL, TEXT, TITLE

MOST_COUNTED = 10_000
MOST_REMEMBERED = 20_000
MOST_BODIES = 2000
AFTER_ALL = "\U0010ffff"
RANK_OF_ONE = 0.607927  # what ts_rank gives for one word of weight 1 at one position
RANKED_WITH = [TEXT / TITLE, LABEL / TITLE, WEIGHTS["B"] / TITLE, 1.0]  # D, C, B, A


class Vocabulary(dict[str, int]):
    """By word, in how many guides it is; a word that was not looked up yet is looked up when it is asked for."""

    def __init__(self, segment: PostgresSegment) -> None:
        super().__init__()
        self._segment = segment
        self.in_guides = 0  # as far as is known

    def look_up(self, words: Collection[str]) -> None:
        """Look up many words at once."""
        unknown = {word for word in words if not super(Vocabulary, self).__contains__(word)}
        if unknown:
            self._forget_unknown_words()
            self.update(dict.fromkeys(unknown, 0))
            self.update(self._segment.count(unknown))

    def _forget_unknown_words(self) -> None:
        """Forget the words that are in no guide, once there are many: whoever searches can invent more."""
        if len(self) > MOST_REMEMBERED + self.in_guides:
            unknown = [word for word, count in self.items() if not count]
            for word in unknown:
                self.pop(word, None)
            self.in_guides = len(self)

    def __missing__(self, word: str) -> int:
        self.look_up((word,))
        return super().__getitem__(word)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self[word] > 0

    def get(self, word: str, default: Any = None) -> Any:
        """In how many guides the word is; `default` when in none."""
        return self[word] or default


class PostgresSegment:
    """The guides of some audiences; documents are numbered in the order of their guides' ids.

    Every statement names the audiences: nothing of any other can be in what it gives.
    """

    def __init__(self, database: Database, audiences: Iterable[str]) -> None:
        self._database = database
        self._audiences = sorted(audiences)
        self._bodies: dict[int, Body] = {}
        self.vocabulary = Vocabulary(self)
        self.counts: dict[str, int] = self.vocabulary
        self.codes: dict[str, tuple[int, ...]] = {}
        self.heads: list[Head] = []
        rows = database.rows(
            "SELECT head, codes FROM kb_search_guide WHERE audience = ANY(%s::text[]) ORDER BY guide_id",
            [self._audiences],
        )
        for number, (head, codes) in enumerate(rows):
            self.heads.append(Head.read(bytes(head)))
            for code in codes:
                self.codes[code] = (*self.codes.get(code, ()), number)
        self._numbers = {head.guide_id: number for number, head in enumerate(self.heads)}

    def count(self, words: Iterable[str]) -> dict[str, int]:
        """In how many guides each of the words is, if in any."""
        return self._counted("word = ANY(%s::text[])", [list(words)])

    def near(self, word: str, most_edits: int) -> dict[str, int]:
        """Words that share trigrams with `word`, or its first letter, and are about as long, with their counts."""
        lengths = [len(word) - most_edits, len(word) + most_edits]
        return self._counted(
            "(lower(word) %% %s OR (word >= %s AND word < %s)) AND length(word) BETWEEN %s AND %s",
            [word, word[0], word[0] + AFTER_ALL, *lengths],
        )

    def _counted(self, condition: str, parameters: list[object]) -> dict[str, int]:
        return dict(
            self._database.rows(
                "SELECT word, sum(guides)::integer FROM kb_search_word WHERE audience = ANY(%s::text[]) "  # noqa: S608
                f"AND {condition} GROUP BY word ORDER BY 2 DESC LIMIT {MOST_COUNTED}",  # one of the two above, no input
                [self._audiences, *parameters],
            )
        )

    def with_prefix(self, starts: Collection[str], most: int) -> dict[str, list[str]]:
        """For each start up to `most` words that begin so, in order; their counts are known after it."""
        found: dict[str, list[str]] = {start: [] for start in starts}
        rows = self._database.rows(
            """
            SELECT starts.start, near.word, near.guides
            FROM unnest(%s::text[], %s::text[]) AS starts(start, after) CROSS JOIN LATERAL (
                SELECT word, sum(guides)::integer AS guides FROM kb_search_word
                WHERE audience = ANY(%s::text[])
                    AND word >= starts.start COLLATE "C" AND word < starts.after COLLATE "C"
                GROUP BY word ORDER BY word LIMIT %s
            ) AS near
            ORDER BY near.word
            """,
            [list(found), [start + AFTER_ALL for start in found], self._audiences, most],
        )
        for start, word, guides in rows:
            found[start].append(word)
            self.counts[word] = guides
        return found

    def matching(self, queries: Sequence[str]) -> list[dict[int, float]]:
        """For each tsquery the documents that match and about how much the words weigh in them."""
        found: list[dict[int, float]] = [{} for _ in queries]
        rows = self._database.rows(
            """
            SELECT asked.at, guides.guide_id, ts_rank(%s::real[], guides.words, asked.query)
            FROM (SELECT at, text::tsquery AS query FROM unnest(%s::text[]) WITH ORDINALITY AS given(text, at)) AS asked
            JOIN kb_search_guide AS guides ON guides.words @@ asked.query
            WHERE guides.audience = ANY(%s::text[])
            """,
            [RANKED_WITH, list(queries), self._audiences],
        )
        for at, guide_id, rank in rows:
            number = self._numbers.get(guide_id)
            if number is not None:
                found[at - 1][number] = TITLE * rank / RANK_OF_ONE
        return found

    def positions(self, words: Collection[str], documents: Collection[int] | None = None) -> dict[str, list[Posting]]:
        """By word, (document, weight, positions) of the documents that hold it; `documents` None means all."""
        numbers = range(len(self.heads)) if documents is None else documents
        rows = self._database.rows(
            """
            SELECT guides.guide_id, found.lexeme, found.positions, found.weights
            FROM kb_search_guide AS guides CROSS JOIN LATERAL unnest(guides.words) AS found
            WHERE guides.audience = ANY(%s::text[]) AND guides.guide_id = ANY(%s::bigint[])
                AND found.lexeme = ANY(%s::text[])
            """,
            [self._audiences, [self.heads[number].guide_id for number in numbers], list(words)],
        )
        postings: dict[str, list[Posting]] = defaultdict(list)
        for guide_id, word, positions, weights in rows:
            number = self._numbers.get(guide_id)
            if number is not None:
                postings[word].append((number, *_posting(positions or (), weights or ())))
        return postings

    def postings(self, word: str) -> list[Posting]:
        """(document, weight, positions) of each document with the word."""
        return sorted(self.positions((word,)).get(word, ()))

    def load_bodies(self, documents: Iterable[int]) -> None:
        """Read the sections of the documents, all at once."""
        needed = {self.heads[number].guide_id: number for number in documents if number not in self._bodies}
        if len(self._bodies) + len(needed) > MOST_BODIES:
            self._bodies.clear()
        if needed:
            rows = self._database.rows(
                "SELECT guide_id, body FROM kb_search_guide "
                "WHERE audience = ANY(%s::text[]) AND guide_id = ANY(%s::bigint[])",
                [self._audiences, list(needed)],
            )
            self._bodies.update((needed[guide_id], read_body(bytes(body))) for guide_id, body in rows)

    def body(self, number: int) -> Body:
        """The sections of a document; none of a guide that went meanwhile."""
        if number not in self._bodies:
            self.load_bodies((number,))
        return self._bodies.get(number, Body("", (), ()))


class SegmentExcerpt:
    """Some words of some of the documents of a segment, read from it at once."""

    def __init__(self, segment: PostgresSegment, words: Collection[str], documents: Collection[int]) -> None:
        self.heads, self.counts, self.codes = segment.heads, segment.counts, segment.codes
        self._postings: Mapping[str, list[Posting]] = segment.positions(words, documents)
        self.body = segment.body

    def postings(self, word: str) -> list[Posting]:
        """(document, weight, positions) of each of the documents with the word."""
        return self._postings.get(word, [])


def _posting(positions: Sequence[int], weights: Sequence[str]) -> tuple[float, bytes]:
    """The weight of a word in a document, and its positions in titles, headings and texts."""
    weight = sum(map(WEIGHTS.__getitem__, weights))
    marks = zip(positions, weights, strict=True)
    positions = array("I", (at - 1 for at, mark in marks if mark != "C" and at <= LAST_POSITION))
    return weight, positions.tobytes() or NO_POSITIONS
