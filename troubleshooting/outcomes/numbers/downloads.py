"""Writes tables as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from troubleshooting.outcomes.numbers.tables import Cell, Table

# A spreadsheet takes what begins so for a formula, whoever typed it (OWASP, "CSV injection").
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def as_csv(table: Table) -> str:
    """The table, as spreadsheets read it: with a mark that says UTF-8, and with texts that stay texts."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(table.columns)
    writer.writerows([_safe(cell) for cell in row.cells] for row in table.rows)
    return BYTE_ORDER_MARK + file.getvalue()


def _safe(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text
