"""A folder as it was read: what checks of all its files together, and the summary of a load, look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.content.document import ContactCard
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import Refusal, SourceFile


@dataclass(frozen=True, slots=True)
class Reading:
    """A folder as read: its `files`, all `plans`, those `kept` with their documents, contacts, and what was refused."""

    library: LibraryState
    files: Mapping[str, SourceFile]
    plans: list[Plan]
    kept: list[Plan]
    contacts: list[tuple[SourceFile, ContactCard]]
    refused: list[Refusal]
