"""Reads what kramdown and Liquid add to Jekyll's pages: attributes of items and code, rules of tables, raw code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from kb.content.foreign.attributes import anchor_in
from kb.content.foreign.lines import Lines, code_spans
from kb.content.patterns import linear

_ATTRIBUTES = r"\{:[ \t]*[.#\w][^{}\n]*\}"
_OF_ITEM = linear(rf"([ \t>]*(?:[-*+]|\d{{1,9}}[.)])[ \t]+)({_ATTRIBUTES})[ \t]+(\S.*)")
_OF_CODE = linear(rf"(?:{_ATTRIBUTES}|\{{\.[^{{}}\n]*\}})+")
_SIGN = linear(
    r"\{:[ \t]*[.#\w]|\{%-?[ \t]*(?:include|link|post_url|highlight|assign|raw)[ \t]|\{\{-?[ \t]*(?:site|page)\."
)
_RAW = linear(r"\{%-?[ \t]*raw[ \t]*-?%\}(.*?)\{%-?[ \t]*endraw[ \t]*-?%\}")
_RAW_MARK = linear(r"\{%-?[ \t]*(?:end)?raw[ \t]*-?%\}")
_OPENS_RAW = linear(r"\{%-?[ \t]*raw[ \t]*-?%\}")
_RULE = linear(r"[ \t]*\|[ \t]*(?:-{2,}[-+ ]*|=[=|+: ]*)\|?[ \t]*")
_HEAD_KEYS = frozenset({"layout", "permalink", "nav_order", "has_children"})
_POSTS = frozenset({"_posts", "_docs", "_drafts"})
END_OF_BLOCK = "^"


def read(lines: Lines, fields: Mapping[str, Any], source: str) -> None:
    """Leave attributes out; in a page that Jekyll reads, also what only says to it how to read code and tables."""
    for number, row in lines.prose():
        if "{:" in row and (found := _OF_ITEM.fullmatch(row)):
            lines.rows[number] = f"{found[1]}{anchor_in(found[2])}{found[3]}"
        if "`{:" in row or "`{." in row:
            lines.rows[number] = _without_attributes(lines.rows[number])
    if not _is_of_jekyll(lines, fields, source):
        return
    _show_raw(lines)
    for number, row in lines.prose():
        if row.strip() == END_OF_BLOCK:
            lines.rows[number] = ""
    _take_out_rules(lines)
    lines.find_code()


def _without_attributes(row: str) -> str:
    """A line without the attributes behind its inline code."""
    pieces, end = [], 0
    for _, stop in code_spans(row) if not row.startswith("#") else ():
        if found := _OF_CODE.match(row[stop:]):
            pieces.append(row[end:stop])
            end = stop + found.end()
    return "".join([*pieces, row[end:]])


def _is_of_jekyll(lines: Lines, fields: Mapping[str, Any], source: str) -> bool:
    """Whether a page is one of Jekyll: the same signs stand in the code of pages about Ansible, for one."""
    if not _HEAD_KEYS.isdisjoint(fields) or not _POSTS.isdisjoint(PurePosixPath(source).parts):
        return True
    return any("{" in row and _SIGN.search(row) for _, row in lines.prose())


def _show_raw(lines: Lines) -> None:
    """Leave out what keeps Liquid from reading code, and the line that it has for itself within a fence."""
    for number in sorted(lines.fenced):
        if "raw" in lines.rows[number] and _RAW_MARK.search(lines.rows[number]):
            _without_mark(lines, number)
    for number, row in lines.prose():
        if "`" in row and "endraw" in row:
            pieces, end = [], 0
            for start, stop in code_spans(row):
                pieces += [row[end:start], _RAW.sub(r"\1", row[start:stop])]
                end = stop
            lines.rows[number] = "".join([*pieces, row[end:]])


def _without_mark(lines: Lines, number: int) -> None:
    row = lines.rows[number]
    rest = _RAW_MARK.sub("", row)
    lines.rows[number] = rest
    if rest.strip():
        return
    # What opens or closes the fence takes the place of a line that held nothing else.
    beside = number - 1 if _OPENS_RAW.search(row) else number + 1
    if beside in lines.fenced and lines.rows[beside].lstrip(" \t>").startswith(("```", "~~~")):
        lines.rows[number], lines.rows[beside] = lines.rows[beside], ""


def _take_out_rules(lines: Lines) -> None:
    """Close up the rows of a table where a rule parted them; one at its edge becomes an empty line."""
    for first, end in list(_tables(lines)):
        rows = lines.rows[first:end]
        begins = next((at for at, row in enumerate(rows) if not _RULE.fullmatch(row)), len(rows))
        kept = [row for at, row in enumerate(rows) if not _RULE.fullmatch(row) or at == begins + 1]
        if len(kept) < len(rows):
            lines.rows[first:end] = [*[""] * begins, *kept, *[""] * (len(rows) - begins - len(kept))]


def _tables(lines: Lines) -> Iterator[tuple[int, int]]:
    """The first line of each table, and the one behind its last."""
    of_tables = [number for number, row in lines.prose() if row.lstrip(" \t").startswith("|")]
    first = None
    for number, following in pairwise([*of_tables, -1]):
        first = number if first is None else first
        if following != number + 1:
            yield first, number + 1
            first = None
