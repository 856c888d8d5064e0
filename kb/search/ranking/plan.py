"""Plans a query: expands, corrects and weighs its words into a bounded number of terms to look up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kb.content.languages import compounds
from kb.content.languages.english import FILLERS, STOP_WORDS
from kb.content.languages.folding import other_spellings
from kb.content.languages.foreign import is_surely_foreign, seems_foreign
from kb.content.languages.stemming import function_words
from kb.search.index.cache import Bounded
from kb.search.index.entries import code_key
from kb.search.index.postings import NOWHERE, Numbers, Postings, in_any, merged
from kb.search.index.snapshot import Alternative, Snapshot
from kb.search.index.terms import Term
from kb.search.ranking.corrections import Corrector
from kb.search.ranking.typos import SHORT, is_possible_typo, is_surely_typo
from kb.search.ranking.word_splitting import halves, in_compounds, pieces, splits
from kb.search.text.analysis import spans, tokenize
from kb.search.text.query import Query
from kb.search.text.synonyms import LONGEST_PHRASE, Phrase, Synonyms, runs_of_words, stems
from kb.search.weights import FILLER, REPEATED, SYNONYM

MOST_TERMS = 48
MOST_ALTERNATIVES = 8
MOST_PHRASES = 8
MOST_PLACES = 60
MOST_EXCLUDED = 16
MOST_CORRECTED = 6
MOST_NEAR = 3
MOST_SPANNED = 300
LONGEST_CORRECTED = 12
LONGEST_NEAR = 60
SHORTEST_SPLIT = 5
MOST_KEPT = 10_000
RARE = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look up for a query.

    The first `main` of the `terms` are single words, in the order in which they were first typed, the others are made
    of several of them; `typed` has the places of the words in what was typed, as (place, number of the term). A
    document must be in all of `required`, may be in none of `excluded`, and gains from being in one of `preferred`.
    `codes` are the keys of the error codes that the text names and some guide defines. `correction` is the text that is
    looked up instead of the one typed, `proposal` one that may have been meant. `unknown` counts the words that no
    guide has.
    """

    terms: tuple[Term, ...] = ()
    main: int = 0
    typed: tuple[tuple[int, int], ...] = ()
    required: tuple[Postings, ...] = ()
    preferred: tuple[Postings, ...] = ()
    excluded: Postings = NOWHERE
    codes: tuple[str, ...] = ()
    correction: str | None = None
    proposal: str | None = None
    unknown: int = 0


