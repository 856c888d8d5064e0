"""Finds what two sequences have in common in bounded time, however often they repeat themselves.

Ratcliff and Obershelp's way finds what people would mark, and takes the cube of the length where lines or words are
repeated. So it is given a number of pairs to look at. When they are used up, what stands once in both holds the two
together: less is found to be the same then, and nothing that is not.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal, TypeVar

Item = TypeVar("Item", bound=Hashable)
Block = tuple[int, int, int]
Tag = Literal["equal", "replace", "delete", "insert"]
Opcode = tuple[Tag, int, int, int, int]
MOST_PAIRS = 5_000_000


class UsedUp(Exception):  # noqa: N818 - there is another way
    """More pairs would have to be looked at than were given."""


class Budget:
    """How many pairs may be looked at; all that is compared for one page shares them."""

    def __init__(self, pairs: int = MOST_PAIRS) -> None:
        self.left = pairs

    def spend(self, pairs: int) -> None:
        """Take some; UsedUp when there are not as many."""
        if pairs > self.left:
            raise UsedUp
        self.left -= pairs


class BoundedMatcher(SequenceMatcher[Item]):
    """A SequenceMatcher that raises UsedUp before it takes too long."""

    def __init__(self, a: Sequence[Item], b: Sequence[Item], budget: Budget, *, autojunk: bool = False) -> None:
        super().__init__(None, a, b, autojunk=autojunk)
        places = self.b2j  # type: ignore[attr-defined]  # documented, though the stubs lack it
        self._pairs = list(accumulate((1 + len(places.get(item, ())) for item in a), initial=0))
        self._budget, self._length = budget, len(a)

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Block:  # type: ignore[override]
        """As for SequenceMatcher; each pair that it looks at is paid for."""
        self._budget.spend(self._pairs[self._length if ahi is None else ahi] - self._pairs[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def matching_blocks(a: Sequence[Item], b: Sequence[Item], budget: Budget | None = None) -> list[Block]:
    """Where `a[i : i + n] == b[j : j + n]`, as (i, j, n) in order, none touching the next; the last one is empty."""
    start = _equal_at_start(zip(a, b, strict=False))
    rest = min(len(a), len(b)) - start
    end = min(rest, _equal_at_start(zip(reversed(a), reversed(b), strict=False)))
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    try:
        found: list[Block] = list(BoundedMatcher(middle_a, middle_b, budget or Budget()).get_matching_blocks())
    except UsedUp:
        found = list(_around_landmarks(middle_a, middle_b))
    blocks = [(0, 0, start), *((i + start, j + start, n) for i, j, n in found), (len(a) - end, len(b) - end, end)]
    return [*_joined(blocks), (len(a), len(b), 0)]


def opcodes(a: Sequence[Item], b: Sequence[Item], budget: Budget | None = None) -> Iterator[Opcode]:
    """What makes `b` of `a`, as `SequenceMatcher.get_opcodes` says it."""
    i = j = 0
    for at, now_at, size in matching_blocks(a, b, budget):
        if i < at or j < now_at:
            tag: Tag = "insert" if i == at else "delete" if j == now_at else "replace"
            yield tag, i, at, j, now_at
        i, j = at + size, now_at + size
        if size:
            yield "equal", at, i, now_at, j


def _equal_at_start(pairs: Iterator[tuple[Item, Item]]) -> int:
    """How many pairs at the start are of two that are the same."""
    number = 0
    for first, second in pairs:
        if first != second:
            break
        number += 1
    return number


def _around_landmarks(a: Sequence[Item], b: Sequence[Item]) -> Iterator[Block]:
    """Blocks around what stands once in either, in the longest order that both have, and what is beside it."""
    i = j = 0
    for at, now_at in [*_landmarks(a, b), (len(a), len(b))]:
        if at < i or now_at < j:
            continue
        back = _equal_at_start(zip(reversed(a[i:at]), reversed(b[j:now_at]), strict=False))
        forth = _equal_at_start((a[at + k], b[now_at + k]) for k in range(min(len(a) - at, len(b) - now_at)))
        yield at - back, now_at - back, back + forth
        i, j = at + forth, now_at + forth


def _landmarks(a: Sequence[Item], b: Sequence[Item]) -> list[tuple[int, int]]:
    """The longest run of (i, j), both rising, of what stands once in `a` and once in `b`, by patience sorting."""
    first, second = Counter(a), Counter(b)
    places = {item: place for place, item in enumerate(b) if second[item] == 1}
    pairs = [(place, places[item]) for place, item in enumerate(a) if first[item] == 1 and item in places]
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_i, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        before.append(tops[place - 1] if place else -1)
        ends[place : place + 1] = [j]
        tops[place : place + 1] = [number]
    found: list[tuple[int, int]] = []
    number = tops[-1] if tops else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _joined(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks that are not empty; those that touch are one."""
    i = j = size = 0
    for at, now_at, more in blocks:
        if (at, now_at) == (i + size, j + size):
            size += more
        elif more:
            if size:
                yield i, j, size
            i, j, size = at, now_at, more
    if size:
        yield i, j, size
