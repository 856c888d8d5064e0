"""The lines of a body while the forms of other tools in it are put into ours: each stays at its number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

from kb.content.document import Finding
from kb.content.grammar import block_tokens
from kb.content.guide_words import Words
from kb.content.patterns import linear

LONGEST_SHOWN = 60
MOST_FINDINGS = 200
_TICKS = linear(r"`+")
_MARGIN = linear(r"[ \t]*(?:(?:>[ \t]?|[-*+][ \t]+|\d{1,9}[.)][ \t]+)[ \t]*)*")
_MAY_BE_CODE = ("```", "~~~", "    ", "\t")
_CODE = ("fence", "code_block")


class Lines:
    """A body's lines; `code` has the numbers (from 0) of those that show code, `tags` what the body is tagged with.

    `fenced` are those of `code` that stand in fences; `words` are what the product itself says among them.
    """

    def __init__(self, body: str, first_line: int, words: Words | None = None) -> None:
        self.words = words or Words()
        self.rows = body.split("\n")
        self.code: frozenset[int] = frozenset()
        self.fenced: frozenset[int] = frozenset()
        self.findings: list[Finding] = []
        self.tags: list[str] = []
        self._first_line = first_line
        self._looked_at = ""
        self.find_code()

    @property
    def body(self) -> str:
        """What the lines say by now."""
        return "\n".join(self.rows)

    def find_code(self) -> None:
        """Look again which lines are code, after the lines were changed."""
        body = self.body
        if body == self._looked_at:
            return
        self._looked_at = body
        found: dict[str, set[int]] = {kind: set() for kind in _CODE}
        for token in block_tokens(body, {}) if any(sign in body for sign in _MAY_BE_CODE) else ():
            if token.type in _CODE and token.map:
                found[token.type].update(range(*token.map))
        self.fenced = frozenset(found["fence"])
        self.code = self.fenced.union(*found.values())

    def prose(self) -> Iterator[tuple[int, str]]:
        """The lines that are no code, with their numbers; they may be changed meanwhile."""
        for number in range(len(self.rows)):
            if number not in self.code:
                yield number, self.rows[number]

    def change(self, change: Callable[[int, str], str], *signs: str) -> None:
        """Put the text outside of inline code of each line that holds one of the signs through `change`."""
        for number, row in self.prose():
            if any(sign in row for sign in signs):
                self.rows[number] = outside_code(row, lambda text, number=number: change(number, text))  # type: ignore[misc]

    def note(self, number: int, message: str) -> None:
        """Say something of a line."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(self._first_line + number, message))


def outside_code(row: str, change: Callable[[str], str]) -> str:
    """A line whose text outside of inline code is put through `change`, stretch by stretch."""
    if "`" not in row:
        return change(row)
    pieces, end = [], 0
    for start, stop in code_spans(row):
        pieces += [change(row[end:start]), row[start:stop]]
        end = stop
    return "".join([*pieces, change(row[end:])])


def code_spans(row: str) -> Iterator[tuple[int, int]]:
    """Where the inline code of a line begins and ends."""
    ticks = [found.span() for found in _TICKS.finditer(row)]
    after: dict[int, list[int]] = {}
    for at in range(len(ticks) - 1, -1, -1):
        after.setdefault(ticks[at][1] - ticks[at][0], []).append(at)
    at = 0
    while at < len(ticks):
        same = after[ticks[at][1] - ticks[at][0]]
        while same and same[-1] <= at:
            same.pop()
        if same:
            yield ticks[at][0], ticks[same[-1]][1]
            at = same[-1]
        at += 1


def fence_around(rows: Iterable[str]) -> str:
    """What opens and closes a block of code that shows these lines, which may hold fences themselves."""
    longest = max((len(ticks) for row in rows for ticks in _TICKS.findall(row)), default=0)
    return "`" * max(3, longest + 1)


def is_within(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a place lies within one of some stretches, which are in their order: behind its start, before its end."""
    index = bisect_left(spans, (at,)) - 1
    return index >= 0 and at < spans[index][1]


def margin_of(row: str) -> str:
    """What stands before a line's own text: indentation, `>` and the markers of lists."""
    found = _MARGIN.match(row)
    return found.group() if found else ""


def shown(text: str) -> str:
    """A piece of text as findings quote it: on one line, and not too long."""
    text = " ".join(text.split()).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
