"""Shortens a pasted message or log to what fits into an address: its error codes, and its words, each once."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus

from kb.content.patterns import counted
from kb.search.text.query import MAX_LENGTH, clean, codes_in

MOST_CHARACTERS = 1_200
MOST_BYTES_OF_CHARACTER = 4
_WORD = counted(r"\S+")


def condense(text: str, longest: int = MOST_CHARACTERS, codes: Iterable[str] = ()) -> str:
    """The text when it has at most `longest` characters; else `codes` and others that it names, and words that fit.

    In an address the result takes at most three times `longest`; letters that are not Latin are counted accordingly.

    A log says most in its first lines, where it starts to go wrong, and in its last, where it ends: words are taken
    from both ends in turn, each once, and stand in the order in which they first occur.
    """
    if len(text) > 2 * MAX_LENGTH:
        text = f"{text[:MAX_LENGTH]}\n{text[-MAX_LENGTH:]}"
    halves = [clean(text[:MAX_LENGTH]), clean(text[MAX_LENGTH:])]
    text = " ".join(half for half in halves if half)
    if _width(text) <= longest:
        return text
    words = list(dict.fromkeys(_WORD.findall(text)))
    other_codes = (code for code in codes_in(text) if not code.isdigit())
    telling = [
        word for marks in map(_marks, (*codes, *other_codes)) for word in words if any(mark in word for mark in marks)
    ]
    kept: set[str] = set()
    room = longest
    for word in dict.fromkeys([*telling, *_from_both_ends(words)]):
        room -= _width(word) + 1
        if room < 0:
            break
        kept.add(word)
    cut = text[: longest if text.isascii() else longest // MOST_BYTES_OF_CHARACTER]
    return " ".join(word for word in words if word in kept) or cut.strip()


def _marks(code: str) -> list[str]:
    """What tells an error code from others: of `ERROR 2013`, the number."""
    pieces = code.split()
    return [piece for piece in pieces if len(pieces) == 1 or any(letter.isdigit() for letter in piece)]


def _width(text: str) -> int:
    """The length of a text, or a third of its length in an address (three for `%3A`) when that is more."""
    return max(len(text), -(-len(quote_plus(text)) // 3))


def _from_both_ends(words: list[str]) -> list[str]:
    """The first, the last, the second, the last but one, and so on."""
    half = (len(words) + 1) // 2
    pairs = zip(words[:half], reversed(words), strict=False)
    return list(dict.fromkeys(word for pair in pairs for word in pair))
