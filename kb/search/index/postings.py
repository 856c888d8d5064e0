"""A segment of an index, the postings of its words, and what they add up to for a term of a query."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kb.search.index.entries import NO_POSITIONS, Body, Head

Posting = tuple[int, float, bytes]  # document, weight, positions


class Segment(Protocol):
    """A part of what is indexed, as an engine gives it; its documents are numbered from 0."""

    heads: list[Head]

    @property
    def counts(self) -> dict[str, int]:
        """By word, in how many documents it is."""

    @property
    def codes(self) -> Mapping[str, tuple[int, ...]]:
        """By key of an error code, the documents that define it."""

    def postings(self, word: str) -> list[Posting]:
        """(document, weight, positions) of each document with the word, in order."""

    def body(self, number: int) -> Body:
        """The sections of a document."""


@dataclass(slots=True)
class Matches:
    """The documents that hold a word or a phrase: document -> weight, and -> the positions, as packed numbers."""

    weights: dict[int, float] = field(default_factory=dict)
    positions: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """Something that is searched for: a word with its forms and synonyms. `idf` says how telling it is.

    `scores` is document -> its share in the document's score (BM25 over the weighted fields).
    """

    idf: float
    scores: dict[int, float]
    matches: Matches

    def positions(self, document: int) -> list[int]:
        """Where it is in the document, in order."""
        return sorted(unpack(self.matches.positions.get(document, NO_POSITIONS)))


def unpack(positions: bytes) -> Sequence[int]:
    """The positions that an entry packed."""
    return array("I", positions) if len(positions) % 4 == 0 else ()


def joined(positions: bytes, more: bytes) -> bytes:
    """The positions of both, of which either may have none."""
    if positions == NO_POSITIONS:
        return more
    return positions if more == NO_POSITIONS else positions + more
