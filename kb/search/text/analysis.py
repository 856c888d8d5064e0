"""Splits text into folded words; an identifier is kept in one piece and also split into its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from kb.content import languages
from kb.content.languages import contractions, english, folding, stemming
from kb.content.languages.contractions import APOSTROPHES, long_form
from kb.content.languages.folding import fold
from kb.content.patterns import Match, counted, linear

LONGEST_WORD = 64
MOST_CACHED = 100_000

# An index of words that other code found is built anew.
SOURCES = (__file__, *(str(module.__file__) for module in (contractions, english, folding, stemming, languages)))

_LETTER_APOSTROPHE = "\u02bc"  # Unicode counts it among the letters
_OPENING, _CLOSING = "([{<'\"`", ")]}>'\"`.,;:!?"
_RUN_OF_WORDS = rf"[^\W_]+(?:(?:[._:@{APOSTROPHES.replace('`', '')}‐‑-]+|`(?=[A-Za-z]{{1,2}}\b))[^\W_]+)*"  # noqa: RUF001
_RUN = counted(_RUN_OF_WORDS)
# The same with `C++`, `401(k)` and pictures, which takes longer.
_SIGNS = frozenset("+#)")
_RUN_WITH_SIGNS = counted(
    rf"{_RUN_OF_WORDS}(?:(?:\+\+|#)(?![\w+#])|(?<=[0-9])\([A-Za-z]\)(?!\w))?"
    "|[\u2600-\u26ff\u2702-\u2757\u2763\u2764\u2b50\U0001f1e6-\U0001f1ff\U0001f300-\U0001f3fa\U0001f400-\U0001faff]"
)
_HUMP = linear(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
_PIECE = counted(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_DROPPED = dict.fromkeys(map(ord, f"{APOSTROPHES}‐‑-"))  # noqa: RUF001
_BETWEEN = dict.fromkeys(map(ord, "._:@‐‑-+#()"), " ") | dict.fromkeys(map(ord, APOSTROPHES), "'")  # noqa: RUF001
_HEXADECIMAL = linear(r"0x[0-9a-f]{2,}")
_VERSION = linear(r"(?P<v>v?)(?P<numbers>(?P<major>[0-9]+)(?:\.[0-9]+)+)", re.IGNORECASE)
_ENDINGS = (".js", ".net", ".io")
_UNSPACED = linear("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


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
    for match in _runs(piece):
        split = _split_run(match.group())
        if isinstance(split, str):
            found.words.append(split)
        else:
            found.identifiers += [(len(found.words), identifier) for identifier in split.identifiers]
            found.words += [part[0] for part in split.pieces]
    if "." in piece[:2] and (name := _dotted_name(piece)) and found.words:
        found.identifiers.insert(0, (0, name))
    if len(piece) <= LONGEST_WORD:
        if len(found.words) == 1 and not found.identifiers:
            _cache(_word_cache, piece, found.words[0])
        else:
            _cache(_tokens_cache, piece, found)
    return found


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand: for each of `tokenize(text).words` the [start, end) that it was made from.

    Both words of a contraction stand where it does.
    """
    found: list[tuple[int, int]] = []
    for match in _runs(text):
        split, start = _split_run(match.group()), match.start()
        if isinstance(split, str):
            found.append(match.span())
        else:
            found += [(start + offset, start + offset + length) for _, offset, length in split.pieces]
    return found


def _runs(text: str) -> Iterator[Match]:
    """The runs of letters, digits and the marks between them."""
    if text.isascii() and _SIGNS.isdisjoint(text):
        return _RUN.finditer(text)
    return _RUN_WITH_SIGNS.finditer(text.replace(_LETTER_APOSTROPHE, "'"))


def _dotted_name(piece: str) -> str:
    """The name with a dot before it that a piece is, such as .NET or .env; '' for others."""
    name = piece.lstrip(_OPENING).rstrip(_CLOSING)
    return fold(name) if name[1:].isalnum() and name[0] == "." and name[1].isalpha() else ""


