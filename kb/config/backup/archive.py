"""The file of a backup: a ZIP of tables and files, with a manifest that says what has to be in it.

`manifest.json` comes last. It names each member with its size and its SHA-256, and its own SHA-256 is the comment of
the archive: whatever is changed, cut off or added is seen before anything is restored.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, FILES = "tables/", "files/"
CHUNK = 1 << 20
LARGEST_MANIFEST = 64 << 20
# What disks answer that give a file one name only, as those of memory sticks (FAT) and some that are shared.
NO_SECOND_NAMES = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class BackupError(ValueError):
    """A backup that can't be made or used; the message says why, for people."""


class Member(BaseModel):
    """One member of the archive: a table with its `rows` (one JSON array a line), or a file as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    size: NonNegativeInt
    sha256: str
    rows: NonNegativeInt | None = None


class Manifest(BaseModel):
    """What a backup holds, and which state its tables have: the last migrations of each application."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    version: str
    made_at: datetime
    database: str
    migrations: list[tuple[str, str]]
    columns: dict[str, list[str]]
    members: list[Member]

    @property
    def tables(self) -> list[Member]:
        """The tables, in the order in which they were written."""
        return [member for member in self.members if member.name.startswith(TABLES)]

    @property
    def files(self) -> list[Member]:
        """The files of the data folder."""
        return [member for member in self.members if member.name.startswith(FILES)]


class Writer:
    """Writes the members of one backup, and remembers what the manifest is to say of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: list[Member] = []

    def add(self, name: str, pieces: Iterable[bytes], *, rows: bool = False) -> None:
        """Add a member, given in pieces; of a table, each piece is a row."""
        digest, size, number = hashlib.sha256(), 0, 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                size, number = size + len(piece), number + 1
        self.members.append(Member(name=name, size=size, sha256=digest.hexdigest(), rows=number if rows else None))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which nothing may follow."""
        data = manifest.model_dump_json(indent=1).encode()
        self._archive.writestr(MANIFEST, data)
        self._archive.comment = hashlib.sha256(data).hexdigest().encode()


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """A backup that is there whole or not at all, and that only its owner may read; BackupError when it can't be."""
    if os.path.exists(path):  # noqa: PTH110 - Path raises where this account may not look
        raise BackupError(f"{path} is there already: give the name of a new file.")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:  # noqa: PTH123
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        _name(unfinished, path)
    except FileExistsError:
        raise BackupError(f"{path} is there already: give the name of a new file.") from None
    except OSError as error:
        raise BackupError(f"{path} can't be written: {error.strerror}. Nothing is left of it.") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _name(unfinished: Path, path: Path) -> None:
    """Give the file its name; FileExistsError where somebody made one of that name meanwhile."""
    try:
        os.link(unfinished, path)
    except OSError as error:
        if error.errno not in NO_SECOND_NAMES:
            raise
        path.touch(mode=0o600, exist_ok=False)
        unfinished.replace(path)


class Backup:
    """An open backup, whose manifest fits its members; `check` reads them all."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def check(self) -> None:
        """Read every member to its end; BackupError for one that is not what the manifest says."""
        for member in self.manifest.members:
            for _ in self.pieces(member):
                pass

    def pieces(self, member: Member) -> Iterator[bytes]:
        """What a member holds, never more than the manifest says; BackupError at its end when it is something else."""
        digest, left = hashlib.sha256(), member.size
        try:
            with self._archive.open(member.name) as file:
                while data := file.read(CHUNK):
                    left -= len(data)
                    if left < 0:
                        break
                    digest.update(data)
                    yield data
        except Exception as error:  # noqa: BLE001 - whatever zipfile and what unpacks raise of damaged bytes
            raise BackupError(f"The backup is damaged: {member.name} can't be read ({error}).") from None
        if left or digest.hexdigest() != member.sha256:
            raise BackupError(f"The backup is damaged: {member.name} is not what was written.")

    def rows(self, member: Member) -> Iterator[list[object]]:
        """The rows of a table."""
        rest = b""
        for piece in self.pieces(member):
            *lines, rest = (rest + piece).split(b"\n")
            yield from map(json.loads, lines)
        if rest:
            raise BackupError(f"The backup is damaged: {member.name} ends within a row.")


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """The backup in a file, with its manifest checked; BackupError for what is none."""
    try:
        file: IO[bytes] = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} can't be read: {error.strerror}.") from None
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise BackupError(f"{path} is no backup of this product, or it is damaged ({error}).") from None
        with archive:
            yield Backup(archive, _manifest(path, archive))


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    names = archive.namelist()
    if names[-1:] != [MANIFEST]:
        raise BackupError(f"{path} is no backup of this product: it has no manifest at its end.")
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BackupError(f"{path} is no backup of this product: its manifest is too large.")
    try:
        data = archive.read(MANIFEST)
    except Exception as error:  # noqa: BLE001 - whatever zipfile and zlib raise of damaged bytes
        raise BackupError(f"{path} is damaged: its manifest can't be read ({error}).") from None
    if archive.comment != hashlib.sha256(data).hexdigest().encode():
        raise BackupError(f"{path} is damaged: its manifest is not what was written.")
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError:
        raise BackupError(f"{path} is no backup that this version understands.") from None
    if manifest.format != FORMAT:
        raise BackupError(f"{path} has the form {manifest.format}; this version reads {FORMAT}. Use a newer version.")
    listed = [member.name for member in manifest.members]
    if names[:-1] != listed or len(set(listed)) != len(listed):
        raise BackupError(f"{path} is damaged: it has not the members that its manifest lists.")
    if not all(map(_is_safe, listed)):
        raise BackupError(f"{path} is no backup of this product: a name in it leads elsewhere.")
    return manifest


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        name.startswith((TABLES, FILES))
        and path.as_posix() == name
        and len(path.parts) > 1
        and not {"..", "."}.intersection(path.parts)
        and "\\" not in name
        and "\0" not in name
    )
