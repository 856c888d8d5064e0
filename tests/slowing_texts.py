"""Texts that can make a pattern slow: pieces of what it looks for, repeated, with ends that it does not expect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ORDINARY = "aA0_ \n\t.-/#[]^`\"'<>(){}:;,*+=~!@\\|&é\u00a0\u201cあ"
PAIRS = ("aA", "a ", "a.", "a-", "0.", "0:", "[a", "<a", "< ", '="', "a@", "A_", "::", "1 ", "\n ", "[^")
ENDS = ("", "!")
MOST_LETTERS = 8
MANY = 20
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def pieces(expression: str, flags: int) -> dict[tuple[str, str], None]:
    """What to begin with, and what to repeat after it, each once."""
    tree = parser.parse(expression, flags)
    letters: dict[str, None] = {}
    repeated: dict[tuple[str, str], None] = {}
    _letters(tree, letters)
    _repeated(tree, "", repeated)
    some = sorted(letter for letter in letters if len(letter) == 1)[:MOST_LETTERS]
    found = {("", piece): None for piece in (*ORDINARY, *PAIRS, *letters)}
    found |= {("", first + second): None for first, second in permutations(some, 2)}
    for start, piece in repeated:
        found |= {(start, piece): None, ("", start + piece): None}
        found |= {("", piece + other): None for other in (*some, "a", " ", "\n")}
    return {(start, piece): None for start, piece in found if piece}


def text_of(start: str, piece: str, length: int, end: str) -> str:
    """As many pieces as make up a length."""
    return (start + piece * (length // len(piece) + 1))[:length] + end


def _parts(op: Any, av: Any) -> list[Any]:
    """What stands below a node of the parsed expression."""
    if op is codes.BRANCH:
        return list(av[1])
    if op is codes.SUBPATTERN:
        return [av[3]]
    if op in REPEATS:
        return [av[2]]
    if op in (codes.ASSERT, codes.ASSERT_NOT):
        return [av[1]]
    return [av] if op is codes.ATOMIC_GROUP else []


def _letters(tree: Any, found: dict[str, None]) -> None:
    """The letters and words that an expression names."""
    word = ""
    for op, av in tree:
        if op is codes.LITERAL:
            word += chr(av)
            found[chr(av)] = None
            continue
        found |= {word: None} if word else {}
        word = ""
        if op is codes.IN:
            named = (value if kind is codes.LITERAL else value[0] for kind, value in _single(av))
            found |= {chr(value): None for value in named}
        for part in _parts(op, av):
            _letters(part, found)
    found |= {word: None} if word else {}


def _single(members: Any) -> Iterator[tuple[Any, Any]]:
    return ((kind, value) for kind, value in members if kind in (codes.LITERAL, codes.RANGE))


def _repeated(tree: Any, before: str, found: dict[tuple[str, str], None]) -> None:
    """What an expression repeats without much of a bound, with what leads there."""
    for op, av in tree:
        if op in REPEATS and av[1] >= MANY:
            found[before, _example(av[2])] = None
        for part in _parts(op, av):
            _repeated(part, before, found)
        before += _example([(op, av)])


def _example(tree: Any) -> str:
    """A text that an expression takes, more or less."""
    text = ""
    for op, av in tree:
        if op is codes.LITERAL:
            text += chr(av)
        elif op in (codes.NOT_LITERAL, codes.ANY):
            text += "a"
        elif op is codes.IN:
            text += next((letter for letter in ORDINARY if _takes(av, letter)), "a")
        elif op in REPEATS:
            text += _example(av[2]) * max(1, min(av[0], 3))
        elif op is codes.BRANCH:
            text += _example(av[1][0])
        elif op in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            text += _example(av[3] if op is codes.SUBPATTERN else av)
    return text


_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _takes(members: Any, letter: str) -> bool:
    is_negative = hit = False
    for kind, value in members:
        if kind is codes.NEGATE:
            is_negative = True
        elif kind is codes.LITERAL:
            hit = hit or ord(letter) == value
        elif kind is codes.RANGE:
            hit = hit or value[0] <= ord(letter) <= value[1]
        else:
            hit = hit or bool(re.match(_CATEGORIES[value], letter))
    return hit != is_negative
