"""A few guides indexed in memory, for as long as one search takes."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable

import numpy as np

from kb.search.index.entries import Body, Entry, Head, Words, read_body
from kb.search.index.postings import Numbers, Postings


class MemorySegment:
    """The entries in the order in which they come; see `Segment` for what each method promises.

    Words are numbers in three arrays for each field, which is quicker to make than a list for each word.
    """

    is_far = False

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.heads: list[Head] = []
        self._bodies: list[bytes] = []
        self._terms: dict[str, int] = {}
        self._columns: defaultdict[str, list[array[int]]] = defaultdict(lambda: [array("i") for _ in range(3)])
        for number, entry in enumerate(entries):
            self.heads.append(Head.read(entry.head))
            self._bodies.append(entry.body)
            for field, words in (*entry.fields.items(), ("words", entry.words)):
                self._add(number, field, words)
            for field, terms in (("codes", entry.codes), ("headlines", entry.headlines)):
                self._add(number, field, [(term, 0) for term in terms])

    def _add(self, number: int, field: str, words: Words) -> None:
        terms, documents, positions = self._columns[field]
        known = self._terms
        terms.extend([known.setdefault(term, len(known)) for term, _ in words])
        documents.extend([number] * len(words))
        positions.extend([position for _, position in words])

    def _column(self, field: str) -> list[Numbers]:
        """The numbers of the words of the field in order, of their documents, and their positions."""
        return [np.frombuffer(own, dtype=np.int32) for own in self._columns[field]]

    def postings(self, field: str, term: str) -> Postings:
        """The documents with the term in the field, and where."""
        terms, documents, positions = self._column(field)
        at = np.flatnonzero(terms == self._terms.get(term, -1))
        holding, starts = np.unique(documents[at], return_index=True)
        return Postings(holding, np.append(starts, len(at)).astype(np.int32), positions[at])

    def load(self, fields: Collection[str], terms: Collection[str]) -> None:
        """Nothing to do: all is there."""

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many documents the words are, if in any."""
        counts = {word: len(self.postings("words", word)) for word in words if word in self._terms}
        return {word: count for word, count in counts.items() if count}

    def beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        """Up to `most` of the terms that begin so, in order, and in how many documents they are."""
        terms, documents, _ = self._column(field)
        pairs = np.unique(terms.astype(np.int64) * len(self.heads) + documents)
        counts = np.bincount(pairs // max(len(self.heads), 1), minlength=len(self._terms)).tolist()
        found = sorted(term for term, number in self._terms.items() if term.startswith(start) and counts[number])
        return {term: counts[self._terms[term]] for term in found[:most]}

    def bodies(self, documents: Collection[int]) -> dict[int, Body]:
        """The sections of the documents."""
        return {number: read_body(self._bodies[number]) for number in documents}
