"""Keeps a copy of what lies beside the guides of a folder (synonyms, products, walks, questions) for exports."""

from __future__ import annotations

from pathlib import Path

from kb.library.folders.address_file import FILE_NAME
from kb.library.folders.source_files import LARGEST_SOURCE
from kb.models import SideFile

PATTERNS = ("synonyms.txt", "products.yml", "walks/*.yml", "walks/*.yaml", "questions.jsonl", FILE_NAME)


def gather(folder: Path) -> None:
    """Keep the side files of a folder as they are now; those that are gone from it are forgotten."""
    found = {path.relative_to(folder).as_posix(): path for pattern in PATTERNS for path in folder.glob(pattern)}
    current = {source: data for source in sorted(found) if (data := _read_small(found[source])) is not None}
    stored = {file.source: bytes(file.data) for file in SideFile.objects.filter(folder=str(folder))}
    for source, data in current.items():
        if stored.get(source) != data:
            SideFile.objects.update_or_create(folder=str(folder), source=source, defaults={"data": data})
    SideFile.objects.filter(folder=str(folder), source__in=stored.keys() - current.keys()).delete()


def text_of(folder: Path, source: str) -> bytes:
    """What a side file said when its folder was loaded, b"" for none. One query."""
    file = SideFile.objects.filter(folder=str(folder), source=source).first()
    return bytes(file.data) if file else b""


def _read_small(path: Path) -> bytes | None:
    """A file that is small enough to be one of these, None for any other."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_SOURCE:
            return None
        return path.read_bytes()
    except OSError:
        return None
