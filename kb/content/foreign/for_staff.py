"""Keeps what other tools' boxes, elements, components, shortcodes and macros say to staff only from everybody else.

What takes whole lines becomes a box for staff, and its lines are named, so that everyone else reads the text without
them. What stands within a line is taken out of it. When in doubt, more is hidden: what never ends hides all that
follows, which is told. What a closed fence or inline code shows is an example, and stays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from kb.content.box_kinds import STAFF_BOX
from kb.content.foreign import staff_lines, tags
from kb.content.foreign.comments import NEVER_ENDS, html_comments, take_out
from kb.content.foreign.else_elements import Others
from kb.content.foreign.lines import Lines, code_spans, is_within, margin_of, shown
from kb.content.foreign.staff_openings import ANY, Opening, openings
from kb.content.foreign.staff_shown import as_box, as_words
from kb.content.patterns import linear
from kb.content.staff_marks import closed_fences

WIDEST = 500
"""Characters before and behind what takes whole lines."""
_CLOSING = linear(r"</([A-Za-z][\w:.-]*)[ \t\n]*>")
_RAW = linear(r"\{%-?[ \t]*(raw|verbatim|endraw|endverbatim)[ \t]*-?%\}")
_NAME = linear(r"[<{%/ \t-]*[\w:.-]*")


@dataclass(slots=True)
class ForStaff:
    """The lines (from 0) that are for staff as a whole, and those of which a piece is."""

    lines: set[int] = field(default_factory=set)
    pieces: set[int] = field(default_factory=set)


def read(lines: Lines, *, shows: bool = False) -> ForStaff:
    """Put all that is for staff into boxes; with `shows`, also what stands within a line stays, and is marked."""
    found = ForStaff()
    examples = closed_fences(lines.body)
    found.lines |= staff_lines.read(lines, examples)
    mark = f"**{lines.words.kind(STAFF_BOX)}:** " if shows else ""
    for number, row in enumerate(lines.rows):
        if number not in examples and "{" in row and staff_lines.without_spans(row) != row:
            found.pieces.add(number)
            lines.rows[number] = staff_lines.without_spans(row, mark)
    finder = _Finder(lines)
    spans = list(finder.spans())
    blocks, pieces = [span for span in spans if span.is_block], [span for span in spans if not span.is_block]
    for span in (*blocks, *pieces):
        touched = range(span.first, span.last + 1)
        (found.lines if span.is_block else found.pieces).update(touched)
        if not span.ended and span.opening.name:
            lines.note(span.first, NEVER_ENDS.filled(written=shown(_named(finder.text[span.opening.start :]))))
    if blocks or pieces:
        changes = [change for span in blocks for change in as_box(finder.text, span)]
        for span in pieces:
            is_heading = lines.rows[span.first].lstrip("> \t").startswith("#")
            changes += as_words(finder.text, span, lines.words, shows=shows and not is_heading)
        lines.rows = _changed(finder.text, changes).split("\n")
        lines.find_code()
    return found


def without_pieces(body: str) -> str:
    """A body without what is for staff within its lines, each line at its number."""
    if not may_have_some(body):
        return body
    lines = Lines(body, 1)
    take_out(lines)
    examples = closed_fences(lines.body)
    rows = lines.rows
    lines.rows = [row if number in examples else staff_lines.without_spans(row) for number, row in enumerate(rows)]
    finder = _Finder(lines)
    changes = [
        change
        for span in finder.spans()
        if not span.is_block
        for change in as_words(finder.text, span, lines.words, shows=False)
    ]
    return _changed(finder.text, changes) if changes or lines.rows != rows else body


def may_have_some(text: str) -> bool:
    """Whether a text may have something of that, also where it only shows how that is written."""
    return staff_lines.may_have_some(text) or next(openings(text), None) is not None


@dataclass(frozen=True, slots=True)
class Span:
    """What is for staff: from where to where, on which lines, and where its end begins, if it has one."""

    opening: Opening
    closing: int
    stop: int
    first: int
    last: int
    ended: bool
    is_block: bool


class _Finder:
    """Goes through a body once, from one piece for staff to the next."""

    def __init__(self, lines: Lines) -> None:
        self.text = lines.body
        self._rows = list(lines.rows)
        self._starts = list(accumulate((len(row) + 1 for row in lines.rows), initial=0))
        self._ends: dict[int, tuple[int, int]] | None = None
        self._code: tuple[int, list[tuple[int, int]]] = -1, []  # of the line that was looked at last
        self._fenced: frozenset[int] = frozenset()
        self._aside: list[tuple[int, int]] = []
        self._others = Others(self.text, lambda at: self._is_code(at) or self._is_aside(at))

    def spans(self) -> Iterator[Span]:
        """What is for staff, one after the other."""
        end = -1
        for opening in openings(self.text):
            if end < 0:
                end = 0
                self._fenced = frozenset(closed_fences(self.text))
                self._aside = [(start, stop) for start, stop in html_comments(self.text) if not self._is_code(start)]
                self._aside = sorted([*self._aside, *self._raw()])
            if opening.start < end or self._is_code(opening.start) or self._is_aside(opening.start):
                continue
            span = self._span(opening)
            if span is not None:
                end = span.stop
                yield span

    def _raw(self) -> Iterator[tuple[int, int]]:
        """Where templates show tags as they are written."""
        begun = -1
        for found in _RAW.finditer(self.text):
            if not found[1].startswith("end"):
                begun = found.start() if begun < 0 else begun
            elif begun >= 0:
                yield begun, found.end()
                begun = -1

    def _is_aside(self, at: int) -> bool:
        index = bisect_right(self._aside, (at, len(self.text))) - 1
        if index < 0 or at >= self._aside[index][1]:
            return False
        return self.text.startswith("{", at) or self.text.startswith("<!--", self._aside[index][0])

    def _span(self, opening: Opening) -> Span | None:
        first = self._number(opening.start)
        before = self.text[self._starts[first] : min(opening.start, self._starts[first] + WIDEST)]
        begins = len(before) < WIDEST and margin_of(before) == before
        if opening.sign == "{}" and not (begins or opening.is_sure):
            return None
        found = self._end_of(opening) if opening.name else (opening.end, opening.end)
        if found is None and not opening.is_sure:
            last = self._number(opening.end)
            if not begins or opening.sign != "<" or not self._ends_line(opening.end, last):
                return None
        closing, stop = found or (len(self.text), len(self.text))
        last = self._number(max(stop - 1, opening.start))
        is_block = begins and self._ends_line(stop, last)
        return Span(opening, closing, stop, first, last, found is not None, is_block)

    def _ends_line(self, at: int, number: int) -> bool:
        """Whether nothing more stands on a line from a place on."""
        end = self._starts[number] + len(self._rows[number])
        return end - at < WIDEST and not self.text[at:end].strip()

    def _number(self, at: int) -> int:
        return min(bisect_right(self._starts, at) - 1, len(self._rows) - 1)

    def _is_code(self, at: int) -> bool:
        number = self._number(at)
        if number in self._fenced:
            return True
        if self._code[0] != number:
            self._code = number, list(code_spans(self._rows[number]))
        return is_within(self._code[1], at - self._starts[number])

    def _end_of(self, opening: Opening) -> tuple[int, int] | None:
        """Where the end of what begins so begins and ends; None when it never does."""
        if self._ends is None:
            self._ends = dict(self._all_ends())
        if (within := self._others.end_within(opening.start)) is not None:
            return within, within
        return self._ends.get(opening.start)

    def _all_ends(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """By where each thing that has an end begins, where that end is; what code shows is none of it."""
        waiting: dict[tuple[str, str], list[int]] = {}
        tagged = (*ANY.finditer(self.text), *_CLOSING.finditer(self.text))
        for start, stop, written in sorted((*found.span(), found.group()) for found in tagged):
            if self._is_code(start) or self._is_aside(start):
                continue
            for sign, name, closes in _named_by(written):
                begun = waiting.setdefault((sign, name.lower()), [])
                if begun and closes:
                    yield begun.pop(), (start, stop)
                elif not closes or sign == "{}":  # which ends as it begins
                    begun.append(start)


def _named_by(written: str) -> Iterator[tuple[str, str, bool]]:
    """The sign and the name of what a tag opens or closes; nothing for one that ends itself."""
    if written.startswith("<"):
        if not written.endswith("/>"):
            closes = written.startswith("</")
            yield "<", _NAME.match(written[1:]).group().lstrip("/ \t"), closes  # type: ignore[union-attr]
    elif written.startswith(("{{", "{%")):
        tag = tags.parsed(written)
        if tag is not None and not tag.closes_itself:
            is_end = not tag.is_hugo and tag.name.startswith("end")
            yield "{", tag.name.removeprefix("end") if is_end else tag.name, tag.closes or is_end
    else:
        name, colon, _ = written.strip("{}").partition(":")
        yield "{}", name, not colon


def _named(written: str) -> str:
    """What something is called, without what it says."""
    found = _NAME.match(written)
    return found.group() if found else STAFF_BOX


def _changed(text: str, changes: list[tuple[int, int, str]]) -> str:
    """The text with pieces in place of others; of those that overlap, the first."""
    pieces, end = [], 0
    for start, stop, instead in sorted(changes):
        if start < end:
            continue
        pieces += [text[end:start], instead]
        end = stop
    return "".join([*pieces, text[end:]])
