"""Knows where components of MDX show their other side: `<If cond={isPublic}>...<Else>...</Else></If>`.

An `Else` may stand within its `If`, which then ends before it, or right behind it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from kb.content.foreign.hidden_elements import ATTRIBUTES
from kb.content.html_tags import tags_in
from kb.content.patterns import linear

_NAMES = frozenset({"If", "Show", "When"})
_TAG = linear(rf"<(/?)(If|Show|When|Else|Otherwise)(?:[\s/](?:{ATTRIBUTES}))?>")
_SIGNS = ("<Else", "<Otherwise")
_FENCE = linear(r"(?m)^[ \t>]*(?:```|~~~)")
_BRACED = linear(r"=[ \t\n]*\{[ \t\n]*([^{}]*)\}")
_ASK = ("cond", "condition", "if", "when", "test", "is", "user", "users", "role", "roles", "for", "audience")


class Others:
    """The other sides of one text; it is read once, when that is first asked. What `is_code` says is code is none."""

    def __init__(self, text: str, is_code: Callable[[int], bool]) -> None:
        self._text = text
        self._is_code = is_code
        self._parted: dict[int, int] | None = None
        self._asked: dict[int, str] = {}

    def asked(self, start: int) -> str:
        """The condition on which what begins at `start` is not shown, '' where none is known."""
        self._read()
        return self._asked.get(start, "")

    def end_within(self, start: int) -> int | None:
        """Where the element that begins at `start` ends, as its other side begins within it; None for all others."""
        return self._read().get(start)

    def _read(self) -> dict[int, int]:
        if self._parted is None:
            self._parted = {}
            if any(sign in self._text for sign in _SIGNS):
                self._part(self._parted)
        return self._parted

    def _part(self, parted: dict[int, int]) -> None:
        waiting: list[tuple[int, str]] = []
        behind: tuple[int, str] = -1, ""  # where the element ended that was closed last, and what it asks
        for start, end, name, closes in self._tags():
            if name in _NAMES and not closes:
                waiting.append((start, _condition_of(self._text[start:end])))
            elif name in _NAMES:
                behind = (end, waiting.pop()[1]) if waiting else behind
            elif not closes and behind[0] >= 0 and not self._text[behind[0] : start].strip():
                self._asked[start] = behind[1]
            elif not closes and waiting:
                parted[waiting[-1][0]] = self._end_before(start)
                self._asked[start] = waiting[-1][1]

    def _tags(self) -> Iterator[tuple[int, int, str, bool]]:
        """Where each tag of a side begins and ends, its name, and whether it closes."""
        # Between fences it is code of MDX, also where HTML around it lets Markdown see none.
        fences = [found.start() for found in _FENCE.finditer(self._text)]
        for found in _TAG.finditer(self._text):
            start, end = found.span()
            if not (self._is_code(start) or bisect_left(fences, start) % 2 or found.group().endswith("/>")):
                yield start, end, str(found[2]), bool(found[1])

    def _end_before(self, start: int) -> int:
        """The end of the line above, where nothing stands before a place on its own line."""
        line = self._text.rfind("\n", 0, start) + 1
        return line - 1 if line and not self._text[line:start].strip() else start


def _condition_of(tag: str) -> str:
    found = tags_in(_BRACED.sub(lambda braced: f'="{braced[1].replace(chr(34), chr(39))}"', tag))
    given = found[0].attributes if found else {}
    return next((given[name].strip() for name in _ASK if given.get(name)), "")
