"""Names the categories that folders make: by the titles that their own pages give, without folders that all share."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath

import yaml

from kb.content.document import ContentError
from kb.content.front_matter import category_of_folders, one_line, readable
from kb.content.head import split
from kb.content.patterns import linear
from kb.content.safe_yaml import RefusedYamlError
from kb.content.yaml_head import read as read_yaml
from kb.library.folders import source_files
from kb.library.folders.source_files import Refusal

PAGES = ("_index.md", "index.md", "README.md", "_index.mdx", "index.mdx")
BUNDLES = ("index.md", "index.mdx", "index.markdown")
LABELS = ("_category_.json", "_category_.yml", "_category_.yaml")
CONTAINERS = frozenset("src source docs doc content contents pages _docs _posts posts website site vault".split())  # noqa: SIM905
FEWEST_SHARING = 2
LONGEST_FOLDER_TITLE = 100
_TITLE = linear(r"#[ \t]+(.+?)[ \t]*#*[ \t]*")
# What pages of folders are called that say nothing of the folder.
_EMPTY = frozenset("readme index overview introduction home welcome contents untitled documentation".split())  # noqa: SIM905


class FolderTitles:
    """The titles of the folders of one loaded folder, which has guides at `sources`."""

    def __init__(self, folder: Path, sources: Iterable[str]) -> None:
        sources = list(sources)
        self._folder = folder
        self._times = Counter(parent.as_posix() for source in sources for parent in PurePosixPath(source).parents)
        self._shared = _shared([PurePosixPath(source).parent.parts for source in sources])
        self._title_of = cache(self._read_title)

    def category_of(self, source: str) -> str:
        """The category that the folders of a file make; that of a page alone, with its pictures, is none."""
        path = PurePosixPath(source)
        is_alone = path.name in BUNDLES and self._times[path.parent.as_posix()] == 1
        folders = path.parent.parent.parts if is_alone else path.parent.parts
        first = self._shared if len(folders) >= self._shared else 0
        while first < len(folders) and folders[first].lower() in CONTAINERS:
            first += 1
        paths = ["/".join(folders[:end]) for end in range(first + 1, len(folders) + 1)]
        return category_of_folders(self._title_of(path) for path in paths)

    def _read_title(self, path: str) -> str:
        """The title of the folder at a path, as a page or a label in it says, else its name as words."""
        found = next(filter(None, (self._label(f"{path}/{name}") for name in LABELS)), "")
        found = found or next(filter(None, (self._title(f"{path}/{name}") for name in PAGES)), "")
        return found if found and found.lower() not in _EMPTY else readable(PurePosixPath(path).name)

    def _text(self, source: str) -> str:
        if not (self._folder / source).is_file():
            return ""
        file = source_files.read(self._folder, source)
        return "" if isinstance(file, Refusal) else file.data.decode(errors="replace")

    def _label(self, source: str) -> str:
        text = self._text(source)
        try:
            given = json.loads(text or "{}") if source.endswith(".json") else read_yaml(text, 1)
        except (ValueError, RecursionError, ContentError, RefusedYamlError, yaml.YAMLError):
            return ""
        label = given.get("label") if isinstance(given, dict) else None
        return one_line(label)[:LONGEST_FOLDER_TITLE] if isinstance(label, str) else ""

    def _title(self, source: str) -> str:
        try:
            head = split(self._text(source))
        except ContentError:
            return ""
        given = next((head.fields[key] for key in ("linkTitle", "title") if isinstance(head.fields.get(key), str)), "")
        first = next((line for line in head.body.split("\n") if line.strip()), "")
        found = _TITLE.fullmatch(first)
        return one_line(given or (found[1] if found else ""))[:LONGEST_FOLDER_TITLE]


def _shared(folders: list[tuple[str, ...]]) -> int:
    """How many folders, from the top, all of them have in common; none where they lie in one folder alone."""
    if len(folders) < FEWEST_SHARING or len(set(folders)) < FEWEST_SHARING:
        return 0
    shortest = min(map(len, folders))
    return next((depth for depth in range(shortest) if len({each[depth] for each in folders}) > 1), shortest)
