"""The library in, the folder of files that it is kept as under version control out, byte for byte."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath

from kb import address_file, files, images, memory, rows
from kb.address_file import FILE_NAME, Remembered
from kb.file_drafts import WITHHELD
from kb.models import Contact, ContactRevision, Guide, Revision, SideFile

NAMED = 5


class ExportError(Exception):
    """Why the library can't be written there, and what to do about it."""


@dataclass(slots=True)
class Report:
    """The paths that were written, those that were the same already, and those of retired guides that were removed.

    `folders` are what `load_guides` takes to load it all again. `missing` are images whose file is lost, `others` the
    Markdown files there that belong to nothing that is published.
    """

    folders: list[Path] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def export(target: Path, *, prune: bool = False) -> Report:
    """Write published guides, contacts, images, synonyms and walks below `target`, each file whole or not at all.

    What was loaded from one folder goes to `target` itself; of several folders, each goes to a folder of its name. A
    file that says the same already is not touched. With `prune`, files of what was retired are removed. Everything
    else that lies there stays. ExportError, and nothing is written, when a path would leave `target` or a file there
    says what the library never knew.
    """
    report = Report()
    target.mkdir(parents=True, exist_ok=True)
    places = _places(target.resolve())
    remembered = memory.of_library(list(places))
    for folder, place in places.items():
        _check(place, folder, remembered.get(folder, {}), prune=prune)
    for folder, place in places.items():
        report.folders.append(place)
        for source, data in _files(folder, remembered.get(folder, {}), report):
            _write(place, source, data, report)
        _remove(place, folder, report, prune=prune)
        report.others += _others(place, report)
    return report


def _check(place: Path, folder: str, remembered: Mapping[str, Remembered], *, prune: bool) -> None:
    """ExportError for a file that is to be written or removed and whose words would be lost by that."""
    unknown: list[str] = []
    retired = ((source, None) for source in sorted(_retired(folder)) if prune)
    for source, data in chain(_files(folder, remembered, Report()), retired):
        path = _inside(place, source)
        there = path.read_bytes() if path.is_file() else data
        if there is not None and there != data and not _was_known(folder, source, there):
            unknown.append(source)
    if unknown:
        names = ", ".join(unknown[:NAMED]) + (", ..." if len(unknown) > NAMED else "")
        raise ExportError(
            f"Nothing was written, because files in {place} say what the library does not know ({names}). "
            f"Load them first (manage.py load_guides {place}), move them away, or give an empty folder."
        )


def _was_known(folder: str, source: str, data: bytes) -> bool:
    """Whether the library has, or had, these very bytes of this file, or would write such a file anew at any time."""
    if source == FILE_NAME:
        return address_file.is_readable(data)
    digest = rows.digest(data)
    texts = Revision.objects.filter(guide__folder=folder, guide__source=source, digest=digest)
    contacts = ContactRevision.objects.filter(contact__folder=folder, contact__source=source, digest=digest)
    return texts.exists() or contacts.exists() or images.has(digest)


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


def _files(folder: str, remembered: Mapping[str, Remembered], report: Report) -> Iterator[tuple[str, bytes]]:
    """Everything of a folder that is published or a draft of its file, by its path, and what none says of addresses."""
    guides = Guide.objects.filter(folder=folder, state=Guide.State.PUBLISHED).exclude(revision=None)
    for source, text in guides.order_by("source").values_list("source", "revision__text").iterator():
        yield source, text.encode()
    drafts = Guide.objects.filter(WITHHELD, folder=folder).order_by("source")
    for source, text in drafts.values_list("source", "loaded__text").iterator():
        yield source, text.encode()
    for source, text in Contact.objects.filter(folder=folder, retired=False).values_list("source", "text"):
        yield source, text.encode()
    for file in SideFile.objects.filter(folder=folder).exclude(source=FILE_NAME):
        yield file.source, bytes(file.data)
    if (addresses := memory.as_file(folder, remembered)) is not None:
        yield FILE_NAME, addresses
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
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(data)
        os.replace(unfinished, path)  # noqa: PTH105 - the one call that swaps a file in whole
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise ExportError(f"{path} can't be written: {error.strerror}. Give a folder to write in.") from None
    report.written.append(source)


def _retired(folder: str) -> set[str]:
    """The paths of the files of what was retired."""
    retired = Guide.objects.filter(folder=folder, state=Guide.State.RETIRED).exclude(WITHHELD)
    guides = retired.values_list("source", flat=True)
    contacts = Contact.objects.filter(folder=folder, retired=True).values_list("source", flat=True)
    return {*guides, *contacts} - {""}


def _remove(place: Path, folder: str, report: Report, *, prune: bool) -> None:
    """Remove the files of what was retired, unless something published has taken their path."""
    kept = {*report.written, *report.unchanged}
    for source in sorted(_retired(folder) - kept) if prune else ():
        path = _inside(place, source)
        if path.is_file():
            path.unlink()
            report.removed.append(source)
    addresses = place / FILE_NAME
    if FILE_NAME not in kept and addresses.is_file() and address_file.is_readable(addresses.read_bytes()):
        addresses.unlink()
        report.removed.append(FILE_NAME)


def _others(place: Path, report: Report) -> list[str]:
    """The Markdown files there that are not of the library: a load of the folder would make guides of them."""
    kept = {*report.written, *report.unchanged}
    return [source for source in files.below(place, "", files.ENDINGS) if source not in kept]
