"""Looks up guides by the beginnings of the words of their titles."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from kb.search.text.analysis import tokenize


class Titles:
    """The words of the titles of guides, in order, to look up how they begin."""

    def __init__(self, titles: Iterable[tuple[int, str]]) -> None:
        found: dict[str, set[int]] = {}
        for number, title in titles:
            for word in tokenize(title).words:
                found.setdefault(word, set()).add(number)
        self._words = sorted(found)
        self._numbers = [found[word] for word in self._words]
        self.counts = Counter({word: len(numbers) for word, numbers in found.items()})

    def beginning(self, starts: Iterable[str]) -> set[int]:
        """The titles that have, for each of the starts, a word that begins so."""
        found: set[int] | None = None
        for start in starts:
            first = bisect_left(self._words, start)
            last = bisect_left(self._words, start + "\U0010ffff", first)
            numbers = set[int]().union(*self._numbers[first:last])
            found = numbers if found is None else found & numbers
        return found or set()
