"""Loads folders of Markdown files: afterwards the library says what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from kb.content.patterns import linear
from kb.content.product_file import FILE_NAME as PRODUCTS
from kb.content.product_file import read_file
from kb.library import indexing, source_states
from kb.library.folders import other_files
from kb.library.folders.folder_load import FolderLoad
from kb.library.folders.folder_state import FolderState
from kb.library.folders.library_state import LibraryState
from kb.library.folders.load_plan import LoadPlan
from kb.library.folders.load_report import LoadReport
from kb.library.folders.load_summary import LoadSummary
from kb.library.folders.reader import Progress, Reader, silent
from kb.library.folders.reading import Reading
from kb.library.folders.source_files import Refusal
from kb.library.images import store
from kb.models import Guide
from kb.search.text.synonyms import FILE_NAME as SYNONYMS
from kb.search.text.synonyms import SynonymError, read_synonyms

_PLACE = linear(r"[^:]*:(\d+): (.*)")


def load(
    paths: Sequence[Path] = (),
    *,
    dry_run: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
    summarised: bool = False,
) -> LoadReport:
    """Make the library say what the files below `paths` say (default: the content folder).

    A file that can't be read is reported and leaves its guide as it was. With `prune`, guides whose file is gone are
    retired. With `dry_run`, everything is read and nothing is written. `progress` is told how many files were read,
    and of how many. With `summarised`, the report has a summary by kind, also of what is unchanged. Safe to run again
    after it was killed.
    """
    report = LoadReport(summary=LoadSummary() if summarised else None)
    for folder, below in _roots(paths or [settings.CONTENT_DIR]):
        if not dry_run:
            _adopt_moved_folder(folder)
        report.failed += [*_synonym_errors(folder), *_product_errors(folder)]
        plan = LoadPlan.comparing(LibraryState.of_folder(folder), FolderState.of(folder, below))
        FolderLoad(plan, report, progress or silent).run(dry_run=dry_run, prune=prune)
        taken = plan.library.downloads().keys()
        report.not_read += other_files.not_read(folder, below, taken)
        if report.summary:
            report.summary.add_other_files(folder, below, taken)
    if not dry_run:
        indexing.catch_up()
        with connection.cursor() as cursor:  # without statistics SQLite can pick plans that are 100 times slower
            cursor.execute("PRAGMA optimize=0x10002" if connection.vendor == "sqlite" else "ANALYZE")
    return report


def read(folder: Path) -> Reading:
    """What loading the folder into an empty library would read and refuse; writes nothing, asks no database."""
    library, state = LibraryState(folder, images=store.addresses_of_files(folder)), FolderState.of(folder)
    load_plan = LoadPlan.comparing(library, state)
    plans = load_plan.plans()
    kept, cards = Reader(library, load_plan, refused=state.refused).readable(plans)
    refused = [*store.unshowable(folder), *_synonym_errors(folder), *_product_errors(folder), *state.refused]
    return Reading(library, load_plan.files, plans, kept, cards, refused)


def _synonym_errors(folder: Path) -> list[Refusal]:
    """Why a line of the folder's synonyms can't be used; searching leaves such lines out."""
    try:
        read_synonyms(folder / SYNONYMS)
    except SynonymError as error:
        place = _PLACE.match(str(error))
        line, message = (int(place[1]), place[2]) if place else (1, str(error))
        return [Refusal(folder, SYNONYMS, line, f"{message[:1].upper()}{message[1:]}")]
    return []


def _product_errors(folder: Path) -> list[Refusal]:
    """What can't be used of the folder's table of products; walks leave it out."""
    _, errors = read_file(folder / PRODUCTS)
    return [Refusal(folder, PRODUCTS, error.line, error.message) for error in errors]


def _roots(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each path as (folder that its guides belong to, path below it); a part of a known folder belongs to it."""
    known = [settings.CONTENT_DIR.resolve(), *(Path(folder) for folder in _loaded_folders())]
    for argument in paths:
        path = argument.resolve()
        home = next((folder for folder in known if path.is_relative_to(folder)), None)
        home = home or (path if path.is_dir() else path.parent)
        below = path.relative_to(home).as_posix()
        yield home, "" if below == "." else below


def _loaded_folders() -> list[str]:
    return list(_from_files().order_by("folder").values_list("folder", flat=True).distinct())


def _from_files(folder: str | None = None) -> QuerySet[Guide]:
    """The guides that files said at some time, of one folder or of all."""
    guides: QuerySet[Guide] = Guide.objects.exclude(loaded=None)
    return guides.filter(folder=folder) if folder else guides


def _adopt_moved_folder(folder: Path) -> None:
    """Guides of a folder that is nowhere any more belong to this one, if most of their files are here."""
    if _from_files(str(folder)).exists():
        return
    for old in _loaded_folders():
        sources = _from_files(old).exclude(state=Guide.State.RETIRED).values_list("source", flat=True)
        is_here = [(folder / source).exists() for source in sources]
        if not Path(old).exists() and sum(is_here) > len(is_here) // 2:
            source_states.move_folder(old, str(folder))
            return
