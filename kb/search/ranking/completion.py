"""Completes the last word of what was typed, from the words of guides that the same readers may see."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.folding import fold
from kb.search.index.postings import following_each
from kb.search.index.snapshot import Snapshot
from kb.search.text.analysis import identifier_term, tokenize

SHORTEST_START = 2
SHORTEST_START_IN_TEXTS = 3
MOST_LOOKED_AT = 300
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
    lead = f"{before.lower()} " if before else ""
    likeliest = _by_context(before, _candidates(start, snapshot), snapshot)
    return [lead + word for word in islice(filter(snapshot.is_live, likeliest), limit)]


def _candidates(start: str, snapshot: Snapshot) -> list[str]:
    """Words that begin so, the commonest first: those of titles and headings, then those of texts."""
    counts = snapshot.lexicon.headline_counts
    common = _commonest(snapshot.lexicon.headlines(start), counts, start, MOST_WEIGHED)
    if len(common) < MOST_WEIGHED and len(start) >= SHORTEST_START_IN_TEXTS:
        near = snapshot.lexicon.with_prefix(start, MOST_LOOKED_AT)
        common += _commonest([word for word in near if word not in counts], near, start, MOST_WEIGHED - len(common))
    return common


def _commonest(words: list[str], counts: Mapping[str, int], start: str, most: int) -> list[str]:
    """Those of some words, which come in order, that may be offered, the commonest first."""
    in_order = sorted(words, key=counts.__getitem__, reverse=True)
    return list(islice((word for word in in_order if _is_offered(word, start)), most))


def _is_offered(word: str, start: str) -> bool:
    return word not in STOP_WORDS and word != start and (word.isalpha() or not start.isalpha())


def _by_context(before: str, common: list[str], snapshot: Snapshot) -> list[str]:
    """The words as they are likely to go on after those before them.

    Those that guides write right after them come first, then those that more of the guides have that have the words
    before; a word that no such guide has is not offered. Without any words before, they stay as they are.
    """
    words = tokenize(before).words
    typed = [word for word in words if word not in STOP_WORDS]
    known = [own for own in (snapshot.matching((word,)).documents for word in typed[-MOST_BEFORE:]) if len(own)]
    if not known:
        return common
    in_context = np.zeros(len(snapshot.heads), dtype=bool)
    in_context[known[0]] = True
    for own in known[1:]:
        if len(both := own[in_context[own]]):
            in_context[:] = False
            in_context[both] = True
    snapshot.load(common, ("body",))
    found = {word: snapshot.matching((word,)) for word in common}
    shared = {word: int(np.count_nonzero(in_context[own.documents])) for word, own in found.items()}
    likely = [word for word in common if shared[word]]
    if len(likely) < 2:  # noqa: PLR2004
        return likely
    before_it = snapshot.matching(tuple(words[-1:]))
    following = dict(zip(likely, following_each(before_it, [found[word] for word in likely]), strict=True))
    return sorted(likely, key=lambda word: (-following[word], -shared[word]))
