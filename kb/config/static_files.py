"""Serves stylesheets joined with their parts, and scripts whose imports name each other as they are served.

A browser that met the `@import` lines would fetch the parts only after it has read the stylesheet; joined, a page
loads one or two stylesheets, and no build step is needed to write them in parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from kb.content.patterns import Match, linear

PART = linear(r'^@import "(?P<name>[\w./-]+)";\n', re.MULTILINE)
IMPORT = (r'(?P<matched>\b(?P<word>from|import) "(?P<url>\.[^"]+\.js)";)', '%(word)s "%(url)s";')


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it is untyped
    """WhiteNoise's storage; `@import "part.css";` on a line of its own is replaced by the part."""

    # Django's own patterns for imports look into all scripts, and take some words of packages' comments for imports.
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))

    def __init__(self, *args: Any, **options: Any) -> None:
        self._addresses: dict[str, str] = {}
        super().__init__(*args, **options)

    def url(self, name: str, force: bool = False) -> str:
        """The address of a file; each page names some ten of the few that there are, so they are remembered."""
        if settings.DEBUG or force:
            return str(super().url(name, force))
        if name not in self._addresses:
            self._addresses[name] = str(super().url(name))
        return self._addresses[name]

    def save_manifest(self) -> None:
        """Write down by which names the files are served now."""
        self._addresses.clear()
        super().save_manifest()

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Join the stylesheets that were collected, then give all files the names they are served by."""
        joined = {} if dry_run else self._join(paths)
        yield from super().post_process({**paths, **joined}, dry_run=dry_run, **options)

    def _join(self, paths: dict[str, tuple[Storage, str]]) -> dict[str, tuple[Storage, str]]:
        joined: dict[str, tuple[Storage, str]] = {}
        for name in paths:
            text = _text_of(paths, name) if name.endswith(".css") else ""
            if PART.search(text):
                self.delete(name)
                self.save(name, ContentFile(PART.sub(partial(_part, paths, PurePosixPath(name).parent), text).encode()))
                joined[name] = (self, name)
        return joined


def _part(paths: dict[str, tuple[Storage, str]], folder: PurePosixPath, match: Match) -> str:
    return _text_of(paths, str(folder / match["name"]))


def _text_of(paths: dict[str, tuple[Storage, str]], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
