"""Plans and ranks on PostgreSQL: approximate weights of all documents, then exact ones of the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nlargest
from operator import itemgetter

from kb.search.index.entries import NO_POSITIONS
from kb.search.index.postings import Matches, Term
from kb.search.index.snapshot import MOST_KEPT, MOST_WITH_PREFIX, Alternative, Snapshot, common_start
from kb.search.postgres.statements import PostgresSegment, SegmentExcerpt
from kb.search.postgres.store import any_of, phrase, quoted
from kb.search.ranking.corrections import Corrector, is_like
from kb.search.ranking.plan import MOST_TERMS, Plan, Planner
from kb.search.ranking.rank import best, matching
from kb.search.ranking.results import Scores
from kb.search.text.analysis import STOP_WORDS
from kb.search.text.query import Query
from kb.search.text.synonyms import Synonyms

LOOKED_AT = 100
MOST_LOOKED_UP = 2000
WEIGHT_OF_PHRASE = 2.0


class PostgresSnapshot(Snapshot):
    """What some audiences may see, asked of the database word by word and kept."""

    def __init__(self, segment: PostgresSegment) -> None:
        super().__init__([(segment, frozenset())])
        self.segment = segment
        self._beginning: dict[str, list[str]] = {}
        self._alternatives_of: dict[int, tuple[Term, tuple[Alternative, ...]]] = {}

    def prepare(self, query: Query) -> None:
        """Ask for all that a plan of the query is sure to need, in few statements; whatever else it needs, it asks."""
        distinct = list(dict.fromkeys(query.words))[:MOST_LOOKED_UP]
        starts = {common_start(word) for word in distinct} - self._beginning.keys() - {""}
        if starts:
            self._beginning |= self.segment.with_prefix(starts, MOST_WITH_PREFIX)
        joined = [left + right for left, right in zip(query.words, query.words[1:], strict=False)][:MOST_LOOKED_UP]
        halves = [
            half for word in distinct[:MOST_TERMS] for at in range(2, len(word) - 1) for half in (word[:at], word[at:])
        ]
        identifiers = [identifier for _, identifier in query.identifiers][:MOST_LOOKED_UP]
        self.segment.vocabulary.look_up([*distinct, *joined, *halves[:MOST_LOOKED_UP], *identifiers])
        telling = [word for word in distinct if word not in STOP_WORDS] or distinct
        known = sorted((word for word in telling if self.forms(word)), key=lambda word: self.counts.get(word, 0))
        needed = [word for word in known[:MOST_TERMS] if (word,) not in self._matches]
        for word, weights in zip(needed, self._weigh([self.forms(word) for word in needed]), strict=True):
            self._matches[(word,)] = _matches(weights)

    def is_live(self, word: str) -> bool:
        """Whether a guide holds the word."""
        return word in self.counts

    def with_prefix(self, prefix: str, most: int) -> list[str]:
        """Up to `most` words that begin so, in order."""
        found = self._beginning.get(prefix)
        if found is None or len(found) >= MOST_WITH_PREFIX:
            if len(self._beginning) >= MOST_KEPT:
                self._beginning.clear()
            found = self._beginning[prefix] = self.segment.with_prefix((prefix,), most)[prefix]
        return found[:most]

    def in_headings(self, words: Sequence[str]) -> list[set[int]]:
        """For each of the words, the documents that have it in their title or in a heading; one statement."""
        return [set(found) for found in self.segment.matching([f"{quoted(word)}:AB" for word in words])]

    def _one(self, word: str, *, exact: bool) -> Matches:
        return _matches(next(self._weigh([(word,) if exact else self.forms(word)])))

    def _weigh(self, forms: list[tuple[str, ...]]) -> Iterator[dict[int, float]]:
        """For words in any of their forms, the weight in each document; a tsquery's rank is a mean over its forms."""
        queries = [any_of(word_forms) for word_forms in forms]
        found = iter(self.segment.matching([query for query in queries if query]) if any(queries) else ())
        for word_forms, query in zip(forms, queries, strict=True):
            weights = next(found) if query else {}
            yield {document: len(word_forms) * weight for document, weight in weights.items()}

    def _phrase(self, words: tuple[str, ...], *, exact: bool) -> Matches:
        query = phrase([(word,) if exact else self.forms(word) for word in words])
        weights = self.segment.matching([query])[0] if query else {}
        return _matches(dict.fromkeys(weights, WEIGHT_OF_PHRASE))

    def term(self, *alternatives: Alternative) -> Term:
        """The term that any of the alternatives is; see `Snapshot.term`."""
        found = super().term(*alternatives)
        if len(self._alternatives_of) >= MOST_KEPT:
            self._alternatives_of.clear()
        self._alternatives_of[id(found)] = found, alternatives
        return found

    def alternatives(self, term: Term) -> tuple[Alternative, ...]:
        """The alternatives that the term was made of."""
        known = self._alternatives_of.get(id(term))
        return known[1] if known else ()


