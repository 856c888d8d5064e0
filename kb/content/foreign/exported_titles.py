"""Finds the title of a page that an export wrote neither in a head nor in a heading: in a comment, or in a table.

`<!-- Title: Mail never leaves -->`, a row `| Title | Mail never leaves |`, or a first row that is one cell alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.foreign.lines import Lines
from kb.content.html_tags import words_in
from kb.content.labels import read_label
from kb.content.patterns import linear

MOST_ROWS = 40
LONGEST = 200
FARTHEST = 4_000
"""Characters from the start of a table of HTML in which its first rows are looked for."""
_HEADING = linear(r"(?m)^[ \t]{0,3}#[ \t]+\S|^=+[ \t]*$|<h1[ \t>]|^h1\.[ \t]")
_COMMENT = linear(r"<!--([^<>]*?)-->|\[(?://|comment|_metadata_)\]:[ \t]*(?:#|<>)[ \t]*[(\"']([^\n]*?)[)\"']")
_PAIR = linear(r"[ \t]*([A-Za-z][\w ./-]{0,40}?)[ \t]*[:=][ \t]*([^\n]*?)[ \t]*")
_NAMES = frozenset(
    ("title", "page title", "article title", "titel", "titre", "t\xedtulo", "titolo")  # of the languages read most
)
_RULE = linear(r"[ \t]*\|?[ \t:|-]*-[ \t:|-]*")
_CELL = linear(r"(?:[^|\\]|\\.)*")
_ROW_OF_HTML = linear(r"(?is)<tr(?:\s[^<>]*)?>(.*?)</tr>")
_CELL_OF_HTML = linear(r"(?is)<t[hd](?:\s[^<>]*)?>(.*?)</t[hd]>")
_SIGNS = linear(r"[*_`\[\]]+|\([^()]*\)$")


def find(body: str) -> str:
    """The title, '' where a heading of the first level says it, or nothing does."""
    if _HEADING.search(body) is not None:
        return ""
    return _in_comment(body) or _in_table(body)


def _in_comment(body: str) -> str:
    """What a comment before all else says under `Title`, where all that it says is of that form."""
    for found in _COMMENT.finditer(body[:FARTHEST]):
        if _COMMENT.sub("", body[: found.start()]).strip():
            return ""
        rows = [_PAIR.fullmatch(row) for row in str(found[1] or found[2] or "").split("\n") if row.strip()]
        pairs = {row[1].lower(): row[2].strip("\"'") for row in rows if row is not None}
        if len(pairs) == len(rows) and (title := next((pairs[name] for name in _NAMES if pairs.get(name)), "")):
            return _as_title(title)
    return ""


def _in_table(body: str) -> str:
    """What the first rows of a table say that stands before all else."""
    lines = Lines(body, 1)
    first = next((at for at, row in enumerate(lines.rows) if row.strip()), 0)
    if first in lines.code:
        return ""
    row = lines.rows[first].strip()
    if row.startswith("<table"):
        start = body.find("<table")
        found = _ROW_OF_HTML.findall(body[start : start + FARTHEST])
        return _of_rows([[words_in(cell) for cell in _CELL_OF_HTML.findall(each)] for each in found[:MOST_ROWS]])
    if not row.startswith("|") or first + 1 >= len(lines.rows) or not _RULE.fullmatch(lines.rows[first + 1]):
        return ""
    rows = []
    for written in (lines.rows[first], *lines.rows[first + 2 : first + MOST_ROWS]):
        if not written.strip().startswith("|"):
            break
        rows.append([cell.strip() for cell in _CELL.findall(written.strip().strip("|")) if cell.strip()])
    return _of_rows(rows)


def _of_rows(rows: Sequence[Sequence[str]]) -> str:
    cells = [[_as_title(cell) for cell in row if cell.strip()] for row in rows]
    cells = [row for row in cells if row]
    named = next((row[1] for row in cells if len(row) > 1 and row[0].strip(" :").lower() in _NAMES), "")
    if named:
        return named
    is_titled = len(cells) > 1 and len(cells[0]) == 1 and any(read_label(row[0]) for row in cells[1:] if len(row) > 1)
    return cells[0][0] if is_titled and read_label(cells[0][0]) is None else ""


def _as_title(text: str) -> str:
    return " ".join(_SIGNS.sub("", words_in(text)).split())[:LONGEST]
