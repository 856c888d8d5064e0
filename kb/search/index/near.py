"""What search by meaning gives to the ranking, and how the ranking asks for it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.search.text.query import Query


@dataclass(frozen=True, slots=True)
class Near:
    """The section of a guide that is nearest in meaning to a query, with the cosine between the two, at most 1."""

    guide_id: int
    anchor: str
    similarity: float


class Meaning(Protocol):
    """Finds guides by what they mean."""

    def stamp(self) -> Hashable:
        """What changes whenever `nearest` may give something else."""

    def nearest(self, query: Query, audiences: frozenset[str]) -> Sequence[Near]:
        """Guides of these audiences, the nearest first; none when meaning can't be compared. Never raises."""
