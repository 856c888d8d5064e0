"""One consistent view of all segments that some readers may see: vocabulary, postings, and BM25F terms."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeVar

import numpy as np

from kb.content.languages.stemming import stem, stems
from kb.search.index.cache import Bounded
from kb.search.index.entries import FIELDS, Body, Head
from kb.search.index.lexicon import Lexicon, that_begin
from kb.search.index.named import Named
from kb.search.index.postings import (
    NOWHERE,
    Numbers,
    Places,
    Postings,
    Scores,
    chained,
    counts_within,
    in_a_row,
    merged,
    numbers,
    stretches,
)
from kb.search.index.segment import Segment
from kb.search.index.terms import Term
from kb.search.text.analysis import tokenize
from kb.search.weights import FIELD_WEIGHTS, LENGTH_COUNTS, SATURATION

MOST_BYTES = 8 * 2**20
MOST_BYTES_OF_BODIES = 12 * 2**20
WITHIN_BODY = ("title", "headings", "body")  # the words of all of these have their places in the body
BESIDE_BODY = ("symptoms", "messages", "tags")  # weighed as well, if they weigh anything

Kind = TypeVar("Kind")
Alternative = tuple[tuple[str, ...], float]


class Category(NamedTuple):
    """Where a guide lies: the path as written, and as it stands in addresses."""

    name: str
    slug: str


class Snapshot:
    """What one set of audiences may see of one generation; documents are numbered through all of its segments.

    Nothing of any other audience is in it: not in its counts, its words or its scores. `size` is the number of all
    guides where the segments have only those that may match. Of a guide that is given as it is to everyone and as it is
    to staff, only the latter is there.
    """

    def __init__(self, parts: Iterable[tuple[Segment, frozenset[int]]], size: int = 0) -> None:
        self._parts: list[tuple[int, Segment, Numbers]] = []
        self.heads: list[Head] = []
        gone: set[int] = set()
        own = list(parts)
        replaced = _replaced(own)
        for segment, deleted in own:
            base = len(self.heads)
            if replaced:
                deleted |= {number for number, head in enumerate(segment.heads) if head.guide_id in replaced}
            self._parts.append((base, segment, numbers(sorted(deleted))))
            gone |= {base + number for number in deleted}
            self.heads += segment.heads
        self.is_far = any(segment.is_far for segment, _ in own)
        self.documents = numbers([number for number in range(len(self.heads)) if number not in gone])
        self._size = max(size, len(self.documents))
        self.lexicon = Lexicon([segment for _, segment, _ in self._parts], len(self.heads))
        self._beside_body = [name for name in BESIDE_BODY if FIELD_WEIGHTS[name]]
        self.languages = tuple(sorted({head.language for head in self.heads})) or ("en",)
        self._norms = self._length_norms()
        self._norms_in_body = np.stack([self._norms[name] for name in WITHIN_BODY])
        self._postings = Bounded[tuple[str, tuple[str, ...]], Postings](MOST_BYTES, lambda found: found.nbytes + 500)
        self._terms = Bounded[tuple[Alternative, ...], Term](MOST_BYTES, lambda term: term.nbytes + 500)
        self._bodies = Bounded[int, Body](MOST_BYTES_OF_BODIES, _body_size)

    def _length_norms(self) -> dict[str, Scores]:
        """By field, what an occurrence counts for in each document: less in one whose field is long."""
        lengths = np.array([head.lengths for head in self.heads], dtype=np.float64).reshape(-1, len(FIELDS))
        norms: dict[str, Scores] = {}
        for name, own in zip(FIELDS, lengths.T, strict=True):
            average = float(own[self.documents].mean()) if len(self.documents) else 0.0
            counts = LENGTH_COUNTS[name] if average else 0.0
            norms[name] = FIELD_WEIGHTS[name] / (1 - counts + counts * own / (average or 1.0))
        return norms

    @cached_property
    def acronyms(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Acronym -> what the guides say that it stands for, as words."""
        found: dict[str, dict[tuple[str, ...], None]] = {}
        for number in self.documents.tolist():
            for acronym, meaning in self.heads[number].acronyms:
                found.setdefault(acronym, {})[tuple(meaning.split())] = None
        return {acronym: tuple(sorted(meanings)) for acronym, meanings in found.items()}

    @cached_property
    def number_of(self) -> dict[int, int]:
        """By guide id, the number of its document."""
        return {abs(self.heads[number].guide_id): number for number in self.documents.tolist()}

    @cached_property
    def categories(self) -> tuple[Numbers, list[Category]]:
        """By number of the document, the number of its category; and the categories."""
        return _numbered([Category(head.category, head.category_slug) for head in self.heads])

    @cached_property
    def products(self) -> tuple[Numbers, list[tuple[str, ...]]]:
        """By number of the document, the number of the set of products it is about; and those sets."""
        return _numbered([head.products for head in self.heads])

    @cached_property
    def named(self) -> tuple[Named, Named]:
        """The documents by their categories, and by the products they are about, to be counted."""
        return Named.of([(head.category,) for head in self.heads]), Named.of([head.products for head in self.heads])

    def is_live(self, word: str) -> bool:
        """Whether a guide that is not gone holds the word: nothing else may be shown to anyone."""
        has_gone = any(len(gone) for _, _, gone in self._parts)
        return len(self.matching((word,), exact=True)) > 0 if has_gone else self.frequency(word) > 0

    def load(self, words: Collection[str], fields: Collection[str] = (), *, exact: bool = False) -> None:
        """Get ready to look up the words all at once, in all fields that are weighed if no others are named.

        In any form, or as they are written.
        """
        if not self.is_far:
            return
        terms = set(words) if exact else {form for word in words for form in stems(word, self.languages)}
        for _, segment, _ in self._parts:
            segment.load(fields or ("body", *self._beside_body), terms)

    def frequency(self, word: str) -> int:
        """In how many guides the word is as it is written, roughly: those that are gone count until they are merged."""
        return self.lexicon.frequencies((word,)).get(word, 0)

    @cached_property
    def _titles(self) -> tuple[list[str], Numbers, Numbers]:
        """The words of titles in order, where the documents of each start, and the documents."""
        holding: dict[str, list[int]] = {}
        for number in self.documents.tolist():
            for word in tokenize(self.heads[number].title).words:
                holding.setdefault(word, []).append(number)
        words = sorted(holding)
        starts = [0, *accumulate(len(holding[word]) for word in words)]
        return words, numbers(starts), numbers([number for word in words for number in holding[word]])

    def titled(self, start: str) -> Numbers:
        """The documents whose titles have a word that begins so; one that has several comes several times."""
        words, starts, documents = self._titles
        own = that_begin(words, start)
        return documents[starts[own.start] : starts[own.stop]]

    def defining(self, code: str) -> Numbers:
        """The documents that define the error code with this key."""
        return self._looked_up("codes", code).documents

    def matching(self, words: tuple[str, ...], *, exact: bool = False, field: str = "body") -> Postings:
        """Where the word is in a field, or the words one after the other: in any form, or as they are written."""
        if exact:
            field = "words"
        if len(words) == 1 and (exact or len(self.languages) == 1):
            return self._looked_up(field, words[0] if exact else stem(words[0], self.languages[0]))

        def make() -> Postings:
            if len(words) > 1:
                return in_a_row([self.matching((word,), exact=exact, field=field) for word in words])
            return merged([self._looked_up(field, form) for form in stems(words[0], self.languages)])

        return self._postings.made((field, ("", *words)), make)

    def _looked_up(self, field: str, term: str) -> Postings:
        # Much is asked for that no guide has, such as two words that may have been meant for one.
        if self.lexicon.lacks(field, term):
            return NOWHERE
        return self._postings.made(
            (field, (term,)),
            lambda: chained([(base, segment.postings(field, term), gone) for base, segment, gone in self._parts]),
        )

    def term(self, *alternatives: Alternative) -> Term:
        """The term that any of the alternatives is, each a word or a phrase with the weight that it counts for."""
        return self._terms.made(alternatives, lambda: self._make_term(alternatives))

    def _make_term(self, alternatives: tuple[Alternative, ...]) -> Term:
        # BM25F: the occurrences in all fields add up, each weighed by its field and the field's length, before they
        # saturate; one idf for all fields.
        bodies = [self.matching(words) for words, _ in alternatives]
        weighed = [
            (documents, factor * weights)
            for (words, factor), body in zip(alternatives, bodies, strict=True)
            for documents, weights in self._weighed(words, body)
        ]
        documents, weights = _added(weighed, len(self.heads))
        idf = self.idf(len(documents))
        scores = idf * (SATURATION + 1) * weights / (SATURATION + weights)
        return Term(idf, documents, scores, merged(bodies))

    def _weighed(self, words: tuple[str, ...], body: Postings) -> Iterator[tuple[Numbers, Scores]]:
        """The documents that have the words in some of the weighed fields, with what their occurrences there count.

        The body, where they are as `body` says, begins with the title, and has the headings within.
        """
        if len(body):
            in_title, in_headings = counts_within(body, *self._headings)
            counts = np.stack((in_title, in_headings, body.counts))
            yield body.documents, (counts * self._norms_in_body[:, body.documents]).sum(axis=0)
        for name in self._beside_body:
            if len(found := self.matching(words, field=name)):
                yield found.documents, found.counts * self._norms[name][found.documents]

    @cached_property
    def _headings(self) -> tuple[Places, Places]:
        return stretches([head.headings for head in self.heads])

    def idf(self, matching: int, least_size: int = 0) -> float:
        """How telling it is that `matching` documents share something; 0 or more.

        With `least_size` as it would be, were there so many documents at least, and none of the others had it.
        """
        # Robertson and Spärck Jones's weight, with 1 added to what the logarithm is of, as Lucene does.
        return math.log(1 + (max(self._size, least_size) - matching + 0.5) / (matching + 0.5))

    def load_bodies(self, documents: Collection[int]) -> None:
        """Get ready to give the sections of the documents, all at once."""
        if not self.is_far:
            return
        missing = [number for number in documents if self._bodies.get(number) is None]
        for base, segment, _ in self._parts:
            own = [number - base for number in missing if 0 <= number - base < len(segment.heads)]
            for number, body in segment.bodies(own).items() if own else ():
                self._bodies.put(base + number, body)

    def body(self, document: int) -> Body:
        """The sections of a document; none of a guide that went meanwhile."""
        return self._bodies.made(document, lambda: self._read_body(document))

    def _read_body(self, document: int) -> Body:
        base, segment = next((base, part) for base, part, _ in reversed(self._parts) if document >= base)
        return segment.bodies((document - base,)).get(document - base, Body("", (), ()))


def _replaced(parts: Collection[tuple[Segment, frozenset[int]]]) -> frozenset[int]:
    """The guides of which there is a document for staff, which these readers find in place of the one for everyone."""
    return frozenset(
        -head.guide_id
        for segment, deleted in parts
        for number, head in enumerate(segment.heads)
        if head.guide_id < 0 and number not in deleted
    )


def _added(weighed: Sequence[tuple[Numbers, Scores]], size: int) -> tuple[Numbers, Scores]:
    """The documents that have a weight, in order, and the sum of their weights; `size` is the number of all."""
    if len(weighed) == 1:
        return weighed[0]
    weights = np.zeros(size)
    for documents, own in weighed:
        weights[documents] += own
    documents = weights.nonzero()[0].astype(np.int32)
    return documents, weights[documents]


def _body_size(body: Body) -> int:
    """About the bytes that a body takes."""
    return 1000 + sum(300 + len(part.text) + len(part.edges) for part in body.parts)


def _numbered(values: list[Kind]) -> tuple[Numbers, list[Kind]]:
    """The values as numbers, and the distinct ones in the order of their numbers."""
    found: dict[Kind, int] = {}
    return numbers([found.setdefault(value, len(found)) for value in values]), list(found)
