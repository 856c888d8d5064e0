"""A few guides indexed in memory, for as long as one search takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from kb.search.index.entries import Body, Entry, Head, Words, read_body
from kb.search.index.postings import Postings, postings

Places = dict[int, list[int]]  # document -> positions, both in order


class MemorySegment:
    """The entries in the order in which they come; see `Segment` for what each method promises."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.heads: list[Head] = []
        self._bodies: list[bytes] = []
        self._places = defaultdict[str, defaultdict[str, Places]](lambda: defaultdict(dict))
        for number, entry in enumerate(entries):
            self.heads.append(Head.read(entry.head))
            self._bodies.append(entry.body)
            for field, words in (*entry.fields.items(), ("words", entry.words)):
                self._add(number, field, words)
            for field, terms in (("codes", entry.codes), ("headlines", entry.headlines)):
                self._add(number, field, [(term, 0) for term in terms])

    def _add(self, number: int, field: str, words: Words) -> None:
        found = self._places[field]
        for term, position in words:
            found[term].setdefault(number, []).append(position)

    def postings(self, field: str, term: str) -> Postings:
        """The documents with the term in the field, and where."""
        return postings(self._places[field].get(term, {}).items())

    def load(self, fields: Collection[str], terms: Collection[str]) -> None:
        """Nothing to do: all is there."""

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many documents the words are, if in any."""
        found = self._places["words"]
        return {word: len(found[word]) for word in words if word in found}

    def beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        """Up to `most` of the terms that begin so, in order, and in how many documents they are."""
        found = self._places[field]
        return {term: len(found[term]) for term in sorted(term for term in found if term.startswith(start))[:most]}

    def bodies(self, documents: Collection[int]) -> dict[int, Body]:
        """The sections of the documents."""
        return {number: read_body(self._bodies[number]) for number in documents}
