"""Teaches markdown-it that a line of its own that is a label in capitals ('CAUSE') is a paragraph of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.labels import is_capital_label
from kb.content.patterns import linear

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_UNDERLINE = linear(r"\s*(?:=+|-+)\s*")


def capital_label(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Push the paragraph, whatever text stands before and after the line; a setext heading stays one."""
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    if (
        not text.isupper()
        or state.is_code_block(line)
        or not is_capital_label(text)
        or _underlined(state, line, end_line)
    ):
        return False
    if not silent:
        state.line = line + 1
        state.push("paragraph_open", "p", 1).map = [line, line + 1]
        inline = state.push("inline", "", 0)
        inline.map, inline.content, inline.children = [line, line + 1], text.strip(), []
        state.push("paragraph_close", "p", -1)
    return True


def _underlined(state: StateBlock, line: int, end_line: int) -> bool:
    following = state.src[state.bMarks[line + 1] : state.eMarks[line + 1]] if line + 1 < end_line else ""
    return bool(_UNDERLINE.fullmatch(following))
