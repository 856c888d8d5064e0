"""Tells whether a word is English, by the word list of the spelling checker: such a word is never corrected."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from spellchecker import SpellChecker


def is_english(word: str) -> bool:
    """Whether a word in lower case is in the list of about 160,000 that the spelling checker comes with."""
    return f"\n{word}\n" in _english_words().get(word[:2], "")


@cache
def _english_words() -> dict[str, str]:
    """By their first two letters, the words of the list, a line each; read when a process first needs them.

    That takes a third of a second, and 2 MB: a set of the words would take 20.
    """
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for word in SpellChecker(language="en").word_frequency.dictionary:
        lines[word[:2]].append(word)
    return {start: "\n".join(["", *words, ""]) for start, words in lines.items()}