class ExactSnapshot(Snapshot):
    """Some documents of a snapshot with the exact weights and the positions of some words."""

    def __init__(self, rough: PostgresSnapshot, excerpt: SegmentExcerpt) -> None:
        super().__init__([(excerpt, frozenset())])
        self._rough = rough

    def forms(self, word: str) -> tuple[str, ...]:
        """The forms that the whole snapshot knows."""
        return self._rough.forms(word)

    def exact(self, term: Term) -> Term:
        """The term as it is in these documents; how telling it is, all documents say."""
        found = self.term(*self._rough.alternatives(term))
        share = term.idf / found.idf
        return Term(term.idf, {document: share * score for document, score in found.scores.items()}, found.matches)


def rescore_best(
    snapshot: PostgresSnapshot, limit: int, offset: int, plan: Plan, scores: Scores
) -> tuple[Plan, Scores]:
    """The plan and the scores with the exact weights of the documents that come first, for `results`.

    The best LOOKED_AT are scored anew; the others keep their order behind them.
    """
    ranked = nlargest(max(LOOKED_AT, offset + limit), scores.items(), key=itemgetter(1))
    first = dict(ranked[:LOOKED_AT])
    shown = {*first, *(document for document, _ in ranked[offset : offset + limit])}
    alternatives = [alternative for term in plan.terms for alternative in snapshot.alternatives(term)]
    words = {form for phrase_, _ in alternatives for word in phrase_ for form in snapshot.forms(word)}
    view = ExactSnapshot(snapshot, SegmentExcerpt(snapshot.segment, words, shown))
    exact_plan = replace(plan, terms=tuple(map(view.exact, plan.terms)))
    rescored = matching(exact_plan, snapshot)
    exact = {document: rescored[document] for document in first if document in rescored}
    lowest = min(exact.values(), default=0.0)
    rest = sorted((item for item in scores.items() if item[0] not in exact), key=itemgetter(1), reverse=True)
    final = exact | {document: min(score, lowest) for document, score in rest}
    page = best(exact_plan, final, offset + limit)[offset:]
    snapshot.segment.load_bodies(document for document, _ in page)
    return exact_plan, final


class PostgresPlanner(Planner):
    """Plans queries on a snapshot of a segment."""

    def __init__(self, snapshot: PostgresSnapshot, synonyms: Synonyms) -> None:
        super().__init__(snapshot, synonyms)
        self._corrector = TrigramCorrector(snapshot)
        self._segment = snapshot.segment

    def _known(self, candidates: set[str]) -> set[str]:
        self._segment.vocabulary.look_up(candidates)
        return super()._known(candidates)


class TrigramCorrector(Corrector):
    """Finds what was meant among the words that share trigrams with what was typed."""

    def __init__(self, snapshot: PostgresSnapshot) -> None:
        super().__init__(snapshot)
        self._segment = snapshot.segment

    def _similar(self, word: str, most_edits: int) -> Iterator[str]:
        near = self._segment.near(word, most_edits)
        self._segment.vocabulary.update(near)
        return (other for other in near if is_like(other, of_letters=word.isalpha()))


def _matches(weights: dict[int, float]) -> Matches:
    return Matches(weights, dict.fromkeys(weights, NO_POSITIONS))
