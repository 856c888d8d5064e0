"""Reads the properties that Notion's exports write below the title, a line for each, as a head says them."""

from __future__ import annotations

from kb.content.labels import Kind, read_label
from kb.content.patterns import linear
from kb.content.yaml_head import Fields

MOST_LINES = 60
FEWEST_KNOWN = 2
_LINE = linear(r"([A-Z][\w./()-]*(?: [\w./()-]+){0,4}):(?:[ \t]+(.*))?")
_KNOWN = frozenset(
    {"owner", "status", "tags", "category", "audience", "verification", "created", "created by", "created time"}
    | {"last edited", "last edited by", "last edited time", "last updated", "date created", "date", "author", "team"}
)
_OF_TOOLS = frozenset(
    {"created time", "created by", "last edited", "last edited by", "last edited time", "date created"}
)

_ALONE = frozenset({"status", "tags"})
"""What is a property also where it is the only one."""


def read(lines: list[str]) -> tuple[Fields, range]:
    """The properties below a title, and the lines (from 0) that they take; none for most texts."""
    nothing = Fields(), range(0)
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if not lines or not lines[start].startswith("# ") or start + 2 >= len(lines) or lines[start + 1].strip():
        return nothing
    first = start + 2
    end = next((at for at in range(first, min(first + MOST_LINES, len(lines))) if not lines[at].strip()), len(lines))
    fields = Fields()
    for number in range(first, end):
        found = _LINE.fullmatch(lines[number].rstrip())
        label = read_label(found[1]) if found else None
        if found is None or (label and label.kind is not Kind.INFORMATION) or found[1] in fields:
            return nothing
        fields[found[1]] = (found[2] or "").strip() or None
        fields.lines[found[1]] = number + 1
    names = {name.lower() for name in fields}
    known = names & _KNOWN
    is_sure = names & _OF_TOOLS or (names == known and names <= _ALONE)
    if len(known) < FEWEST_KNOWN and not is_sure:
        return nothing
    return fields, range(first, end)
