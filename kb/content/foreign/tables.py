"""Cuts the line below a table's head to as many cells as the head has, where viewers are less strict than ours."""

from __future__ import annotations

from kb.content.foreign.lines import Lines, margin_of
from kb.content.patterns import linear

_CELL = r"[ \t]*:?-+:?[ \t]*"
_RULE = linear(rf"\|?{_CELL}(?:\|{_CELL})+\|?[ \t]*")


def read(lines: Lines) -> None:
    """Take off the cells that nothing stands above; without that, the table would be a paragraph full of bars."""
    for number, row in lines.prose():
        if not number or "|" not in row or "-" not in row:
            continue
        margin = margin_of(row) if row.lstrip().startswith(">") else row[: len(row) - len(row.lstrip())]
        rule = row[len(margin) :]
        if not _RULE.fullmatch(rule):
            continue
        cells = rule.strip().strip("|").split("|")
        wanted = _cells(lines.rows[number - 1])
        if 1 < wanted < len(cells):
            lines.rows[number] = f"{margin}|{'|'.join(cells[:wanted])}|"


def _cells(row: str) -> int:
    """How many cells the head of a table has; a bar behind a backslash parts none."""
    text = row.strip(" \t>")
    if "|" not in text:
        return 0
    return text.removeprefix("|").removesuffix("|").replace("\\|", "").count("|") + 1
