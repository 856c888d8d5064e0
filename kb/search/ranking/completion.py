"""Completes the last word of what was typed, from the words of guides that the same readers may see."""

from __future__ import annotations

from heapq import nlargest

from kb.search.index.snapshot import Snapshot
from kb.search.text.analysis import STOP_WORDS, fold, identifier_term
from kb.search.text.query import parse

SHORTEST_START = 2
MOST_LOOKED_AT = 4000
MOST_WEIGHED = 12
MOST_BEFORE = 6
LONGEST_TYPED = 200


def complete(text: str, snapshot: Snapshot, limit: int) -> list[str]:
    """Up to `limit` texts that end the last word of `text`, likeliest first, in lower case; none after a space."""
    text = text[-LONGEST_TYPED:]
    if not text or text[-1].isspace():
        return []
    before, _, last = text.rpartition(" ")
    start = identifier_term(last.strip("\"'“”-"))
    if len(fold(start)) < SHORTEST_START:
        return []
    counts, titled = snapshot.counts, snapshot.titles.counts
    near = [word for word in snapshot.with_prefix(start, MOST_LOOKED_AT) if _is_offered(word, start)]
    common = nlargest(MOST_WEIGHED, near, key=lambda word: (titled[word], counts[word], word))
    lead = f"{before.lower()} " if before else ""
    return [lead + word for word in _by_context(before, common, snapshot) if snapshot.is_live(word)][:limit]


def _is_offered(word: str, start: str) -> bool:
    return word not in STOP_WORDS and word != start and (word.isalpha() or not start.isalpha() or "_" in word)


def _by_context(before: str, common: list[str], snapshot: Snapshot) -> list[str]:
    """The words that share guides with those before them first, by how many of their titles and headings have them.

    Without any words before them, by how many titles and headings of all guides do.
    """
    context: set[int] | None = None
    for word in [word for word in parse(before).words if word not in STOP_WORDS][-MOST_BEFORE:]:
        matching = snapshot.matches((word,)).weights.keys()
        if matching:
            context = set(matching) if context is None else context & matching or context
    headed = dict(zip(common, snapshot.in_headings(common), strict=True))
    if context is None:
        return sorted(common, key=lambda word: (-len(headed[word]), -snapshot.counts[word], word))
    shared = {word: len(context.intersection(snapshot.matches((word,), exact=True).weights)) for word in common}
    return sorted(common, key=lambda word: (-len(context & headed[word]), -shared[word]))
