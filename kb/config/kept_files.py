"""Where images and attachments are kept: in a folder, which several machines may share, or in a bucket.

What is there once under a name never changes: names are made of what files hold.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from kb.config.files import replace_file

FOLDERS = ("images", "attachments")
CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 3, 10, 2


class FilesAwayError(OSError):
    """The bucket can't be asked just now."""


class Place(Protocol):
    """Where files are kept, by names such as `images/1f0c.png`."""

    @property
    def address(self) -> str:
        """Which place this is, without what lets one in."""

    def open(self, name: str) -> BinaryIO:
        """A file, to be read; FileNotFoundError when it is not there, another OSError when nobody can tell."""

    def exists(self, name: str) -> bool:
        """Whether a file is there."""

    def write(self, name: str, data: bytes) -> None:
        """Keep a file for good, whole or not at all."""

    def delete(self, name: str) -> None:
        """Forget a file, which need not be there."""

    def names(self, folder: str) -> list[str]:
        """All files of a folder, in order; OSError when nobody can tell."""

    def clear(self) -> None:
        """Forget all files, and their folders."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, or one that it shares with others."""

    path: Path

    @property
    def address(self) -> str:
        """Its path."""
        return str(self.path.resolve())

    def open(self, name: str) -> BinaryIO:
        """A file."""
        return (self.path / name).open("rb")

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        return (self.path / name).exists()

    def write(self, name: str, data: bytes) -> None:
        """Write it, and wait until the disk has it."""
        path = self.path / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, data, durable=True)

    def delete(self, name: str) -> None:
        """Delete it."""
        (self.path / name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """Its files; hidden ones are half written, and links are of somebody else."""
        found = (
            Path(parent, name)
            for parent, _, names in os.walk(self.path / folder, onerror=_unless_gone)
            for name in names
        )
        return [
            file.relative_to(self.path).as_posix()
            for file in sorted(found)
            if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
        ]

    def clear(self) -> None:
        """Delete its folders."""
        for folder in FOLDERS:
            shutil.rmtree(self.path / folder, ignore_errors=True)


def _unless_gone(error: OSError) -> None:
    """Hide no file from who asks for all of them: a folder that may not be read is not an empty one."""
    if not isinstance(error, FileNotFoundError):
        raise error


class Bucket:
    """A bucket of a server that understands S3, by django-storages."""

    def __init__(self) -> None:
        from botocore.config import Config  # noqa: PLC0415 - only there with requirements-s3.txt
        from storages.backends.s3 import S3Storage  # noqa: PLC0415

        environment = settings.ENVIRONMENT
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": TRIES},
            signature_version="s3v4",
            s3={"addressing_style": "path" if environment.s3_endpoint else "auto"},
            # Not all servers that understand S3 know the check sums that Amazon's came to want.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._storage = S3Storage(
            bucket_name=environment.s3_bucket,
            endpoint_url=environment.s3_endpoint or None,
            region_name=environment.s3_region,
            access_key=environment.s3_access_key or None,
            secret_key=environment.s3_secret_key or None,
            client_config=config,
            file_overwrite=True,
            default_acl=None,
        )

    @property
    def address(self) -> str:
        """Its name, and the server that has it."""
        environment = settings.ENVIRONMENT
        return f"the bucket {environment.s3_bucket} of {environment.s3_endpoint or environment.s3_region}"

    def open(self, name: str) -> BinaryIO:
        """A file, of which nothing is left to be fetched."""
        with _asked(), self._storage.open(name, "rb") as file:
            return io.BytesIO(file.read())

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        with _asked():
            return bool(self._storage.exists(name))

    def write(self, name: str, data: bytes) -> None:
        """Put it there."""
        with _asked():
            self._storage.save(name, io.BytesIO(data))

    def delete(self, name: str) -> None:
        """Delete it."""
        with _asked():
            self._storage.delete(name)

    def names(self, folder: str) -> list[str]:
        """Its files."""
        with _asked():
            return [f"{folder}/{name}" for name in sorted(self._storage.listdir(folder)[1]) if name]

    def clear(self) -> None:
        """Delete its files."""
        for folder in FOLDERS:
            for name in self.names(folder):
                self.delete(name)


@contextmanager
def _asked() -> Iterator[None]:
    """Make errors of the bucket's library those of files."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise FilesAwayError(f"The bucket does not answer as it should: {error}") from error


def place() -> Place:
    """Where the settings have them."""
    if settings.ENVIRONMENT.s3_bucket:
        return _bucket()
    return Folder(Path(settings.MEDIA_DIR or settings.DATA_DIR))


@lru_cache(maxsize=1)
def _bucket() -> Bucket:
    return Bucket()


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file, by its name."""

    name: str

    def open(self) -> BinaryIO:
        """Its content, to be read; FileNotFoundError when it is lost, another OSError when nobody can tell."""
        return place().open(self.name)

    def read_bytes(self) -> bytes:
        """Its content."""
        with self.open() as file:
            return file.read()

    def exists(self) -> bool:
        """Whether it is there."""
        return place().exists(self.name)

    def keep(self, data: bytes) -> None:
        """Write it, unless it is there."""
        if not self.exists():
            place().write(self.name, data)

    def delete(self) -> None:
        """Forget it."""
        place().delete(self.name)


def trouble() -> str | None:
    """Why files can't be kept where the settings say, as the end of a sentence; None when they can."""
    if not settings.ENVIRONMENT.s3_bucket:
        return _trouble_of(Path(settings.MEDIA_DIR)) if settings.MEDIA_DIR else None
    try:
        _bucket().names(FOLDERS[0])
    except ImportError as error:
        return f"{error.name} is not installed: pip install -r requirements-s3.txt"
    except OSError as error:
        return str(error)
    return None


def _trouble_of(folder: Path) -> str | None:
    """The same of a folder, or of where it is to be made. A disk that can only be read keeps nobody from serving."""
    possible = (folder, *folder.absolute().parents)
    there = next(each for each in possible if os.path.exists(each))  # noqa: PTH110 - Path raises where it may not look
    is_usable = os.access(there, os.W_OK | os.X_OK) or os.statvfs(there).f_flag & os.ST_RDONLY
    return None if is_usable else f"this account may not write {there}: let it, or mount what belongs there"


def forget() -> None:
    """Let go of the bucket of this process; what is asked next connects anew."""
    _bucket.cache_clear()


def all_files() -> Iterator[KeptFile]:
    """All that are kept."""
    for folder in FOLDERS:
        for name in place().names(folder):
            yield KeptFile(name)
