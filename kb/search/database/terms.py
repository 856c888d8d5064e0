"""Turns a query into the texts that a database without a word index is searched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.content.languages.english import STOP_WORDS
from kb.content.languages.stemming import common_start
from kb.search.ranking.plan import MOST_EXCLUDED, MOST_PHRASES
from kb.search.ranking.results import as_indexed
from kb.search.text.analysis import spans, tokenize
from kb.search.text.query import Query

MOST_WORDS = 10

Spellings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseTerms:
    """What to look for, each in the ways in which the database looks for it; of a phrase its longest word.

    It looks for letters and so finds too much, which is then read word by word. A guide has to have one of `words` at
    least, all of `phrases`, and the `code` that was asked for.
    """

    words: tuple[Spellings, ...]
    phrases: tuple[Spellings, ...]
    excluded: tuple[Spellings, ...]
    code: Spellings


def database_terms(query: Query) -> DatabaseTerms:
    """What a query is to be looked for by, bounded whatever was typed."""
    as_typed = dict(zip(tokenize(query.plain).words, (query.plain[a:b] for a, b in spans(query.plain)), strict=True))
    longest = [] if query.pasted else [max(phrase, key=len) for phrase in query.phrases[:MOST_PHRASES]]
    identifiers = [] if query.pasted else [identifier for _, identifier in query.identifiers]
    words = list(dict.fromkeys([*longest, *identifiers, *_telling(query)]))[:MOST_WORDS]
    excluded = [max(phrase, key=len) for phrase in query.excluded[:MOST_EXCLUDED]]
    code = as_indexed(query.only_code)
    return DatabaseTerms(
        words=_spelled(words, as_typed),
        phrases=_spelled(longest, as_typed),
        excluded=_spelled(excluded, as_typed),
        code=tuple(dict.fromkeys((max(code, key=len), " ".join(query.only_code.split())))) if code else (),
    )


def _telling(query: Query) -> list[str]:
    """The words, those that tell most first: long ones; of a log, those that it does not repeat, and numbers last."""
    counts = Counter(query.words)
    telling = [word for word in counts if word not in STOP_WORDS and len(word) > 1] or list(counts)
    if query.pasted:
        return sorted(telling, key=lambda word: (word.isdigit(), counts[word], -len(word)))
    return sorted(telling, key=len, reverse=True)


def _spelled(words: Iterable[str], as_typed: Mapping[str, str]) -> tuple[Spellings, ...]:
    """For each word what all of its forms begin with, and how it was typed: the database does not fold accents.

    Nor does SQLite know capitals beyond ASCII.
    """
    found: dict[Spellings, None] = {}
    for word in words:
        typed = as_typed.get(word, word)
        others = () if typed.isascii() else (typed, typed.lower(), typed.capitalize())
        found[tuple(dict.fromkeys((common_start(word) or word, *others)))] = None
    return tuple(found)
