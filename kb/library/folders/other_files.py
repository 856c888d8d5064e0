"""Says which files of a folder are no Markdown and are not read: a line for each folder in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from kb.library.folders.side_files import PATTERNS
from kb.library.folders.source_files import ENDINGS, PICTURE_FOLDERS, is_picture_folder
from kb.library.images.store import FILE_ENDINGS

MOST_LINES = 50
MOST_ENDINGS = 4
# What belongs to the tool that wrote the folder, and is not worth a line.
_OF_TOOLS = (".yml", ".yaml", ".json", ".toml", ".svg", ".css", ".js", ".ts", ".lock")
_NAMES_OF_TOOLS = frozenset({"LICENSE", "CNAME", "Makefile", "Gemfile", "robots.txt"})


def not_read(folder: Path, below: str, taken: Collection[str] = ()) -> list[str]:
    """What is to be said of a folder, or of the part of it that is looked at; `taken` are its attachments, by path."""
    places: dict[str, Counter[str]] = {}
    for source in unread(folder, below, taken):
        if not source.lower().endswith(_OF_TOOLS) and PurePosixPath(source).name not in _NAMES_OF_TOOLS:
            place, ending = place_of(folder, source)
            places.setdefault(place, Counter())[ending] += 1
    lines = [_line(place, endings) for place, endings in places.items()]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"{more} more folders hold files that are not read."] if more > 0 else [])]


def unread(folder: Path, below: str, taken: Collection[str]) -> Iterator[str]:
    """The paths of the files that are neither guides nor pictures nor otherwise read; hidden ones are passed over."""
    for at, names in _places(folder / below):
        place = at.relative_to(folder)
        for name in sorted(names):
            source = (place / name).as_posix()
            is_known = name.lower().endswith((*ENDINGS, *FILE_ENDINGS)) or source in taken
            if not (name.startswith(".") or is_known or any(fnmatchcase(source, pattern) for pattern in PATTERNS)):
                yield source.encode("utf-8", "replace").decode()


def _places(start: Path) -> Iterator[tuple[Path, list[str]]]:
    """The folders that are read, with the names of their files."""
    for at, folders, names in os.walk(start):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        yield Path(at), names
        for path in PICTURE_FOLDERS:
            if is_picture_folder(Path(at) / path):
                yield from _places(Path(at) / path)


def place_of(folder: Path, source: str) -> tuple[str, str]:
    """The folder that a file lies in, and its ending, or its name where it has none."""
    path = PurePosixPath(source)
    place = path.parent.as_posix()
    name = folder.name.encode("utf-8", "replace").decode()
    return name if place == "." else place, path.suffix.lower() or path.name


def _line(path: str, endings: Counter[str]) -> str:
    count = sum(endings.values())
    told = [f"{number} {ending}" for ending, number in endings.most_common(MOST_ENDINGS)]
    told += ["others"] if len(endings) > MOST_ENDINGS else []
    what = "1 file is no Markdown and was" if count == 1 else f"{count} files are no Markdown and were"
    return f"{path}/: {what} not read ({', '.join(told)})."
