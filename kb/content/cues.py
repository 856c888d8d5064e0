"""Finds the cues in a sentence: the words of `cue_table` that give evidence of what it is."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.cue_table import CUES
from kb.content.patterns import counted

MOST_WORDS = 80
LONGEST_PHRASE = 4
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


_ANYWHERE, _OPENING = _table()
_SKIPPED = frozenset(
    [
        "please",
        "then",
        "so",
        "and",
        "or",
        "but",
        "also",
        "just",
        "simply",
        "now",
        "next",
        "first",
        "finally",
        "instead",
        "additionally",
        "usually",
        "alternatively",
        "otherwise",
        "second",
        "however",
        "therefore",
        "either",
    ]
)


def words_of(text: str) -> list[str]:
    """The words of a sentence in lower case, with its question marks and colons."""
    return [word.lower().replace("\u2019", "'") for word in WORD.findall(text)[:MOST_WORDS]]


def found_in(words: Sequence[str], start: int = 0) -> set[str]:
    """The cues that a sentence shows; `start` is where it begins, after a condition for instance."""
    found: set[str] = set()
    for index in range(len(words)):
        for end in range(index + 1, min(index + LONGEST_PHRASE, len(words)) + 1):
            found.update(_ANYWHERE.get(" ".join(words[index:end]), ()))
    found |= opening(words, start)
    return found


def opening(words: Sequence[str], start: int) -> set[str]:
    """The cues that a sentence, or its main clause at `start`, begins with."""
    found: set[str] = set()
    for index in range(start, min(start + 3, len(words))):
        for end in range(index + 1, min(index + LONGEST_PHRASE, len(words)) + 1):
            found.update(_OPENING.get(" ".join(words[index:end]), ()))
        if words[index] not in _SKIPPED:
            break
    return found
