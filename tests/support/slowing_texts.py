"""Texts that can make a pattern slow: pieces of what it looks for, repeated, with ends that it does not expect.

The pieces are the letters and words that an expression names and several members of each of its classes, negated ones
too, alone and together, and what it repeats, with what leads there. A text ends with nothing, with a line, or with what
a class does not take, so that all that was found for it was found in vain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ORDINARY = "aA0_ \n\t.-/#[]^`\"'<>(){}:;,*+=~!@\\|&é\u00a0\u201cあ"
PAIRS = ("aA", "a ", "a.", "a-", "0.", "0:", "[a", "<a", "< ", '="', "a@", "A_", "::", "1 ", "\n ", "[^")
ENDS = ("", "!", "\n")
MOST_ENDS = 4
MOST_LETTERS = 8
MEMBERS, CHOICES = 4, 3
MANY = 20
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def pieces(expression: str, flags: int) -> dict[tuple[str, str], None]:
    """What to begin with, and what to repeat after it, each once."""
    tree = parser.parse(expression, flags)
    letters: dict[str, None] = {}
    repeated: dict[tuple[str, str], None] = {}
    _letters(tree, letters)
    for choice in range(CHOICES):
        _repeated(tree, "", choice, repeated)
    taken = [_taken(members) for members in _classes(tree)]
    some = sorted(letter for letter in letters if len(letter) == 1)[:MOST_LETTERS]
    found = {("", piece): None for piece in (*ORDINARY, *PAIRS, *letters)}
    found |= {("", first + second): None for first, second in permutations(some, 2)}
    found |= {("", piece): None for members in taken for piece in (*members, "".join(members))}
    for start, piece in repeated:
        found |= {(start, piece): None, ("", start + piece): None}
        found |= {("", piece + other): None for other in (*some, "a", " ", "\n")}
    return {(start, piece): None for start, piece in found if piece}


def ends(expression: str, flags: int) -> list[str]:
    """What a text ends with: nothing, a line end, and for each class something that it does not take."""
    classes = _classes(parser.parse(expression, flags))
    others = (next((letter for letter in ORDINARY if not _takes(members, letter)), "") for members in classes)
    return list(dict.fromkeys((*ENDS, *others)))[:MOST_ENDS]


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
            found |= {chr(value): None for value in named if not 0xD800 <= value <= 0xDFFF}
        for part in _parts(op, av):
            _letters(part, found)
    found |= {word: None} if word else {}


def _single(members: Any) -> Iterator[tuple[Any, Any]]:
    return ((kind, value) for kind, value in members if kind in (codes.LITERAL, codes.RANGE))


def _classes(tree: Any) -> Iterator[Any]:
    """The classes of an expression, a dot and a negated letter among them, as their members."""
    for op, av in tree:
        if op is codes.IN:
            yield av
        elif op is codes.NOT_LITERAL:
            yield [(codes.NEGATE, None), (codes.LITERAL, av)]
        elif op is codes.ANY:
            yield [(codes.NEGATE, None), (codes.LITERAL, ord("\n"))]
        for part in _parts(op, av):
            yield from _classes(part)


def _taken(members: Any) -> list[str]:
    """Some letters that a class takes: those that it names, the ends of its ranges, and ordinary ones."""
    named = (chr(code) for kind, value in _single(members) for code in (value if kind is codes.RANGE else (value,)))
    all_letters = (letter for letter in (*ORDINARY, *named) if not "\ud800" <= letter <= "\udfff")
    taken = [letter for letter in dict.fromkeys(all_letters) if _takes(members, letter)]
    return taken[: MEMBERS // 2] + taken[MEMBERS // 2 :][-MEMBERS // 2 :]


def _repeated(tree: Any, before: str, choice: int, found: dict[tuple[str, str], None]) -> None:
    """What an expression repeats without much of a bound, with what leads there."""
    for op, av in tree:
        if op in REPEATS and av[1] >= MANY:
            found[before, _example(av[2], choice)] = None
        for part in _parts(op, av):
            _repeated(part, before, choice, found)
        before += _example([(op, av)], choice)


def _example(tree: Any, choice: int) -> str:
    """A text that an expression takes, more or less; other choices, other members of its classes and branches."""
    text = ""
    for op, av in tree:
        if op is codes.LITERAL:
            text += chr(av)
        elif op in (codes.NOT_LITERAL, codes.ANY):
            text += "a"
        elif op is codes.IN:
            taken = _taken(av) or ["a"]
            text += taken[choice % len(taken)]
        elif op in REPEATS:
            text += _example(av[2], choice) * max(1, min(av[0], 3))
        elif op is codes.BRANCH:
            text += _example(av[1][choice % len(av[1])], choice)
        elif op in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            text += _example(av[3] if op is codes.SUBPATTERN else av, choice)
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
