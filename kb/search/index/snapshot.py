"""One consistent view of all segments that some readers may see: vocabulary, postings, and BM25 terms."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from kb.search.index.entries import NO_POSITIONS, Body, Head
from kb.search.index.postings import Matches, Posting, Segment, Term, joined, unpack
from kb.search.index.titles import Titles
from kb.search.text.analysis import stem
from kb.search.weights import K1, B

MOST_FORMS = 12
MOST_WITH_PREFIX = 2000
LONGEST_ENDING = 7
MOST_KEPT = 20_000

Kind = TypeVar("Kind")
Alternative = tuple[tuple[str, ...], float]


class Category(NamedTuple):
    """Where a guide lies: the path as written, and as it stands in addresses."""

    name: str
    slug: str


class Snapshot:
    """What one set of audiences may see of one generation; documents are numbered through all of its segments.

    Nothing of any other audience is in it: not in its counts, its words or its scores.
    """

    def __init__(self, parts: Iterable[tuple[Segment, frozenset[int]]]) -> None:
        self._parts: list[tuple[int, Segment, frozenset[int]]] = []
        self.heads: list[Head] = []
        self._deleted: set[int] = set()
        for segment, deleted in parts:
            base = len(self.heads)
            self._parts.append((base, segment, deleted))
            self._deleted |= {base + number for number in deleted}
            self.heads += segment.heads
        self.documents = [number for number in range(len(self.heads)) if number not in self._deleted]
        average = sum(self.heads[number].length for number in self.documents) / max(1, len(self.documents)) or 1.0
        self._norms = [K1 * (1 - B + B * head.length / average) for head in self.heads]
        self._terms: dict[tuple[Alternative, ...], Term] = {}
        self._matches: dict[tuple[str, ...], Matches] = {}
        self._headed: dict[str, set[int]] = {}
        self._forms: dict[str, tuple[str, ...]] = {}

    @cached_property
    def counts(self) -> dict[str, int]:
        """By word, in how many guides it is, roughly: guides that are gone still count until segments are merged."""
        if len(self._parts) == 1:
            return self._parts[0][1].counts
        merged: dict[str, int] = {}
        for _, segment, _ in self._parts:
            for word, count in segment.counts.items():
                merged[word] = merged.get(word, 0) + count
        return merged

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words in order; those of guides that are gone may be among them: see `is_live`."""
        return sorted(self.counts)

    @cached_property
    def acronyms(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Acronym -> what the guides say that it stands for, as words."""
        found: dict[str, dict[tuple[str, ...], None]] = {}
        for number in self.documents:
            for acronym, meaning in self.heads[number].acronyms:
                found.setdefault(acronym, {})[tuple(meaning.split())] = None
        return {acronym: tuple(sorted(meanings)) for acronym, meanings in found.items()}

    @cached_property
    def categories(self) -> tuple[list[int], list[Category]]:
        """By number of the document, the number of its category; and the categories."""
        return _numbered([Category(head.category, head.category_slug) for head in self.heads])

    @cached_property
    def products(self) -> tuple[list[int], list[tuple[str, ...]]]:
        """By number of the document, the number of the set of products it is about; and those sets."""
        return _numbered([head.products for head in self.heads])

    def is_live(self, word: str) -> bool:
        """Whether a guide that is not gone holds the word: nothing else may be shown to anyone."""
        return next(self.postings(word), None) is not None

    def with_prefix(self, prefix: str, most: int) -> list[str]:
        """Up to `most` words that begin so, in order."""
        start = bisect_left(self.vocabulary, prefix)
        end = bisect_left(self.vocabulary, prefix + "\U0010ffff", start)
        return self.vocabulary[start : min(end, start + most)]

    def postings(self, word: str) -> Iterator[Posting]:
        """(document, weight, positions) for each document with exactly this word."""
        for base, segment, deleted in self._parts:
            for number, weight, positions in segment.postings(word):
                if number not in deleted:
                    yield base + number, weight, positions

    @cached_property
    def titles(self) -> Titles:
        """The titles, by number of the document."""
        return Titles((number, self.heads[number].title) for number in self.documents)

    def in_headings(self, words: Sequence[str]) -> list[set[int]]:
        """For each of the words, the documents that have just it in their title or in a heading."""
        return [self._headed_by(word) for word in words]

    def _headed_by(self, word: str) -> set[int]:
        found = self._headed.get(word)
        if found is None:
            _make_room(self._headed)
            positions = self.matches((word,), exact=True).positions
            found = self._headed[word] = {
                number
                for number, packed in positions.items()
                if any(start <= at < end for at in unpack(packed) for start, end in self.heads[number].headings)
            }
        return found

    def documents_defining(self, code: str) -> set[int]:
        """The documents that define the error code with this key."""
        parts = self._parts
        numbers = {base + number for base, segment, _ in parts for number in segment.codes.get(code, ())}
        return numbers - self._deleted

    def forms(self, word: str) -> tuple[str, ...]:
        """The words of the guides that differ from `word` in their endings only, the commonest first."""
        found = self._forms.get(word)
        if found is None:
            _make_room(self._forms)
            found = self._forms[word] = self._find_forms(word)
        return found

    def _find_forms(self, word: str) -> tuple[str, ...]:
        common, start = stem(word), common_start(word)
        if not start:
            return (word,) if word in self.counts else ()
        longest = len(common) + LONGEST_ENDING
        begin_so = self.with_prefix(start, MOST_WITH_PREFIX)
        forms = {form for form in begin_so if len(form) <= longest and stem(form) == common}
        if not word.startswith(start) and word in self.counts:
            forms.add(word)  # 'inability' does not begin with what all of its forms are said to
        return tuple(sorted(forms, key=lambda form: (-self.counts[form], form))[:MOST_FORMS])

    def matches(self, words: tuple[str, ...], *, exact: bool = False) -> Matches:
        """The documents with the words one after the other, in any of their forms unless `exact`."""
        key = ("=", *words) if exact else words
        found = self._matches.get(key)
        if found is None:
            _make_room(self._matches)
            found = self._one(words[0], exact=exact) if len(words) == 1 else self._phrase(words, exact=exact)
            self._matches[key] = found
        return found

    def _one(self, word: str, *, exact: bool) -> Matches:
        found = Matches()
        for form in (word,) if exact else self.forms(word):
            for document, weight, positions in self.postings(form):
                if document in found.weights:
                    found.weights[document] += weight
                    found.positions[document] = joined(found.positions[document], positions)
                else:
                    found.weights[document] = weight
                    found.positions[document] = positions
        return found

    def _phrase(self, words: tuple[str, ...], *, exact: bool) -> Matches:
        matches_by_word = [self.matches((word,), exact=exact) for word in words]
        rarest = min(matches_by_word, key=lambda matches: len(matches.weights))
        found = Matches()
        for document in rarest.weights:
            starts: set[int] | None = None
            for offset, matches in enumerate(matches_by_word):
                positions = {position - offset for position in unpack(matches.positions.get(document, NO_POSITIONS))}
                starts = positions if starts is None else starts & positions
                if not starts:
                    break
            if starts:
                weight = min(
                    matches.weights[document] / len(unpack(matches.positions[document])) for matches in matches_by_word
                )
                found.weights[document] = weight * len(starts)
                found.positions[document] = array("I", sorted(starts)).tobytes()
        return found

    def term(self, *alternatives: Alternative) -> Term:
        """The term that any of the alternatives is, each a word or a phrase with the weight that it counts for."""
        found = self._terms.get(alternatives)
        if found is None:
            _make_room(self._terms)
            found = self._terms[alternatives] = self._make_term(alternatives)
        return found

    def _make_term(self, alternatives: tuple[Alternative, ...]) -> Term:
        merged = Matches()
        for words, factor in alternatives:
            matches = self.matches(words)
            if len(alternatives) == 1 and factor == 1.0:
                merged = matches
                break
            for document, weight in matches.weights.items():
                merged.weights[document] = merged.weights.get(document, 0.0) + factor * weight
                before = merged.positions.get(document, NO_POSITIONS)
                merged.positions[document] = joined(before, matches.positions[document])
        idf = self.idf(len(merged.weights))
        # Okapi BM25, with weighted counts of words in place of plain ones (BM25F); `_norms` has its part of the length.
        norms, top = self._norms, idf * (K1 + 1)
        scores = {document: top * weight / (weight + norms[document]) for document, weight in merged.weights.items()}
        return Term(idf, scores, merged)

    def idf(self, matching: int) -> float:
        """How telling it is that `matching` documents share something; 0 or more."""
        # Robertson and Spärck Jones's weight, with 1 added to what the logarithm is of, as Lucene does.
        return math.log(1 + (len(self.documents) - matching + 0.5) / (matching + 0.5))

    def body(self, document: int) -> Body:
        """The sections of a document."""
        for base, segment, _ in reversed(self._parts):
            if document >= base:
                return segment.body(document - base)
        raise IndexError(document)


def common_start(word: str) -> str:
    """What all forms of a word begin with; '' for a word that has no other forms."""
    common = stem(word)
    if not (word.isascii() and word.isalpha() and len(common) > 2):  # noqa: PLR2004
        return ""
    return common[:-1] if common[-1] in "ei" else common  # 'policies' and 'policy', 'filing' and 'file'


def _numbered(values: list[Kind]) -> tuple[list[int], list[Kind]]:
    """The values as numbers, and the distinct ones in the order of their numbers."""
    numbers: dict[Kind, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values], list(numbers)


def _make_room(cache: dict[Any, Any]) -> None:
    if len(cache) >= MOST_KEPT:
        cache.clear()
