"""Takes out what the author of a text hides from readers: the comments of all tools, and hidden elements of HTML.

When in doubt, more is hidden: what is never closed hides all that follows, which is told. What code shows stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from kb.content.foreign import hidden_columns, hidden_elements, jsx_conditions, quiet_comments, settled, vue_conditions
from kb.content.foreign.conditions import FARTHEST, Conditions, hides, is_hidden_macro
from kb.content.foreign.else_elements import Others
from kb.content.foreign.hidden_elements import ATTRIBUTES
from kb.content.foreign.lines import Lines, code_spans, is_within, margin_of, shown
from kb.content.foreign.reader_conditions import asks_for_readers, is_for_some, other_side_is_for_some
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.head import split
from kb.content.patterns import Pattern, linear
from kb.content.phrases import Phrase
from kb.content.raw_html import VOID

NEVER_ENDS = Phrase("What '{written}' hides never ends: what follows is left out.")
REST_OF_PARAGRAPH = Phrase("What '{written}' hides never ends: the rest of its paragraph is left out.")
FOR_SOME = Phrase("What '{written}' encloses is not for all readers: it is left out.")
MOST_LOOKS = 20
_SIGNS = ("%%", "{", "<")
_ANY = linear(
    r"%%|\{/\*|\{\{-?[ \t]*/\*|\{\{[<%][ \t]*comment[ \t>%]|\{%-?[ \t]*comment[ \t>%-]|\{::comment\}|\{#[ \t]|"
    r"\{\{!--|\{>>|<!--|\{%-?[ \t]*#|\{%-?[ \t]*(?:if|unless|case|when|elsif|elseif)[ \t][^%\n]*%\}|"
    r"\{%-?[ \t]*else[ \t]*-?%\}|"
    r"\{%-?[ \t]*capture[ \t][^%\n]*%\}|\{[\w-]+:(?:[^{}\n]*\|)?hidden=true(?:\|[^{}\n]*)?\}|"
    r"\{(?:show-if|hide-if):[^{}\n]*\}|\{(?:hidden|hide|hidden-data)(?::[^{}\n]*)?\}|"
    rf"<[A-Za-z][\w:-]*(?:[ \t\n](?:{ATTRIBUTES}))?>"
)
_MACROS = ("<ac:structured-macro", "<ac:macro", "<ac:placeholder")


@dataclass(frozen=True, slots=True)
class _Comment:
    """How a comment begins and where it ends; `is_sure` says that it can mean nothing else even when it never ends."""

    begins: Pattern
    ends: Pattern
    is_sure: bool = True


_COMMENTS = (
    _Comment(linear(r"\{/\*"), linear(r"(\*/[ \t\n]*\})")),
    _Comment(linear(r"\{\{-?[ \t]*/\*"), linear(r"(\*/[ \t\n]*-?\}\})")),
    _Comment(linear(r"\{\{[<%]"), linear(r"(\{\{[<%][ \t]*/[ \t]*comment[ \t]*[%>]\}\})")),
    _Comment(linear(r"\{%-?[ \t]*#"), linear(r"(%\})")),
    _Comment(linear(r"\{%-?[ \t]*capture"), linear(r"(\{%-?[ \t]*endcapture[ \t]*-?%\})")),
    _Comment(linear(r"\{%"), linear(r"(\{%-?[ \t]*endcomment[ \t]*-?%\})")),
    _Comment(linear(r"\{::"), linear(r"(\{:/(?:comment)?\})")),
    _Comment(linear(r"\{#"), linear(r"(#\})"), is_sure=False),
    _Comment(linear(r"\{hid"), linear(r"(\{(?:hidden|hide|hidden-data)\})"), is_sure=False),
    _Comment(linear(r"\{\{!--"), linear(r"(--\}\})")),
    _Comment(linear(r"\{>>"), linear(r"(<<\})"), is_sure=False),
    _Comment(linear(r"<!--"), linear(r"(--!?>)")),
)
_HTML = _COMMENTS[-1]
_CAPTURE = _COMMENTS[4]
_MACRO = linear(r"\{([\w-]+):[^{}\n]*\}")
# Not `%%i` after a space, which is a variable of a batch file.
_PERCENT_END = linear(r"(%%)(?:\W|$)|\S%%")
_VARIABLE = linear(r"%%~?(?:[A-Za-z]|\d+)(?:\W|$)")
_BLANK_LINE = linear(r"(\n[ \t]*\n)")
_TAG = linear(rf"<(/?)([A-Za-z][\w:-]*)(?:[\s/](?:{ATTRIBUTES}))?>")


def take_out(lines: Lines, source: str = "", *, of_html: bool = False) -> bool:
    """Leave empty what is hidden; whether there was any. Comments of HTML, which no page shows, only with `of_html`."""
    if not any(sign in row for row in lines.rows for sign in _SIGNS):
        return False
    return _Finder(lines, source, of_html=of_html).run()


def without_hidden(text: str, source: str = "") -> str:
    """The text of a file without what its author hides in it; the same text when that is nothing.

    `source` is the file's name, by which MDX is known. ContentError when its head can't be read.
    """
    head = split(text)
    lines = Lines(head.body, head.body_line)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    top = quiet_comments.in_head(rows, head)
    hides = quiet_comments.take_out(lines)
    hides = take_out(lines, source, of_html=True) or hides
    return "\n".join([*top, *lines.rows]) if hides or top != rows[: len(top)] else text


def html_comments(text: str) -> Iterator[tuple[int, int]]:
    """Where the comments of HTML begin and end, also those that code shows."""
    start, end = text.find("<!--"), 0
    while start >= 0:
        if end < start + 2:
            end = text.find("-->", start + 2)
        if end < 0:
            return
        yield start, end + 3
        start = text.find("<!--", start + 4)


class _Finder:
    """Goes through a body once, from one hidden piece to the next."""

    def __init__(self, lines: Lines, source: str, *, of_html: bool) -> None:
        self._lines = lines
        self._source = source
        self._of_html = of_html
        self._text = lines.body
        self._code = lines.code
        self._starts = list(accumulate((len(row) + 1 for row in lines.rows), initial=0))
        self._spans: tuple[int, list[tuple[int, int]]] = -1, []  # of the line that was looked at last
        self._ends: dict[str, list[int]] = {}
        self._tags: dict[str, list[tuple[int, bool]]] = {}
        self._conditions = Conditions(self._text)
        self._known = settled.constants(self._text)
        self._sides = vue_conditions.Sides(self._text)
        self._others = Others(self._text, self._is_code)
        self._commented = 0  # up to where a comment of HTML reaches that no page shows

    def run(self) -> bool:
        """Whether anything was hidden."""
        hidden: list[tuple[int, int]] = []
        at = looks = 0
        conditions = {each.start: each for each in self._conditions_of_jsx()}
        cells = dict(hidden_columns.spans(self._text))
        found_at = {found.span() for found in _ANY.finditer(self._text) if found.start() not in cells}
        for start, end in sorted({*found_at, *((at, -1) for at in conditions), *cells.items()}):
            if start < at or (end >= 0 and self._is_code(start)):
                continue
            if start in cells:
                stop: int | None = end
            else:
                stop = self._end_of(start, end) if end >= 0 else self._end_of_jsx(conditions[start])
            if stop is None:
                continue
            hidden.append((start, stop))
            at = stop
            piece = self._text[start:stop]
            if ("```" in piece or "~~~" in piece) and looks < MOST_LOOKS:
                looks += 1
                self._code = Lines(_without(self._text, hidden), 1).code
        if hidden:
            self._lines.rows = [row if row.strip() else "" for row in _without(self._text, hidden).split("\n")]
            self._lines.find_code()
        return bool(hidden)

    def _conditions_of_jsx(self) -> Iterator[jsx_conditions.Condition]:
        is_mdx = jsx_conditions.is_mdx(self._text, self._source)
        return (each for each in jsx_conditions.find(self._lines, is_mdx=is_mdx) if each.hides)

    def _end_of_jsx(self, condition: jsx_conditions.Condition) -> int:
        if not condition.ended:
            return self._all(condition.start, condition.written)
        self._lines.note(self._number(condition.start), FOR_SOME.filled(written=shown(condition.written)))
        return condition.stop

    def _number(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _is_code(self, at: int) -> bool:
        number = self._number(at)
        if number in self._code:
            return True
        row, column = self._lines.rows[number], at - self._starts[number]
        if "`" not in row:
            return False
        if self._spans[0] != number:
            self._spans = number, list(code_spans(row))
        return is_within(self._spans[1], column)

    def _end_of(self, start: int, end: int) -> int | None:
        """Where what begins here ends; None when it hides nothing."""
        written = self._text[start:end]
        if written == "%%":
            return self._end_of_percent(start)
        if written.startswith("<") and written[1:2].isalpha():
            return self._end_of_hidden(written, start, end)
        if written.endswith("%}") and not _CAPTURE.begins.match(written):
            return self._end_of_condition(written, start)
        macro = _MACRO.fullmatch(written)
        if macro and not macro[1].startswith("hid"):
            closing = self._text.find(f"{{{macro[1]}}}", end)
            return self._all(start, written) if closing < 0 else closing + len(macro[1]) + 2
        comment = next(each for each in _COMMENTS if each.begins.match(written))
        stop = self._next_end(comment.ends, end)
        if stop is None:
            return self._all(start, written) if comment.is_sure else None
        if comment is _CAPTURE:
            self._lines.note(self._number(start), UNKNOWN.filled(written=shown(written)))
        is_kept = comment is _HTML and not self._of_html
        self._commented = stop if is_kept else self._commented
        return None if is_kept else stop

    def _end_of_hidden(self, tag: str, start: int, end: int) -> int | None:
        following = self._text[end : end + FARTHEST] if tag.startswith(_MACROS) else ""
        hidden = is_hidden_macro(tag, following) if following else hidden_elements.hides(tag, self._known)
        hidden = self._asks_vue(tag, start, end, hidden=hidden)
        if not hidden and (asked := self._others.asked(start)) and other_side_is_for_some(asked):
            self._lines.note(self._number(start), FOR_SOME.filled(written=shown(tag)))
            hidden = True
        return self._end_of_element(tag, start, end) if hidden else None

    def _asks_vue(self, tag: str, start: int, end: int, *, hidden: bool) -> bool:
        """Whether an element is hidden, as it is or as the other side of a condition of Vue; that is told."""
        is_other = self._sides.other_side_hides(tag, start, end)
        if start < self._commented:  # nobody is told of what no page shows
            return hidden or bool(is_other)
        if is_other:
            self._lines.note(self._number(start), FOR_SOME.filled(written=shown(tag)))
        elif is_other is not None:
            condition, _ = hidden_elements.condition_of(tag)
            if settled.settled(condition, self._known) != condition:
                if hidden:
                    self._lines.note(self._number(start), FOR_SOME.filled(written=shown(condition)))
            elif condition and not hidden and not (is_for_some(condition) or asks_for_readers(condition)):
                self._lines.note(self._number(start), UNKNOWN.filled(written=shown(condition)))
        return hidden or bool(is_other)

    def _end_of_percent(self, start: int) -> int | None:
        before = self._text[start - 1 : start] if start else ""
        if before.isalnum() or before in ("%", "\\"):
            return None
        stop = self._next_end(_PERCENT_END, start + 2)
        if stop is not None:
            return stop
        if _VARIABLE.match(self._text[start : start + 12]):
            return None
        row = self._lines.rows[self._number(start)]
        if row.strip() == "%%":
            return self._all(start, "%%")
        stop = self._next_end(_BLANK_LINE, start)
        if stop is None or margin_of(row).strip(" \t") == row[: row.find("%%")].strip(" \t"):
            return self._all(start, "%%")
        self._lines.note(self._number(start), REST_OF_PARAGRAPH.filled(written="%%"))
        return stop - 2

    def _end_of_condition(self, condition: str, start: int) -> int | None:
        if not (hides(condition) or self._conditions.other_side_hides(start)):
            return None
        self._lines.note(self._number(start), FOR_SOME.filled(written=shown(condition)))
        stop = self._conditions.end_of(start)
        return self._all(start, condition) if stop is None else stop

    def _end_of_element(self, tag: str, start: int, end: int) -> int | None:
        opened = _TAG.match(tag)
        name = opened[2].lower() if opened else ""
        if not name:
            return None
        if (within := self._others.end_within(start)) is not None:
            return within
        if name in VOID or name == "input" or tag.endswith("/>"):
            return end
        if not self._tags:
            for found in _TAG.finditer(self._text):
                self._tags.setdefault(found[2].lower(), []).append((found.end(), bool(found[1])))
        depth, tags = 1, self._tags.get(name, [])
        for stop, closes in tags[bisect_right(tags, (end, True)) :]:
            depth += -1 if closes else 1
            if not depth:
                return stop
        return self._all(start, tag)

    def _all(self, start: int, sign: str) -> int:
        self._lines.note(self._number(start), NEVER_ENDS.filled(written=shown(sign)))
        return len(self._text)

    def _next_end(self, pattern: Pattern, at: int) -> int | None:
        """The first place from `at` on where what the pattern finds ends."""
        if pattern.pattern not in self._ends:
            self._ends[pattern.pattern] = [
                found.end(1) if found[1] else found.end() for found in pattern.finditer(self._text)
            ]
        ends = self._ends[pattern.pattern]
        # Not what ends before two characters after the beginning, such as the beginning itself.
        index = bisect_left(ends, at + 2)
        return ends[index] if index < len(ends) else None


def _without(text: str, hidden: Sequence[tuple[int, int]]) -> str:
    """The text with nothing but line ends in place of what is hidden."""
    pieces, end = [], 0
    for start, stop in hidden:
        pieces += [text[end:start], "\n" * text.count("\n", start, stop)]
        end = stop
    return "".join([*pieces, text[end:]])
