"""Joins texts in which people asked for the same: in other forms of the words, mistyped, or in other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.content.patterns import linear
from kb.search.log.report import MOST_COMPARED, Grouped, group_key

LIKE = 0.84
SHORTEST = 5

_DIGITS = linear(r"[0-9]+")

Key = tuple[str, tuple[str, ...]]


def key_of_text(audience: str, text: str) -> Key:
    """What texts of an audience are grouped by: their telling words without endings, in any order."""
    return audience, group_key(text)


def leaders(counted: Mapping[Key, tuple[str, int]], grouped: Grouped | None) -> dict[Key, Key]:
    """By each key, the commonest one that asks for the same; `counted` has a text and how often it was used by key.

    Only the commonest MOST_COMPARED of each audience are compared; all others lead to themselves.
    """
    found = {key: key for key in counted}
    for audience in sorted({audience for audience, _ in counted}):
        own = [key for key in counted if key[0] == audience]
        own.sort(key=lambda key: (-counted[key][1], key))
        own = own[:MOST_COMPARED]
        texts = [counted[key][0] for key in own]
        by_spelling = _by_spelling(own, texts)
        by_meaning = grouped(texts) if grouped else range(len(own))
        for place, (near, meant) in enumerate(zip(by_spelling, by_meaning, strict=True)):
            found[own[place]] = found[own[min(near, meant)]]
    return found


def _by_spelling(keys: Sequence[Key], texts: Sequence[str]) -> list[int]:
    """By place of each text, the place of the first that differs by typing mistakes alone; numbers are none."""
    plain = ["".join(text.casefold().split()) for text in texts]
    numbers = [tuple(sorted(_DIGITS.findall(text))) for text in texts]
    likeness = process.cdist(plain, plain, scorer=OSA.normalized_similarity, score_cutoff=LIKE)
    first = list(range(len(keys)))
    for place in range(len(keys)):
        for before in range(place):
            is_long = min(len(plain[place]), len(plain[before])) >= SHORTEST
            if is_long and likeness[place, before] >= LIKE and numbers[place] == numbers[before]:
                first[place] = first[before]
                break
    return first
