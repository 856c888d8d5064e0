"""Finds the imports and exports that stand between the Markdown of MDX, and where what they open is closed again."""

from __future__ import annotations

from collections.abc import Iterator

from kb.content.foreign.lines import Lines, shown
from kb.content.patterns import linear
from kb.content.phrases import Phrase

MOST_ROWS = 200
MOST_ROWS_LOOKED_AT = 50_000
"""Rows of a text that are looked at for the ends of statements longer than `MOST_ROWS`."""
NEVER_CLOSES = Phrase(
    "'{written}' opens a bracket that never closes: this line is left out, and what follows is text. Close it, or take "
    "the line out."
)
_IMPORT = linear(
    r"import[ \t]+(?:([\w$]+)|\{([^{}]*)\}|\*[ \t]+as[ \t]+([\w$]+)|[^'\"]+?)?[^'\"]*['\"]([^'\"]+)['\"][ \t]*;?[ \t]*"
)
_IMPORT_START = linear(r"import[ \t]*(?:\{|[\w$*]+[ \t,]|['\"])")
_EXPORT = linear(r"export[ \t]+(?:const|let|var|function|default|async|class|\{)")
_STRING = linear(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`""")
_HEADING = linear(r"#{1,6}[ \t]")
_GOES_ON = ("=", "=>", ",")


def find(lines: Lines) -> Iterator[tuple[int, int]]:
    """The first and the last line of each import and each export, which stand outside of all else.

    Of an export that never closes, its line alone, with a finding: nobody knows what below it is still of it.
    """
    end = -1
    ends = Ends(lines)
    for number, row in lines.prose():
        if number <= end or not row.startswith(("import", "export")):
            continue
        if _IMPORT_START.match(row):
            for last in range(number, min(number + MOST_ROWS, len(lines.rows))):
                if not lines.rows[last].strip():
                    break
                if _IMPORT.fullmatch(" ".join(lines.rows[number : last + 1])):
                    end = last
                    yield number, last
                    break
        elif _EXPORT.match(row) and (number - 1 == end or not number or not lines.rows[number - 1].strip()):
            closed = ends.of(number)
            if closed is None:
                lines.note(number, NEVER_CLOSES.filled(written=shown(row)))
            end = number if closed is None else closed
            yield number, end


def imported(statement: str) -> Iterator[tuple[str, str]]:
    """The names that an import gives to what it takes in, with where that lies; none for other statements."""
    found = _IMPORT.fullmatch(statement)
    if found is None:
        return
    default, several, everything, path = found.groups()
    for name in (default, everything, *(several or "").split(",")):
        if name and name.strip():
            yield name.split(" as ")[-1].strip(), path


class Ends:
    """Where what lines open is closed again; each line is read once, when it is first looked at."""

    def __init__(self, lines: Lines) -> None:
        self._rows = lines.rows
        self._fenced = lines.fenced
        self._opened: list[int | None] = [None] * len(lines.rows)
        self._looked_at = 0

    def of(self, first: int) -> int | None:
        """The line on which all brackets that are open from `first` on are closed again, None when they never are.

        A heading and a fence are no program: what is open there stays open.
        """
        depth = 0
        for number in range(first, len(self._rows)):
            self._looked_at += number - first >= MOST_ROWS
            is_text = number in self._fenced or _HEADING.match(self._rows[number])
            if is_text or self._looked_at > MOST_ROWS_LOOKED_AT:
                return None
            depth += self._opened_by(number)
            if depth <= 0 and not self._rows[number].rstrip().endswith(_GOES_ON):
                return number
        return None

    def _opened_by(self, number: int) -> int:
        """How many brackets more a line opens than it closes; those in its strings are none."""
        opened = self._opened[number]
        if opened is None:
            row = _STRING.sub("", self._rows[number])
            opened = sum(row.count(sign) for sign in "{([") - sum(row.count(sign) for sign in "})]")
            self._opened[number] = opened
        return opened
