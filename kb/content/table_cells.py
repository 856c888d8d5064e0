"""Lets a pipe inside code stand in a table's cell, where the row would otherwise have more cells than its head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.content.patterns import linear

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

_STAND_IN = "\ufdd0"
_RULE = linear(r"^[ \t>]*(\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?)[ \t]*$", re.MULTILINE)
_CODE = linear(r"``[^`]+``|`[^`]+`")
_ESCAPED = linear(r"\\.")
_PIPE = linear(r"\\?\|")


def put_aside(state: StateCore) -> None:
    """Before the blocks are found: put a stand-in for such pipes, which has their length."""
    if "`" in state.src and "|" in state.src and _STAND_IN not in state.src:
        state.src = "".join(_pieces(state.src))


def put_back(state: StateCore) -> None:
    """After that: put the pipes back."""
    if _STAND_IN in state.src:
        for token in state.tokens:
            token.content = token.content.replace(_STAND_IN, "|")


def _pieces(text: str) -> Iterator[str]:
    at = 0
    for rule in _RULE.finditer(text):
        if rule.start() < at or "|" not in rule[1]:
            continue
        columns = _cells(rule[1])
        yield text[at : rule.end()]
        at = rule.end()
        while at < len(text):
            end = text.find("\n", at + 1)
            row = text[at : end if end >= 0 else len(text)]
            if not row.strip(" \t\n>"):
                break
            yield _row(row, columns)
            at += len(row)
    yield text[at:]


def _row(row: str, columns: int) -> str:
    if "`" not in row or _cells(row) <= columns:
        return row
    return _CODE.sub(lambda code: _PIPE.sub(lambda pipe: _STAND_IN if pipe[0] == "|" else pipe[0], code[0]), row)


def _cells(row: str) -> int:
    """How many cells the pipes of a row part, the outermost and the escaped ones left out."""
    return _ESCAPED.sub("", row).strip(" \t\n>").strip("|").count("|") + 1
