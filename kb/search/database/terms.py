"""Turns a query into the texts that a database without a word index is searched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kb.search.text.analysis import STOP_WORDS, common_start, spans, stem, tokenize
from kb.search.text.query import Query

MOST_WORDS = 10
MOST_PHRASES = 6
MOST_EXCLUDED = 10

Spellings = tuple[str, ...]
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseTerms:
    """What to look for: words, by their stems, and phrases, each with the ways in which the database looks for it.

    It looks for letters and so finds too much, which is then read word by word. `preferred` phrases need not be there;
    `code` is an error code that a guide must define or name, as texts hold it.
    """

    words: Mapping[str, Spellings]
    phrases: Mapping[Phrase, Spellings]
    preferred: tuple[Phrase, ...]
    excluded: Mapping[Phrase, Spellings]
    code: Phrase = ()
    code_spellings: Spellings = ()


def database_terms(query: Query) -> DatabaseTerms:
    """What a query is to be looked for by, bounded whatever was typed."""
    as_typed = dict(zip(tokenize(query.plain).words, (query.plain[a:b] for a, b in spans(query.plain)), strict=True))
    required = () if query.pasted else query.phrases[:MOST_PHRASES]
    first = () if query.pasted else (*map(_longest, required), *(identifier for _, identifier in query.identifiers))
    code, code_spellings = _code(" ".join(query.only_code.split()))
    chosen = list(dict.fromkeys([*first, *_telling(query)] or (*code, *tokenize(query.only_code).words)))[:MOST_WORDS]
    return DatabaseTerms(
        words={stem(word): _spellings(word, as_typed) for word in chosen},
        phrases={phrase: _spellings(_longest(phrase), as_typed) for phrase in required},
        preferred=query.phrases[:MOST_PHRASES] if query.pasted else (),
        excluded={phrase: _spellings(_longest(phrase), as_typed) for phrase in query.excluded[:MOST_EXCLUDED]},
        code=code,
        code_spellings=code_spellings,
    )


def _code(code: str) -> tuple[Phrase, Spellings]:
    """An error code as texts hold it, whole or in words, and how the database looks for it."""
    found = tokenize(code)
    identifiers = tuple(identifier for _, identifier in found.identifiers)
    phrase = identifiers[-1:] if len(code.split()) == 1 and identifiers else tuple(found.words)
    return phrase, tuple(dict.fromkeys((_longest(phrase), code))) if phrase else ()


def _telling(query: Query) -> list[str]:
    """The words, those that tell most first: long ones; of a log, those that it does not repeat, and numbers last."""
    counts = Counter(query.words)
    telling = [word for word in counts if word not in STOP_WORDS and len(word) > 1] or list(counts)
    if query.pasted:
        return sorted(telling, key=lambda word: (word.isdigit(), counts[word], -len(word)))
    return sorted(telling, key=len, reverse=True)


def _longest(phrase: Phrase) -> str:
    return max(phrase, key=len)


def _spellings(word: str, as_typed: Mapping[str, str]) -> Spellings:
    """What all forms of the word begin with, and how it was typed: the database does not fold accents.

    Nor does SQLite know capitals beyond ASCII.
    """
    typed = as_typed.get(word, word)
    others = () if typed.isascii() else (typed, typed.lower(), typed.capitalize())
    return tuple(dict.fromkeys((common_start(word) or word, *others)))
