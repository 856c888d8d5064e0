r"""Writes the expressions of Python's `re` for re2, so that both mean the same.

To re2, `\w`, `\d` and `\s` are ASCII, `\u201c` is nothing, and spaces and comments count. What it would understand
otherwise and what can't be written for it is refused where the expression is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLASSES = {
    "s": r"\t-\r\x1c-\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{N}_",
}
# Classes that subtract, which it does not know: letters and numbers but no `_`; letters; anything else.
_SUBTRACTING = {r"[^\W_]": r"[\p{L}\p{N}]", r"[^\W\d_]": r"[\p{L}\p{Nl}\p{No}]", r"[\W_]": r"[^\p{L}\p{N}]"}
_FLAGS = re.IGNORECASE | re.VERBOSE | re.DOTALL | re.MULTILINE | re.ASCII | re.UNICODE
_NEVER = "SDWbB"


def for_re2(expression: str, flags: int = 0) -> str:
    """The expression as re2 wants it, but for what are options there: whether capitals matter and what a dot is."""
    if flags & ~_FLAGS:
        raise ValueError(f"{re.RegexFlag(flags & ~_FLAGS)!r} can't be written for re2.")
    translated = "".join(_translated(expression, is_verbose=bool(flags & re.VERBOSE), is_ascii=bool(flags & re.ASCII)))
    return f"(?m){translated}" if flags & re.MULTILINE else translated


def _translated(expression: str, *, is_verbose: bool, is_ascii: bool) -> Iterator[str]:
    place = 0
    while place < len(expression):
        letter = expression[place]
        if letter == "[":
            end = _end_of_class(expression, place)
            yield _translated_class(expression[place:end], expression, is_ascii=is_ascii)
        elif letter == "\\":
            end = place + _length_of_escape(expression, place)
            yield _translated_escape(expression[place:end], expression, is_ascii=is_ascii)
        elif is_verbose and letter == "#":
            end = (expression.find("\n", place) + 1) or len(expression)
        else:
            end = place + 1
            yield "" if is_verbose and letter.isspace() else letter
        place = end


def _end_of_class(expression: str, start: int) -> int:
    place = start + 1 + (expression[start + 1] == "^")
    place += expression[place] == "]"
    while expression[place] != "]":
        place += 2 if expression[place] == "\\" else 1
    return place + 1


def _length_of_escape(expression: str, place: int) -> int:
    return {"u": 6, "U": 10}.get(expression[place + 1], 2)


def _translated_class(text: str, expression: str, *, is_ascii: bool) -> str:
    if text in _SUBTRACTING and not is_ascii:
        return _SUBTRACTING[text]
    pieces, place = [], 0
    while place < len(text):
        if text[place] != "\\":
            pieces.append(text[place])
            place += 1
            continue
        length = _length_of_escape(text, place)
        escape = text[place : place + length]
        if escape[1] in _CLASSES and not is_ascii:
            pieces.append(_CLASSES[escape[1]])
        else:
            pieces.append(_translated_escape(escape, expression, is_ascii=is_ascii, inside=True))
        place += length
    return "".join(pieces)


def _translated_escape(text: str, expression: str, *, is_ascii: bool, inside: bool = False) -> str:
    name = text[1]
    if name in "uU":
        if 0xD800 <= int(text[2:], base=16) <= 0xDFFF:  # noqa: FURB166, PLR2004 - surrogates
            raise ValueError(f"{text} can't be written for re2 in {expression!r}.")
        return f"\\x{{{text[2:]}}}"
    if name == "Z":
        return r"\z"
    if not is_ascii and not inside:
        if name in _CLASSES:
            return f"[{_CLASSES[name]}]"
        if name in "SDW":
            return f"[^{_CLASSES[name.lower()]}]"
    if (name in _NEVER and not is_ascii) or (name.isdigit() and name != "0"):
        raise ValueError(f"{text} can't be written for re2 in {expression!r}.")
    return text
