"""Splits text into folded words; an identifier is kept in one piece and also split into its parts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from whoosh.lang.porter import stem as porter_stem

from kb.content.patterns import counted, linear

LONGEST_WORD = 64
MOST_CACHED = 100_000

_RUN = counted(r"[^\W_]+(?:[._:@'’‐‑-]+[^\W_]+)*")  # noqa: RUF001  # the apostrophes and hyphens that people paste
_PART = linear(r"[^\W_]+")
_HUMP = linear(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
_PIECE = counted(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_DROPPED = linear(r"['’‐‑-]+")  # noqa: RUF001
_POSSESSIVE = linear(r"['’]s$", re.IGNORECASE)  # noqa: RUF001
_HEXADECIMAL = linear(r"0x[0-9a-f]{2,}")
_UNSPACED = linear("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do does doing
    each for from get getting got had has have having he her here him his how i if in into is it its itself just me
    more most my myself no nor not of off on once only or other our out over own please same she should so some such
    t than thanks that the their them then there these they this those to too until up us very was we were what when
    where which while who whom why will with would you your""".split()  # noqa: SIM905
)

# Words with which people tell of any trouble: they say little of which one it is.
FILLERS = frozenset(
    """able actually already always answer anybody anymore anyone anything appear appears appreciate appreciated ask
    asking bad best better cause causes causing come comes consider current currently different does easy else ever
    every everything exactly example fine fix fixed fixing following found gave get gets give gives giving go goes going
    gone good guess happen happened happening happens help helped hello hi idea issue issues keep keeps know let like
    look looking looks lot make makes making many matter maybe mean means might must need needed needs never new nothing
    occur occurs often possible possibly probably problem problems properly put question questions quite rather really
    reason recently resolve resolved right say saying says seem seems see seeing seen several show showing shows simple
    simply solution solutions solve solved someone something sometimes somehow still stuff suddenly suggest suggestions
    sure take takes tell thank thing things think though time times tried tries trouble troubleshoot troubleshooting try
    trying understand unable use used uses using usually want wanted wants way ways well went without wonder wondering
    work worked working works wrong yet""".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Tokens:
    """The words of a text in order; `identifiers` are those that were split, as (index of first word, identifier)."""

    words: list[str] = field(default_factory=list)
    identifiers: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Split:
    """What becomes of a run that is more than a plain word: (word, offset, length) of each piece, and identifiers."""

    pieces: tuple[tuple[str, int, int], ...] = ()
    identifiers: tuple[str, ...] = ()


_word_cache: dict[str, str] = {}
_tokens_cache: dict[str, Tokens] = {}
_run_cache: dict[str, str | _Split] = {}


def tokenize(text: str) -> Tokens:
    """The words of a text; those longer than LONGEST_WORD are left out. Time grows with the length of the text."""
    pieces = text.split()
    known = list(map(_word_cache.get, pieces))
    if None not in known:
        return Tokens(cast("list[str]", known))
    found, end = Tokens(), 0
    for _ in range(known.count(None)):
        at = known.index(None, end)
        value = _tokens_cache.get(pieces[at]) or _tokenize_piece(pieces[at])
        found.words += cast("list[str]", known[end:at])
        if value.identifiers:
            found.identifiers += [(len(found.words) + index, identifier) for index, identifier in value.identifiers]
        found.words += value.words
        end = at + 1
    found.words += cast("list[str]", known[end:])
    return found


def _tokenize_piece(piece: str) -> Tokens:
    """The words of what stands between two spaces; remembered, for texts repeat themselves."""
    found = Tokens()
    for run in _RUN.findall(piece):
        split = _split_run(run)
        if isinstance(split, str):
            found.words.append(split)
        else:
            found.identifiers += [(len(found.words), identifier) for identifier in split.identifiers]
            found.words += [part[0] for part in split.pieces]
    if len(piece) <= LONGEST_WORD:
        if len(found.words) == 1 and not found.identifiers:
            _cache(_word_cache, piece, found.words[0])
        else:
            _cache(_tokens_cache, piece, found)
    return found


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand: for each of `tokenize(text).words` the [start, end) that it was made from."""
    found: list[tuple[int, int]] = []
    for match in _RUN.finditer(text):
        split, start = _split_run(match.group()), match.start()
        if isinstance(split, str):
            found.append(match.span())
        else:
            found += [(start + offset, start + offset + length) for _, offset, length in split.pieces]
    return found


def fold(word: str) -> str:
    """The word in lower case and without accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def identifier_term(identifier: str) -> str:
    """An identifier as it is indexed in one piece: folded, hyphens and apostrophes left out."""
    return _DROPPED.sub("", fold(identifier))


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "en") -> str:  # noqa: ARG001
    """What the forms of an English word have in common; other tokens are left as they are."""
    return str(porter_stem(word)) if len(word) > 2 and word.isascii() and word.isalpha() else word  # noqa: PLR2004


def common_start(word: str) -> str:
    """What all forms of a word begin with; '' for a word that has no other forms."""
    common = stem(word)
    if not (word.isascii() and word.isalpha() and len(common) > 2):  # noqa: PLR2004
        return ""
    return common[:-1] if common[-1] in "ei" else common  # 'policies' and 'policy', 'filing' and 'file'


def _split_run(run: str) -> str | _Split:
    """What a run of letters, digits and the marks between them becomes; remembered too."""
    split = _run_cache.get(run)
    if split is not None:
        return split
    lower = fold(run)
    is_short_word = run.isascii() and run.isalnum() and len(run) <= LONGEST_WORD
    if is_short_word and not lower.startswith("0x") and _HUMP.search(run) is None:
        _cache(_run_cache, run, lower)
        return lower
    split = _pieces(_POSSESSIVE.sub("", run))
    if len(run) <= LONGEST_WORD:
        _cache(_run_cache, run, split)
    return split


def _cache(cache: dict[str, Any], run: str, value: object) -> None:
    if len(cache) >= MOST_CACHED:
        cache.clear()
    cache[run] = value


def _pieces(run: str) -> _Split:
    parts = [(fold(part), offset, len(part)) for part, offset in _parts(run)]
    pieces = tuple(part for part in parts if 0 < len(part[0]) <= LONGEST_WORD and part[2] <= LONGEST_WORD)
    if not pieces or len(run) > LONGEST_WORD:
        return _Split(pieces)
    identifiers = {identifier_term(run)} if len(parts) > 1 else set()
    if _HEXADECIMAL.fullmatch(run.lower()):
        identifiers.add(run.lower()[2:])
    return _Split(pieces, tuple(identifiers))


def _parts(run: str) -> list[tuple[str, int]]:
    """The pieces of an identifier and where they start: split at marks and humps; in Chinese and the like, pairs."""
    parts: list[tuple[str, int]] = []
    for part in _PART.finditer(run):
        text, start = part.group(), part.start()
        if _UNSPACED.search(text):
            parts.extend((text[i : i + 2], start + i) for i in range(max(1, len(text) - 1)))
        elif _HUMP.search(text):
            parts.extend((piece.group(), start + piece.start()) for piece in _PIECE.finditer(text))
        else:
            parts.append((text, start))
    return parts
