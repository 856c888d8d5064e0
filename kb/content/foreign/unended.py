"""Tells of boxes and folded parts that are opened and never closed, and keeps their titles: `:::note`, `<details>`."""

from __future__ import annotations

from kb.content.box_elements import NAMES, TAB_NAMES, kind_of_name, label_of
from kb.content.boxes import GROUPS, KNOWN, container_of
from kb.content.foreign.lines import Lines, code_spans, is_within, margin_of, shown
from kb.content.foreign.rewriting import UNENDED
from kb.content.grammar import block_tokens
from kb.content.patterns import linear
from kb.content.staff_signs import may_name_staff

MOST_ROWS_OF_A_SUMMARY = 4
MOST_ROWS_TO_A_TAB = 5
_ELEMENT = linear(r"(?i)<(/?)(details|aside)(?:[ \t][^<>]*)?>")
_TAG = linear(rf"<({NAMES})(?:[ \t](?:[^<>]|=>)*)?>")
_SUMMARY = linear(r"(?i)<summary[^<>]*>[ \t]*([^<>\n]*?)[ \t]*</summary>")


def read_elements(lines: Lines) -> None:
    """Leave out what opens an element that nothing closes: all that follows would be folded, or stand in its box."""
    waiting: dict[str, list[tuple[int, int, int]]] = {"details": [], "aside": []}
    for number, row in lines.prose():
        if "<" not in row or not _ELEMENT.search(row):
            continue
        spans = list(code_spans(row))
        for found in _ELEMENT.finditer(row):
            opened = waiting[str(found[2]).lower()]
            if is_within(spans, found.start()) or may_name_staff(found.group()):
                continue
            if not found[1]:
                opened.append((number, found.start(), found.end()))
            elif opened:
                opened.pop()
    for number, start, end in sorted((place for each in waiting.values() for place in each), reverse=True):
        row = lines.rows[number]
        lines.note(number, UNENDED.filled(written=shown(row[start:end])))
        lines.rows[number] = row[:start] + row[end:]
        for at in range(number, min(number + MOST_ROWS_OF_A_SUMMARY, len(lines.rows))):
            if "<summary" in lines.rows[at]:
                lines.rows[at] = _SUMMARY.sub(r"**\1**", lines.rows[at])
                break


def read_containers(lines: Lines) -> None:
    """Put its title in place of each line that opens no box, as nothing closes it where it stands.

    Lines between colons, and components of MDX.
    """
    named = {
        number: row[len(margin_of(row)) :].rstrip() for number, row in lines.prose() if ":::" in row or _TAG.search(row)
    }
    known = {number: opening for number, text in named.items() if (opening := _opened_by(text))}
    if not known:
        return
    tokens = [token for token in block_tokens(lines.body, {}) if token.map]
    opened = {token.map[0] for token in tokens if token.type == "admonition_open" and token.map}
    html = {at for token in tokens if token.type == "html_block" and token.map for at in range(*token.map)}
    for number in sorted(known.keys() - opened):
        if number in html and named[number].startswith(":::"):  # it is shown as it is written
            continue
        name, title = known[number]
        if name in GROUPS and not opened.isdisjoint(range(number + 1, number + 1 + MOST_ROWS_TO_A_TAB)):
            continue
        margin = margin_of(lines.rows[number])
        lines.note(number, UNENDED.filled(written=shown(named[number])))
        words = title or ("" if name in GROUPS else lines.words.kind(name))
        lines.rows[number] = f"{margin}**{words}**" if words else margin.rstrip()


def _opened_by(text: str) -> tuple[str, str] | None:
    """The kind and the title of what a line opens; None for nothing that is known, and for what is for staff."""
    if may_name_staff(text):
        return None
    if tag := _TAG.fullmatch(text):
        name = "tab" if tag[1] in TAB_NAMES else kind_of_name(tag[1])
        return None if text.endswith("/>") else (name, label_of(text))
    name, title = container_of(text)
    return (name, title) if name in KNOWN | GROUPS else None
