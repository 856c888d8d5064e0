"""Counts documents by names that each has none or some of, such as their categories and products."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np

from kb.search.index.postings import Numbers, numbers


class Named(NamedTuple):
    """Which documents have which names: `documents[i]` has `names[places[i]]`; the names are in order."""

    names: list[str]
    documents: Numbers
    places: Numbers

    @classmethod
    def of(cls, names_of: Collection[Iterable[str]]) -> Named:
        """By number of the document, its names; '' is none."""
        names = sorted({name for own in names_of for name in own if name})
        place_of = {name: place for place, name in enumerate(names)}
        pairs = [(number, place_of[name]) for number, own in enumerate(names_of) for name in own if name]
        return cls(names, numbers([number for number, _ in pairs]), numbers([place for _, place in pairs]))

    def counted(self, documents: Numbers, size: int) -> dict[str, int]:
        """How many of the documents, of `size` that there are, have each of the names, the commonest first."""
        is_counted = np.zeros(size, dtype=bool)
        is_counted[documents] = True
        counts = np.bincount(self.places[is_counted[self.documents]], minlength=len(self.names))
        order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
        return {self.names[place]: count for place, count in zip(order.tolist(), counts[order].tolist(), strict=True)}
