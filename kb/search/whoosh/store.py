"""Writes and reads Whoosh indexes as files in memory, packed into one file for each segment."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from whoosh import columns, fields, formats
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC, FileIndex

from kb.search.index.entries import Body, Entry, Head, read_body
from kb.search.index.postings import Posting
from kb.search.whoosh.codec import Codec, PostingPool

NAME = "kb"
TABLE = ".toc"
MOST_SEGMENTS = 8
MOST_DELETED = 0.25
MOST_BODIES = 2000

Files = dict[str, bytes]


class Weighed(fields.FieldType):  # type: ignore[misc]  # Whoosh has no types
    """A field whose postings are put into the pool beside Whoosh: it analyses nothing."""

    def __init__(self) -> None:
        self.format = formats.Positions()
        self.scorable = False
        self.stored = False


class MemoryStorage(RamStorage):  # type: ignore[misc]
    """Keeps all that Whoosh writes in memory, so that what reaches the disk, and when, is ours to say."""

    def temp_storage(self, name: str | None = None) -> MemoryStorage:  # noqa: ARG002
        """A place for what is written on the way."""
        return MemoryStorage()


def _schema() -> fields.Schema:
    return fields.Schema(
        guide=fields.ID(),
        words=Weighed(),
        codes=Weighed(),
        head=fields.COLUMN(columns.VarBytesColumn()),
        body=fields.COLUMN(columns.VarBytesColumn()),
    )


def changed(packed: Mapping[str, bytes], entries: Iterable[Entry], gone: Iterable[int]) -> Files:
    """The index in `packed` ({} for a new one) after forgetting the guides `gone` and adding `entries`.

    An index is packed into one file for each of its segments, which never changes, and a table of contents under a new
    name. Small segments are merged now and then.
    """
    storage = MemoryStorage()
    storage.files = _unpacked(packed)
    index = FileIndex(storage, indexname=NAME) if packed else FileIndex.create(storage, _schema(), NAME)
    writer = index.writer(codec=Codec(), compound=False)
    writer.pool = PostingPool()
    for guide_id in gone:
        writer.delete_by_term("guide", str(guide_id))
    for each in entries:
        writer.pool.put(writer.docnum, each)
        writer.add_document(guide=str(each.guide_id), head=each.head, body=each.body)
    writer.commit(optimize=_is_ragged(writer.segments))
    return _packed(storage.files, packed)


def _packed(files: Mapping[str, bytes], before: Mapping[str, bytes]) -> Files:
    """The files of each segment as one; those that were packed before are left as they are."""
    segments: dict[str, dict[str, bytes]] = defaultdict(dict)
    for name, data in sorted(files.items()):
        if name.startswith(f"{NAME}_"):
            segments[name.partition(".")[0]][name] = data
    found = {name: bytes(data) for name, data in files.items() if name.endswith(TABLE)}
    for segment, own in segments.items():
        if segment in before:
            found[segment] = before[segment]
        else:
            listing = json.dumps({name: len(data) for name, data in own.items()}).encode()
            found[segment] = b"".join([len(listing).to_bytes(4, "big"), listing, *own.values()])
    return found


def _unpacked(packed: Mapping[str, bytes]) -> dict[str, bytes | memoryview]:
    """The files as Whoosh knows them; they are views, not copies."""
    files: dict[str, bytes | memoryview] = {}
    for name, data in packed.items():
        if name.endswith(TABLE):
            files[name] = data
            continue
        view = memoryview(data)
        at = 4 + int.from_bytes(view[:4], "big")
        for part, length in json.loads(bytes(view[4:at])).items():
            files[part] = view[at : at + length]
            at += length
    return files


def _is_ragged(segments: list[Any]) -> bool:
    total = sum(segment.doc_count_all() for segment in segments)
    deleted = sum(segment.deleted_count() for segment in segments)
    return len(segments) > MOST_SEGMENTS or deleted > MOST_DELETED * total


class Segment:
    """One immutable part of a Whoosh index, with what was read of it kept; documents are numbered from 0.

    Threads may share it: they take turns to read, since Whoosh's readers remember where they are in a file.
    """

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._turn = threading.RLock()
        self._postings: dict[str, list[Posting]] = {}
        self._bodies: dict[int, Body] = {}
        column = reader.column_reader("head")
        self.heads: list[Head] = [Head.read(bytes(column[number])) for number in range(reader.doc_count_all())]
        self._body_column = reader.column_reader("body")

    @cached_property
    def counts(self) -> dict[str, int]:
        """By word, in how many documents it is, deleted ones included."""
        with self._turn:
            words = [word for field, word in self._reader.all_terms() if field == "words"]
            return {word.decode(): self._reader.doc_frequency("words", word) for word in words}

    @cached_property
    def codes(self) -> dict[str, tuple[int, ...]]:
        """By key of an error code, the documents that define it."""
        with self._turn:
            keys = [word for field, word in self._reader.all_terms() if field == "codes"]
        return {key.decode(): tuple(number for number, _, _ in self._read("codes", key)) for key in keys}

    def postings(self, word: str) -> list[Posting]:
        """(document, weight, positions) of each document with the word, in order."""
        found = self._postings.get(word)
        if found is None:
            if word not in self.counts:
                return []
            found = self._postings[word] = self._read("words", word.encode())
        return found

    def _read(self, field: str, word: bytes) -> list[Posting]:
        found = []
        with self._turn:
            matcher = self._reader.postings(field, word)
            while matcher.is_active():
                found.append((matcher.id(), matcher.weight(), matcher.value()))
                matcher.next()
        return found

    def body(self, number: int) -> Body:
        """The sections of a document."""
        body = self._bodies.get(number)
        if body is None:
            if len(self._bodies) >= MOST_BODIES:
                self._bodies.clear()
            with self._turn:
                data = bytes(self._body_column[number])
            body = self._bodies[number] = read_body(data)
        return body


def segments(packed: Mapping[str, bytes], known: Mapping[str, Segment]) -> list[tuple[str, Segment, frozenset[int]]]:
    """The (name, segment, deleted documents) of an index; those in `known` are taken from there."""
    storage = MemoryStorage()
    storage.files = _unpacked({name: data for name, data in packed.items() if name not in known})
    toc = TOC.read(storage, NAME)
    index = FileIndex(storage, indexname=NAME)
    found = []
    for part in toc.segments:
        name = f"{NAME}_{part.segment_id()}"
        segment = known.get(name)
        if segment is None:
            segment = Segment(index._reader(storage, toc.schema, [part], toc.generation))  # noqa: SLF001
        found.append((name, segment, frozenset(part.deleted_docs())))
    return found
