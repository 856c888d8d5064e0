"""Folds words: in lower case, without accents, and the ways to write an umlaut into one another."""

from __future__ import annotations

import unicodedata

from kb.content.patterns import linear

# Letters that Unicode does not take apart.
_PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_DIGRAPH = linear("([aou])e")
_VOICED = "\u3099\u309a"  # what makes another syllable in Japanese, no accent
_SHORT_I = "\u0438\u0306"  # a letter of its own in Cyrillic, no accent: endings tell by it


def fold(word: str) -> str:
    """The word in lower case and without accents."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(
        char
        for before, char in zip(" " + apart, apart, strict=False)
        if not unicodedata.combining(char) or char in _VOICED or before + char == _SHORT_I
    )
    return unicodedata.normalize("NFC", kept).translate(_PLAIN)


def other_spellings(word: str) -> tuple[str, ...]:
    """How else a word with an umlaut is written, folded: `Müller` as mueller, `mueller` as muller."""
    lower = word.lower()
    other = _DIGRAPH.sub(r"\1", lower) if lower.isascii() else fold(lower.translate(_DIGRAPHS))
    return () if other == fold(word) else (other,)
