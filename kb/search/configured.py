"""Gives the search engine that the settings choose, one for each process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from kb.config import replica
from kb.models.audience import EVERYONE
from kb.search.database.search import search_database
from kb.search.engine.base import EngineParts
from kb.search.index.contract import Engine
from kb.search.index.documents import digests_for, documents_for
from kb.search.meaning import part
from kb.search.postgres.engine import PostgresEngine
from kb.search.postgres.store import Rows
from kb.search.text.query import parse
from kb.search.text.synonyms import ADDED_NAME, FILE_NAME, Synonyms, synonyms_and, usable_synonyms
from kb.search.use import current
from kb.search.whoosh.engine import WhooshEngine

MISTYPED = "conection"  # what is no word has all words looked at

logger = logging.getLogger(__name__)
_mending = threading.Lock()


class DjangoDatabase:
    """The product's own database, as the engine that keeps its index there uses it."""

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        """What a statement gives; [] for one that gives nothing."""
        with replica.connection_to_read().cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def atomic(self) -> AbstractContextManager[object]:
        """A transaction, or a part of one that can be undone by itself."""
        return transaction.atomic(replica.connection_to_read().alias)


def engine() -> Engine:
    """The configured engine; one for each folder in a process, so that tests may move the folder."""
    return _postgres() if settings.SEARCH_ENGINE == "postgres" else _whoosh(_path(settings.DATA_DIR, "index"))


def synonyms() -> Synonyms:
    """What means the same: the lines of the file beside the guides, and those that were added in the browser."""
    return usable_synonyms(_path(settings.CONTENT_DIR, FILE_NAME), _path(settings.DATA_DIR, ADDED_NAME))


def synonyms_with(lines: Sequence[str]) -> Synonyms:
    """The same with more groups, each a line of phrases with commas; nothing goes by them yet."""
    return synonyms_and(_path(settings.CONTENT_DIR, FILE_NAME), _path(settings.DATA_DIR, ADDED_NAME), lines)


def forget() -> None:
    """Let go of the engines of this process; the next call opens them anew."""
    _whoosh.cache_clear()
    _postgres.cache_clear()


def warm_up() -> None:
    """Have ready what a process reads once, before somebody waits for it: the index, and words to correct others by.

    For a thread of its own; what goes wrong here is told when somebody searches.
    """
    try:
        engine().search(parse(MISTYPED), EVERYONE)
    except (DatabaseError, InterfaceError):
        logger.info("The database does not answer yet: the first search will open the index")
    finally:
        connection.close()


def is_mending() -> bool:
    """Whether this process repairs the index right now, beside its requests."""
    return _mending.locked()


@cache
def _path(folder: str | Path, name: str) -> Path:
    """What lies in a folder: each search asks for three such, and to join names takes longer than to look at them."""
    return Path(folder) / name


@lru_cache(maxsize=1)
def _postgres() -> PostgresEngine:
    return PostgresEngine(DjangoDatabase(), **_parts())


@lru_cache(maxsize=4)
def _whoosh(folder: Path) -> WhooshEngine:
    return WhooshEngine(folder, **_parts())


def _parts() -> EngineParts:
    return {
        "source": documents_for,
        "recorded": digests_for,
        "fallback": search_database,
        "on_damage": _mend_soon,
        "meaning": part.configured(),
        "use": current,
        "synonyms": synonyms,
    }


def _mend_soon() -> None:
    """Repair the index beside the requests, once at a time; a command waits for its end.

    Not within a transaction: what it has written is not there for others to read yet; its end will index it.
    """
    if not connection.in_atomic_block and _mending.acquire(blocking=False):
        threading.Thread(target=_mend, name="search-repair").start()


def _mend() -> None:
    try:
        if engine().repair():
            logger.warning("The search index was built anew")
    except Exception:
        logger.exception("The search index could not be built anew")
    finally:
        connection.close()
        _mending.release()
