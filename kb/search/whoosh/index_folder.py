"""Keeps the index's files on disk: one writer at a time, generations that are published by one rename."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import whoosh

from kb.search.index.contract import UnusableIndex
from kb.search.index.entries import format_name

FORMAT = f"{format_name()} whoosh {whoosh.versionstring()}"
LISTING = "current"
WANTED = "rebuild-wanted"
MOST_HELD = 16 * 2**20  # bytes of files that are kept in memory, so that nothing can change under a reader
PIECE = 2**20

Stamp = tuple[int, int, int]
Check = Callable[["Generation"], None]


class DamagedIndex(UnusableIndex):
    """The files are not those that were written; the index has to be built anew."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the index: a folder with an index for each audience.

    `checksums` are those of its files, by their paths in the folder; `held` is what some of them hold, when all are
    small; `guides` is audience -> guide id -> digest.
    """

    folder: Path
    checksums: dict[str, str]
    held: dict[str, bytes]
    guides: dict[str, dict[int, str]]


class IndexFolder:
    """A folder of our own (mode 0700: Whoosh reads pickles).

    The file LISTING says which generation counts and what its files must hold; replacing it is what publishes. Each
    generation has a folder of its own; files that it has in common with the one before are links to the same. Files
    never change.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listing = path / LISTING

    def stamp(self) -> Stamp | None:
        """What changes whenever another generation counts; None when there is none. Costs one stat."""
        try:
            seen = os.stat(self._listing)  # noqa: PTH116  # called for each search
        except OSError:
            return None
        return seen.st_ino, seen.st_mtime_ns, seen.st_size

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The writer's turn: waits until no other process or thread has it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        handle = os.open(self.path / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def read(self, known: Generation | None = None) -> Generation | None:
        """The generation that counts, every byte of it checked; files that `known` has are not read again.

        None when nothing was built yet, or by another version. Raises DamagedIndex.
        """
        try:
            return self._generation((self.path / LISTING).read_bytes(), known)
        except FileNotFoundError as error:
            if Path(str(error.filename)).name == LISTING:
                return None
            raise DamagedIndex(f"{error.filename} is gone") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedIndex(f"{error.__class__.__name__}: {error}") from error

    def draft(self, before: Generation | None) -> Path:
        """A fresh folder for the next generation, with the files of the one before; call it in the writer's turn."""
        folder = self.path / self._next_name()
        folder.mkdir(mode=0o700)
        for name in before.checksums if before else ():
            (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
            os.link(before.folder / name, folder / name)  # type: ignore[union-attr]  # there are names of one only
        return folder

    def publish(
        self, folder: Path, before: Generation | None, guides: Mapping[str, Mapping[int, str]], check: Check
    ) -> None:
        """Make the draft in the folder what counts, durably; call it in the writer's turn.

        `before` is the generation that it was made from. `check` is given what can be read back from the disk and may
        raise: then nothing changes.
        """
        counted, kept = self._folder_that_counts(), before.checksums if before else {}
        checksums: dict[str, str] = {}
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            is_same = name in kept and path.samefile(before.folder / name)  # type: ignore[union-attr]
            checksums[name] = kept[name] if is_same else _synced(path)
        for path in (*(path for path in folder.iterdir() if path.is_dir()), folder):
            _sync(path)
        draft = self.path / f"{LISTING}.draft"
        draft.write_bytes(_listing(folder.name, checksums, guides))
        draft.chmod(0o600)
        _sync(draft)
        generation = self._generation(draft.read_bytes(), before)
        if generation is None:
            raise DamagedIndex("what was written can't be read back")
        check(generation)
        draft.replace(self.path / LISTING)
        _sync(self.path)
        self._tidy(folder, counted)

    def seen(self, generation: Generation) -> tuple[Stamp, ...] | None:
        """What changes when someone touches the files of the generation; None when one of them is gone."""
        try:
            found = [(generation.folder / name).stat() for name in generation.checksums]
        except OSError:
            return None
        return tuple((each.st_ino, each.st_mtime_ns, each.st_size) for each in found)

    def want_rebuild(self) -> None:
        """Leave word that the index has to be built anew."""
        with suppress(OSError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.path / WANTED).touch(mode=0o600)

    def rebuild_wanted(self) -> bool:
        """Whether someone left word."""
        return (self.path / WANTED).exists()

    def rebuilt(self) -> None:
        """Take the word back."""
        (self.path / WANTED).unlink(missing_ok=True)

    def _generation(self, data: bytes, known: Generation | None) -> Generation | None:
        checksum, _, listed = data.partition(b"\n")
        listing: dict[str, Any] = json.loads(listed)
        if checksum.decode() != _checksum(listed):
            raise DamagedIndex(f"{LISTING} is not what was written")
        if listing["format"] != FORMAT:
            return None
        folder, checksums = self.path / Path(listing["folder"]).name, listing["checksums"]
        held: dict[str, bytes] = {}
        is_small = sum(int(own.partition("-")[0]) for own in checksums.values()) <= MOST_HELD
        for name, own in checksums.items():
            if known is not None and known.checksums.get(name) == own:
                held.update({name: known.held[name]} if is_small and name in known.held else {})
                continue
            if is_small:
                held[name] = (folder / name).read_bytes()
            if own != (_checksum(held[name]) if is_small else _checksum_of(folder / name)):
                raise DamagedIndex(f"{name} is not what was written")
        guides = {audience: {int(pk): name for pk, name in own.items()} for audience, own in listing["guides"].items()}
        return Generation(folder, checksums, held, guides)

    def _next_name(self) -> str:
        numbers = [int(path.name[2:]) for path in self.path.glob("g-*") if path.name[2:].isdecimal()]
        return f"g-{max(numbers, default=0) + 1:08d}"

    def _folder_that_counts(self) -> Path | None:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            listed = (self.path / LISTING).read_bytes().partition(b"\n")[2]
            return self.path / Path(json.loads(listed)["folder"]).name
        return None

    def _tidy(self, folder: Path, counted: Path | None) -> None:
        """Remove what no reader opens any more; what counted until now stays for those who are just opening it."""
        for path in self.path.glob("g-*"):
            if path not in {folder, counted}:
                shutil.rmtree(path, ignore_errors=True)


def _listing(folder: str, checksums: Mapping[str, str], guides: Mapping[str, Mapping[int, str]]) -> bytes:
    """What names a generation's folder and files."""
    listing = {"format": FORMAT, "folder": folder, "checksums": checksums, "guides": guides}
    listed = json.dumps(listing).encode()
    return f"{_checksum(listed)}\n".encode() + listed


def _checksum(data: bytes) -> str:
    return f"{len(data)}-{zlib.crc32(data):08x}"


def _checksum_of(path: Path) -> str:
    """The checksum of a file, read piece by piece."""
    length = found = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            length, found = length + len(piece), zlib.crc32(piece, found)
    return f"{length}-{found:08x}"


def _synced(path: Path) -> str:
    """The checksum of a file that was just written, once it is on the disk."""
    path.chmod(0o600)
    _sync(path)
    return _checksum_of(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
