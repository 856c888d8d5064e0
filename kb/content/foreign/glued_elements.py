"""Reads boxes, tabs, folded parts and steps of MDX whose tags stand beside text over some lines: `<Note>One`.

Those whose tags have lines of their own, and those that are all on one line, are read where all boxes are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.content.box_elements import FOLD_NAMES, GROUP_ELEMENTS, NAMES, TAB_NAMES, kind_of_name, label_of
from kb.content.foreign import media, step_rows
from kb.content.foreign.lines import Lines, code_spans, is_within, margin_of
from kb.content.html_tags import tags_in
from kb.content.patterns import linear

NESTED = 30
_ANY_TAG = linear(rf"<(/?)({NAMES}|{'|'.join(sorted(GROUP_ELEMENTS))}|Step)((?:[ \t](?:[^<>]|=>)*)?)>")


@dataclass(frozen=True, slots=True)
class _Tag:
    line: int
    start: int
    end: int
    name: str
    written: str
    closes: bool
    is_alone: bool


def read(lines: Lines) -> None:
    """Put their titles and quotations in place of them."""
    if not any("</" in row for row in lines.rows):
        return
    put: dict[int, list[tuple[int, int, str]]] = {}
    blocks: list[tuple[_Tag, int]] = []
    for opened, closed in _pairs(lines):
        is_block = opened.name not in GROUP_ELEMENTS | TAB_NAMES and _is_empty(lines.rows[opened.line][: opened.start])
        if is_block:
            has_words = not _is_empty(lines.rows[closed.line][: closed.start])
            blocks.append((opened, closed.line if has_words else closed.line - 1))
        title = "" if is_block or opened.name in GROUP_ELEMENTS else _title(opened, lines)
        put.setdefault(opened.line, []).append((opened.start, opened.end, title))
        put.setdefault(closed.line, []).append((closed.start, closed.end, ""))
    for number, changes in put.items():
        row, end, pieces = lines.rows[number], 0, []
        for start, stop, text in sorted(changes):
            pieces += [row[end:start], text]
            end = stop
        kept = "".join([*pieces, row[end:]])
        lines.rows[number] = kept if kept.strip() else ""
    for opened, last in blocks:
        (_make_step if opened.name == "Step" else _make_box)(lines, opened, last)
    if put:
        lines.find_code()


def _is_empty(before: str) -> bool:
    """Whether nothing but tags stands on a line up to a place."""
    return not _ANY_TAG.sub("", before).strip()


def _pairs(lines: Lines) -> Iterator[tuple[_Tag, _Tag]]:
    """The tags that open and close an element over some lines, one of them beside something else; inner ones first."""
    waiting: list[_Tag] = []
    for tag in _tags(lines):
        if not tag.closes:
            if len(waiting) < NESTED:
                waiting.append(tag)
            continue
        at = next((at for at in range(len(waiting) - 1, -1, -1) if waiting[at].name == tag.name), None)
        if at is None:
            continue
        opened = waiting[at]
        del waiting[at:]
        if opened.line != tag.line and not (opened.is_alone and tag.is_alone):
            yield opened, tag


def _tags(lines: Lines) -> Iterator[_Tag]:
    for number, row in lines.prose():
        if "<" not in row:
            continue
        spans = list(code_spans(row)) if "`" in row else []
        for found in _ANY_TAG.finditer(row):
            start, end = found.span()
            if is_within(spans, start) or str(found[3]).endswith("/") or row[max(0, start - 1) : start] == "\\":
                continue
            is_alone = margin_of(row[:start]) == row[:start] and not row[end:].strip()
            yield _Tag(number, start, end, str(found[2]), found.group(), bool(found[1]), is_alone)


def _title(opened: _Tag, lines: Lines) -> str:
    """What an element is called, as words among its own."""
    title = " ".join(media.escaped(label_of(opened.written)).split()) or lines.words.kind(_kind(opened))
    return f"**{title}:** " if title else ""


def _kind(opened: _Tag) -> str:
    tags = tags_in(opened.written)
    return (tags[0].attributes.get("type") if tags else "") or kind_of_name(opened.name)


def _indent(row: str) -> str:
    return row[: len(row) - len(row.lstrip(" "))]


def _make_step(lines: Lines, opened: _Tag, last: int) -> None:
    rows, first = lines.rows, opened.line
    indent = _indent(rows[first])
    rows[first] = f"{indent}{step_rows.item(opened.written, rows[first])}"
    for number in range(first + 1, last + 1):
        rows[number] = f"{indent}   {rows[number].removeprefix(indent)}".rstrip()


def _make_box(lines: Lines, opened: _Tag, last: int) -> None:
    """Quote what stands between, under a line of its title where an empty one is above it."""
    rows, first = lines.rows, opened.line
    indent = _indent(rows[first])
    for number in range(first, last + 1):
        rows[number] = f"{indent}> {rows[number].removeprefix(indent)}".rstrip()
    above = rows[first - 2] if first > 1 else ""
    if opened.name in FOLD_NAMES or not first or rows[first - 1].strip() or above.lstrip().startswith((">", "<")):
        rows[first] = f"{indent}> {_title(opened, lines)}{rows[first].removeprefix(indent)[2:]}"
    else:
        title = " ".join(label_of(opened.written).split())
        rows[first - 1] = f"{indent}> [!{_kind(opened).upper()}] {title}".rstrip()
