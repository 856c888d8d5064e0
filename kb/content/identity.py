"""Tells which sections of a guide's new text are those of the text before.

A heading that is reworded gives its section another anchor. What leads to the section (links, votes, walks) is kept by
its key, the anchor that it had first, which it keeps for as long as it can be recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.content.matching import BoundedMatcher, Budget, UsedUp

LEAST_ALIKE = 0.6
MOST_WORDS = 600
MOST_SECTIONS = 60
MOST_PAIRS = 10_000_000


@dataclass(frozen=True, slots=True)
class KnownSection:
    """A section as it is known: its anchor, the anchor that it had first, its heading and what it says."""

    anchor: str
    key: str
    title: str
    text: str


def keys_for(before: Sequence[KnownSection], now: Sequence[tuple[str, str, str]]) -> list[str]:
    """The key of each section of `now`, given as (anchor, title, text): that of the section that it was, or a new one.

    A section that kept its anchor is the same one. Of the others, those that say the same, or nearly, are (the ratio
    of Ratcliff and Obershelp over words is at least `LEAST_ALIKE`), as is one that alone took the place of another
    between two that stayed. A new key is the anchor, or the anchor and a number where that key is taken.
    """
    by_anchor = {section.anchor: section for section in before}
    found: dict[int, KnownSection] = {
        place: by_anchor[anchor] for place, (anchor, _title, _text) in enumerate(now) if anchor in by_anchor
    }
    _match_alike(before, now, found)
    _match_in_place(before, now, found)
    return _with_new_keys(before, now, {place: section.key for place, section in found.items()})


def former_anchors(before: Iterable[KnownSection], keys: Mapping[str, str]) -> dict[str, str]:
    """Anchors of `before` that no section has any more -> the anchor (of `keys`, key -> anchor) that stands for it."""
    anchors = set(keys.values())
    return {
        section.anchor: keys[section.key] for section in before if section.key in keys and section.anchor not in anchors
    }


def _match_alike(
    before: Sequence[KnownSection], now: Sequence[tuple[str, str, str]], found: dict[int, KnownSection]
) -> None:
    """Match what says the same, the most alike first."""
    taken = {section.anchor for section in found.values()}
    old = [section for section in before if section.anchor not in taken][:MOST_SECTIONS]
    new = [place for place in range(len(now)) if place not in found][:MOST_SECTIONS]
    budget = Budget(MOST_PAIRS)
    pairs = [(_alike(section, now[place], budget), -place, section) for section in old for place in new]
    for ratio, place, section in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if ratio >= LEAST_ALIKE and -place not in found and section.anchor not in taken:
            found[-place] = section
            taken.add(section.anchor)


def _alike(section: KnownSection, new_section: tuple[str, str, str], budget: Budget) -> float:
    """How much of two sections is the same, 0 to 1; sections without a text of their own are told by their headings."""
    _anchor, title, text = new_section
    if not section.text.split() or not text.split():
        old, new = section.title.lower().split(), title.lower().split()
        return _ratio(old, new, budget) if not section.text.split() and not text.split() else 0.0
    return _ratio(section.text.split()[:MOST_WORDS], text.split()[:MOST_WORDS], budget)


def _ratio(old: Sequence[str], new: Sequence[str], budget: Budget) -> float:
    """How much of two lists of words is the same; 0 where that would take too long to find out."""
    if old == new:
        return 1.0
    matcher = BoundedMatcher(old, new, budget)
    try:
        return (
            0.0 if matcher.real_quick_ratio() < LEAST_ALIKE or matcher.quick_ratio() < LEAST_ALIKE else matcher.ratio()
        )
    except UsedUp:
        return 0.0


def _match_in_place(
    before: Sequence[KnownSection], now: Sequence[tuple[str, str, str]], found: dict[int, KnownSection]
) -> None:
    """Match the one section that went with the one that came between the same two neighbours."""
    place_of = {section.anchor: place for place, section in enumerate(before)}
    taken = {section.anchor for section in found.values()}
    for place in range(len(now)):
        if place in found:
            continue
        above = place_of[found[place - 1].anchor] if place - 1 in found else -1 if place == 0 else None
        is_last = len(now) == place + 1
        below = place_of[found[place + 1].anchor] if place + 1 in found else len(before) if is_last else None
        if above is None or below is None or below - above != 2:  # noqa: PLR2004 - one between them
            continue
        section = before[above + 1]
        if section.anchor not in taken:
            found[place] = section
            taken.add(section.anchor)


def _with_new_keys(
    before: Sequence[KnownSection], now: Sequence[tuple[str, str, str]], kept: Mapping[int, str]
) -> list[str]:
    taken = {section.key for section in before}
    keys: list[str] = []
    for place, (anchor, _title, _text) in enumerate(now):
        key, number = kept.get(place, anchor), 2
        while place not in kept and key in taken:
            key, number = f"{anchor}-{number}", number + 1
        taken.add(key)
        keys.append(key)
    return keys
