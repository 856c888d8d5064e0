"""The engine whose index is a folder of Whoosh files: one index of public guides, one of staff guides."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Unpack

from kb.models.audience import PUBLIC, STAFF
from kb.search.engine.base import EngineParts, IndexedEngine
from kb.search.index.contract import GuideDocument, UnusableIndex
from kb.search.index.entries import entry
from kb.search.whoosh.index_folder import DamagedIndex, Generation, IndexFolder, Stamp
from kb.search.whoosh.reader import WhooshReader
from kb.search.whoosh.schema import row
from kb.search.whoosh.storage import change, writing

AUDIENCES = (PUBLIC, STAFF)
SECONDS_BETWEEN_LOOKS = 1.0
MOST_ATTEMPTS = 5

logger = logging.getLogger(__name__)


class WhooshEngine(IndexedEngine[WhooshReader]):
    """The embedded engine; `folder` is its own and can be thrown away."""

    def __init__(self, folder: Path, **parts: Unpack[EngineParts]) -> None:
        super().__init__(**parts)
        self.folder = IndexFolder(folder)
        self._opening = threading.Lock()
        self._looked = 0.0

    def update(self, documents: Iterable[GuideDocument], gone: Iterable[int] = ()) -> None:
        """Put some guides in and leave others out; what they are is read once it is its turn to write."""
        with self.folder.writing():
            before = self._before()
            if before is None and self._source is not None:
                self._build(self._source())
                return
            arrived, leaving = list(documents), set(gone).intersection(_digests(before) if before else ())
            if arrived or leaving:
                self._change(before, arrived, leaving)

    def rebuild(self, documents: Iterable[GuideDocument]) -> None:
        """Make the index anew from `documents`; readers see the old index or the new one."""
        with self.folder.writing():
            self._build(documents)

    def repair(self) -> bool:
        """Build the index anew from its source if it can't be read or does not hold just what is recorded.

        Whether that was needed. It waits for its turn to write.
        """
        with self.folder.writing():
            before = self._before()
            if before is not None and _digests(before) == self._recorded():
                self.folder.rebuilt()
                return False
            self._build(self._source() if self._source else ())
            return True

    def digests(self) -> dict[int, str]:
        """By guide id, the digest of all that is indexed; {} when it can't be read, so that all is found missing."""
        try:
            generation = self.folder.read()
        except DamagedIndex as error:
            self._report(error)
            return {}
        return _digests(generation) if generation else {}

    def _newest(self) -> WhooshReader:
        """The index that counts now, opened when it is not the one that is open. Costs one stat when it is."""
        stamp, index = self.folder.stamp(), self._open
        if index is not None and index.stamp == stamp and self._is_as_now(index):
            self._look_after(index)
            return index
        with self._opening:
            index = self._open
            if index is None or index.stamp != self.folder.stamp() or not self._is_as_now(index):
                index = self._open = self._opened(index)
            return index

    def _opened(self, before: WhooshReader | None) -> WhooshReader:
        """The generation that counts, opened; read again when it was replaced while it was read."""
        for _ in range(MOST_ATTEMPTS):
            stamp = self.folder.stamp()
            try:
                return self._read(stamp, before)
            except UnusableIndex:
                if self.folder.stamp() == stamp:
                    raise
            except Exception as error:
                if self.folder.stamp() == stamp:
                    raise DamagedIndex(str(error)) from error
        raise UnusableIndex("it is replaced faster than it can be read")

    def _read(self, stamp: Stamp | None, before: WhooshReader | None) -> WhooshReader:
        generation = self.folder.read(before.generation if before else None)
        if stamp is None or generation is None:
            raise UnusableIndex("there is none yet")
        index = WhooshReader(stamp, generation, self._synonyms(), before)
        index.seen = self.folder.seen(generation)
        return index

    def _look_after(self, index: WhooshReader) -> None:
        """See now and then whether the files are still those that were read.

        What is open goes on serving; but nobody who comes later could open it.
        """
        now = time.monotonic()
        if now - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        self._looked = now
        seen = self.folder.seen(index.generation)
        if seen == index.seen:
            return
        index.seen = seen
        try:
            self.folder.read()
        except DamagedIndex as error:
            self._report(error)

    def _report(self, error: UnusableIndex) -> None:
        if not self.folder.rebuild_wanted():
            logger.warning("The search index has to be built anew: %r", error)
            self.folder.want_rebuild()
        if self._on_damage is not None:
            self._on_damage()

    def _before(self) -> Generation | None:
        """The generation to change, every byte of it checked; None when it has to be made anew."""
        try:
            return self.folder.read()
        except DamagedIndex as error:
            logger.warning("The search index is damaged and is built anew: %s", error)
            return None

    def _change(self, before: Generation | None, arrived: Iterable[GuideDocument], gone: Iterable[int]) -> None:
        """Publish the generation before with some guides put in, or put in their places, and others left out."""
        guides = {audience: dict(before.guides.get(audience, {})) if before else {} for audience in AUDIENCES}
        documents = {document.guide_id: document for document in arrived}
        with self._draft(before) as folder:
            for audience, own in guides.items():
                mine = [document for document in documents.values() if _audience(document) == audience]
                leaving = [guide_id for guide_id in {*documents, *gone} if guide_id in own]
                if mine or leaving:
                    change(folder / audience, map(entry, mine), leaving)
                for guide_id in leaving:
                    del own[guide_id]
                own.update((document.guide_id, document.digest) for document in mine)
            self.folder.publish(folder, before, guides, _check)

    def _build(self, documents: Iterable[GuideDocument]) -> None:
        """Publish a generation made of these documents alone, each written as it comes to bound the memory."""
        guides: dict[str, dict[int, str]] = {audience: {} for audience in AUDIENCES}
        seen: set[int] = set()
        with self._draft(None) as folder:
            with ExitStack() as stack:
                writers: dict[str, Any] = {}
                for document in documents:
                    if document.guide_id not in seen:
                        audience = _audience(document)
                        if audience not in writers:
                            writers[audience] = stack.enter_context(writing(folder / audience))
                        writers[audience].add_document(**row(entry(document)))
                        guides[audience][document.guide_id] = document.digest
                        seen.add(document.guide_id)
            self.folder.publish(folder, None, guides, _check)
        self.folder.rebuilt()

    @contextmanager
    def _draft(self, before: Generation | None) -> Iterator[Path]:
        """A folder for the next generation, which goes again when it is not published."""
        folder = self.folder.draft(before)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _audience(document: GuideDocument) -> str:
    """Which index holds the document: what is not said to be public is not."""
    return PUBLIC if document.audience == PUBLIC else STAFF


def _check(generation: Generation) -> None:
    """Raise DamagedIndex unless just the guides that were put in are found when the files are read."""
    index = WhooshReader((0, 0, 0), generation, {})
    for audience, guides in generation.guides.items():
        if index.guide_ids(audience) != guides.keys():
            raise DamagedIndex(f"the {audience} index does not hold what was put into it")


def _digests(generation: Generation) -> dict[int, str]:
    return {guide_id: digest for guides in generation.guides.values() for guide_id, digest in guides.items()}
