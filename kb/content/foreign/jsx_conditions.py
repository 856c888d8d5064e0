"""Finds what MDX shows on a condition: `{flag && <Note>words</Note>}`, `{flag ? <A/> : "b"}`, also over some lines.

Which side a reader would see, a program alone knows: both stay, which is told. What the condition says is for staff,
for those who are signed in or for a draft reaches nobody (`kb.content.foreign.comments` takes that out).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.content.foreign import settled
from kb.content.foreign.lines import Lines, code_spans, is_within, shown
from kb.content.foreign.reader_conditions import is_for_some, other_side_is_for_some
from kb.content.foreign.rewriting import UNKNOWN
from kb.content.patterns import linear

LONGEST = 300
"""Characters of a condition that are looked at."""
FARTHEST = 4_000
"""Characters of what it shows in which other sides are looked for."""
_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`"
_FIRST = rf"\{{((?:[^{{}}<\"'`]|{_QUOTED}|<[ \t=\d])*"
_GAP = r"(?:[ \t\n(]|/\*[^*]*\*/|//[^\n]*\n)*"
_SHOWS = linear(rf"{_FIRST}?(?:&&|\|\||\?)){_GAP}(<[A-Za-z>]|[\"'`])")
_GIVES = linear(rf"{_FIRST}(?:&&|\|\||\?))[ \t\n(]*([^ \t\n(&|?=.])")
_MAY_BEGIN = linear(r"\{[ \t\n]*[\w$!(\"'\[-]")
# A string that is a side of its own may hold a brace.
_BRACES = linear(r"(?:&&|\|\||[?:(])[ \t\n]*(?:\"[^\"\n]*\"|'[^'\n]*')|[{}]")
_TAIL = linear(r"[ \t\n)]*(?::[ \t\n]*(?:null|undefined|false|''|\"\")[ \t\n)]*)?\}$")
_NOTHING = linear(r":[ \t\n]*(?:null|undefined|false|''|\"\")[ \t\n)]*\}$")
_OTHER_SIDE = linear(r">([ \t\n]*\)?[ \t\n]*:[ \t\n]*\(?[ \t\n]*)<")
_HAS_SIDES = linear(r"[>)\"'`][ \t\n]*:")
_LATER = linear(rf"[>)\"'`][ \t\n)]*(?::|\|\|)((?:[^{{}}<>\"'`]|{_QUOTED})*(?:&&|\?))[ \t\n(]*[<\"'`]")
_ATTRIBUTE = linear(r"[\w:.-]+=$")
_BLANK_LINE = linear(r"\n[ \t]*\n")
_PROSE = linear(r"\w[ \t\n]+\w")
# Of a loop, or of what a page gives out: no more of it is read than its end.
_CODE = linear(r"=>|;|return[ \t(]")
_MDX = linear(
    r"(?m)^import[ \t][^\n]*['\"][^\n]*['\"][ \t]*;?[ \t]*$|</[A-Z][\w.]*>|"
    r"^export[ \t]+(?:const|let|var|function|default|async|class)[ \t]"
)
_FENCE = linear(r"[ \t>]*(`{3,}|~{3,})[^`\n]*")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of MDX: from where to where, how it begins, where what it shows begins, and whether it ends.

    `hides` says that what it shows is for some readers only.
    """

    start: int
    stop: int
    written: str
    shows: int
    ended: bool
    hides: bool


def is_mdx(text: str, source: str) -> bool:
    """Whether a text is MDX: by its name, or by what it takes in, gives out or encloses, as Docusaurus reads `.md`."""
    return source.lower().endswith(".mdx") or _MDX.search(text) is not None


def find(lines: Lines, *, is_mdx: bool) -> Iterator[Condition]:
    """The conditions of a body, in their order, also those within others; what code shows is none.

    Outside of MDX, only what shows an element is one: words in quotation marks may be prose.
    """
    text = lines.body
    if "{" not in text or not any(sign in text for sign in ("&&", "||", "?")):
        return
    is_code = _Code(lines, is_mdx=is_mdx).is_code
    ends: dict[int, int] | None = None
    known = settled.constants(text)
    for found in _MAY_BEGIN.finditer(text):
        start = found.start()
        piece = text[start : start + LONGEST]
        condition = _SHOWS.match(piece) or (_GIVES.match(piece) if is_mdx else None)
        if condition is None or text[start - 1 : start] in ("\\", "$") or is_code(start):
            continue
        if not (is_mdx or condition[2].startswith("<") or text[start - 1 : start] == "{"):
            continue
        if _BLANK_LINE.search(condition[1]):
            continue
        ends = _ends_of_braces(text, is_code) if ends is None else ends
        found_one = _condition(text, start, str(condition[1]), start + condition.start(2), ends.get(start), known=known)
        if found_one and (is_mdx or _is_program(found_one, text)):
            yield found_one


def _condition(
    text: str, start: int, written: str, shows: int, end: int | None, *, known: Mapping[str, bool]
) -> Condition | None:
    stop = len(text) if end is None else end
    later = _LATER.findall(text[shows : min(stop, shows + FARTHEST)]) if end is not None else ()
    shows_nothing_else = _NOTHING.search(text[max(shows, stop - LONGEST) : stop]) is not None
    is_one = written.rstrip().endswith("&&")  # of two sides both stay
    hides = _hides(
        [settled.settled(written, known) if is_one else written, *later], shows_nothing_else=shows_nothing_else
    )
    begins = start
    if text[start - 1 : start] == "{":  # as Vue and others write a value
        begins, stop = start - 1, stop + text.startswith("}", stop)
    if text[begins - 1 : begins] == "=":
        named = _ATTRIBUTE.search(text[max(0, begins - 60) : begins])
        if named is None or begins < start:
            return None
        begins -= len(named.group())
    return Condition(begins, stop, f"{{{written}", shows, end is not None, hides)


