"""Takes out the comments that no page shows, and that a text which is handed on as written would tell.

These are the comments of a head (`# ...` in YAML and TOML), and definitions of links that lead nowhere, which people
write as comments: `[//]: # (...)`.
"""

from __future__ import annotations

from kb.content.document import ContentError
from kb.content.foreign.lines import Lines
from kb.content.head import FrontMatter, split
from kb.content.patterns import Match, linear

MOST_CHARACTERS = 200_000
"""Of heads that are read to see whether a sign begins a comment; beyond that, each is taken for one."""
MOST_LINES = 50
"""Of a comment."""
_SIGN = linear(r"(?:^|[ \t])(#)")
_QUOTED = linear(r"\"(?:[^\"\\\n]|\\[^\n])*\"|'[^'\n]*'")
_DEFINED = linear(r"[ \t>]*\[([^\[\]\n]{1,300})\]:[ \t]*(?:#|<#?>)(?:[ \t]+(.*))?")
_USED = linear(r"\[([^\[\]\n]{1,300})\](?:[^:]|$)")
_ALWAYS = frozenset({"//", "\\//", "comment", "hidden", "#", "_"})
_ENDS = {"(": ")", '"': '"', "'": "'"}


def in_head(rows: list[str], head: FrontMatter) -> list[str]:
    """The lines of a file down to its body, without the comments of its head; what it says stays the same."""
    start = head.body_line - 1
    if head.form not in ("yaml", "toml") or not any("#" in row for row in rows[:start]):
        return rows[:start]
    top, end = rows[: start - 1], rows[start - 1 : start]
    fence = next(number for number, row in enumerate(top) if row.strip("\ufeff \t"))
    quick = [*top[: fence + 1], *(_cut(row, _first_outside(row)) for row in top[fence + 1 :])]
    if _says_the_same([*quick, *end], head):
        return [*quick, *end]
    budget = MOST_CHARACTERS
    for number in range(fence + 1, len(top)):
        for found in _SIGN.finditer(top[number]):
            shorter = [*top[:number], _cut(top[number], found), *top[number + 1 :]]
            budget -= sum(map(len, shorter))
            if budget < 0 or _says_the_same([*shorter, *end], head):
                top = shorter
                break
    return [*top, *end]


def _first_outside(row: str) -> Match | None:
    """The first sign of a line that stands in no quotation marks."""
    quoted = [found.span() for found in _QUOTED.finditer(row)]
    signs = _SIGN.finditer(row)
    return next((sign for sign in signs if not any(start < sign.start(1) < end for start, end in quoted)), None)


def _cut(row: str, sign: Match | None) -> str:
    return row if sign is None else row[: sign.start(1)].rstrip()


def _says_the_same(rows: list[str], head: FrontMatter) -> bool:
    try:
        return split("\n".join([*rows, ""])).fields == head.fields
    except ContentError:
        return False


def take_out(lines: Lines) -> bool:
    """Leave empty the definitions that are comments; whether there was any."""
    if not any("]:" in row for row in lines.rows):
        return False
    prose = dict(lines.prose())
    used = {name.casefold() for row in lines.rows for name in _USED.findall(row)}
    found = False
    for number, row in prose.items():
        defined = _DEFINED.fullmatch(row.rstrip()) if "]:" in row else None
        if defined is None or not lines.rows[number] or not _is_comment(defined[1], used):
            continue
        for each in range(number, _last_line(number, str(defined[2] or ""), prose) + 1):
            lines.rows[each] = ""
        found = True
    return found


def _is_comment(label: str, used: set[str]) -> bool:
    """Whether a definition that leads nowhere is none that the text uses."""
    return label.strip().lower() in _ALWAYS or label.casefold() not in used


def _last_line(number: int, title: str, prose: dict[int, str]) -> int:
    """The line at which the title of a definition ends, which may begin on the line below."""
    if not title:
        following = prose.get(number + 1, "").strip()
        if following[:1] not in _ENDS or not following:
            return number
        number, title = number + 1, following
    end = _ENDS.get(title[:1], "")
    if not end or (title.rstrip().endswith(end) and len(title) > 1):
        return number
    for at in range(number + 1, number + MOST_LINES):
        if not prose.get(at, "").strip():
            return number
        if prose[at].rstrip().endswith(end):
            return at
    return number
