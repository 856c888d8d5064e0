"""Writes the library as the folder of files that it is kept as under version control, byte for byte.

What an export writes into the folder that was loaded is what its files are taken to be made from, from then on. No file
is written over that says what waits in review, or what was never loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db import transaction

from kb.config.files import written_beside
from kb.config.kept_files import KeptFile
from kb.config.shipped import PROGRAM
from kb.library import contact_publishing, source_states, synonyms
from kb.library.export.items import Item, Verdict, items_of, verdict_on
from kb.library.folders import known_addresses, source_files
from kb.library.folders.address_file import FILE_NAME
from kb.library.images import store
from kb.library.revisions import digest
from kb.models import Contact, CopiedFile, Guide, Image, SideFile
from kb.search.text.synonyms import FILE_NAME as SYNONYMS

NAMED = 5
MADE = (FILE_NAME, SYNONYMS)  # what the library says more in than was loaded


class ExportError(Exception):
    """Why the library can't be written there, and what to do about it."""


@dataclass(slots=True)
class ExportReport:
    """The paths that were written, those that were the same already, and those of retired guides that were removed.

    `folders` are what `load_guides` takes to load it all again. `missing` are images whose file is lost, `others` the
    Markdown files there that belong to nothing that is published. Left as they are: `waiting`, whose text waits in
    review, `deleted`, which somebody took away, and `unknown`, which would be removed and say what was never loaded.
    `overwritten` are those that only `force` wrote.
    """

    folders: list[Path] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)

    @property
    def left(self) -> set[str]:
        """What was left as it is."""
        return {*self.waiting, *self.deleted, *self.unknown}


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to become of one file, which says `seen` (a digest, '' for no file)."""

    item: Item
    verdict: Verdict
    seen: str


def export(target: Path, *, prune: bool = False, force: bool = False) -> ExportReport:
    """Write published guides, contacts, images and what lies beside them below `target`, each file whole or not at all.

    What was loaded from one folder goes to `target` itself; of several folders, each goes to a folder of its name. A
    file that says the same already is not touched, nor one whose text waits in review or that was deleted there. With
    `prune`, files of what was retired are removed. Everything else that lies there stays. ExportError, and nothing is
    written, when a path would leave `target` or a file there says what was never loaded. With `force`, published texts
    are written over and in place of all that; nothing is removed by it.
    """
    report = ExportReport()
    target.mkdir(parents=True, exist_ok=True)
    places = places_below(target.resolve())
    entries = known_addresses.of_library(list(places))
    steps: dict[str, list[_Step]] = {}
    for folder, place in places.items():
        items = items_of(folder, place, entries.get(folder, {}), prune=prune)
        lost = [item.source for item in items if isinstance(item.content, KeptFile) and not item.content.exists()]
        report.missing += lost
        steps[folder] = _steps(place, [item for item in items if item.source not in lost])
        if not force:
            _refuse_unknown(place, folder, steps[folder])
    for folder, place in places.items():
        report.folders.append(place)
        carried_out: list[_Step] = []
        try:
            for step in steps[folder]:
                carried_out += [step] if _carry_out(place, step, report, force=force) else []
        finally:
            _note(place, folder, carried_out)
        ours = {*report.written, *report.unchanged, *report.left}
        files = source_files.below(place, "", source_files.ENDINGS)  # a load of the folder would make guides of these
        report.others += [source for source in files if source not in ours]
    return report


def _steps(place: Path, items: list[Item]) -> list[_Step]:
    is_empty = not place.is_dir() or all(path.name.startswith(".") for path in place.iterdir())
    steps: list[_Step] = []
    for item in items:
        path = inside(place, item.source)
        current = path.read_bytes() if path.is_file() else None
        current_digest = "" if current is None else digest(current)
        steps.append(_Step(item, verdict_on(item, current, is_empty=is_empty), current_digest))
    return steps


def _refuse_unknown(place: Path, folder: str, steps: list[_Step]) -> None:
    """ExportError for a file that is to be written or removed and whose words would be lost by that."""
    unknown = sorted(step.item.source for step in steps if step.verdict == Verdict.UNKNOWN)
    if unknown:
        is_copy = str(place.resolve()) != folder and Path(folder).is_dir()
        carry = f"Bring it into {folder} and load it there first" if is_copy else "Load them first"
        raise ExportError(
            f"Nothing was written, because files in {place} say what was never loaded ({named(unknown)}). {carry}: "
            f"{PROGRAM} load_guides {folder if is_copy else place}; or write over them with --force."
        )


def named(sources: list[str]) -> str:
    """Paths for a sentence: the first of many."""
    return ", ".join(sources[:NAMED]) + (", ..." if len(sources) > NAMED else "")


def _carry_out(place: Path, step: _Step, report: ExportReport, *, force: bool) -> bool:
    """Do what may be done; whether the file says now what it is to say."""
    source, data = step.item.source, step.item.data()
    if step.verdict == Verdict.SAME:
        if data is not None:
            report.unchanged.append(source)
        return True
    if step.verdict != Verdict.FREE:
        if data is None or not force:
            {Verdict.WAITING: report.waiting, Verdict.DELETED: report.deleted, Verdict.UNKNOWN: report.unknown}[
                step.verdict
            ].append(source)
            return False
        report.overwritten.append(source)
    _put(place, step, data)
    (report.removed if data is None else report.written).append(source)
    return True


def _put(place: Path, step: _Step, data: bytes | None) -> None:
    """Write a file whole, or remove it, if it says still what was seen."""
    path = inside(place, step.item.source)
    try:
        if data is None:
            _check_unchanged(path, step.seen)
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_beside(path, data) as unfinished:
                _check_unchanged(path, step.seen)
                unfinished.replace(path)
    except OSError as error:
        raise ExportError(f"{path} can't be written: {error.strerror}. Give a folder to write in.") from None


def _check_unchanged(path: Path, seen: str) -> None:
    if (digest(path.read_bytes()) if path.is_file() else "") != seen:
        raise ExportError(f"{path} was changed at this very moment, and was left as it is: export again.")


@transaction.atomic
def _note(place: Path, folder: str, steps: list[_Step]) -> None:
    """Note what the files say now. When that fails, the next load or export finds their texts among ours."""
    target_folder = str(place.resolve())
    if target_folder != folder:
        _note_copies(target_folder, [step.item for step in steps])
        return
    for step in steps:
        _note_file(folder, step.item, is_same=step.verdict == Verdict.SAME)
    store.files_say(folder, [step.item.source for step in steps if isinstance(step.item.owner, Image)])


def _note_file(folder: str, item: Item, *, is_same: bool) -> None:
    owner, data = item.owner, item.data()
    if isinstance(owner, Guide):
        _note_guide(owner, is_gone=data is None, is_same=is_same)
    elif isinstance(owner, Contact):
        if data is None:
            contact_publishing.files_are_gone([owner])
        elif is_same and owner.digest != owner.loaded:
            contact_publishing.agree([owner])
        elif owner.digest != owner.loaded or owner.file_gone:
            contact_publishing.file_says(owner, owner.digest)
    elif item.source == FILE_NAME and data is None:
        SideFile.objects.filter(folder=folder, source=FILE_NAME).delete()
    elif item.source in MADE and data is not None and digest(data) != item.base:
        SideFile.objects.update_or_create(folder=folder, source=item.source, defaults={"data": data})
    if item.source == SYNONYMS and data is not None:
        synonyms.forget_said_by(data)


def _note_guide(guide: Guide, *, is_gone: bool, is_same: bool) -> None:
    if is_gone or guide.is_withheld:
        source_states.files_are_gone([guide], gone=is_gone)
    elif guide.revision and (guide.revision_id != guide.loaded_id or guide.file_gone):
        (source_states.file_says_the_same(guide) if is_same else source_states.file_says(guide, guide.revision))


def _note_copies(target_folder: str, items: list[Item]) -> None:
    digests = {item.source: digest(data) for item in items if (data := item.data()) is not None}
    changed = [item.source for item in items if item.base != digests.get(item.source, "")]
    CopiedFile.objects.filter(folder=target_folder, source__in=changed).delete()
    CopiedFile.objects.bulk_create(
        CopiedFile(folder=target_folder, source=source, digest=digests[source])
        for source in changed
        if source in digests
    )


def places_below(target: Path) -> dict[str, Path]:
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


def inside(place: Path, source: str) -> Path:
    """The path of a file, which never leads out of its place, not by a link either."""
    path = place / source
    if not source or not path.parent.resolve().is_relative_to(place.resolve()) or path.is_symlink():
        raise ExportError(f"{path} leads out of {place}: remove the link there, or give an empty folder.")
    return path
