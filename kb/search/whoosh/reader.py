"""A generation of Whoosh files, opened for reading: it is all in memory, so nothing on disk can change under it."""

from __future__ import annotations

from collections.abc import Mapping

from kb.search.engine.reader import IndexReader
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.plan import Planner
from kb.search.text.synonyms import Synonyms
from kb.search.whoosh.index_folder import Generation, Stamp
from kb.search.whoosh.store import Files, Segment, segments


def files_of(files: Mapping[str, bytes], audience: str) -> Files:
    """The files of one audience's index, by the names that they have there; {} when it has none."""
    start = f"{audience}-"
    return {name.removeprefix(start): data for name, data in files.items() if name.startswith(start)}


class WhooshReader(IndexReader):
    """One generation of the files. It keeps nothing on disk open, so that nothing can change under it."""

    def __init__(
        self, stamp: Stamp, generation: Generation, synonyms: Synonyms, before: WhooshReader | None = None
    ) -> None:
        super().__init__(synonyms)
        self.stamp = stamp
        self.seen: object = None
        self.generation = generation
        self.segments: dict[str, Segment] = {}
        known = before.segments if before else {}
        self._parts: dict[str, list[tuple[Segment, frozenset[int]]]] = {}
        for audience in generation.guides:
            self._parts[audience] = []
            for name, segment, deleted in segments(files_of(generation.files, audience), known):
                self.segments[name] = segment
                self._parts[audience].append((segment, deleted))

    def guide_ids(self, audience: str) -> set[int]:
        """The guides that can be found in one audience's index."""
        snapshot = Snapshot(self._parts.get(audience, ()))
        return {snapshot.heads[number].guide_id for number in snapshot.documents}

    def _read(self, audiences: frozenset[str]) -> tuple[Snapshot, Planner]:
        parts = [part for audience, own in self._parts.items() if audience in audiences for part in own]
        snapshot = Snapshot(parts)
        return snapshot, Planner(snapshot, self._synonyms)
