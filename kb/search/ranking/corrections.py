"""Corrects the spelling of words that no guide has, by edit distance to words that the same readers may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.content.languages.english import STOP_WORDS
from kb.search.index.cache import Bounded
from kb.search.index.postings import NOWHERE, Numbers
from kb.search.index.snapshot import Snapshot

SHORTEST_WORD = 4
SHORTEST_FOR_TWO = 8
SHORTEST_FOR_THREE = 8
LONGEST_WORD = 30
MOST_LONGER = 200
MOST_KEPT = 10_000


class Corrector:
    """Finds the words of a snapshot that are one or two edits away."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._buckets: dict[bool, dict[int, list[str]]] = {}
        self._known = Bounded[str, tuple[str, ...]](MOST_KEPT)

    def correct(self, word: str, context: Numbers = NOWHERE.documents) -> str | None:
        """What was probably meant by a word that is in no guide; None when nothing is near.

        `context` are the documents that match the other words: of words equally near, one of theirs is taken.
        """
        near = self._known.made(word, lambda: self._nearest(word))
        together = (word for word in near if np.isin(self._snapshot.matching((word,)).documents, context).any())
        return next(together, near[0]) if len(near) > 1 else next(iter(near), None)

    def near(self, word: str, most: int) -> list[str]:
        """Up to `most` words that are like one that is in no guide, the likest first.

        Looser than `correct`, for a choice to be made among them: more edits, words that go on where it ends, and one
        other sign in a number or a code.
        """
        if not (SHORTEST_WORD <= len(word) <= LONGEST_WORD):
            return []
        apart = dict(self._similar(word, _most_edits(word)))
        for longer in self._snapshot.lexicon.with_prefix(word, MOST_LONGER):
            if longer.isalpha() == word.isalpha() and longer.isalnum():
                apart[longer] = min(1.0, apart.get(longer, 1.0))
        counts = self._snapshot.lexicon.frequencies(apart)
        ranked = sorted(apart, key=lambda other: (apart[other], -counts.get(other, 0), other))
        return list(islice(filter(self._snapshot.is_live, ranked), most))

    def _nearest(self, word: str) -> tuple[str, ...]:
        """The nearest words, all equally near, the commonest first."""
        if not (SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isalpha()):
            return ()
        most_edits = 2 if len(word) >= SHORTEST_FOR_TWO else 1
        ranked: dict[float, list[str]] = defaultdict(list)
        for candidate, apart in self._similar(word, most_edits):
            ranked[apart].append(candidate)
        counts = self._snapshot.lexicon.vocabulary
        for _, equally_near in sorted(ranked.items()):
            if live := list(filter(self._snapshot.is_live, equally_near)):
                return tuple(sorted(live, key=lambda near: (-counts[near], near)))
        return ()

    def _similar(self, word: str, most_edits: int) -> Iterator[tuple[str, float]]:
        """Words that are at most so many edits away, and how unlike they are.

        Words of letters are like such words only, those with digits like such ones only.
        """
        of_letters = word.isalpha()
        buckets = self._buckets.get(of_letters)
        if buckets is None:
            buckets = self._buckets[of_letters] = _buckets(self._snapshot.lexicon.vocabulary, of_letters=of_letters)
        for length in range(len(word) - most_edits, len(word) + most_edits + 1):
            near = extract(word, buckets.get(length, ()), scorer=OSA.distance, score_cutoff=most_edits, limit=None)
            for candidate, edits, _ in near:
                yield candidate, edits + _typo_penalty(word, candidate)


def _typo_penalty(typed: str, meant: str) -> float:
    """How unlike a typing error it is: fingers swap letters more often than they get the first one wrong."""
    if sorted(typed) == sorted(meant):
        return -0.25
    return 0.5 if typed[0] != meant[0] else 0.0


def _most_edits(word: str) -> int:
    if not word.isalpha():
        return 1
    return 3 if len(word) >= SHORTEST_FOR_THREE else 2


def _buckets(counts: Iterable[str], *, of_letters: bool) -> dict[int, list[str]]:
    """By their length, the words that may be meant by one that is `of_letters` alone, or else by one with digits."""
    found: dict[int, list[str]] = defaultdict(list)
    for word in counts:
        is_like = word.isalnum() and word.isalpha() == of_letters and word not in STOP_WORDS
        if is_like and len(word) >= SHORTEST_WORD - 1:
            found[len(word)].append(word)
    return found
