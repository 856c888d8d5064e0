"""The language that the name of a guide's file says: `rope.de.md`, or `ar/rope.md` where other languages lie beside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from kb.content.languages import KNOWN
from kb.content.patterns import linear

# A country or a script may follow, but no word: `it-help` is no language.
_CODE = linear(r"([A-Za-z]{2})(?:[-_](?:Hans|Hant|Latn|Cyrl))?(?:[-_](?:[A-Za-z]{2}|\d{3}))?")


def language_named(source: str, others: Iterable[str]) -> str:
    """The language that a file's path below its folder says, '' for none; `others` are paths of other files there.

    A folder says one only beside a folder of another language: `it/` alone is a department.
    """
    path = PurePosixPath(source)
    if language := _known(PurePosixPath(path.stem).suffix[1:]):
        return language
    folder = path.parts[0] if len(path.parts) > 1 else ""
    language = _known(folder)
    return language if language and any(_is_beside(folder, other) for other in others) else ""


def _known(written: str) -> str:
    found = _CODE.fullmatch(written)
    language = found[1].lower() if found else ""
    return language if language in KNOWN else ""


def _is_beside(folder: str, path: str) -> bool:
    other, below, _ = path.partition("/")
    return below != "" and other != folder and _known(other) != ""
