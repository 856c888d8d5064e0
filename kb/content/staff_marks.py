"""Finds the marks of what is for staff only, however they are written, but for those that inline code shows.

When in doubt whether something is code, it is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from kb.content.foreign.lines import code_spans
from kb.content.grammar import block_tokens
from kb.content.patterns import linear
from kb.content.staff_signs import MARK, plain

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAG = linear(r"<[/A-Za-z](?:[^`<>\"']|\"[^\"`]*\"|'[^'`]*')*>")
_TAG_BEGINS = linear(r"<[/A-Za-z!?]")


def marked_lines(rows: Sequence[str], examples: Collection[int], without_code: Collection[int]) -> frozenset[int]:
    """The lines (from 0) that hold a mark.

    `examples` are lines that show code, `without_code` those in which backticks mean nothing.
    """
    found: set[int] = set()
    is_clear = True  # whether no code may go on from the lines above
    for number, row in enumerate(rows):
        if number in examples or not row.strip(" \t>"):
            is_clear = True
            continue
        rest = _outside_code(row)
        is_clear = is_clear and rest is not None
        if MARK.search(plain(row)) is None:
            continue
        if rest is None or not is_clear or number in without_code or MARK.search(plain(rest)) is not None:
            found.add(number)
    return frozenset(found)


def closed_fences(body: str, tokens: Iterable[Token] | None = None) -> set[int]:
    """The lines (from 0) of all fences that are closed; `tokens` are the blocks of the body, where they are known."""
    if tokens is None:
        tokens = block_tokens(body, {}) if "```" in body or "~~~" in body else ()
    rows = body.split("\n")
    inside: set[int] = set()
    for token in tokens:
        if token.type != "fence" or not token.map:
            continue
        start, end = token.map[0], min(max(token.map[1], token.map[0] + 1), len(rows))
        if end - 1 > start:
            last = rows[end - 1].strip("> \t\r")
            if last.startswith(token.markup) and not last.strip(token.markup[0]):
                inside.update(range(start, end))
    return inside


def _outside_code(row: str) -> str | None:
    """A line without its inline code, as CommonMark has it; None where viewers may differ on what is code.

    They do where a backtick is left over, escaped or within a tag, and where a cell of a table may end within code.
    """
    if "`" not in row and "<" not in row:
        return row
    pieces, end = [], 0
    for start, stop in code_spans(row):
        if "|" in row[start:stop] or row[max(start - 1, 0) : start] == "\\":
            return None
        pieces.append(row[end:start])
        end = stop
    pieces.append(row[end:])
    bare = [_TAG.sub(" ", piece) for piece in pieces]
    if any("`" in piece or _TAG_BEGINS.search(piece) for piece in bare):
        return None
    return "".join(pieces)
