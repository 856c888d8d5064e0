"""The base of both engines: answers readers, opens a changed index anew, and falls back when it can't be read."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypedDict, TypeVar, Unpack

from kb.search.engine.reader import IndexReader
from kb.search.index.contract import GuideDocument, Hits, Suggestions, UnusableIndex
from kb.search.index.near import Meaning
from kb.search.index.used import NOTHING_KNOWN, Use
from kb.search.text.query import MAX_LENGTH, Query, clean, parse
from kb.search.text.synonyms import Phrase, Synonyms

MOST_HITS = 1000

logger = logging.getLogger(__name__)

Fallback = Callable[[Query, frozenset[str], int, int], Hits]
Source = Callable[[], Iterable[GuideDocument]]
State = TypeVar("State", bound=IndexReader)
Answer = TypeVar("Answer")


def _none_known(_audiences: frozenset[str]) -> Use:
    return NOTHING_KNOWN


def _nothing(_query: Query, _audiences: frozenset[str], _limit: int, _offset: int) -> Hits:
    return Hits(0, ())


class EngineParts(TypedDict, total=False):
    """What an engine is given by those who use it.

    `source` gives all documents when an index has to be made from nothing, `recorded` their digests; `fallback` finds
    hits while there is no index that can be read, and `on_damage` is told so. `meaning` finds guides by what they mean,
    and `use` says how much some readers use which guides.
    """

    source: Source
    recorded: Callable[[], dict[int, str]]
    fallback: Fallback
    on_damage: Callable[[], None]
    synonyms: Callable[[], Synonyms]
    meaning: Meaning | None
    use: Callable[[frozenset[str]], Use]


class IndexedEngine(ABC, Generic[State]):
    """What engines have in common: how they answer readers. See `Engine` for what each method promises."""

    def __init__(self, **parts: Unpack[EngineParts]) -> None:
        self._source = parts.get("source")
        self._recorded = parts.get("recorded", dict[int, str])
        self._fallback = parts.get("fallback", _nothing)
        self._on_damage = parts.get("on_damage")
        self._synonyms = parts.get("synonyms", dict[Phrase, tuple[Phrase, ...]])
        self._meaning = parts.get("meaning")
        self._use = parts.get("use", _none_known)
        self._open: State | None = None

    @abstractmethod
    def update(self, documents: Iterable[GuideDocument], gone: Iterable[int] = ()) -> None:
        """Index guides in place of what was indexed of them, and forget those that are gone."""

    def add(self, documents: Iterable[GuideDocument]) -> None:
        """Index the guides in place of what was indexed of them."""
        self.update(documents)

    def remove(self, guide_ids: Iterable[int]) -> None:
        """Forget the guides; those not indexed are no error."""
        self.update((), guide_ids)

    def search(
        self,
        query: Query,
        audiences: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        literal: bool = False,
        measured: bool = False,
        synonyms: Synonyms | None = None,
    ) -> Hits:
        """The hits for a query. Never raises: what the index can't give, the fallback gives."""
        limit, offset = min(max(limit, 0), MOST_HITS), max(offset, 0)
        found = self._ask(
            lambda index: index.search(
                query,
                audiences,
                limit=limit,
                offset=offset,
                literal=literal,
                measured=measured,
                meaning=self._meaning,
                synonyms=synonyms,
            )
        )
        return self._fallback(query, audiences, limit, offset) if found is None else found

    def complete(self, text: str, audiences: frozenset[str], *, limit: int = 8) -> list[str]:
        """Ways to end the last word of `text`, likeliest first; none when there is no index. Never raises."""
        text = text[:MAX_LENGTH]
        text = clean(text) + " " * text[-1:].isspace()
        return self._ask(lambda index: index.complete(text, audiences, limit)) or []

    def suggest(self, text: str, audiences: frozenset[str], *, limit: int = 5) -> Suggestions:
        """What someone may be after who has typed `text` so far; hits of the fallback when there is no index."""
        text = text[:MAX_LENGTH]
        text = clean(text) + " " * text[-1:].isspace()
        use = self._use(audiences)
        found = self._ask(lambda index: index.suggest(text, audiences, limit, use))
        return Suggestions(hits=self._fallback(parse(text), audiences, limit, 0).items) if found is None else found

    def similar_queries(self, text: str, audiences: frozenset[str], *, limit: int = 5) -> list[str]:
        """Texts to search for instead of one that finds nothing; none when there is no index. Never raises."""
        return self._ask(lambda index: index.similar_queries(text, audiences, limit)) or []

    def _ask(self, question: Callable[[State], Answer]) -> Answer | None:
        """The answer of the index as it is now; of the one opened anew, where that fails; None when that fails too."""
        for is_last in (False, True):
            try:
                with self._reading():
                    return question(self._newest())
            except UnusableIndex as error:
                self._report(error)
                break
            except Exception:
                logger.exception("A search went wrong%s", "; doing without the index" if is_last else "; opening anew")
                self._forget()
        return None

    def _is_as_now(self, index: State) -> bool:
        """Whether an open index goes by the synonyms that there are now."""
        now = self._synonyms()
        return index.synonyms is now or index.synonyms == now

    @abstractmethod
    def _newest(self) -> State:
        """The index that counts now, open for reading; raises UnusableIndex when there is none."""

    def _reading(self) -> AbstractContextManager[object]:
        """What reading goes on in."""
        return nullcontext()

    def _forget(self) -> None:
        """Let go of what is open, which something is wrong with."""
        self._open = None

    def _report(self, error: UnusableIndex) -> None:
        """Say that the index has to be built anew."""
        if self._on_damage is not None:
            logger.warning("The search index can't be used, guides are searched directly: %s", error)
            self._on_damage()
