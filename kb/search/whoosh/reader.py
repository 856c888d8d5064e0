"""A generation of the Whoosh indexes, opened for reading."""

from __future__ import annotations

from pathlib import Path

from kb.search.engine.reader import IndexReader
from kb.search.index.snapshot import Snapshot
from kb.search.text.synonyms import Synonyms
from kb.search.whoosh.index_folder import Generation, Stamp
from kb.search.whoosh.segment import WhooshSegment
from kb.search.whoosh.storage import segments


class WhooshReader(IndexReader):
    """One generation of the files: what is small is in memory, and of the rest files are open that never change."""

    def __init__(
        self, stamp: Stamp, generation: Generation, synonyms: Synonyms, before: WhooshReader | None = None
    ) -> None:
        super().__init__(synonyms)
        self.stamp = stamp
        self.seen: object = None
        self.generation = generation
        self.segments: dict[str, WhooshSegment] = {}
        known = before.segments if before else {}
        self._parts: dict[str, list[tuple[WhooshSegment, frozenset[int]]]] = {}
        for audience, guides in generation.guides.items():
            self._parts[audience] = []
            if not guides:
                continue  # there may never have been one, so that there are no files
            folder = generation.folder / audience
            held = {Path(name).name: data for name, data in generation.held.items() if name.startswith(f"{audience}/")}
            for name, segment, deleted in segments(folder, held, known):
                self.segments[name] = segment
                self._parts[audience].append((segment, deleted))

    def guide_ids(self, audience: str) -> set[int]:
        """The guides that can be found in one audience's index."""
        return {
            head.guide_id
            for segment, deleted in self._parts.get(audience, ())
            for number, head in enumerate(segment.heads)
            if number not in deleted
        }

    def _read(self, audiences: frozenset[str]) -> Snapshot:
        return Snapshot(part for audience, own in self._parts.items() if audience in audiences for part in own)
