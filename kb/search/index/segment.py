"""What an engine gives of a part of its index."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from kb.search.index.entries import Body, Head
from kb.search.index.postings import Postings


class Segment(Protocol):
    """A part of what is indexed; its documents are numbered from 0.

    The names of fields are those of `Entry`: one of FIELDS, `words`, `codes` or `headlines`.
    """

    heads: list[Head]
    is_far: bool
    """Whether it takes a query to read it, so that it is better read at once."""

    def postings(self, field: str, term: str) -> Postings:
        """The documents with the term in the field, also those gone; and where, if the field has positions."""

    def load(self, fields: Collection[str], terms: Collection[str]) -> None:
        """Get ready to give the postings of terms, where it takes less time to read them at once."""

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many documents the words are, if in any; those gone still count."""

    def beginning(self, field: str, start: str, most: int) -> dict[str, int]:
        """Up to `most` of the `words` or the `headlines` that begin so, in order, and in how many documents they are.

        Those gone still count. Of a segment that is near, also the `codes`, and the terms of any other field.
        """

    def bodies(self, documents: Collection[int]) -> dict[int, Body]:
        """The sections of the documents; none for a guide that went meanwhile."""
