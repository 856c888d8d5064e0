"""Tells what can't be true beside what somebody said: who says that it worked before does not say that it never has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.content.patterns import Counted, counted

_WORKED_BEFORE = counted(
    r"\b(?:(?:worked|working|fine) (?:before|until|till|yesterday|last)|used to work|no longer works?|"
    r"stopped (?:suddenly|working)|suddenly stopped|works? any ?more)\b",
    re.IGNORECASE,
)
_NEVER_WORKED = counted(r"\b(?:never worked|never did work|not work(?:ed)? from the start)\b", re.IGNORECASE)
_FOR_ONE = counted(
    r"\bonly (?:(?:from|on|in|for|with) (?:one|a single|my|me)|me|one (?:user|person|machine|computer))\b",
    re.IGNORECASE,
)
_FOR_ALL = counted(
    r"\b(?:(?:all|every) (?:users?|machines?|computers?|customers?)|everyone|everybody|everywhere)\b", re.IGNORECASE
)
_SOMETIMES = counted(r"\b(?:sometimes|occasionally|intermittent(?:ly)?|at random|now and then)\b", re.IGNORECASE)
_EACH_TIME = counted(r"\b(?:(?:every|each) time|every request)\b", re.IGNORECASE)
_OPPOSITES = ((_WORKED_BEFORE, _NEVER_WORKED), (_FOR_ONE, _FOR_ALL), (_SOMETIMES, _EACH_TIME))


def excluded_by(said: Iterable[str]) -> list[Counted]:
    """Patterns of what can't be true beside all that somebody said; none of a pair of which they said both."""
    texts = list(said)
    found = []
    for one, other in _OPPOSITES:
        says_one, says_other = any(map(one.search, texts)), any(map(other.search, texts))
        if says_one != says_other:
            found.append(other if says_one else one)
    return found
