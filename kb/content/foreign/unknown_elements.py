"""Tells of elements that neither HTML nor we know, and of diagrams that pages show as code.

Elements whose name has a hyphen are components of a site: what stands between their tags stays, they do not.
"""

from __future__ import annotations

from kb.content.foreign.lines import Lines, margin_of, shown
from kb.content.foreign.rewriting import STAYS, UNKNOWN
from kb.content.patterns import Match, linear
from kb.content.raw_html import ALLOWED, DROPPED

_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
_TAG = linear(rf"\\?<(/?)([a-z][a-z0-9_]*(?:-[a-z0-9_]+)*)((?:[ \t](?:[^<>\"'\n]|{_QUOTED})*)?)>")
_GIVEN = linear(r"[ \t][:@#]?[\w:.-]+=")
_DIAGRAM = linear(r"(?:`{3,}|~{3,})[ \t]*\{?(mermaid|plantuml|puml|graphviz|d2)(?:[^\w\n-][^\n]*)?")
# Of formulas, of drawings, and of programs that write for others: they stand in pages as examples, mostly.
_OF_XML = frozenset({"svg", "path", "g", "rect", "circle", "line", "text", "xml", "rdf"})


def read(lines: Lines) -> None:
    """Leave out the tags of components, and tell of these, of other elements that stay, and of diagrams."""
    for number in sorted(lines.fenced):
        row = lines.rows[number]
        if number - 1 not in lines.fenced and (found := _DIAGRAM.fullmatch(row[len(margin_of(row)) :])):
            lines.note(number, STAYS.filled(written=found[1]))
    closed = {str(found[2]) for found in _TAG.finditer(lines.body) if found[1]} if "</" in lines.body else set()
    told: set[str] = set()

    def change(number: int, text: str) -> str:
        return _TAG.sub(lambda found: _in_place(lines, number, found, closed, told), text)

    lines.change(change, "<")


def _in_place(lines: Lines, number: int, found: Match, closed: set[str], told: set[str]) -> str:
    written, name = found.group(), str(found[2])
    if written.startswith("\\") or name in ALLOWED or name in DROPPED or name in _OF_XML:
        return written
    is_element = name in closed or _GIVEN.search(found[3]) is not None or (written.endswith("/>") and "-" in name)
    if not is_element:  # a place for a name
        return written
    if "-" not in name:
        if name not in told and not found[1]:
            told.add(name)
            lines.note(number, STAYS.filled(written=shown(written)))
        return written
    if not found[1]:
        lines.note(number, UNKNOWN.filled(written=shown(written)))
    return ""
