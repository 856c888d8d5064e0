"""A segment of a Whoosh index, read through Whoosh's public reader."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any
from weakref import finalize

from whoosh.reading import TermNotFound

from kb.search.index.entries import Body, Head, read_body
from kb.search.index.postings import NOWHERE, Postings, numbers


class WhooshSegment:
    """An immutable part of a Whoosh index; see `Segment` for what each method promises.

    Threads may share it: they take turns to read, since Whoosh's readers remember where they are in a file.
    """

    is_far = False

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        finalize(self, reader.close)  # its file is open for as long as someone reads it
        self._turn = threading.RLock()
        formats = {name: kind.format for name, kind in reader.schema.items() if kind.format}
        self._formats = {name: (kept, kept.supports("positions")) for name, kept in formats.items()}
        self._content = reader.column_reader("content")
        heads = reader.column_reader("head")
        self.heads: list[Head] = [Head.read(bytes(heads[number])) for number in range(reader.doc_count_all())]

    def postings(self, field: str, term: str) -> Postings:
        """The documents with the term in the field, and where, if the field has positions."""
        format_, has_positions = self._formats[field]
        documents, starts, positions = list[int](), [0], list[int]()
        with self._turn:
            try:
                matcher = self._reader.postings(field, term.encode())
            except TermNotFound:
                return NOWHERE
            while matcher.is_active():
                documents.append(matcher.id())
                positions.extend(format_.decode_positions(matcher.value()) if has_positions else (0,))
                starts.append(len(positions))
                matcher.next()
        return Postings(numbers(documents), numbers(starts), numbers(positions))

    def load(self, fields: Collection[str], terms: Collection[str]) -> None:
        """Nothing to do: the files are near."""

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many documents the words are, if in any."""
        with self._turn:
            counts = {word: self._reader.doc_frequency("words", word.encode()) for word in words}
        return {word: count for word, count in counts.items() if count}

    def beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        """Up to `most` of the terms that begin so, in order, and in how many documents they are."""
        with self._turn:
            return dict(islice(self._terms_from(field, start), most))

    def _terms_from(self, field: str, start: str) -> Iterator[tuple[str, int]]:
        for (name, term), info in self._reader.iter_from(field, start.encode()):
            if name != field or not term.startswith(start.encode()):
                return
            yield term.decode(), info.doc_frequency()

    def bodies(self, documents: Collection[int]) -> dict[int, Body]:
        """The sections of the documents."""
        with self._turn:
            data = {number: bytes(self._content[number]) for number in documents}
        return {number: read_body(packed) for number, packed in data.items()}
