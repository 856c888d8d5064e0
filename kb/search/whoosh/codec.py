"""Writes postings in Whoosh's own format, all of a word at once: one after another took half of a build."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from operator import sub
from pickle import dumps
from secrets import token_hex
from struct import Struct
from typing import Any

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.util.numlists import GrowableArray

from kb.search.index.entries import NO_POSITIONS, Entry
from kb.search.index.postings import Posting

PICKLED = 2
CRC = 1
LARGEST_BLOCK = 128

_BLOCK_LENGTH = Struct("!i")
_FIELD = Struct("!H")
_TERM = Struct("!BfIBBfIIqi")
_KEY_AND_VALUE = Struct("!ii")
_SLOT = Struct("!Iq")

PostingsOfField = dict[str, list[Posting]]


class PostingPool:
    """Holds the postings of one commit by field and word; Whoosh's own sorts each of them by itself."""

    def __init__(self) -> None:
        self.fields: dict[str, PostingsOfField] = defaultdict(lambda: defaultdict(list))

    def add(self, item: tuple[str, bytes, int, float, bytes | None]) -> None:
        """Take (field, word, document, weight, value) from Whoosh; documents come in order."""
        field, word, number, weight, value = item
        self.fields[field][word.decode()].append((number, weight, value or NO_POSITIONS))

    def put(self, number: int, each: Entry) -> None:
        """Take all postings of the document with that number."""
        words, codes = self.fields["words"], self.fields["codes"]
        for word, weight, positions in each.postings:
            words[word].append((number, weight, positions))
        for code in each.codes:
            codes[code].append((number, 1.0, NO_POSITIONS))

    def iter_postings(self) -> Iterator[tuple[str, PostingsOfField]]:
        """All of them by field, for `FieldWriter`."""
        yield from sorted(self.fields.items())

    def cleanup(self) -> None:
        """Let go of them."""
        self.fields.clear()


class TermIndex(OrderedHashWriter):  # type: ignore[misc]  # Whoosh has no types
    """Where the postings of each word are, written in a few long pieces."""

    def __init__(self, dbfile: Any) -> None:
        HashWriter.__init__(self, dbfile, hashtype=CRC)
        self.index = GrowableArray("H")

    def add_all(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Write words, in order, with what is known of each."""
        at, pieces = self.dbfile.tell(), list[bytes]()
        for key, value in items:
            self.index.append(at)
            hashed = zlib.crc32(key)
            self.buckets[hashed & 255].append((hashed, at))
            lengths = _KEY_AND_VALUE.pack(len(key), len(value))
            pieces += lengths, key, value
            at += len(lengths) + len(key) + len(value)
        self.dbfile.write(b"".join(pieces))

    def _write_hashes(self) -> None:
        for bucket in self.buckets:
            size = 2 * len(bucket)
            slots = [(0, 0)] * size
            for hashed, at in bucket:
                slot = (hashed >> 8) % size
                while slots[slot][1]:
                    slot = (slot + 1) % size
                slots[slot] = hashed, at
            self.directory.append((self.dbfile.tell(), size))
            self.dbfile.write(b"".join(starmap(_SLOT.pack, slots)))


class FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes the postings of a PostingPool, all of a word at once: one after another took half of a build."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._tindex = TermIndex(self._create_file(W3Codec.TERMS_EXT))
        self._fieldmap: dict[str, int] = {}
        self._tindex.extras["fieldmap"] = self._fieldmap

    def add_postings(self, schema: Any, _lengths: Any, items: Iterable[tuple[str, PostingsOfField]]) -> None:
        """Write what `PostingPool.iter_postings` gives."""
        for field, postings in items:
            self.start_field(field, schema[field])
            key = _FIELD.pack(self._fieldid)
            self._tindex.add_all((key + word.encode(), self._written(postings[word])) for word in sorted(postings))
            self.finish_field()

    def _written(self, postings: Sequence[Posting]) -> bytes:
        """Write the postings of one word; what the index of words holds of it."""
        ids, weights, values = zip(*postings, strict=True)
        starts = range(0, len(ids), LARGEST_BLOCK)
        pieces = [WHOOSH3_HEADER_MAGIC]
        for start in starts:
            end = start + LARGEST_BLOCK
            last = start == starts[-1]
            pieces += _block(ids[start:end], weights[start:end], values[start:end], last=last)
        at, written = self._postfile.tell(), b"".join(pieces)
        self._postfile.write(written)
        return _TERM.pack(0, sum(weights), len(ids), 0, 0, max(weights), ids[0], ids[-1], at, len(written))


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec, written in fewer steps and read as it always is."""

    length_stats = False

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """A segment with a name of its own: Whoosh makes it by `random`, which a program may have seeded."""
        segment = super().new_segment(storage, indexname)
        segment.segid = token_hex(8)
        return segment

    def field_writer(self, storage: Any, segment: Any) -> FieldWriter:
        """What writes the words and their postings."""
        return FieldWriter(self, storage, segment)


def _block(
    ids: tuple[int, ...], weights: tuple[float, ...], values: tuple[bytes, ...], *, last: bool
) -> tuple[bytes, ...]:
    """A block of postings: its length (negative for the last of a word), what is known of it, and the postings."""
    apart = tuple(map(sub, ids, (0, *ids)))
    same = weights[0] if weights.count(weights[0]) == len(weights) else weights
    known = dumps((len(ids), ids[-1], max(weights), 0, 0, 0), PICKLED)
    data = dumps((apart, same, values), PICKLED)
    length = len(known) + len(data)
    return _BLOCK_LENGTH.pack(-length if last else length), known, data
