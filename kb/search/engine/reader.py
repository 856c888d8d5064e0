"""An index opened for reading at one moment, with a view for each set of audiences and a cache of results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from functools import partial

from kb.search.index.cache import Bounded
from kb.search.index.contract import Hits, Suggestions
from kb.search.index.near import Meaning
from kb.search.index.snapshot import Snapshot
from kb.search.index.used import NOTHING_KNOWN, Use
from kb.search.ranking.completion import complete
from kb.search.ranking.plan import Planner
from kb.search.ranking.results import results
from kb.search.ranking.suggestions import suggest
from kb.search.text.query import Query, parse
from kb.search.text.synonyms import Synonyms

MOST_RESULTS = 300
LONGEST_KEPT = 500  # characters: what is found for a long text takes half a megabyte, and is seldom asked for again

SearchKey = tuple[Query, frozenset[str], int, int, bool, bool, Hashable]


class IndexReader(ABC):
    """The index as it stood at one moment, open for reading."""

    def __init__(self, synonyms: Synonyms) -> None:
        self.synonyms = synonyms
        self._views: dict[frozenset[str], tuple[Snapshot, Planner]] = {}
        self._last_trial: tuple[Snapshot, Synonyms, Planner] | None = None
        self._results = Bounded[SearchKey, Hits](MOST_RESULTS)
        self._suggested = Bounded[tuple[str, frozenset[str], int, Use], Suggestions](MOST_RESULTS)

    def search(
        self,
        query: Query,
        audiences: frozenset[str],
        *,
        limit: int,
        offset: int,
        literal: bool,
        measured: bool = False,
        meaning: Meaning | None = None,
        synonyms: Synonyms | None = None,
    ) -> Hits:
        """The hits for a query; see `Engine.search`. With other `synonyms`, nothing that is found is kept."""
        ask = partial(meaning.nearest, audiences=audiences) if meaning else None
        if synonyms is not None:
            snapshot, _ = self._view(audiences)
            planner = self._trial(snapshot, synonyms)
            return results(
                query, planner, snapshot, limit=limit, offset=offset, literal=literal, measured=measured, ask=ask
            )
        key = (query, audiences, limit, offset, literal, measured, meaning.stamp() if meaning else None)
        found = self._results.get(key)
        if found is None:
            snapshot, planner = self._view(audiences)
            page = partial(results, query, planner, snapshot, limit=limit, offset=offset, literal=literal)
            found = page(measured=measured, ask=ask)
            if len(query.text) <= LONGEST_KEPT:
                self._results.put(key, found)
        return found

    def _trial(self, snapshot: Snapshot, synonyms: Synonyms) -> Planner:
        """A planner that goes by other synonyms; that of the last trial, where it is the same."""
        trial = self._last_trial
        if trial is None or trial[0] is not snapshot or trial[1] is not synonyms:
            trial = self._last_trial = snapshot, synonyms, Planner(snapshot, synonyms)
        return trial[2]

    def complete(self, text: str, audiences: frozenset[str], limit: int) -> list[str]:
        """Ways to end the last word; see `Engine.complete`."""
        return complete(text, self._view(audiences)[0], limit)

    def suggest(self, text: str, audiences: frozenset[str], limit: int, use: Use = NOTHING_KNOWN) -> Suggestions:
        """What someone may be after who types; see `Engine.suggest`."""
        snapshot, planner = self._view(audiences)
        key = (text, audiences, limit, use)
        return self._suggested.made(key, lambda: suggest(text, planner, snapshot, limit, use))

    def similar_queries(self, text: str, audiences: frozenset[str], limit: int) -> list[str]:
        """Texts to search for instead; see `Engine.similar_queries`."""
        query = parse(text)
        _, planner = self._view(audiences)
        return [
            other
            for other in planner.similar_queries(query)
            if self.search(parse(other), audiences, limit=1, offset=0, literal=False).total
        ][:limit]

    def _view(self, audiences: frozenset[str]) -> tuple[Snapshot, Planner]:
        """What these audiences see, made when it is first asked for."""
        view = self._views.get(audiences)
        if view is None:
            snapshot = self._read(audiences)
            view = self._views[audiences] = snapshot, Planner(snapshot, self.synonyms)
        return view

    @abstractmethod
    def _read(self, audiences: frozenset[str]) -> Snapshot:
        """What these audiences see and nothing else."""
