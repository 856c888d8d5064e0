"""Posting lists as arrays of numbers: where a word stands in which documents, and what lists make together."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int32]
Scores: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.int64]  # document and position in one number, in the order of both

_POSITION_BITS = 32
_POSITION = (1 << _POSITION_BITS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The documents that hold a word, in order, and where.

    `positions[starts[i]:starts[i + 1]]` are the positions in `documents[i]`, in order.
    """

    documents: Numbers
    starts: Numbers
    positions: Numbers

    def __len__(self) -> int:
        """In how many documents the word is."""
        return len(self.documents)

    @property
    def nbytes(self) -> int:
        """The memory that it takes."""
        return self.documents.nbytes + self.starts.nbytes + self.positions.nbytes

    @property
    def counts(self) -> Numbers:
        """How often the word is in each of the documents."""
        return self.starts[1:] - self.starts[:-1]

    def positions_at(self, at: NDArray[np.integer]) -> tuple[NDArray[np.integer], Numbers]:
        """The positions in `documents[at]`, one after the other, and for each the index in `at`."""
        starts = self.starts[at]
        counts = self.starts[at + 1] - starts
        ends = counts.cumsum()
        rows = np.arange(len(at)).repeat(counts)
        return rows, self.positions[np.arange(len(rows)) + (starts - ends + counts).repeat(counts)]

    def within(self, document: int) -> Numbers:
        """Where it is in a document; nowhere in one that it is not in."""
        at = place_of(document, self.documents)
        return self.positions[:0] if at is None else self.positions[self.starts[at] : self.starts[at + 1]]


def numbers(values: Iterable[int]) -> Numbers:
    """Numbers as an array."""
    return np.array(values if isinstance(values, list | tuple) else list(values), dtype=np.int32)


def place_of(document: int, documents: Numbers) -> int | None:
    """Where a document is among those in order; None for one that is not there."""
    # A plain int would have numpy make wide numbers of them all first.
    at = int(documents.searchsorted(np.int32(document)))
    return at if at < len(documents) and documents[at] == document else None


NOWHERE = Postings(numbers(()), numbers((0,)), numbers(()))


def chained(parts: Sequence[tuple[int, Postings, Numbers]]) -> Postings:
    """The lists of segments as one: each with the number of its first document, and its documents that are gone."""
    kept = [(base, _without(own, gone)) for base, own, gone in parts if len(own)]
    if not kept:
        return NOWHERE
    if len(kept) == 1:
        base, own = kept[0]
        return own if not base else Postings(own.documents + np.int32(base), own.starts, own.positions)
    ends = np.cumsum([0, *(len(own.positions) for _, own in kept)])[:-1]
    starts = [own.starts[:-1] + np.int32(end) for (_, own), end in zip(kept, ends, strict=True)]
    positions = np.concatenate([own.positions for _, own in kept])
    return Postings(
        np.concatenate([own.documents + np.int32(base) for base, own in kept]),
        np.concatenate([*starts, numbers([len(positions)])]),
        positions,
    )


def _without(own: Postings, gone: Numbers) -> Postings:
    if not len(gone):
        return own
    kept = np.isin(own.documents, gone, invert=True)
    if kept.all():
        return own
    counts = own.counts
    starts = np.concatenate([numbers([0]), np.cumsum(counts[kept], dtype=np.int32)])
    return Postings(own.documents[kept], starts, own.positions[np.repeat(kept, counts)])


def merged(lists: Sequence[Postings]) -> Postings:
    """Where any of the words stands."""
    lists = [own for own in lists if len(own)]
    if len(lists) < 2:  # noqa: PLR2004
        return lists[0] if lists else NOWHERE
    return _from_places(np.unique(np.concatenate([_places(own) for own in lists])))


def in_any(lists: Sequence[Postings]) -> Numbers:
    """The documents that hold any of the words."""
    return np.unique(np.concatenate([own.documents for own in lists])) if lists else NOWHERE.documents


def in_a_row(lists: Sequence[Postings], offsets: Sequence[int] = ()) -> Postings:
    """Where the words stand one after the other, or each so far behind the first as `offsets` say.

    The positions are those of the first.
    """
    if not all(map(len, lists)):
        return NOWHERE
    shifted = zip(offsets or range(len(lists)), lists, strict=True)
    found: Places | None = None
    for offset, own in sorted(shifted, key=lambda item: len(item[1].positions)):
        places = _places(own) - offset
        if found is None:
            found = places
        else:
            at = np.minimum(np.searchsorted(places, found), len(places) - 1)
            found = found[places[at] == found]
        if not len(found):
            return NOWHERE
    assert found is not None  # noqa: S101 - there is a list, as NOWHERE was given for none
    return _from_places(found)


def stretches(bounds: Sequence[array[int]]) -> tuple[Places, Places]:
    """Where the stretches of some documents start and end: the index of the document and the position in one number.

    `bounds` has for each document the positions where its stretches start and end, one after the other, in order.
    """
    # As bytes they are joined at once; one array after the other takes several times as long.
    joined = np.frombuffer(b"".join(bounds), dtype=np.uint32).astype(np.int64)
    counts = [len(own) for own in bounds]
    places = joined | (np.arange(len(bounds), dtype=np.int64) << _POSITION_BITS).repeat(counts)
    return places[::2], places[1::2]


def counts_within(own: Postings, starts: Places, ends: Places) -> tuple[Numbers, Numbers]:
    """How often a word is in the first stretch of each of its documents, and how often in the others.

    `starts` and `ends` are the `stretches` of all documents; the first of each begins with it.
    """
    places = _places(own)
    at = starts.searchsorted(places, side="right") - 1
    is_inside = places < ends[at]
    is_in_first = is_inside & ((starts[at] & _POSITION) == 0)
    inside, in_first = (np.add.reduceat(each, own.starts[:-1], dtype=np.int32) for each in (is_inside, is_in_first))
    return in_first, inside - in_first


def following_each(first: Postings, others: Sequence[Postings]) -> list[int]:
    """For each of the others, in how many documents it stands right after the first."""
    if not others:
        return []
    documents = np.concatenate([own.documents for own in others])
    starts = np.concatenate([[0], np.concatenate([own.counts for own in others]).cumsum()])
    own = Postings(documents, starts, np.concatenate([own.positions for own in others]))
    is_known = np.zeros(1 + max(documents.max(initial=0), first.documents.max(initial=0)), dtype=bool)
    is_known[first.documents] = True
    shared = np.flatnonzero(is_known[documents])
    rows, positions = own.positions_at(shared)
    places = (documents[shared].astype(np.int64)[rows] << _POSITION_BITS) | positions
    wanted = _places(first) + 1
    is_next = np.zeros(len(shared), dtype=bool)
    is_next[rows[wanted[np.minimum(wanted.searchsorted(places), len(wanted) - 1)] == places]] = True
    owners = np.arange(len(others)).repeat([len(own) for own in others])
    counts: list[int] = np.bincount(owners[shared[is_next]], minlength=len(others)).tolist()
    return counts


def _places(own: Postings) -> Places:
    return (np.repeat(own.documents.astype(np.int64), own.counts) << _POSITION_BITS) | own.positions


def _from_places(places: Places) -> Postings:
    holding = (places >> _POSITION_BITS).astype(np.int32)
    documents, starts = np.unique(holding, return_index=True)
    positions = (places & _POSITION).astype(np.int32)
    return Postings(documents, np.append(starts, len(positions)).astype(np.int32), positions)
