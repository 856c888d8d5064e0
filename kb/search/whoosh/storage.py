"""Writes and opens a Whoosh index in a folder, by Whoosh's own writer and reader."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader

from kb.search.index.entries import Entry
from kb.search.whoosh.schema import SCHEMA, Codec, row
from kb.search.whoosh.segment import WhooshSegment

NAME = "MAIN"  # what Whoosh calls an index that was given no name
LOCK = f"{NAME}_WRITELOCK"
MOST_SEGMENTS = 8
MERGED_AT_ONCE = 5
MOST_DELETED = 0.25
PEEKED = 128  # bytes: what is pickled before a list of postings takes half as many


class Window:
    """A part of some bytes that is read like a file, without a copy of it."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def read(self, most: int = -1) -> bytes:
        """The next bytes, all that are left when `most` is less than 0."""
        end = len(self._data) if most < 0 else self._at + most
        found = bytes(self._data[self._at : end])
        self._at += len(found)
        return found

    def peek(self, most: int) -> bytes:
        """Some of the next bytes, which are still to be read: pickles ask for a few at a time without it."""
        return bytes(self._data[self._at : self._at + min(most, PEEKED)])

    def readline(self) -> bytes:
        """The next bytes up to the end of a line."""
        found = bytes(self._data[self._at :]).partition(b"\n")
        line = found[0] + found[1]
        self._at += len(line)
        return line

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go on at a place from the start, from here, or from the end."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._data)}[whence]
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at


class HeldFile(BufferFile):  # type: ignore[misc]
    """A file that is in memory; Whoosh's own copies it, and once more each part of it that is opened."""

    def __init__(self, data: memoryview, name: str, **kwargs: Any) -> None:
        super().__init__(b"", name=name, **kwargs)
        self._buf, self.file = data, Window(data)

    def subset(self, position: int, length: int, name: str | None = None) -> HeldFile:
        """A part of the file."""
        return HeldFile(self._buf[position : position + length], name or self._name)


class HeldStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder of which some files were read already: these are not opened again.

    Files are not mapped into memory: where one is cut meanwhile, a mapping ends the process.
    """

    def __init__(self, folder: Path, held: Mapping[str, bytes]) -> None:
        super().__init__(str(folder), supports_mmap=False, readonly=True)
        self._held = held

    def open_file(self, name: str, **kwargs: Any) -> Any:
        """The file, open for reading."""
        data = self._held.get(name)
        return super().open_file(name, **kwargs) if data is None else HeldFile(memoryview(data), name, **kwargs)


@contextmanager
def writing(folder: Path) -> Iterator[Any]:
    """A Whoosh writer for the index in the folder, which is made when there is none; it commits at the end."""
    folder.mkdir(mode=0o700, exist_ok=True)
    storage = FileStorage(str(folder), supports_mmap=False)
    is_new = not any(folder.glob(f"_{NAME}_*.toc"))
    index = FileIndex.create(storage, SCHEMA, NAME) if is_new else FileIndex(storage, SCHEMA, NAME)
    writer = index.writer(codec=Codec())
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=_merge)
    (folder / LOCK).unlink(missing_ok=True)


def change(folder: Path, entries: Iterable[Entry], gone: Iterable[int]) -> None:
    """Forget the guides `gone` and add `entries`, in the index in the folder."""
    with writing(folder) as writer:
        for guide_id in gone:
            writer.delete_by_term("guide", str(guide_id))
        for made in entries:
            writer.add_document(**row(made))


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    """Write anew the segments of which much was deleted, and the smallest of many, as one; gives the others."""
    leaving = [segment for segment in segments if segment.deleted_count() > MOST_DELETED * segment.doc_count_all()]
    staying = [segment for segment in segments if segment not in leaving]
    if len(staying) > MOST_SEGMENTS:
        smallest = sorted(staying, key=lambda segment: segment.doc_count_all())[:MERGED_AT_ONCE]
        leaving += smallest
        staying = [segment for segment in staying if segment not in smallest]
    for segment in leaving:
        reader = SegmentReader(writer.storage, SCHEMA, segment)
        writer.add_reader(reader)
        reader.close()
    return staying


def segments(
    folder: Path, held: Mapping[str, bytes], known: Mapping[str, WhooshSegment]
) -> list[tuple[str, WhooshSegment, frozenset[int]]]:
    """The (name, segment, deleted documents) of the index in the folder; those in `known` are taken from there."""
    storage = HeldStorage(folder, held)
    found = []
    for part in TOC.read(storage, NAME, schema=SCHEMA).segments:
        name = part.segment_id()
        segment = known.get(name) or WhooshSegment(SegmentReader(storage, SCHEMA, part))
        found.append((name, segment, frozenset(part.deleted_docs())))
    return found
