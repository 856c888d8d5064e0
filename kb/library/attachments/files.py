"""Finds the file of a folder that a link means and that is neither a guide nor a picture, and judges it."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_lazy

from kb.content.links import ANYWHERE, DOWNLOADS, PICTURE_FOLDERS
from kb.library.attachments import kinds
from kb.library.folders import side_files, source_files
from kb.library.images.store import FILE_ENDINGS

UNREADABLE = gettext_lazy("it can't be read.")
_LONGEST = source_files.LONGEST_PATH
OUR_OWN = gettext_lazy("it tells the knowledge base itself how to work.")


class FolderFiles:
    """The files of a folder; what was judged once is not read again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_name: dict[str, list[str]] | None = None
        self._judged: dict[str, str] = {}

    def meant(self, target: str) -> str | None:
        """The path of the file that a link to `target` (below the folder) means; None for guides, pictures and none."""
        if target.startswith(f"{ANYWHERE}/"):
            return self._named(PurePosixPath(target).name)
        if not target or PurePosixPath(target).suffix.lower() in (*source_files.ENDINGS, *FILE_ENDINGS):
            return None
        places = (target, *(f"{folder}/{target}" for folder in PICTURE_FOLDERS))
        return next((place for place in places if self.is_there(place)), None)

    def is_there(self, source: str) -> bool:
        """Whether a path is one of a regular file of the folder; hidden ones, and those that lead out, are not."""
        parts = PurePosixPath(source).parts
        if not parts or source.startswith("/") or source_files.is_hidden(source) or len(source) > _LONGEST:
            return False
        path = self.folder / source
        try:
            return path.is_file() and path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, ValueError):
            return False

    def read(self, source: str) -> tuple[bytes, str]:
        """What a file says, and why it is not offered for download, '' when it is."""
        if any(fnmatchcase(source, pattern) for pattern in side_files.PATTERNS):
            return b"", str(OUR_OWN)
        if PurePosixPath(source).suffix.lower() not in DOWNLOADS:
            return b"", kinds.OTHER_KIND
        try:
            data = _read_regular(self.folder / source)
        except OSError:
            data = None
        self._judged[source] = str(UNREADABLE) if data is None else kinds.why_not(PurePosixPath(source).name, data)
        return data or b"", self._judged[source]

    def why_not(self, source: str) -> str:
        """Why a file is not offered for download, '' when it is."""
        known = self._judged.get(source)
        return self.read(source)[1] if known is None else known

    def _named(self, name: str) -> str | None:
        """The file of this name in the fewest folders."""
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for source in source_files.below(self.folder, "", tuple(DOWNLOADS)):
                self._by_name[PurePosixPath(source).name.casefold()].append(source)
        found = self._by_name.get(name.casefold(), [])
        return min(found, key=lambda source: (source.count("/"), source), default=None)


def _read_regular(path: Path) -> bytes | None:
    """A file up to a byte more than may be offered; None for what is none. It waits for no device and no pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(kinds.LARGEST_ATTACHMENT + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
