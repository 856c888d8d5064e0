"""Search by meaning as one process has it: the model, opened once, the vectors that it keeps, and what went wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from kb.search.index.near import Near
from kb.search.meaning import store
from kb.search.meaning.model import SentenceModel, UnusableModel, Vectors
from kb.search.meaning.vectors import Library

MOST_NEAR = 100
ALIKE = 0.6  # the least cosine of two guides that are shown as related
SAME = 0.65  # of two searches that are for the same
MOST_KEPT = 200  # vectors of queries: who turns a page asks the same again

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Open:
    """What is there once the model could be opened."""

    model: SentenceModel
    library: Library


class SearchByMeaning:
    """Finds guides by what they mean, with the model of a folder; without a model that can be run, it finds none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opening = threading.Lock()
        self._open: _Open | None = None
        self._is_unusable = False
        self._vector_of = lru_cache(MOST_KEPT)(self._embed)

    def model(self) -> SentenceModel | None:
        """The model, opened at the first call; None when that fails, which the log is told once."""
        opened = self._opened()
        return opened.model if opened else None

    def stamp(self) -> store.Stamp | None:
        """See `Meaning.stamp`. One query."""
        return store.stamp() if self._opened() else None

    def nearest(self, text: str, audiences: frozenset[str]) -> list[Near]:
        """See `Meaning.nearest`; MOST_NEAR at most."""
        opened = self._opened()
        if not opened:
            return []
        try:
            return opened.library.nearest(self._vector_of(text), audiences, MOST_NEAR)
        except Exception:
            logger.exception("Meaning could not be compared; the search goes on by words")
            return []

    def like(self, guide_id: int, audiences: frozenset[str], most: int) -> list[int]:
        """At most so many other guides of these audiences that are much like one, likest first. Never raises."""
        opened = self._opened()
        if not opened:
            return []
        try:
            found = opened.library.like(guide_id, audiences, most)
        except Exception:
            logger.exception("Guides could not be compared")
            return []
        return [near.guide_id for near in found if near.similarity >= ALIKE]

    def grouped(self, texts: Sequence[str]) -> list[int]:
        """By place of each text, the place of the first one that means the same; its own where none before does."""
        opened = self._opened()
        if not opened or not texts:
            return list(range(len(texts)))
        vectors = opened.model.embed(texts)
        alike = vectors @ vectors.T >= SAME
        leaders: list[int] = []
        groups = []
        for place in range(len(texts)):
            leader = next((leader for leader in leaders if alike[place, leader]), place)
            if leader == place:
                leaders.append(place)
            groups.append(leader)
        return groups

    def warm_up(self) -> None:
        """Have all ready before somebody searches."""
        if opened := self._opened():
            opened.library.refresh()

    def progress(self, published: dict[int, str]) -> store.Progress | None:
        """How many of the published guides (id -> digest) were read; None without a model. One query."""
        opened = self._opened()
        return store.progress(published, opened.model.digest) if opened else None

    def state(self, published: dict[int, str]) -> str:
        """A word for monitoring: `ok`, `reading` while guides are left to read, `failed` when it can't be used."""
        try:
            progress = self.progress(published)
        except DatabaseError:
            return "failed"
        if progress is None:
            return "failed"
        return "ok" if progress.is_complete else "reading"

    def _embed(self, text: str) -> Vectors:
        opened = self._opened()
        assert opened  # noqa: S101 - who embeds has opened it
        vectors: Vectors = opened.model.embed_query(text)
        return vectors

    def _opened(self) -> _Open | None:
        if self._open or self._is_unusable:
            return self._open
        with self._opening:
            if not self._open and not self._is_unusable:
                try:
                    model = SentenceModel(self._folder)
                    self._open = _Open(model, Library(model.digest, model.width))
                except UnusableModel as error:
                    self._is_unusable = True
                    logger.error("Guides are searched by words only: %s", error)  # noqa: TRY400 - it says all there is
        return self._open


def configured() -> SearchByMeaning | None:
    """The one of the settings; None while search by meaning is off. One for each folder in a process."""
    return _of(Path(settings.SEARCH_MODEL)) if settings.SEARCH_MODEL else None


@lru_cache(maxsize=2)
def _of(folder: Path) -> SearchByMeaning:
    return SearchByMeaning(folder)


def forget() -> None:
    """Let go of the model of this process; the next call opens it anew."""
    _of.cache_clear()
