"""A term of a query: what it is worth in which documents, and where it stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from kb.search.index.postings import Numbers, Postings, Scores


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Something that is searched for: a word with its forms and synonyms, or several words as one.

    `idf` says how telling it is, `scores` are the shares in the scores of `documents` (BM25F), `places` is where it
    stands in the body.
    """

    idf: float
    documents: Numbers
    scores: Scores
    places: Postings

    def __bool__(self) -> bool:
        """Whether any guide has it."""
        return len(self.documents) > 0

    @property
    def nbytes(self) -> int:
        """The memory that it takes."""
        return self.documents.nbytes + self.scores.nbytes + self.places.nbytes

    def positions(self, document: int) -> list[int]:
        """Where it is in the document, in order."""
        found: list[int] = self.places.within(document).tolist()
        return found

    def weighed(self, factor: float) -> Term:
        """The term with all that it counts for multiplied."""
        return self if factor == 1.0 else Term(self.idf * factor, self.documents, self.scores * factor, self.places)
