"""Tells likely typing errors from other words, by a weighted edit distance."""

from __future__ import annotations

from dataclasses import dataclass

from kb.content.languages.english import is_english

# What an error costs by its kind; LAST and FIRST come on top where it is at an end of the word.
SWAPPED = DOUBLED = 0.5
MISSING = 0.75
EXTRA = 1.0
ALIKE = 1.1
OTHER = 1.5
LAST = 0.5
FIRST = 0.75

SHORT = 6
# By the length of a word, the highest cost that still counts as a typing error: what people often misspell stays below
# it, and what turns one English word into another, mostly above.
ALLOWED = {4: 0.0, 5: 0.5, 6: 0.75, 7: 0.75, 8: 1.1, 9: 1.25, 10: 1.25, 11: 1.5}
ALLOWED_BEYOND = 2.0
ALLOWED_IN_CONTEXT = 0.25
POSSIBLE = 1.25

_SOUND_ALIKE = frozenset(
    left + right for sounds in ("aeiouy", "sz", "sc", "ck", "kq", "vw") for left in sounds for right in sounds
)


def is_surely_typo(typed: str, meant: str, *, fits_context: bool = False) -> bool:
    """Whether `typed` is surely `meant` mistyped, and no word of its own that the guides happen not to have.

    A word of English never is. One that stands beside the other words typed in some guide may be a little further away.
    """
    allowed = ALLOWED.get(len(typed), ALLOWED_BEYOND if len(typed) >= SHORT else 0.0)
    if fits_context and len(typed) >= SHORT:
        allowed += ALLOWED_IN_CONTEXT
    return typo_cost(typed, meant) <= allowed and not is_english(typed)


def is_possible_typo(typed: str, meant: str) -> bool:
    """Whether `meant` is worth offering: nearly every short word is one letter away from another."""
    return len(typed) >= SHORT or typo_cost(typed, meant) <= POSSIBLE


def typo_cost(typed: str, meant: str) -> float:
    """What the errors that lead from `meant` to `typed` cost: usual ones little, those at its ends more.

    Optimal string alignment, which is Damerau-Levenshtein without edits of what was swapped, with a cost for each kind
    of error.
    """
    pair = _Pair(typed, meant)
    older: list[float] = []
    above = [0.0]
    for j in range(len(meant)):
        above.append(above[j] + pair.missing(0, j))
    for i in range(len(typed)):
        row = [above[0] + pair.surplus(i, 0)]
        for j in range(len(meant)):
            best = min(
                above[j + 1] + pair.surplus(i, j + 1), row[j] + pair.missing(i + 1, j), above[j] + pair.other(i, j)
            )
            if i and j and typed[i] == meant[j - 1] and typed[i - 1] == meant[j]:
                best = min(best, older[j - 1] + SWAPPED)
            row.append(best)
        older, above = above, row
    return above[-1]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The costs of single errors at letter `i` of what was typed and letter `j` of what was meant."""

    typed: str
    meant: str

    def missing(self, i: int, j: int) -> float:
        return (DOUBLED if _is_doubled(self.meant, j) else MISSING) + self._edge(i, j)

    def surplus(self, i: int, j: int) -> float:
        return (DOUBLED if _is_doubled(self.typed, i) else EXTRA) + self._edge(i, j)

    def other(self, i: int, j: int) -> float:
        if self.typed[i] == self.meant[j]:
            return 0.0
        return (ALIKE if self.typed[i] + self.meant[j] in _SOUND_ALIKE else OTHER) + self._edge(i, j)

    def _edge(self, i: int, j: int) -> float:
        """Fingers seldom get the first letter wrong; another ending is often another form."""
        if i == j == 0:
            return FIRST
        return LAST if i >= len(self.typed) - 1 and j >= len(self.meant) - 1 else 0.0


def _is_doubled(word: str, at: int) -> bool:
    return word[at] in (word[at - 1 : at], word[at + 1 : at + 2])
