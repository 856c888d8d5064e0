"""What search engines promise: the documents they index, the hits they give, and the methods they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from kb.content.languages import DEFAULT
from kb.search.text.query import Query
from kb.search.text.synonyms import Synonyms

NEAR = 0.6  # a cosine: nine in ten of what is nearer answer what was asked


@dataclass(frozen=True, slots=True)
class SectionDocument:
    """One section of a guide as it is indexed; `text` is what a reader sees."""

    anchor: str
    title: str
    level: int
    text: str
    symptoms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideDocument:
    """A published guide as it is indexed: all of its sections at once, for one `audience`.

    `digest` names the content: an index that holds the same digest for the guide is up to date. `language` is the one
    that it is written in, as in BCP 47. What a guide for everyone is to staff, where it says something to them only, is
    a document of its own, under the id that `id_for_staff` gives.
    """

    guide_id: int
    slug: str
    title: str
    summary: str
    category: str
    category_slug: str
    audience: str
    applies_to: tuple[str, ...]
    tags: tuple[str, ...]
    digest: str
    sections: tuple[SectionDocument, ...]
    language: str = DEFAULT


def id_for_staff(guide_id: int) -> int:
    """The id of the document that staff find in place of the guide's own: the same number below zero."""
    return -guide_id


class Snippet(NamedTuple):
    """Plain text and the [start, end) spans of it that match, in order, not overlapping."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Hit(NamedTuple):
    """The section of a guide that matches best; a higher score is better.

    `also` are further sections of the same guide that match, best first, each a hit with nothing in its `also`.
    `similarity` is there where it was found by its meaning alone, without the words: a cosine, at most 1; 0 for others.
    """

    guide_id: int
    slug: str
    anchor: str
    title: str
    section: str
    category: str
    audience: str
    score: float
    snippet: Snippet
    also: tuple[Hit, ...] = ()
    similarity: float = 0.0

    @property
    def is_distant(self) -> bool:
        """Whether it has none of the words and is not near in meaning either: one in three of those is wrong."""
        return 0.0 < self.similarity < NEAR


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the best hits fit what was asked, by figures that mean the same in every library.

    `strength` is the mean score of the first five, and `lead` by how much the best is before the second, beside the
    geometric mean of how telling the whole question and a word that a single guide has are: a share of the question
    alone would be unfair to long questions, of which nobody expects all, and the bare score to short ones. `title` is
    how telling the words of the question are that the best one's title has, beside that single word. `alike` is how
    much more alike the titles of the first five are than those of guides that have nothing to do with each other: what
    is found for a question that guides cover is about one thing. `nearness` is how near the nearest guide is in meaning
    (a cosine); None where that can't be told. `is_foreign` says that the question surely is in a language of no guide.
    """

    strength: float = 0.0
    lead: float = 0.0
    title: float = 0.0
    alike: float = 0.0
    nearness: float | None = None
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits, best first, one for each guide.

    `total` counts the guides that match; `correction` is what was searched instead of the words typed (None when they
    were searched as they are), `proposal` a text that may have been meant, where words that no guide has were left as
    they are. `categories` (by the path of the category) and `products` count the guides that match by what the hits can
    be narrowed to. `fit` is there where it was asked for.
    """

    total: int
    items: tuple[Hit, ...]
    correction: str | None = None
    categories: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    proposal: str | None = None
    fit: Fit | None = None


class UnusableIndex(Exception):  # noqa: N818  # a state, said in its own words
    """There is no index that can be read; it has to be built anew."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered while someone types: whole texts that end the last word, and guides, without snippets."""

    completions: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()


class Engine(Protocol):
    """What every engine does.

    `audiences` are those the reader may see; nothing of any other audience may show in hits, totals, counts,
    corrections or completions.
    """

    def update(self, documents: Iterable[GuideDocument], gone: Iterable[int] = ()) -> None:
        """Index guides, in place of what was indexed under the same `guide_id`, and forget those that are gone.

        All at once and durable on return; forgetting what is not indexed is no error.
        """

    def add(self, documents: Iterable[GuideDocument]) -> None:
        """Index the guides, as `update` does."""

    def remove(self, guide_ids: Iterable[int]) -> None:
        """Forget the guides, as `update` does."""

    def rebuild(self, documents: Iterable[GuideDocument]) -> None:
        """Make the index anew from `documents`; readers see the old index or the new one."""

    def repair(self) -> bool:
        """Build the index anew from the database unless it holds just what that has; whether that was needed."""

    def search(
        self,
        query: Query,
        audiences: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        literal: bool = False,
        measured: bool = False,
        synonyms: Synonyms | None = None,
    ) -> Hits:
        """The hits for a query; `literal` corrects nothing. `limit` and `offset` count guides. Never raises.

        With `measured` they tell how well the best of them fits, unless they come from the database alone. Given
        `synonyms`, it goes by those in place of the ones that are set up: what would be found if they were.
        """

    def complete(self, text: str, audiences: frozenset[str], *, limit: int = 8) -> list[str]:
        """Ways to end the last word of `text`, likeliest first; whole texts, in lower case."""

    def suggest(self, text: str, audiences: frozenset[str], *, limit: int = 5) -> Suggestions:
        """What someone may be after who has typed `text` so far: `limit` ways to end it and as many guides at most.

        Guides come once each: titles with words that begin as those typed first, then such headings, then the rest.
        Made for each letter that is typed: it costs a fraction of a search. Never raises.
        """

    def similar_queries(self, text: str, audiences: frozenset[str], *, limit: int = 5) -> list[str]:
        """Texts to search for instead, likeliest first: each word that no guide has is a word of theirs like it.

        Looser than a correction, for when nothing was found; each finds something. Never raises.
        """

    def digests(self) -> dict[int, str]:
        """By guide id, the digest of all that is indexed, for comparing with the database."""
