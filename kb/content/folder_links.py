"""Looks up what the links and pictures of one file mean among the files of its folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import join, normpath, relpath

from kb.content.links import (
    DOWNLOADS,
    ENDINGS,
    INDEX_FILES,
    PICTURE_FOLDERS,
    PICTURES,
    SITE_FOLDERS,
    OtherAddress,
    below_folder,
    meant_by,
)

_NAMED = PICTURES | frozenset(ENDINGS)


_known: deque[tuple[Mapping[str, str], Mapping[str, str | None]]] = deque(maxlen=4)
"""The files by name of what was looked at last: texts are read one after the other beside the same."""


def named_alone(addresses: Mapping[str, str], name: str) -> str | None:
    """The path of the file of this name, None where there is none or more than one."""
    by_name = next((names for known, names in _known if known is addresses), None)
    if by_name is None:
        found: dict[str, str | None] = {}
        for path, address in addresses.items():
            key = path.rpartition("/")[2].casefold()
            if not isinstance(address, OtherAddress):
                found[key] = None if key in found else path
        by_name = found
        _known.append((addresses, by_name))
    return by_name.get(name.casefold())


class FolderLinks(Mapping[str, str]):
    """The relative targets of the file `source`, looked up in a mapping of paths below the loaded folder.

    `../network/x.md` in `auth/y.md` is `network/x.md`; a target without an ending may be a `.md` file, a
    folder its `index.md` or `README.md`, and a path from the root is one from the top of the loaded folder.
    """

    def __init__(self, source: str, addresses: Mapping[str, str]) -> None:
        self._source = source.replace("\\", "/")
        self._addresses = addresses

    @property
    def addresses(self) -> Mapping[str, str]:
        """The addresses of files, by path below the loaded folder."""
        return self._addresses

    def path_of(self, target: str) -> str | None:
        """The path below the loaded folder of what `target` is; None when it is not among what is loaded."""
        full = below_folder(self._source, target)
        named = [*meant_by(full)] if full else []
        if target.startswith("/") and PurePosixPath(full).suffix.lower() in PICTURES | DOWNLOADS:
            named += [f"{folder}/{full}" for folder in PICTURE_FOLDERS]
        found = next((path for path in named if path in self._addresses), None)
        return found if found is not None or not full else self._elsewhere(target)

    def _elsewhere(self, target: str) -> str | None:
        """What a target means to a tool for which it is no path from the file's folder, where that leads nowhere.

        Hugo's own pages are folders, so that `../rope/` in `lift/drum.md` is `lift/rope.md`; Obsidian writes paths from
        the top, and names alone where one file has it.
        """
        path = PurePosixPath(target.rstrip("/"))
        places: list[str] = []
        if target.startswith("/"):
            top, _, rest = target.lstrip("/").partition("/")
            places += [rest] if top in SITE_FOLDERS else []  # which is what is loaded
        elif target.endswith("/"):
            places.append(normpath(join(self._source.rpartition(".")[0], target)))
        elif path.suffix.lower() in _NAMED:
            places.append(normpath(target))
        found = next((path for place in places for path in meant_by(place) if path in self._addresses), None)
        if found or len(path.parts) != 1 or path.suffix.lower() not in _NAMED or path.name in INDEX_FILES:
            return found
        named = named_alone(self._addresses, path.name)
        return named if named != self._source else None

    def as_found(self, target: str) -> str:
        """The target; of a file that has another path than it says, the path to that.

        That is a picture or download in another folder of the site, and a page that stood elsewhere.
        """
        path = self.path_of(target)
        if path is None:
            return target
        address = self._addresses[path]
        if isinstance(address, OtherAddress):
            return relpath(address.source, PurePosixPath(self._source).parent.as_posix())
        if path in meant_by(below_folder(self._source, target)):
            return target
        return relpath(path, PurePosixPath(self._source).parent.as_posix())

    def __getitem__(self, target: str) -> str:
        """The address of the page that `target` is; KeyError when it is not among the loaded ones."""
        path = self.path_of(target)
        if path is None:
            raise KeyError(target)
        return self._addresses[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)
