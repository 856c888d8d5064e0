"""What a folder says: its Markdown files, and what its file of addresses says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.library.folders import address_file, source_files
from kb.library.folders.address_file import AddressEntry, AddressFileError
from kb.library.folders.source_files import Refusal, SourceFile


@dataclass(slots=True)
class FolderState:
    """A folder, or the part of it at `below`: its files by path, those that can't be read, and the known addresses."""

    folder: Path
    below: str = ""
    files: dict[str, SourceFile] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    address_entries: Mapping[str, AddressEntry] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, below: str = "") -> FolderState:
        """As it is on disk now."""
        state = cls(folder, below)
        path = folder / address_file.FILE_NAME
        try:
            state.address_entries = address_file.read(path.read_bytes()) if path.is_file() else {}
        except OSError as error:
            state.refused.append(Refusal(folder, path.name, 1, f"It can't be read: {error.strerror}."))
        except AddressFileError as error:
            state.refused.append(Refusal(folder, path.name, error.line, str(error)))
        for found in source_files.find(folder, below):
            if isinstance(found, Refusal):
                state.refused.append(found)
            else:
                state.files[found.source] = found
        return state

    def is_looked_at(self, source: str) -> bool:
        """Whether a path lies in the part of the folder that is looked at."""
        return not self.below or source == self.below or source.startswith(f"{self.below}/")

    def may_be_there(self, source: str) -> bool:
        """Whether a path that is not among the files is one that can't be read, or one outside of that part."""
        if any(refusal.source == source for refusal in self.refused):
            return True
        return not self.is_looked_at(source) and (self.folder / source).exists()
