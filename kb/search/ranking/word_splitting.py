"""Splits a word that was typed without a space into words that the guides have."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from heapq import nsmallest
from itertools import islice

from kb.content.languages import compounds
from kb.content.patterns import linear

SHORTEST_WORD = 5
LONGEST_WORD = 40
LONGEST_PIECE = 20
MOST_PIECES = 4
MOST_SPLITS = 6
MOST_COMPOUNDS = 5
MOST_TAKEN_APART = 100

Split = tuple[str, ...]

_LETTERS_AND_DIGITS = linear(r"([a-z]{2,})([0-9]{2,})")
_SHORT_PIECES = frozenset(("in", "on", "up", "out", "off", "to", "of", "id", "ip", "be", "re", "un", "my", "no", "is"))


def halves(word: str) -> Iterator[Split]:
    """The ways to cut the word in two that are worth a look; letters and digits come apart."""
    if match := _LETTERS_AND_DIGITS.fullmatch(word):
        yield match[1], match[2]
    if len(word) < SHORTEST_WORD or not word.isalpha():
        return
    for at in range(2, len(word) - 1):
        pair = word[:at], word[at:]
        if all(map(_is_possible_word, pair)):
            yield pair


def pieces(word: str) -> set[str]:
    """The parts of the word that may be words: at most LONGEST_WORD times LONGEST_PIECE; none of a longer word."""
    if not (SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isalpha()):
        return set()
    ends = ((start, end) for start in range(len(word)) for end in range(start + 2, start + LONGEST_PIECE + 1))
    return {word[start:end] for start, end in ends if end <= len(word) and _is_possible_word(word[start:end])}


def splits(word: str, known: Container[str]) -> list[Split]:
    """The ways to write the word as two to MOST_PIECES known ones: of few and long pieces first, MOST_SPLITS at most.

    Dynamic programming over where a piece ends; of each number of pieces that end there, the best few are kept.
    """
    possible = {piece for piece in pieces(word) if piece in known}
    ending: list[dict[int, list[Split]]] = [{0: [()]}]
    for end in range(1, len(word) + 1 if possible else 1):
        found: dict[int, list[Split]] = {}
        for start in range(max(0, end - LONGEST_PIECE), end - 1):
            if (piece := word[start:end]) in possible:
                for count, before in ending[start].items():
                    if count < MOST_PIECES:
                        found.setdefault(count + 1, []).extend((*split, piece) for split in before)
        ending.append({count: sorted(ways, key=_fragmentation)[:MOST_SPLITS] for count, ways in found.items()})
    whole = [split for count, ways in ending[-1].items() if count > 1 for split in ways]
    return sorted(whole, key=lambda split: (len(split), _fragmentation(split)))[:MOST_SPLITS]


def in_compounds(word: str, known: Mapping[str, int]) -> tuple[str, ...]:
    """The parts of a compound that is not known, and the MOST_COMPOUNDS commonest known ones that the word is part of.

    `known` says how common the known words are. No more than MOST_TAKEN_APART of those that hold the word are looked
    at: a short one is within thousands.
    """
    longer = (other for other in known if word in other and other != word)
    common = nsmallest(MOST_TAKEN_APART, longer, key=lambda other: (-known[other], other))
    holding = (other for other in common if word in compounds.parts(other, lambda part: part in known or part == word))
    own = () if word in known else compounds.parts(word, known.__contains__)
    return (*own, *islice(holding, MOST_COMPOUNDS))


def _is_possible_word(piece: str) -> bool:
    return len(piece) > 2 or piece in _SHORT_PIECES  # noqa: PLR2004


def _fragmentation(split: Split) -> tuple[int, int]:
    """Lower where the shortest piece is long, then where some are very long."""
    return -min(map(len, split)), -sum(len(piece) ** 2 for piece in split)
