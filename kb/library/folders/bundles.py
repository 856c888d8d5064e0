"""Finds the texts that belong to a page of Hugo's and are none themselves, where that page is not for readers.

In a folder with an `index.md`, Hugo has one page, and what lies beside that or deeper is a part of it. Elsewhere such a
page is one among others: so a folder counts only where something else says that it is Hugo's. The `cascade` of an
`_index.md` holds for all pages below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from kb.content import front_matter
from kb.content.document import ContentError, Withheld
from kb.content.withheld import cascaded, withheld
from kb.library.folders.source_files import Refusal, SourceFile, read

PAGE, SECTION = "index.md", "_index.md"
_OF_HUGO = frozenset({"headless", "build", "_build"})


class Bundles:
    """The folders of one loaded folder that are a page of Hugo's each; `files` are those that are looked at."""

    def __init__(self, files: Mapping[str, SourceFile]) -> None:
        self._files = files
        self._is_of_hugo = any(PurePosixPath(source).name == SECTION for source in files)
        self._marks: dict[str, tuple[Withheld, ...]] = {}

    def marks_on(self, file: SourceFile) -> tuple[Withheld, ...]:
        """What the page that a text belongs to says to keep both from readers; nothing for pages."""
        return tuple(mark for page in _pages_above(file.source) for mark in self._marks_of(file, page))

    def is_part(self, file: SourceFile) -> bool:
        """Whether a text lies beside a page such as these, or deeper."""
        return any(page in self._files or _on_disk(file, page) for page in _pages_above(file.source))

    def _marks_of(self, file: SourceFile, page: str) -> tuple[Withheld, ...]:
        if page not in self._marks:
            index = self._files.get(page) or _on_disk(file, page)
            self._marks[page] = self._read(index) if index else ()
        return self._marks[page]

    def _read(self, index: SourceFile) -> tuple[Withheld, ...]:
        try:
            head = front_matter.split(index.data.decode(), index.source)
        except (ContentError, UnicodeDecodeError):
            return ()
        is_section = PurePosixPath(index.source).name == SECTION
        if not (
            is_section or self._is_of_hugo or head.form == "toml" or _OF_HUGO & {key.lower() for key in head.fields}
        ):
            return ()
        found = cascaded(head.fields) if is_section else withheld(head.fields, index.source)
        return tuple(replace(mark, line=1, written=f"{mark.written} ({index.source})") for mark in found)


def _pages_above(source: str) -> list[str]:
    """Where the pages may lie that a text belongs to, and the sections; the page at the top of all is none of them."""
    *below, top = PurePosixPath(source).parents
    pages = [f"{folder.as_posix()}/{PAGE}" for folder in below]
    sections = [(folder / SECTION).as_posix() for folder in (*below, top)]
    return [page for page in (*pages, *sections) if page != source]


def _on_disk(file: SourceFile, page: str) -> SourceFile | None:
    """A page beside what is looked at, as a load of a part of a folder has it."""
    found = read(file.folder, page) if (file.folder / page).is_file() else None
    return None if isinstance(found, Refusal) else found
