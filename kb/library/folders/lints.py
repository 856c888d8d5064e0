"""Checks of a folder as a whole; applications that read guides add theirs when they start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from kb.content.findings import FileFinding
from kb.library.attachments import store as attachments
from kb.library.folders import known_documents
from kb.library.folders.folder_state import FolderState
from kb.library.folders.library_state import LibraryState
from kb.library.folders.load_plan import LoadPlan
from kb.library.folders.plan import Plan
from kb.library.folders.reader import Reader, read_others
from kb.library.folders.reading import Reading
from kb.library.images import store

Lint = Callable[[Reading], Iterable[FileFinding]]
lints: list[Lint] = []


def findings_in(reading: Reading) -> list[FileFinding]:
    """What is wrong with the guides of a folder together."""
    return list(dict.fromkeys(finding for lint in lints for finding in lint(reading)))


def reading_of(folder: Path, just_read: Sequence[Plan], arriving: Mapping[str, str]) -> Reading:
    """A folder as read, beside nothing; `arriving` are attachments that the library is about to have, by path.

    What was just read, or says what readers see already, is not read again.
    """
    state = FolderState.of(folder)
    just_known = {
        file.source: plan.document
        for plan in just_read
        if plan.document and (file := state.files.get(plan.file.source)) and file.data == plan.file.data
    }
    others = {source: file for source, file in state.files.items() if source not in just_known}
    known = known_documents.of_folder(folder, others) | just_known
    library = LibraryState(
        folder,
        images=store.addresses_of_files(folder) | store.addresses(str(folder)),
        attachments={**attachments.addresses(str(folder)), **arriving},
    )
    load_plan = LoadPlan.comparing(library, state)
    plans = load_plan.plans()
    kept, cards = Reader(library, load_plan, read_all=partial(read_others, known)).readable(plans)
    return Reading(library, load_plan.files, plans, kept, cards, [])
