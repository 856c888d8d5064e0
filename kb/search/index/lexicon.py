"""The words that the guides of some segments have: to complete one, to spell one, or to tell that none has it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property

from kb.search.index.cache import Bounded
from kb.search.index.segment import Segment

MOST_WORDS = 20_000
MOST_SPELLED = 10_000  # guides: the words of more do not have to fit into memory
MOST_HELD = 2_000  # guides: in a larger library it takes too long to read all words of bodies
ALL = 2**31
FEW_TERMS = frozenset({"codes", "tags"})  # fields of which all terms are soon read


class Lexicon:
    """The words of some segments with so many guides; guides that are gone count until the segments are merged."""

    def __init__(self, segments: Sequence[Segment], guides: int) -> None:
        self._segments = segments
        self._guides = guides
        self._is_far = any(segment.is_far for segment in segments)
        self._frequencies = Bounded[str, int](MOST_WORDS)
        self._read: dict[str, frozenset[str]] = {}

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """The words that may have been meant by one misspelt, and in how many guides each is, roughly.

        All words of a library of MOST_SPELLED guides; of a larger one, those of titles and headings.
        """
        return self._in_order("words") if self._guides <= MOST_SPELLED else self.headline_counts

    @cached_property
    def headline_counts(self) -> dict[str, int]:
        """The words of titles and headings, in order, and how many guides have them there."""
        return self._in_order("headlines")

    def _in_order(self, field: str) -> dict[str, int]:
        return dict(sorted(self._beginning(field, "", ALL).items()))

    @cached_property
    def _headlines(self) -> list[str]:
        return list(self.headline_counts)

    @cached_property
    def _spelled(self) -> list[str]:
        return list(self.vocabulary)

    @property
    def _at_hand(self) -> dict[str, int] | None:
        """The vocabulary, where it is that of all words and was made already, for a word that was misspelt."""
        return vars(self).get("vocabulary") if self._guides <= MOST_SPELLED and not self._is_far else None

    def headlines(self, start: str) -> list[str]:
        """The words of titles and headings that begin so."""
        return self._headlines[that_begin(self._headlines, start)]

    def with_prefix(self, start: str, most: int) -> dict[str, int]:
        """Up to `most` words that begin so, and in how many guides they are; of guides that are gone too."""
        if (known := self._at_hand) is None:
            return self._beginning("words", start, most)
        return {word: known[word] for word in self._spelled[that_begin(self._spelled, start)][:most]}

    def _beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        found = Counter[str]()
        for segment in self._segments:
            found.update(segment.beginning(field, start, most))
        return dict(found)

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """Those of the words that guides have, with how many have them."""
        if (known := self._at_hand) is not None:
            return {word: known[word] for word in words if word in known}
        asked = {word: self._frequencies.get(word) for word in words}
        missing = [word for word, count in asked.items() if count is None]
        if missing:
            counts = Counter(dict.fromkeys(missing, 0))
            for segment in self._segments:
                counts.update(segment.frequencies(missing))
            asked |= {word: self._frequencies.put(word, count) for word, count in counts.items()}
        return {word: count for word, count in asked.items() if count}

    def _terms_of(self, field: str) -> frozenset[str]:
        terms = self._read.get(field)
        if terms is None:
            terms = self._read[field] = frozenset(self._beginning(field, "", ALL))
        return terms

    def lacks(self, field: str, term: str) -> bool:
        """Whether it is known, without a look into the index, that no guide has the term in the field."""
        if self._is_far:
            return False
        # Words of bodies are read no sooner than the vocabulary, which takes as long: not for the first search of all.
        is_known = field in FEW_TERMS or (field == "body" and self._guides <= MOST_HELD and self._at_hand is not None)
        return is_known and term not in self._terms_of(field)


def that_begin(words: list[str], start: str) -> slice:
    """Where the words stand, among words in order, that begin so."""
    first = bisect_left(words, start)
    return slice(first, bisect_left(words, start + "\U0010ffff", first))
