"""Reads what new guides mean, some at a time, for search by meaning; the timer calls it while that is on."""

from __future__ import annotations

from kb.library import publication
from kb.search.index.documents import digests_for
from kb.search.meaning import part, store
from kb.search.meaning.store import Progress


def read_some() -> int:
    """Read guides that are new to the store, in bounded time; how many. Searches that were kept are old at the end."""
    found = part.configured()
    model = found.model() if found else None
    read = store.read_some(model) if model else 0
    if read and (now := progress()) and now.is_complete:
        with publication.publication():
            pass  # a new token is all that is needed
    return read


def progress() -> Progress | None:
    """How far the reading is; None where search by meaning is off or its model can't be run. Two queries."""
    found = part.configured()
    return found.progress(digests_for()) if found and found.model() else None


def warm_up() -> int:
    """Have this process ready to search by meaning, so that nobody waits for it; nothing that counts is done."""
    if found := part.configured():
        found.warm_up()
    return 0
