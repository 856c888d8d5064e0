"""Finds the cues in a sentence: the words of `cue_table` that give evidence of what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from kb.content.cue_table import CUES
from kb.content.patterns import counted

MOST_WORDS = 80
MOST_SKIPPED = 3
# Titles, leads and sentences are asked about several times while a guide is read.
MOST_REMEMBERED = 4096
WORD = counted(r"[^\W_]+(?:['\u2019.-][^\W_]+)*|[?:!]")


def _table() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The cues of each phrase: those of any place, and those of the beginning of a sentence."""
    anywhere: dict[str, tuple[str, ...]] = {}
    opening: dict[str, tuple[str, ...]] = {}
    for name, phrases in CUES.items():
        table = opening if name.startswith("^") else anywhere
        listed = phrases.split("|") if "|" in phrases else phrases.split()
        for phrase in (" ".join(entry.split()) for entry in listed):
            table[phrase] = (*table.get(phrase, ()), name)
    return anywhere, opening


def _lengths(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How many words the phrases have that begin with a word, so that most words are looked up once."""
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        words = phrase.split()
        lengths.setdefault(words[0], set()).add(len(words))
    return {word: tuple(sorted(several)) for word, several in lengths.items()}


_ANYWHERE, _OPENING = _table()
_LENGTHS_ANYWHERE, _LENGTHS_OPENING = _lengths(_ANYWHERE), _lengths(_OPENING)
# What may stand before the word that a sentence begins with.
_SKIPPED_WORDS = """
    please then so and or but also just simply now next first finally instead additionally usually alternatively
    otherwise second however therefore either
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())


@lru_cache(maxsize=MOST_REMEMBERED)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a sentence in lower case, with its question marks and colons."""
    return tuple(word.lower().replace("\u2019", "'") for word in WORD.findall(text)[:MOST_WORDS])


@lru_cache(maxsize=MOST_REMEMBERED)
def found_in(text: str) -> frozenset[str]:
    """The cues that a sentence shows."""
    words = words_of(text)
    found: set[str] = set()
    for index, word in enumerate(words):
        for length in _LENGTHS_ANYWHERE.get(word, ()):
            found.update(_ANYWHERE.get(" ".join(words[index : index + length]), ()))
    return frozenset(found | opening(words, 0))


def opening(words: Sequence[str], start: int) -> set[str]:
    """The cues that a sentence, or its main clause at `start`, begins with."""
    found: set[str] = set()
    for index in range(start, min(start + MOST_SKIPPED, len(words))):
        for length in _LENGTHS_OPENING.get(words[index], ()):
            found.update(_OPENING.get(" ".join(words[index : index + length]), ()))
        if words[index] not in _SKIPPED:
            break
    return found
