"""Keeps the index's files on disk: one writer at a time, generations that are published by one rename."""

from __future__ import annotations

import base64
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
SMALL = 4096

Stamp = tuple[int, int, int]
Check = Callable[["Generation"], None]


class DamagedIndex(UnusableIndex):
    """The files are not those that were written; the index has to be built anew."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the index: its files and their checksums by name, and audience -> guide id -> digest.

    `folder` is the name of the folder that holds the files.
    """

    folder: str
    files: dict[str, bytes]
    checksums: dict[str, str]
    guides: dict[str, dict[int, str]]


class IndexFolder:
    """A folder of our own (mode 0700: Whoosh reads pickles).

    The file LISTING says which files count and what they must hold; replacing it is what publishes. A full build goes
    into a fresh folder beside the one that counts, a change adds files to that one. Files never change.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> Stamp | None:
        """What changes whenever another generation counts; None when there is none. Costs one stat."""
        try:
            seen = os.stat(self.path / LISTING)  # noqa: PTH116  # called for each search
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

    def publish(
        self,
        before: Generation | None,
        files: Mapping[str, bytes],
        guides: Mapping[str, Mapping[int, str]],
        check: Check,
    ) -> None:
        """Make these files what counts, durably; call it in the writer's turn.

        They are put beside those of `before`, the generation that counts, or into a fresh folder when it is None.
        `check` is given what can be read back from the disk and may raise: then nothing changes.
        """
        folder = self.path / (before.folder if before else self._next_name())
        folder.mkdir(mode=0o700, exist_ok=True)
        counted, kept = self._folder_that_counts(), before.checksums if before else {}
        checksums = {name: _checksum(data) for name, data in files.items()}
        for name, data in files.items():
            if name in kept and kept[name] != checksums[name]:
                raise DamagedIndex(f"{name} was written already: files never change")
            if name not in kept and len(data) > SMALL:
                _write(data, folder / name)
        listing = _listing(folder.name, files, checksums, guides)
        draft = self.path / f"{LISTING}.draft"
        _write(listing, draft)
        _sync_folder(folder)
        _sync_folder(self.path)
        check(self._checked_again(draft, before))
        draft.replace(self.path / LISTING)
        _sync_folder(self.path)
        self._tidy(folder, {*files, *kept}, counted)

    def seen(self, generation: Generation) -> tuple[Stamp, ...] | None:
        """What changes when someone touches the files of the generation; None when one of them is gone."""
        folder = self.path / generation.folder
        try:
            found = [(folder / name).stat() for name, data in generation.files.items() if len(data) > SMALL]
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
        folder, files = self.path / Path(listing["folder"]).name, dict[str, bytes]()
        for name, checksum in listing["checksums"].items():
            if known is not None and known.checksums.get(name) == checksum:
                files[name] = known.files[name]
            elif name in listing["small"]:
                files[name] = base64.b64decode(listing["small"][name])
            else:
                files[name] = _checked(folder / Path(name).name, checksum)
        guides = {audience: {int(pk): name for pk, name in own.items()} for audience, own in listing["guides"].items()}
        return Generation(folder.name, files, listing["checksums"], guides)

    def _checked_again(self, draft: Path, before: Generation | None) -> Generation:
        generation = self._generation(draft.read_bytes(), before)
        if generation is None:
            raise DamagedIndex("what was written can't be read back")
        return generation

    def _next_name(self) -> str:
        numbers = [int(path.name[2:]) for path in self.path.glob("g-*") if path.name[2:].isdecimal()]
        return f"g-{max(numbers, default=0) + 1:08d}"

    def _folder_that_counts(self) -> Path | None:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            listed = (self.path / LISTING).read_bytes().partition(b"\n")[2]
            return self.path / Path(json.loads(listed)["folder"]).name
        return None

    def _tidy(self, folder: Path, kept: set[str], counted: Path | None) -> None:
        """Remove what no reader opens any more; what counted until now stays for those who are just opening it."""
        for path in self.path.glob("g-*"):
            if path not in {folder, counted}:
                shutil.rmtree(path, ignore_errors=True)
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _listing(
    folder: str, files: Mapping[str, bytes], checksums: Mapping[str, str], guides: Mapping[str, Mapping[int, str]]
) -> bytes:
    """What names a generation's files; the small ones are in it, for each file apart costs a wait for the disk."""
    small = {name: base64.b64encode(data).decode() for name, data in files.items() if len(data) <= SMALL}
    listing = {"format": FORMAT, "folder": folder, "checksums": checksums, "small": small, "guides": guides}
    listed = json.dumps(listing).encode()
    return f"{_checksum(listed)}\n".encode() + listed


def _checksum(data: bytes) -> str:
    return f"{len(data)}-{zlib.crc32(data):08x}"


def _checked(path: Path, checksum: str) -> bytes:
    data = path.read_bytes()
    if _checksum(data) != checksum:
        raise DamagedIndex(f"{path.name} is not what was written")
    return data


def _write(data: bytes, path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
