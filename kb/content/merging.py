"""Texts that were changed apart come in; one text leaves, or the places where only a person can say what holds.

Lines keep their endings throughout, so that a text comes out byte for byte where nobody changed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from merge3 import Merge3

from kb.content.matching import Block, matching_blocks
from kb.content.patterns import linear

THEIRS = "<<<<<<< published"
BETWEEN = "======="
MINE = ">>>>>>> yours"
_LINES = linear(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ENDING = linear(r"(?:\r\n|\r|\n)\Z")
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Agreed:
    """Lines that both have, or that only one of the two changed."""

    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both changed, each in another way; `line` (from 1) is where it begins in `Merge.text`."""

    base: str
    theirs: str
    mine: str
    line: int


Part: TypeAlias = Agreed | Clash


class _Matcher:
    """What two texts have in common, for Merge3, in bounded time."""

    def __init__(
        self,
        isjunk: object = None,  # noqa: ARG002 - Merge3 passes it
        a: Sequence[str] = (),
        b: Sequence[str] = (),
        autojunk: bool = True,  # noqa: ARG002
    ) -> None:
        self._a, self._b = a, b

    def get_matching_blocks(self) -> list[Block]:
        """As SequenceMatcher's."""
        return matching_blocks(self._a, self._b)


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of two texts with one origin, in order."""

    parts: tuple[Part, ...]

    @property
    def clean(self) -> bool:
        """Whether no place needs a person."""
        return not any(isinstance(part, Clash) for part in self.parts)

    @property
    def text(self) -> str:
        """The merged text; where both changed the same lines, theirs and then mine."""
        texts = (part.text if isinstance(part, Agreed) else _ended(part.theirs) + part.mine for part in self.parts)
        return "".join(texts)

    @property
    def marked(self) -> str:
        """The merged text with marks around the places where both changed the same lines."""
        return "".join(part.text if isinstance(part, Agreed) else _marked(part) for part in self.parts)


def merge(base: str, theirs: str, mine: str) -> Merge:
    """Merge two texts that were made from `base`, by lines; in bounded time, for which more may be said to clash."""
    first, left, right = lines(base), lines(theirs), lines(mine)
    merged = Merge3(first, left, right, sequence_matcher=_Matcher)
    return Merge(tuple(_parts(merged, first, left, right)))


def _parts(merged: Merge3[str], base: list[str], theirs: list[str], mine: list[str]) -> Iterator[Part]:
    line = 1
    for region in merged.merge_regions():
        part: Part
        if region[0] == "conflict":
            _, base_from, base_to, their_from, their_to, my_from, my_to = region
            part = Clash(
                "".join(base[base_from:base_to]),
                "".join(theirs[their_from:their_to]),
                "".join(mine[my_from:my_to]),
                line,
            )
            line += len(lines(_ended(part.theirs) + part.mine))
        else:
            origin = {"unchanged": base, "b": mine}.get(region[0], theirs)
            taken = origin[region[1] : region[2]]
            part = Agreed("".join(taken))
            line += len(taken)
        yield part


def _marked(clash: Clash) -> str:
    ending = next((_ending(line) for line in lines(clash.theirs + clash.mine) if _ending(line)), "\n")
    theirs, mine = _ended(clash.theirs, ending), _ended(clash.mine, ending)
    return f"{THEIRS}{ending}{theirs}{BETWEEN}{ending}{mine}{MINE}{ending}"


def _ended(text: str, ending: str = "\n") -> str:
    return text if not text or _ENDING.search(text) else text + ending


def lines(text: str) -> list[str]:
    """The lines of a text with their endings, as editors count them: parted at line breaks and at nothing else."""
    return _LINES.findall(text)


def in_endings_of(text: str, model: str) -> str:
    """A text that a form sent, with the line endings and the byte order mark that `model` has.

    Browsers end every line of a form with CR LF. Lines that are in `model` get back the ending they have there, new
    ones the ending that most lines there have, so that a person changes only the lines that they changed.
    """
    written = [_ENDING.sub("", line) for line in lines(text)]
    known = lines(model.removeprefix(BYTE_ORDER_MARK))
    endings = _endings_for(written, known)
    if endings and not _ending(text):
        endings[-1] = ""
    joined = "".join(line + ending for line, ending in zip(written, endings, strict=True))
    had_mark = model.startswith(BYTE_ORDER_MARK) and not joined.startswith(BYTE_ORDER_MARK)
    return BYTE_ORDER_MARK + joined if had_mark else joined


def _endings_for(written: list[str], known: list[str]) -> list[str]:
    """An ending for each line (without any) of a text that was made from lines with theirs."""
    counted = [_ending(line) for line in known if _ending(line)]
    usual = max(("\n", "\r\n", "\r"), key=counted.count)
    endings = [usual] * len(written)
    if len(set(counted)) > 1:
        for known_at, written_at, size in matching_blocks([_ENDING.sub("", line) for line in known], written):
            for offset in range(size):
                endings[written_at + offset] = _ending(known[known_at + offset]) or usual
    return endings


def _ending(line: str) -> str:
    found = _ENDING.search(line)
    return found.group() if found else ""
