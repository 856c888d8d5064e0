"""Says which files of a folder are no Markdown and are not read: a line for each folder in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kb.library.folders.source_files import ENDINGS
from kb.library.images.store import FILE_ENDINGS

MOST_LINES = 50
MOST_ENDINGS = 4
# What is read in some other way, or belongs to the tool that wrote the folder.
_KNOWN = (*ENDINGS, *FILE_ENDINGS, ".yml", ".yaml", ".json", ".toml", ".svg", ".css", ".js", ".ts", ".lock")
_KNOWN_NAMES = frozenset({"synonyms.txt", "LICENSE", "CNAME", "Makefile", "Gemfile", "robots.txt"})


def not_read(folder: Path, below: str) -> list[str]:
    """What is to be said of a folder, or of the part of it that is looked at; hidden files are passed over."""
    start = folder / below
    if not start.is_dir():
        return []
    lines = list(_lines(folder, start))
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"{more} more folders hold files that are not read."] if more > 0 else [])]


def _lines(folder: Path, start: Path) -> Iterator[str]:
    for at, folders, names in os.walk(start):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        endings = Counter(
            PurePosixPath(name).suffix.lower() or name
            for name in names
            if not name.startswith(".") and name not in _KNOWN_NAMES and not name.lower().endswith(_KNOWN)
        )
        if endings:
            path = Path(at).relative_to(folder).as_posix().encode("utf-8", "replace").decode()
            yield _line(folder.name if path == "." else path, endings)


def _line(path: str, endings: Counter[str]) -> str:
    count = sum(endings.values())
    told = [f"{number} {ending}" for ending, number in endings.most_common(MOST_ENDINGS)]
    told += ["others"] if len(endings) > MOST_ENDINGS else []
    what = "1 file is no Markdown and was" if count == 1 else f"{count} files are no Markdown and were"
    return f"{path}/: {what} not read ({', '.join(told)})."
