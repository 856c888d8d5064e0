r"""Compiles patterns so that no text, however long or cunning, takes more time than its length accounts for.

Python's `re` tries a text in every way that a pattern allows, which can take the square of its length. So:

- A pattern for which `re` takes no more than in proportion to the length is one of `re`, compiled where its module is
  loaded. That is most of them: re2 takes ten times as long for short texts and many matches.
- One for which `re` would take more runs on re2, which never goes back, where its kind allows: `linear`. Its kind does
  not when it looks around itself (`\b`, too, which knows ASCII only there), repeats a group, or finds many matches.
- Others are written so that `re` has one way only: `++`, `*+`, `(?>...)`, and `GAP` in place of a first `\s*`.
- What can't be written so looks at no more than a counted length of a text: `Within`.

`make test-slow` holds it: it feeds each pattern what is in it, again and again, once and four times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import re2

# White space before something, of which a search looks only at the first of a run; or none.
GAP = r"(?:(?<!\s)\s*+|)"
_CLASSES = {
    "s": r"\t-\r\x1c-\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{N}_",
}
_ESCAPE_OR_BRACKET = re.compile(r"\\.|\[\^?\]?|\]", re.DOTALL)
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class Found(Protocol):
    """A match: what `re.Match` and re2's have in common, as far as it is used."""

    def group(self, group: int | str = 0, /) -> Any:
        """What a group holds."""

    def start(self, group: int | str = 0, /) -> int:
        """Where a group begins."""

    def end(self, group: int | str = 0, /) -> int:
        """Where a group ends."""


class Linear:
    r"""A pattern on re2, with the classes of `re`: `\w`, `\d` and `\s` know every script."""

    def __init__(self, expression: str) -> None:
        self.pattern = expression
        self._compiled = re2.compile(_with_classes(expression))

    def search(self, text: str) -> Found | None:
        """The first place where it is found."""
        return next(self.finditer(text), None)

    def fullmatch(self, text: str) -> Found | None:
        """The whole text, when that is what is looked for."""
        found: Found | None = self._compiled.fullmatch(_encodable(text))
        return found

    def finditer(self, text: str) -> Iterator[Found]:
        """All places where it is found."""
        found: Iterator[Found] = self._compiled.finditer(_encodable(text))
        return found

    def sub(self, replacement: str | Callable[[Found], str], text: str) -> str:
        """The text with something in place of what is found."""
        pieces, end = [], 0
        for found in self.finditer(text):
            pieces += [text[end : found.start()], replacement if isinstance(replacement, str) else replacement(found)]
            end = found.end()
        return "".join([*pieces, text[end:]])


class Within:
    """A pattern of `re`, for capitals and small letters alike, that looks at no more than the start of a text."""

    def __init__(self, expression: str, longest: int) -> None:
        self.pattern = expression
        self._longest, self._compiled = longest, ignoring_case(expression)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All places where it is found."""
        return self._compiled.finditer(text[: self._longest])

    def sub(self, replacement: str, text: str) -> str:
        """The text with something in place of what is found."""
        return self._compiled.sub(replacement, text[: self._longest]) + text[self._longest :]


def linear(expression: str) -> Linear:
    """A pattern that takes time in proportion to the text, for which `re` would take more."""
    return Linear(expression)


def ignoring_case(expression: str) -> re.Pattern[str]:
    """A pattern of `re` for capitals and small letters alike."""
    return re.compile(expression, re.IGNORECASE)


def _encodable(text: str) -> str:
    """The text without lone surrogates, which re2 can't be given, each thing in its place."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _with_classes(expression: str) -> str:
    """The expression with the classes that re2 takes for ASCII written out."""
    inside = False

    def written(part: re.Match[str]) -> str:
        nonlocal inside
        text = part.group()
        if text[0] != "\\":
            inside = not inside if text != "]" or inside else False
            return text
        name = text[1]
        if name in _CLASSES:
            return _CLASSES[name] if inside else f"[{_CLASSES[name]}]"
        if name.lower() in _CLASSES and not inside:
            return f"[^{_CLASSES[name.lower()]}]"
        if name in "SDWbBZ" or name.isdigit():
            raise ValueError(f"{text} can't be written for re2 in {expression!r}.")
        return text

    return _ESCAPE_OR_BRACKET.sub(written, expression)
