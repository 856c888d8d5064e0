"""Splits compounds, as German, Dutch and the Scandinavian languages write them, into words that the guides have."""

from __future__ import annotations

from collections.abc import Callable

COMPOUNDING = frozenset({"de", "nl", "da", "no", "nb", "nn", "sv"})
SHORTEST = 4
SHORTEST_COMPOUND = 2 * SHORTEST
LONGEST_COMPOUND = 40
MOST_PARTS = 4
# What may stand between two parts, or end the last one: `Fehlermeldung-s-text`, `Datei-en-liste`.
_LINKS = ("", "s", "n", "es", "en", "er", "e")


def candidates(word: str) -> set[str]:
    """What `parts` may ask of a word, to be looked up at once; bounded by the square of LONGEST_COMPOUND."""
    if not _is_possible(word):
        return set()
    last = len(word) - SHORTEST
    return {word[start:end] for start in range(last + 1) for end in range(start + SHORTEST, len(word) + 1)} - {word}


def parts(word: str, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """The words that a folded compound is made of, without what links them; () when it can't be split into known ones.

    The fewest parts win, then those of which the shortest is longest.
    """
    if not _is_possible(word):
        return ()
    known = {piece for piece in candidates(word) if is_known(piece)}
    ways: dict[int, list[tuple[str, ...]]] = {0: [()]}
    for start in range(len(word) - SHORTEST + 1):
        before = sorted(ways.get(start, ()), key=_rank)[:MOST_PARTS]
        for end in range(start + SHORTEST, len(word) + 1) if before else ():
            if word[start:end] in known:
                longer = [(*way, word[start:end]) for way in before if len(way) < MOST_PARTS]
                for link in _LINKS:
                    if word.startswith(link, end):
                        ways.setdefault(end + len(link), []).extend(longer)
    whole = [way for way in ways.get(len(word), ()) if len(way) > 1]
    return min(whole, key=_rank, default=())


def _is_possible(word: str) -> bool:
    return SHORTEST_COMPOUND <= len(word) <= LONGEST_COMPOUND and word.isalpha()


def _rank(way: tuple[str, ...]) -> tuple[int, int]:
    return len(way), -min(map(len, way), default=0)