def _is_program(condition: Condition, text: str) -> bool:
    """Whether braces of a text that is no MDX can be nothing else than a condition."""
    if not condition.written.endswith("?"):
        return True
    sides = text[condition.shows : min(condition.stop, condition.shows + FARTHEST)]
    has_sides = condition.written.endswith("??") or _HAS_SIDES.search(sides) is not None
    return condition.ended and not _PROSE.search(condition.written) and has_sides


def _hides(conditions: Sequence[str], *, shows_nothing_else: bool) -> bool:
    """Whether one of some conditions, each the other side of that before it, shows something to some readers only."""
    if any(map(is_for_some, conditions)):
        return True
    if shows_nothing_else and conditions[-1].endswith("?"):
        conditions = conditions[:-1]
    return any(other_side_is_for_some(each) for each in conditions if each.endswith(("?", "||")))


def read(lines: Lines, *, is_mdx: bool) -> None:
    """Leave the conditions out, each with a finding, and keep the elements that they show."""
    text = lines.body
    changes: list[tuple[int, int, str]] = []
    number = at = 0
    known = settled.constants(text)
    for condition in find(lines, is_mdx=is_mdx):
        if not condition.ended or text[condition.start] != "{" or text[condition.shows] != "<":
            continue
        if text.startswith("{{", condition.start) or _CODE.search(condition.written):
            continue
        number, at = number + text.count("\n", at, condition.start), condition.start
        if settled.settled(condition.written[1:], known) == condition.written[1:]:
            lines.note(number, UNKNOWN.filled(written=shown(condition.written)))
        changes += _without_signs(text, condition)
    if changes:
        pieces, end = [], 0
        for start, stop, instead in sorted(changes):
            if start >= end:
                pieces += [text[end:start], instead]
                end = stop
        lines.rows = [row if row.strip() else "" for row in "".join([*pieces, text[end:]]).split("\n")]
        lines.find_code()


def _without_signs(text: str, condition: Condition) -> Iterator[tuple[int, int, str]]:
    """What is written in place of all but the elements: the ends of lines, so that each stays at its number."""
    head = text[condition.start : condition.shows]
    _, breaks, margin = head.rpartition("\n")
    yield condition.start, condition.shows, "\n" * head.count("\n") + (margin if breaks and margin.isspace() else "")
    last = max(condition.shows, condition.stop - LONGEST)
    tail = _TAIL.search(text[last : condition.stop])
    end = last + tail.start() if tail else condition.stop
    yield end, condition.stop, "\n" * text.count("\n", end, condition.stop)
    if condition.written.endswith("?"):
        for joint in _OTHER_SIDE.finditer(text[condition.shows : min(end, condition.shows + FARTHEST)]):
            yield condition.shows + joint.start(1), condition.shows + joint.end(1), "\n" * joint[1].count("\n") or " "


def _ends_of_braces(text: str, is_code: Callable[[int], bool]) -> dict[int, int]:
    """By where each brace opens, where what closes it ends."""
    open_braces: list[int] = []
    ends: dict[int, int] = {}
    for found in _BRACES.finditer(text):
        sign = found.group()
        if sign not in "{}" or is_code(found.start()):
            continue
        if sign == "{":
            open_braces.append(found.start())
        elif open_braces:
            ends[open_braces.pop()] = found.end()
    return ends


class _Code:
    """Knows what of a body is code; lines that are so by their margin alone are none in MDX."""

    def __init__(self, lines: Lines, *, is_mdx: bool) -> None:
        self._rows = lines.body.split("\n")
        self._code = (lines.code & _fenced(self._rows)) | lines.fenced if is_mdx else lines.code
        self._number, self._start, self._next = 0, 0, len(self._rows[0])
        self._spans: list[tuple[int, int]] | None = None

    def is_code(self, at: int) -> bool:
        """Whether a place is in code."""
        if at < self._start:
            self._number, self._start, self._next, self._spans = 0, 0, len(self._rows[0]), None
        while at > self._next:
            self._number += 1
            self._start, self._spans = self._next + 1, None
            self._next = self._start + len(self._rows[self._number])
        if self._number in self._code:
            return True
        row = self._rows[self._number]
        if "`" not in row:
            return False
        self._spans = list(code_spans(row)) if self._spans is None else self._spans
        return is_within(self._spans, at - self._start)


def _fenced(rows: list[str]) -> frozenset[int]:
    """The lines between fences, however deep these stand."""
    inside: set[int] = set()
    fence = ""
    for number, row in enumerate(rows):
        found = _FENCE.fullmatch(row) if "```" in row or "~~~" in row else None
        if found and not fence:
            fence = found[1]
        elif fence and row.strip(" \t>").startswith(fence) and not row.strip(" \t>").strip(fence[0]):
            fence = ""
            inside.add(number)
        if fence:
            inside.add(number)
    return frozenset(inside)
