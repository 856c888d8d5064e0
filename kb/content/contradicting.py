"""Tells what can't be true beside what somebody said: who says that it worked before does not say that it never has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.content.patterns import Counted, counted


def _one_of(*phrases: str) -> Counted:
    return counted(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_OPPOSITES = (
    (
        _one_of(
            r"(?:worked|working|fine) (?:before|until|till|yesterday|last)",
            r"used to work",
            r"no longer works?",
            r"stopped (?:suddenly|working)",
            r"suddenly stopped",
            r"works? any ?more",
        ),
        _one_of(r"never worked", r"never did work", r"not work(?:ed)? from the start"),
    ),
    (
        _one_of(
            r"only (?:from|on|in|for|with) (?:one|a single|my|me)",
            r"only (?:me|one (?:user|person|machine|computer))",
        ),
        _one_of(r"(?:all|every) (?:users?|machines?|computers?|customers?)", r"everyone", r"everybody", r"everywhere"),
    ),
    (
        _one_of(r"sometimes", r"occasionally", r"intermittent(?:ly)?", r"at random", r"now and then"),
        _one_of(r"(?:every|each) time", r"every request"),
    ),
)


def excluded_by(said: Iterable[str]) -> list[Counted]:
    """Patterns of what can't be true beside all that somebody said; none of a pair of which they said both."""
    texts = list(said)
    found = []
    for one, other in _OPPOSITES:
        says_one, says_other = any(map(one.search, texts)), any(map(other.search, texts))
        if says_one != says_other:
            found.append(other if says_one else one)
    return found
