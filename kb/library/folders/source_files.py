"""Finds the Markdown files of a folder: bytes that are safe to read, and a sentence for each file that is not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENDINGS = (".md", ".markdown", ".mdx")
LARGEST_SOURCE = 2_000_000
PICTURE_FOLDERS = (".gitbook/assets", ".vuepress/public")
"""Where tools keep the pictures and files of their pages: all that is read of hidden folders."""
LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as found: `source` is its path below the folder, with '/' on every system."""

    folder: Path
    source: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that can't be loaded, the line (from 1) that is to blame, and what to do about it."""

    folder: Path
    source: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}"


def find(folder: Path, part: str = "") -> Iterator[SourceFile | Refusal]:
    """The Markdown files of a folder (only those under the path `part`, if given), in the order of their names.

    Hidden files and folders are passed over. Files are read only when they are regular, not larger than
    `LARGEST_SOURCE` bytes, and lie inside the folder once links are followed.
    """
    start = folder / part if part else folder
    found = sorted(_walk(folder, start, ENDINGS), key=lambda item: item if isinstance(item, str) else item.source)
    yield from _unless_colliding(folder, found)


def below(folder: Path, part: str, endings: tuple[str, ...]) -> list[str]:
    """The paths of the regular files with these endings in a folder, or in the part of it at `part`, by name.

    As with `find`, hidden files and what leads out of the folder are passed over.
    """
    start = folder / part if part else folder
    found = (item for item in _walk(folder, start, endings) if isinstance(item, str))
    return sorted(item for item in found if item.lower().endswith(endings) and (folder / item).is_file())


def _walk(folder: Path, at: Path, endings: tuple[str, ...]) -> Iterator[str | Refusal]:
    """Sources below `at`, and refusals of what can't even be listed."""
    if not at.is_dir():
        yield _source(folder, at)
        return
    try:
        names = sorted(os.listdir(at))  # noqa: PTH208 - names that are no text must not end the walk
    except OSError as error:
        yield Refusal(folder, _source(folder, at), 1, f"The folder can't be listed: {error.strerror}.")
        return
    for name in names:
        yield from _entry(folder, at / name, endings)
    if not set(endings) & set(ENDINGS):
        for path in PICTURE_FOLDERS:
            if is_picture_folder(at / path):
                yield from _walk(folder, at / path, endings)


def is_picture_folder(path: Path) -> bool:
    """Whether a folder is one of these, and neither it nor the hidden one above is a link to elsewhere."""
    return path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()


def is_hidden(source: str) -> bool:
    """Whether a path (below the folder) is one of a hidden file, or lies in a hidden folder that is not read."""
    shown = f"/{source}"
    for path in PICTURE_FOLDERS:
        shown = shown.replace(f"/{path}/", "/", 1)
    return any(part.startswith(".") for part in shown.split("/"))


def _entry(folder: Path, path: Path, endings: tuple[str, ...]) -> Iterator[str | Refusal]:
    if path.name.startswith("."):
        return
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        if path.suffix.lower() in endings or path.is_dir():
            yield Refusal(
                folder, _source(folder, path), 1, "It is a link that leads out of the folder; copy the file in instead."
            )
    elif path.is_dir():
        if not path.is_symlink():  # what a link within the folder leads to is found where it is
            yield from _walk(folder, path, endings)
    elif path.suffix.lower() in endings:
        yield _source(folder, path)


def _source(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _unless_colliding(folder: Path, found: Iterable[str | Refusal]) -> Iterator[SourceFile | Refusal]:
    taken: dict[str, str] = {}
    for item in found:
        if isinstance(item, Refusal):
            yield item
            continue
        first = taken.setdefault(item.casefold(), item)
        if first != item:
            message = f"Its name differs from {first} in capitals only, which many file systems can't keep; rename one."
            yield Refusal(folder, item, 1, message)
        else:
            yield read(folder, item)


def read(folder: Path, source: str) -> SourceFile | Refusal:
    """One file, as bytes, or why it can't be read; never waits for a device or a pipe."""
    try:
        source.encode()
    except UnicodeEncodeError:
        return Refusal(folder, source.encode("utf-8", "replace").decode(), 1, "Its name is not UTF-8; rename the file.")
    if len(source) > LONGEST_PATH:
        return Refusal(folder, source, 1, f"Its path is over {LONGEST_PATH} characters long; shorten it.")
    try:
        return _read_regular(folder, source)
    except OSError as error:
        return Refusal(folder, source, 1, f"It can't be read: {error.strerror}.")


def _read_regular(folder: Path, source: str) -> SourceFile | Refusal:
    descriptor = os.open(folder / source, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Refusal(folder, source, 1, "It is not a regular file (a pipe, a socket or a device); remove it.")
        data = file.read(LARGEST_SOURCE + 1)
    if len(data) > LARGEST_SOURCE:
        return Refusal(folder, source, 1, f"It is over {LARGEST_SOURCE // 1_000_000} MB; split it into several guides.")
    return SourceFile(folder, source, data)