class Planner:
    """Plans queries on one snapshot."""

    def __init__(self, snapshot: Snapshot, synonyms: Synonyms) -> None:
        self._snapshot = snapshot
        self._synonyms = synonyms
        self._corrector = Corrector(snapshot)
        self._acronym_of = {
            stems(long): short for short, longs in snapshot.acronyms.items() for long in longs if len(long) > 1
        }
        self._split_cache = Bounded[str, tuple[Phrase, ...]](MOST_KEPT)
        self._compound_cache = Bounded[str, tuple[str, ...]](MOST_KEPT)

    def plan(self, query: Query, *, literal: bool = False) -> Plan:
        """The plan for a query; `literal` corrects nothing."""
        chosen = self._chosen(query)
        corrected, offered = ({}, {}) if literal or query.pasted else self._corrections(query, chosen)
        typed = tuple(corrected.get(word, word) for word in query.words)
        chosen = [(place, corrected.get(word, word)) for place, word in chosen]
        how_often = Counter(word for _, word in chosen)
        terms: dict[str, Term] = {}
        for word, count in how_often.items():
            term = self._snapshot.term(*self._alternatives(word, is_short=not query.pasted))
            if term:
                repeated = 1.0 if query.pasted else count**REPEATED  # what a log repeats says nothing
                terms[word] = term.weighed((FILLER if word in FILLERS else 1.0) * repeated)
        numbers = {word: number for number, word in enumerate(terms)}
        places = [(place, numbers[word]) for place, word in chosen if word in numbers]
        spans = self._spans(query, typed)[: MOST_TERMS - len(terms)] if len(terms) < MOST_TERMS else []
        phrases = [self._snapshot.matching(words, exact=True) for words in query.phrases[:MOST_PHRASES]]
        excluded = [self._snapshot.matching(words[:LONGEST_PHRASE]) for words in query.excluded[:MOST_EXCLUDED]]
        return Plan(
            terms=(*terms.values(), *spans),
            main=len(terms),
            typed=tuple(places[:MOST_PLACES]),
            required=() if query.pasted else tuple(phrases),
            preferred=tuple(phrases) if query.pasted else (),
            excluded=merged(excluded),
            codes=self._codes(query),
            correction=_corrected_text(query, corrected) if corrected else None,
            proposal=_corrected_text(query, {**corrected, **offered}) if offered else None,
            unknown=len(how_often) - len(terms),
        )

    def _chosen(self, query: Query) -> list[tuple[int, str]]:
        """The words that tell something, in order: all but stop words, or the rarest of too many."""
        acronyms = query.capitals & self._snapshot.acronyms.keys()
        stream = list(enumerate(query.words))
        untelling = function_words(query.words, self._snapshot.languages, STOP_WORDS) - acronyms
        telling = [(i, word) for i, word in stream if word not in untelling] or stream
        distinct = dict.fromkeys(word for _, word in telling)
        if len(distinct) > MOST_TERMS:
            counts = self._snapshot.lexicon.frequencies(distinct)
            kept = set(sorted(counts, key=lambda word: (counts[word], -len(word)))[:MOST_TERMS])
            telling = [(i, word) for i, word in telling if word in kept]
        self._get_ready({word for _, word in telling}, is_short=not query.pasted)
        return telling

    def _get_ready(self, words: set[str], *, is_short: bool) -> None:
        """Look up all at once what is asked of the words one by one, also as words that were run together."""
        if not self._snapshot.is_far:
            return
        self._snapshot.load(words)
        counts = self._snapshot.lexicon.frequencies(words) if is_short else {}
        unknown = {word for word in words if not self._occurs((word,))}
        rare = {word for word in words if is_short and counts.get(word, 0) < RARE}
        pairs = [pair for word in unknown | rare for pair in halves(word)]
        others = {other for word in unknown for other in other_spellings(word)}
        known = self._known({piece for pair in pairs for piece in pair}.union(others, *map(pieces, unknown)))
        self._snapshot.load({half for pair in pairs if known.issuperset(pair) for half in pair}, ("body",))

    def _alternatives(self, word: str, *, is_short: bool) -> list[Alternative]:
        """The word and what else it may be called: at most MOST_ALTERNATIVES in all."""
        found: dict[Phrase, float] = {(word,): 1.0}
        for phrase in self._synonyms.get(stems((word,)), ()):
            found.setdefault(phrase, SYNONYM)
        for phrase in self._snapshot.acronyms.get(word, ()):
            found.setdefault(phrase, 1.0)
        is_known = self._occurs((word,))
        if (is_short and self._snapshot.frequency(word) < RARE) or not is_known:
            for phrase in self._split_cache.made(word, lambda: self._split(word)):
                found.setdefault(phrase, 1.0)
        others = () if is_known else self._known(set(other_spellings(word)))
        for other in (*others, *(self._in_compounds(word) if is_short else ())):
            found.setdefault((other,), SYNONYM)
        return list(found.items())[:MOST_ALTERNATIVES]

    def _in_compounds(self, word: str) -> tuple[str, ...]:
        """The compounds of the guides that the word is a part of, the commonest first; of one, its parts."""
        if len(word) < compounds.SHORTEST or compounds.COMPOUNDING.isdisjoint(self._snapshot.languages):
            return ()
        return self._compound_cache.made(word, lambda: in_compounds(word, self._snapshot.lexicon.vocabulary))

    def _split(self, word: str) -> tuple[Phrase, ...]:
        """Words that the guides write one after the other and that make this one when run together."""
        pairs = list(halves(word))
        known = self._known({half for pair in pairs for half in pair})
        found = [pair for pair in pairs if known.issuperset(pair)]
        if not any(map(self._occurs, found)) and not self._occurs((word,)):
            found = splits(word, self._known(pieces(word)))
        return tuple(filter(self._occurs, found))[:2]

    def _occurs(self, phrase: Phrase) -> bool:
        return len(self._snapshot.matching(phrase)) > 0

    def _known(self, candidates: set[str]) -> set[str]:
        """Those of the candidates that are words of the guides."""
        return set(self._snapshot.lexicon.frequencies(candidates))

    def _spans(self, query: Query, typed: Phrase) -> list[Term]:
        """Terms of several words: identifiers in one piece, words that guides run together, synonyms of phrases."""
        found: dict[tuple[Alternative, ...], Term] = {}
        self._snapshot.load({identifier for _, identifier in query.identifiers})
        for _, identifier in query.identifiers:
            found.setdefault((((identifier,), 1.0),), self._snapshot.term(((identifier,), 1.0)))
        typed = typed[:MOST_SPANNED]
        self._snapshot.load({"".join(pair) for pair in pairwise(typed)}, ("body",))
        keys = stems(typed)
        for run in runs_of_words(typed):
            phrase, key = typed[run], keys[run]
            joined = "".join(phrase)
            alternatives: list[Alternative] = []
            is_pair = len(phrase) == 2  # noqa: PLR2004
            if is_pair and joined not in STOP_WORDS and len(joined) >= SHORTEST_SPLIT and self._occurs((joined,)):
                alternatives.append(((joined,), 1.0))
            alternatives += [(other, SYNONYM) for other in self._synonyms.get(key, ())]
            if key in self._acronym_of:
                alternatives.append(((self._acronym_of[key],), 1.0))
            if alternatives and len(found) < MOST_TERMS:
                chosen = ((phrase, 1.0), *alternatives[: MOST_ALTERNATIVES - 1])
                found.setdefault(chosen, self._snapshot.term(*chosen))
        return [term for term in found.values() if term]

    def _corrections(self, query: Query, chosen: list[tuple[int, str]]) -> tuple[dict[str, str], dict[str, str]]:
        """For words that no guide has, what was surely meant instead, and what perhaps was."""
        if len(query.words) > LONGEST_CORRECTED:
            return {}, {}
        quoted = {word for phrase in query.phrases for word in phrase}
        distinct = dict.fromkeys(word for _, word in chosen if word not in quoted)
        unknown = [word for word in distinct if not self._is_known(word)]
        if not unknown:
            return {}, {}
        context = in_any([self._snapshot.matching((word,)) for word in distinct if word not in unknown])
        found = {word: self._corrector.correct(word, context) for word in unknown[:MOST_CORRECTED]}
        near = {word: meant for word, meant in found.items() if meant}
        sure: dict[str, str] = {}
        for word in sorted(near, key=len, reverse=True):
            if self._is_sure(query, word, near, is_alone=not len(context) and not sure):
                sure[word] = near[word]
        words, accented = query.words, query.accented
        if len(sure) < len(unknown) and seems_foreign(
            words, accented, lambda word: word in sure or self._is_known(word)
        ):
            return {}, {}
        left = {word: meant for word, meant in near.items() if word not in sure and is_possible_typo(word, meant)}
        offered = {word: meant for word, meant in left.items() if self._fits(meant, context)}
        return sure, offered

    def _is_sure(self, query: Query, word: str, near: Mapping[str, str], *, is_alone: bool) -> bool:
        """Whether the nearest word was meant. A name, a foreign word or a short one is let stand as it is."""
        if word in query.accented or word in query.capitals or (len(word) < SHORT and not is_alone):
            return False
        if is_surely_typo(word, near[word]):
            return True
        return is_surely_typo(word, near[word], fits_context=True) and self._fits_neighbours(query, word, near)

    def _fits_neighbours(self, query: Query, word: str, near: Mapping[str, str]) -> bool:
        """Whether some guide has what was meant next to what stands next to the word."""
        typed = [near.get(other, other) for other in query.words]
        at = query.words.index(word)
        beside = (typed[at : at + 2], typed[max(0, at - 1) : at + 1])
        return any(len(pair) > 1 and STOP_WORDS.isdisjoint(pair) and self._occurs(tuple(pair)) for pair in beside)

    def _fits(self, meant: str, context: Numbers) -> bool:
        return not len(context) or bool(np.isin(self._snapshot.matching((meant,)).documents, context).any())

    def similar_queries(self, query: Query) -> list[str]:
        """Texts like a short one, likeliest first, with words of the guides for those that no guide has."""
        if len(query.words) > LONGEST_NEAR or self._is_foreign(query, self._is_mistyped):
            return []
        unknown = [word for word in dict.fromkeys(query.words) if word not in STOP_WORDS and not self._is_known(word)]
        found = {word: self._similar_words(word) for word in unknown[:MOST_CORRECTED]}
        near = {word: others for word, others in found.items() if others}
        first = {word: others[0] for word, others in near.items()}
        texts = [
            _corrected_text(query, {**first, word: others[rank]})
            for rank in range(MOST_NEAR)
            for word, others in near.items()
            if rank < len(others)
        ]
        return list(dict.fromkeys(texts))

    def is_foreign(self, query: Query) -> bool:
        """Whether a question surely is in a language of no guide."""
        return is_surely_foreign(query.words[:LONGEST_CORRECTED], self._is_known)

    def _similar_words(self, word: str) -> list[str]:
        """What may be meant by a word that no guide has, the likeliest first."""
        apart = [" ".join(split) for split in splits(word, self._known(pieces(word)))[:1]]
        return [*apart, *self._corrector.near(word, MOST_NEAR)][:MOST_NEAR]

    def _is_known(self, word: str) -> bool:
        return self._occurs((word,)) or any(self._occurs(other) for other, _ in self._alternatives(word, is_short=True))

    def _is_foreign(self, query: Query, is_mistyped: Callable[[str], bool]) -> bool:
        """Whether a question seems to be in a language of no guide; words that are surely mistyped are none of that."""
        return seems_foreign(query.words, query.accented, lambda word: is_mistyped(word) or self._is_known(word))

    def _is_mistyped(self, word: str) -> bool:
        return any(is_surely_typo(word, near) for near in self._corrector.near(word, 1))

    def _codes(self, query: Query) -> tuple[str, ...]:
        """The keys of error codes that the text names and some guide defines."""
        named = [*query.codes, *(code.split()[-1] for code in query.codes)]
        if query.words and len(query.words) <= LONGEST_PHRASE:
            named.append(query.plain)
        keys = dict.fromkeys(code_key(code) for code in named)
        self._snapshot.load(keys, ("codes",), exact=True)
        return tuple(key for key in keys if len(self._snapshot.defining(key)))


def _corrected_text(query: Query, corrected: dict[str, str]) -> str:
    """What was typed, with the words put right."""
    pieces, done = [], 0
    for word, (start, end) in zip(tokenize(query.text).words, spans(query.text), strict=True):
        if word in corrected and start >= done:
            pieces += [query.text[done:start], corrected[word]]
            done = end
    return "".join([*pieces, query.text[done:]])
