"""What search by meaning gives to the ranking, and how the ranking asks for it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Near:
    """The section of a guide that is nearest in meaning to a text, with the cosine between the two, at most 1."""

    guide_id: int
    anchor: str
    similarity: float


class Meaning(Protocol):
    """Finds guides by what they mean."""

    def stamp(self) -> Hashable:
        """What changes whenever `nearest` may give something else."""

    def nearest(self, text: str, audiences: frozenset[str]) -> Sequence[Near]:
        """Guides of these audiences, the nearest to a text first; none when it can't be told. Never raises."""
