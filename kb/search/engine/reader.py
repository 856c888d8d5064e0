"""An index opened for reading at one moment, with a view for each set of audiences and a cache of results."""

from __future__ import annotations

from abc import ABC, abstractmethod

from kb.search.index.contract import Hits, Suggestions
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.completion import complete
from kb.search.ranking.plan import Planner
from kb.search.ranking.results import Rescore, results
from kb.search.ranking.suggestions import suggest
from kb.search.text.query import Query, parse
from kb.search.text.synonyms import Synonyms

MOST_RESULTS = 500
LONGEST_KEPT = 500  # characters: what is found for a long text takes half a megabyte, and is seldom asked for again

SearchKey = tuple[Query, frozenset[str], int, int, bool]


class IndexReader(ABC):
    """The index as it stood at one moment, open for reading."""

    def __init__(self, synonyms: Synonyms) -> None:
        self._synonyms = synonyms
        self._views: dict[frozenset[str], tuple[Snapshot, Planner]] = {}
        self._results: dict[SearchKey, Hits] = {}
        self._suggested: dict[tuple[str, frozenset[str], int], Suggestions] = {}

    def search(self, query: Query, audiences: frozenset[str], *, limit: int, offset: int, literal: bool) -> Hits:
        """The hits for a query; see `Engine.search`."""
        key = (query, audiences, limit, offset, literal)
        found = self._results.get(key)
        if found is None:
            snapshot, planner = self._view(audiences)
            closer = self._prepare(snapshot, query, limit, offset)
            found = results(query, planner, snapshot, limit=limit, offset=offset, literal=literal, rescore=closer)
            if len(self._results) >= MOST_RESULTS:
                self._results.clear()
            if len(query.text) <= LONGEST_KEPT:
                self._results[key] = found
        return found

    def complete(self, text: str, audiences: frozenset[str], limit: int) -> list[str]:
        """Ways to end the last word; see `Engine.complete`."""
        return complete(text, self._view(audiences)[0], limit)

    def suggest(self, text: str, audiences: frozenset[str], limit: int) -> Suggestions:
        """What someone may be after who types; see `Engine.suggest`."""
        key = (text, audiences, limit)
        found = self._suggested.get(key)
        if found is None:
            snapshot, planner = self._view(audiences)
            found = suggest(text, planner, snapshot, limit, lambda query, most: self._prepare(snapshot, query, most, 0))
            if len(self._suggested) >= MOST_RESULTS:
                self._suggested.clear()
            self._suggested[key] = found
        return found

    def similar_queries(self, text: str, audiences: frozenset[str], limit: int) -> list[str]:
        """Texts to search for instead; see `Engine.similar_queries`."""
        query = parse(text)
        snapshot, planner = self._view(audiences)
        self._prepare(snapshot, query, 1, 0)
        return [
            other
            for other in planner.similar_queries(query)
            if self.search(parse(other), audiences, limit=1, offset=0, literal=False).total
        ][:limit]

    def _view(self, audiences: frozenset[str]) -> tuple[Snapshot, Planner]:
        """What these audiences see, made when it is first asked for."""
        view = self._views.get(audiences)
        if view is None:
            view = self._views[audiences] = self._read(audiences)
        return view

    @abstractmethod
    def _read(self, audiences: frozenset[str]) -> tuple[Snapshot, Planner]:
        """What these audiences see and nothing else, and what plans queries on it."""

    def _prepare(self, snapshot: Snapshot, query: Query, limit: int, offset: int) -> Rescore | None:
        """Fetch what a query needs; gives what takes a closer look at the best documents, where it was rough."""
        del snapshot, query, limit, offset  # an index in memory has it all
        return None
