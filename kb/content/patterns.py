r"""Compiles patterns so that no text, however long or cunning, takes more time than its length accounts for.

Python's `re` tries a text in every way that a pattern allows, which can take the square of its length. So no module
asks it directly, but makes its patterns here:

- `linear`: by re2, which never goes back, in time that grows with the length of the text alone.
- `counted`: by `re`, which is given no more than a counted length of a text at a time. This is for what re2 can't do,
  namely look around itself (`\b`, too, which knows ASCII only there) or at an earlier group; and for the few patterns
  that find so many short matches that reading a guide would take noticeably longer. The tests name these few, with
  the reason, and let in no others.

Not even a counted length is left to luck: `make nightly` feeds each pattern what is in it, again and again, once and
four times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Literal, Protocol, TypeAlias, overload

import re2

from kb.content.expressions import for_re2

COUNTED = 4_000
# White space before something, of which a search by `re` looks only at the first of a run; or none.
GAP = r"(?:(?<!\s)\s*+|)"
_STAND_IN = "\ufffd"


class Match(Protocol):
    """A match: what `re.Match` and re2's have in common, as far as it is used."""

    @overload
    def group(self, group: Literal[0] = 0, /) -> str: ...
    @overload
    def group(self, group: int | str, /) -> str | Any: ...

    @overload
    def __getitem__(self, group: Literal[0], /) -> str: ...
    @overload
    def __getitem__(self, group: int | str, /) -> str | Any: ...

    def groups(self) -> tuple[Any, ...]:
        """What all groups hold."""

    def groupdict(self) -> dict[str, Any]:
        """What the groups with a name hold."""

    def start(self, group: int | str = 0, /) -> int:
        """Where a group begins."""

    def end(self, group: int | str = 0, /) -> int:
        """Where a group ends."""

    def span(self, group: int | str = 0, /) -> tuple[int, int]:
        """Both."""

    @property
    def string(self) -> str:
        """The text in which it was found."""

    @property
    def lastgroup(self) -> str | None:
        """The name of the last group that holds something."""

    def expand(self, template: str, /) -> str:
        """A template with the groups that it names."""


Replacement: TypeAlias = str | Callable[[Match], str]


class Pattern:
    """A pattern, with the methods of `re.Pattern` that are used; all but the first three come of `finditer`."""

    def __init__(self, expression: str, flags: int = 0) -> None:
        self.pattern = expression
        self.flags = flags

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pattern!r})"

    def match(self, text: str) -> Match | None:
        """What is found at the start of the text."""
        raise NotImplementedError

    def fullmatch(self, text: str) -> Match | None:
        """The whole text, when that is what is looked for."""
        raise NotImplementedError

    def finditer(self, text: str) -> Iterator[Match]:
        """All places where it is found."""
        raise NotImplementedError

    def search(self, text: str) -> Match | None:
        """The first place where it is found."""
        return next(self.finditer(text), None)

    def findall(self, text: str) -> list[Any]:
        """What is found: the whole, the one group, or all groups of each."""
        return [_findall_item(found) for found in self.finditer(text)]

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        """What stands between."""
        pieces, end = [], 0
        for number, found in enumerate(self.finditer(text), start=1):
            pieces += [text[end : found.start()], *found.groups()]
            end = found.end()
            if number == maxsplit:
                break
        return [*pieces, text[end:]]

    def sub(self, replacement: Replacement, text: str, count: int = 0) -> str:
        """The text with something in place of what is found."""
        pieces, end = [], 0
        for number, found in enumerate(self.finditer(text), start=1):
            pieces += [text[end : found.start()], _replacement_for(replacement, found)]
            end = found.end()
            if number == count:
                break
        return "".join([*pieces, text[end:]]) if pieces else text


class Linear(Pattern):
    r"""A pattern on re2, with the classes of `re`: `\w`, `\d` and `\s` know every script.

    `$` is the end of the text, and not also what stands before a last line end.
    """

    def __init__(self, expression: str, flags: int = 0) -> None:
        super().__init__(expression, flags)
        self._expression = for_re2(expression, flags)

    @cached_property
    def _compiled(self) -> Any:  # when it is first asked: some take milliseconds, and few processes ask all
        options = re2.Options()
        options.case_sensitive = not self.flags & re.IGNORECASE
        options.dot_nl = bool(self.flags & re.DOTALL)
        options.log_errors = False
        return re2.compile(self._expression, options)

    def search(self, text: str) -> Match | None:
        """The first place where it is found."""
        found: Match | None = self._compiled.search(_encodable(text))
        return found

    def match(self, text: str) -> Match | None:
        """What is found at the start of the text."""
        found: Match | None = self._compiled.match(_encodable(text))
        return found

    def fullmatch(self, text: str) -> Match | None:
        """The whole text, when that is what is looked for."""
        found: Match | None = self._compiled.fullmatch(_encodable(text))
        return found

    def finditer(self, text: str) -> Iterator[Match]:
        """All places where it is found."""
        found: Iterator[Match] = self._compiled.finditer(_encodable(text))
        return found


