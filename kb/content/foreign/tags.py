"""Finds the tags of templates in a body: Hugo's shortcodes, and those of Jekyll, GitBook and others in `{% %}`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kb.content.foreign.lines import Lines, code_spans, is_within, margin_of, shown
from kb.content.patterns import linear
from kb.content.phrases import Phrase

MOST_TAGS = 5_000
MOST_ROWS_OF_A_TAG = 20
LONGEST_TAG = 2_000
SIGNS = ("{{<", "{{%", "{%")
_TAG = linear(r"\{\{<(.*?)>\}\}|\{\{%(.*?)%\}\}|\{%-?(.*?)-?%\}")
_OPEN = linear(r"\{\{<|\{\{%|\{%")
_BEGUN = linear(r"(?:\{\{[<%]|\{%-?)[ \t]*/?[ \t]*[A-Za-z]")
_CLOSE = linear(r">\}\}|%\}\}|%\}")
_ARGUMENT = linear(
    r"""([\w.-]+)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+))|"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+)"""
)
_NAME = linear(r"(/?)[ \t]*([\w./@-]+)(.*)")


@dataclass(slots=True)
class Tag:
    """A tag: the line (from 0) and the characters at which it stands, its name, and what it is given.

    `is_alone` says that nothing else stands on the line. `written` is the tag itself, `rest` all after its name.
    """

    line: int
    start: int
    end: int
    name: str
    written: str
    rest: str
    closes: bool = False
    closes_itself: bool = False
    is_alone: bool = False
    is_hugo: bool = False
    values: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str:
        """The first value that is given under one of these names, '' for none."""
        return next((self.named[name] for name in names if self.named.get(name)), "")

    def first(self, *names: str) -> str:
        """The same, else the first value without a name."""
        return self.get(*names) or next(iter(self.values), "")


def join_rows(lines: Lines, stays: Phrase) -> None:
    """Put tags that go on for some lines on the first of these; `stays` is said of those that never end."""
    for number, row in lines.prose():
        opened = [found.start() for found in _OPEN.finditer(row)]
        if not opened or _CLOSE.search(row[opened[-1] :]):
            continue
        last = _last_row(lines, number)
        if last is None:
            if _BEGUN.match(row[opened[-1] :]) and not is_within(list(code_spans(row)), opened[-1]):
                lines.note(number, stays.filled(written=shown(row[opened[-1] :])))
            continue
        joined = " ".join([row.rstrip(), *(each.strip() for each in lines.rows[number + 1 : last + 1])])
        if len(joined) <= LONGEST_TAG:
            lines.rows[number : last + 1] = [joined, *[""] * (last - number)]


def _last_row(lines: Lines, number: int) -> int | None:
    """The line on which a tag ends that a line opens; None for one that never ends, before another one begins."""
    for following in range(number + 1, min(number + MOST_ROWS_OF_A_TAG, len(lines.rows))):
        row = lines.rows[following]
        ends, begins = _CLOSE.search(row), _OPEN.search(row)
        if following in lines.code or (begins and not (ends and ends.start() < begins.start())):
            return None
        if ends:
            return following
    return None


def find(lines: Lines) -> Iterator[Tag]:
    """The tags of a body, in their order; those that it shows as code or escapes are none."""
    count = 0
    for number, row in lines.prose():
        if not any(sign in row for sign in SIGNS):
            continue
        spans = list(code_spans(row))
        for found in _TAG.finditer(row):
            if is_within(spans, found.start()) or count >= MOST_TAGS:
                continue
            if tag := _read(number, row, *found.span(), next(group for group in found.groups() if group is not None)):
                count += 1
                yield tag


def parsed(written: str) -> Tag | None:
    """The tag that a piece of text is, which may go on for some lines; None for what is none."""
    row = " ".join(written.split())
    found = _TAG.fullmatch(row)
    inner = next((group for group in found.groups() if group is not None), "") if found else ""
    return _read(0, row, 0, len(row), inner) if found else None


def _read(line: int, row: str, start: int, end: int, inner: str) -> Tag | None:
    inner = inner.strip()
    if inner.startswith("/*"):  # Hugo shows what stands between as it is
        return None
    name = _NAME.fullmatch(inner.removesuffix("/").rstrip() if inner != "/" else inner)
    if name is None:
        return None
    before, after = row[:start], row[end:]
    tag = Tag(
        line,
        start,
        end,
        name[2].lower(),
        row[start:end],
        name[3].strip(),
        closes=bool(name[1]),
        closes_itself=inner.endswith("/"),
        is_alone=not after.strip() and margin_of(before) == before,
        is_hugo=row.startswith("{{", start),
    )
    for key, *values, plain, ticked, quoted, bare in _ARGUMENT.findall(tag.rest):
        value = next((each for each in values if each), "")
        if key:
            tag.named[key.lower()] = value
        else:
            tag.values.append(plain or ticked or quoted or bare)
    return tag