def identifier_term(identifier: str) -> str:
    """An identifier as it is indexed in one piece: folded, hyphens and apostrophes left out."""
    return fold(identifier).translate(_DROPPED)


def _split_run(run: str) -> str | _Split:
    """What a run of letters, digits and the marks between them becomes; remembered too."""
    split = _run_cache.get(run)
    if split is not None:
        return split
    words = long_form(run)
    if words is not None:
        split = _Split(tuple((word, 0, len(run)) for word in words))
    else:
        split = _as_one_word(run) or _pieces(run[:-2] if run[-1] in "sS" and run[-2] in APOSTROPHES else run)
    if len(run) <= LONGEST_WORD:
        _cache(_run_cache, run, split)
    return split


def _as_one_word(run: str) -> str:
    """A plain word, a picture, or the name of a language such as C++; '' for what is more than that."""
    is_plain = run.isascii() and run.isalnum() and len(run) <= LONGEST_WORD
    if is_plain and run[:2].lower() != "0x" and not _has_humps(run):
        return run.lower()
    return fold(run) if not run.isalnum() and not run.rstrip("+#")[1:] else ""


def _has_humps(text: str) -> bool:
    """Whether it is written like CamelCase."""
    rest = text[1:]
    return rest != rest.lower() and _HUMP.search(text) is not None


def _cache(cache: dict[str, Any], run: str, value: object) -> None:
    if len(cache) >= MOST_CACHED:
        cache.clear()
    cache[run] = value


def _pieces(run: str) -> _Split:
    before = 1 if run[0] in "vV" and _VERSION.match(run) else 0
    parts = [(fold(part), before + offset, length) for part, offset, length in _parts(run[before:])]
    pieces = tuple(part for part in parts if 0 < len(part[0]) <= LONGEST_WORD and part[2] <= LONGEST_WORD)
    if not pieces or len(run) > LONGEST_WORD:
        return _Split(pieces)
    identifiers = list(_other_names(run.lower()))
    if len(parts) > 1 or not run.isalnum():
        identifiers.append(identifier_term(run))
    return _Split(pieces, tuple(dict.fromkeys(identifiers)))


def _other_names(run: str) -> Iterator[str]:
    """What else people call a thing: `v2.3.1` is 2.3.1 of v2, `node.js` nodejs, `401(k)` 401k, 0x8004 is 8004."""
    if run.startswith("0x") and _HEXADECIMAL.fullmatch(run):
        yield run[2:]
    elif run.endswith(_ENDINGS) and run.count(".") == 1:
        yield run.replace(".", "")
    elif run[-1] == ")":
        yield run[:-3] + run[-2]
    elif "." in run and run[run[0] == "v"].isdigit() and (version := _VERSION.match(run)):
        if version["v"]:
            yield f"v{version['major']}"
            yield identifier_term(run[1:])
        yield version["numbers"]


def _parts(run: str) -> Iterator[tuple[str, int, int]]:
    """The pieces of an identifier, with their starts and lengths: split at marks and humps, contractions written out.

    In Chinese and the like, pairs.
    """
    end, spaced = 0, run.translate(_BETWEEN)
    for text in spaced.split():
        start = spaced.index(text, end)
        end = start + len(text)
        if words := long_form(text):
            yield from ((word, start, len(text)) for word in words)
        else:
            yield from ((part, start + offset, len(part)) for part, offset in _split_part(text))


def _split_part(text: str) -> Iterator[tuple[str, int]]:
    """The pieces of what has no marks in it but apostrophes, and where they start."""
    end = 0
    for part in filter(None, text.split("'")):
        start = text.index(part, end)
        end = start + len(part)
        if not part.isascii() and _UNSPACED.search(part):
            yield from ((part[i : i + 2], start + i) for i in range(max(1, len(part) - 1)))
        elif _has_humps(part):
            yield from ((piece.group(), start + piece.start()) for piece in _PIECE.finditer(part))
        else:
            yield part, start