class Counted(Pattern):
    """A pattern of `re`, which sees at most `longest` characters of a text at a time.

    A longer text is looked at in pieces, cut where a line or a word ends, as if it ended there; what is to stand at its
    start is looked for in the first of them, what is to stand at its end in the last, and none is all of it. Pieces
    overlap by an eighth of `longest`: only a match that is longer than that may be found in part, or not at all.
    """

    def __init__(self, expression: str, flags: int = 0, *, longest: int = COUNTED) -> None:
        super().__init__(expression, flags)
        self.longest = longest

    @cached_property
    def _compiled(self) -> re.Pattern[str]:  # when it is first asked: see above
        return re.compile(self.pattern, self.flags)

    def match(self, text: str, start: int = 0) -> Match | None:
        """What is found at the start of the text, or where it is to be looked for."""
        return self._compiled.match(text, start, start + self.longest)

    def fullmatch(self, text: str) -> Match | None:
        """The whole text, when that is what is looked for."""
        return self._compiled.fullmatch(text) if len(text) <= self.longest else None

    def search(self, text: str) -> Match | None:
        """The first place where it is found."""
        return self._compiled.search(text) if len(text) <= self.longest else super().search(text)

    def finditer(self, text: str) -> Iterator[Match]:
        """All places where it is found."""
        return self._compiled.finditer(text) if len(text) <= self.longest else self._in_pieces(text)

    def findall(self, text: str) -> list[Any]:
        """What is found: the whole, the one group, or all groups of each."""
        return self._compiled.findall(text) if len(text) <= self.longest else super().findall(text)

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        """What stands between."""
        return self._compiled.split(text, maxsplit) if len(text) <= self.longest else super().split(text, maxsplit)

    def sub(self, replacement: Replacement, text: str, count: int = 0) -> str:
        """The text with something in place of what is found."""
        if len(text) > self.longest:
            return super().sub(replacement, text, count)
        return self._compiled.sub(replacement, text, count)

    def _in_pieces(self, text: str) -> Iterator[Match]:
        start = len(text) - self.longest if self.pattern.endswith("$") else 0
        end = start
        while end < len(text):
            end = self._end_of_piece(text, start)
            own_end = (
                len(text) + 1 if end == len(text) else end - self.longest // 8
            )  # what begins later is the next one's
            start, matches = own_end, self._compiled.finditer(text, start, end)
            for found in matches:
                if found.start() >= own_end:
                    break
                start = max(own_end, found.end())
                yield found

    def _end_of_piece(self, text: str, start: int) -> int:
        """Where the piece that begins at `start` ends: after a line, after a word, or as late as may be."""
        latest = start + self.longest
        if latest >= len(text):
            return len(text)
        earliest = start + self.longest // 2
        return text.rfind("\n", earliest, latest) + 1 or text.rfind(" ", earliest, latest) + 1 or latest


def linear(expression: str, flags: int = 0) -> Linear:
    """A pattern on re2, which takes time in proportion to the text."""
    return Linear(expression, flags)


def counted(expression: str, flags: int = 0, *, longest: int = COUNTED) -> Counted:
    """A pattern of `re`, which sees no more than a counted length of a text at a time."""
    return Counted(expression, flags, longest=longest)


def _findall_item(found: Match) -> Any:
    groups = ["" if group is None else group for group in found.groups()]
    if not groups:
        return found.group()
    return groups[0] if len(groups) == 1 else tuple(groups)


def _replacement_for(replacement: Replacement, found: Match) -> str:
    if not isinstance(replacement, str):
        return replacement(found)
    return found.expand(replacement) if "\\" in replacement else replacement


def _encodable(text: str) -> str:
    """The text without lone surrogates, which re2 can't be given, each thing in its place."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_STAND_IN if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text
