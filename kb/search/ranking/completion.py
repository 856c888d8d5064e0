"""The start of a text in, ways to end its last word out, from the words of what the same readers may see."""

from __future__ import annotations

from heapq import nlargest

from kb.search.index.snapshot import Snapshot
from kb.search.text.analysis import STOP_WORDS, fold, whole
from kb.search.text.query import parse

SHORTEST = 2
MOST_LOOKED_AT = 4000
MOST_WEIGHED = 12
MOST_BEFORE = 6
LONGEST = 200


def complete(text: str, snapshot: Snapshot, limit: int) -> list[str]:
    """Up to `limit` texts that end the last word of `text`, likeliest first, in lower case; none after a space."""
    text = text[-LONGEST:]
    if not text or text[-1].isspace():
        return []
    before, _, last = text.rpartition(" ")
    start = whole(last.strip("\"'“”-"))
    if len(fold(start)) < SHORTEST:
        return []
    counts, titled = snapshot.counts, snapshot.titles.counts
    near = [word for word in snapshot.beginning_with(start, MOST_LOOKED_AT) if _is_offered(word, start)]
    common = nlargest(MOST_WEIGHED, near, key=lambda word: (titled[word], counts[word], word))
    lead = f"{before.lower()} " if before else ""
    return [lead + word for word in _by_company(before, common, snapshot) if snapshot.is_live(word)][:limit]


def _is_offered(word: str, start: str) -> bool:
    return word not in STOP_WORDS and word != start and (word.isalpha() or not start.isalpha() or "_" in word)


def _by_company(before: str, common: list[str], snapshot: Snapshot) -> list[str]:
    """The words that share guides with those before them first, by how many of their titles and headings have them.

    Without any words before them, by how many titles and headings of all guides do.
    """
    company: set[int] | None = None
    for word in [word for word in parse(before).words if word not in STOP_WORDS][-MOST_BEFORE:]:
        matching = snapshot.matches((word,)).weights.keys()
        if matching:
            company = set(matching) if company is None else company & matching or company
    headed = dict(zip(common, snapshot.headed(common), strict=True))
    if company is None:
        return sorted(common, key=lambda word: (-len(headed[word]), -snapshot.counts[word], word))
    shared = {word: len(company.intersection(snapshot.matches((word,), exact=True).weights)) for word in common}
    return sorted(common, key=lambda word: (-len(company & headed[word]), -shared[word]))
