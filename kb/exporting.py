"""The library in, the folder of files that it is kept as under version control out, byte for byte."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kb import images
from kb.models import Contact, Guide, SideFile

COPY = 64 * 1024


class ExportError(Exception):
    """Why the library can't be written there, and what to do about it."""


@dataclass(slots=True)
class Report:
    """The paths that were written, those that were the same already, and those of retired guides that were removed.

    `folders` are what `load_guides` takes to load it all again. `missing` are images whose file is lost.
    """

    folders: list[Path] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def export(target: Path, *, prune: bool = False) -> Report:
    """Write published guides, contacts, images, synonyms and walks below `target`, each file whole or not at all.

    What was loaded from one folder goes to `target` itself; of several folders, each goes to a folder of its name. A
    file that says the same already is not touched. With `prune`, files of what was retired are removed. Everything
    else that lies there stays. ExportError when a path would leave `target`.
    """
    report = Report()
    target.mkdir(parents=True, exist_ok=True)
    for folder, place in _places(target.resolve()).items():
        report.folders.append(place)
        for source, data in _files(folder, report):
            _write(place, source, data, report)
        if prune:
            _remove(place, folder, report)
    return report


def _places(target: Path) -> dict[str, Path]:
    """Where what belongs to each folder goes."""
    folders = sorted({*_folders(Guide), *_folders(Contact)})
    if len(folders) == 1:
        return {folders[0]: target}
    places: dict[str, Path] = {}
    for folder in folders:
        name, number = PurePosixPath(folder).name or "guides", 1
        while target / (f"{name}-{number}" if number > 1 else name) in places.values():
            number += 1
        places[folder] = target / (f"{name}-{number}" if number > 1 else name)
    return places


def _folders(model: type[Guide | Contact]) -> set[str]:
    return set(model._default_manager.order_by().values_list("folder", flat=True).distinct())  # noqa: SLF001 - Django's name for it


def _files(folder: str, report: Report) -> Iterator[tuple[str, bytes]]:
    """Everything of a folder that is published, by its path below it."""
    guides = Guide.objects.filter(folder=folder, state=Guide.State.PUBLISHED).exclude(revision=None)
    for source, text in guides.order_by("source").values_list("source", "revision__text").iterator():
        yield source, text.encode()
    for source, text in Contact.objects.filter(folder=folder, retired=False).values_list("source", "text"):
        yield source, text.encode()
    for file in SideFile.objects.filter(folder=folder):
        yield file.source, bytes(file.data)
    for source, path in images.files(folder):
        if path.exists():
            yield source, path.read_bytes()
        else:
            report.missing.append(source)


def _inside(place: Path, source: str) -> Path:
    """The path of a file, which never leads out of its place, not by a link either."""
    path = place / source
    if not source or not path.parent.resolve().is_relative_to(place.resolve()) or path.is_symlink():
        raise ExportError(f"{path} leads out of {place}: remove the link there, or give an empty folder.")
    return path


def _write(place: Path, source: str, data: bytes, report: Report) -> None:
    path = _inside(place, source)
    if path.is_file() and path.read_bytes() == data:
        report.unchanged.append(source)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}")
        unfinished.write_bytes(data)
        os.replace(unfinished, path)  # noqa: PTH105 - the one call that swaps a file in whole
    except OSError as error:
        raise ExportError(f"{path} can't be written: {error.strerror}. Give a folder to write in.") from None
    report.written.append(source)


def _remove(place: Path, folder: str, report: Report) -> None:
    """Remove the files of what was retired, unless something published has taken their path."""
    kept = {*report.written, *report.unchanged}
    retired = {*Guide.objects.filter(folder=folder, state=Guide.State.RETIRED).values_list("source", flat=True)}
    retired |= {*Contact.objects.filter(folder=folder, retired=True).values_list("source", flat=True)}
    for source in sorted(retired - kept - {""}):
        path = _inside(place, source)
        if path.is_file():
            path.unlink()
            report.removed.append(source)
