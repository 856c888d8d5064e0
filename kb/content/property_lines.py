"""Reads the properties that Notion's exports write below the title, a line for each, as a head says them."""

from __future__ import annotations

from pathlib import PurePosixPath

from kb.content.file_names import exported_id
from kb.content.labels import Kind, read_label
from kb.content.patterns import linear
from kb.content.withheld import is_plain_mark
from kb.content.yaml_head import Fields

MOST_LINES = 60
FEWEST_KNOWN = 2
NOTION_ID = 32
"""The digits that Notion puts behind the names of the files that it exports."""
# Properties are called what people like, in any script, with any signs; lists, quotations and the like are text.
_LINE = linear(r"([^\s:#>|`<\[!*+\\-][^:\n]{0,60}):(?:[ \t]+(.*))?")
_KNOWN = frozenset(
    {"owner", "status", "tags", "category", "audience", "verification", "created", "created by", "created time"}
    | {"last edited", "last edited by", "last edited time", "last updated", "date created", "date", "author", "team"}
    | {"visibility", "published", "archived", "draft", "private", "internal"}
)
_OF_TOOLS = frozenset(
    {"created time", "created by", "last edited", "last edited by", "last edited time", "date created"}
)

_ALONE = frozenset({"status", "tags"})
"""What is a property also where it is the only one."""


def read(lines: list[str], source: str = "") -> tuple[Fields, dict[int, str]]:
    """The properties below a title, and what stands in place of the lines (from 0) that they take; none for most texts.

    Below the title of an export of Notion, as the name of the file `source` tells, lines of a name and a value are
    properties whatever they are called. Where it is not sure that they are, those that keep the text from readers are
    given all the same, and take no lines. One of an export that says what is wrong or helps is a label of the text.
    """
    nothing = Fields(), dict[int, str]()
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if not lines or not lines[start].startswith("# "):
        return nothing
    first = start + 1 if start + 1 < len(lines) and lines[start + 1].strip() else start + 2
    end = next((at for at in range(first, min(first + MOST_LINES, len(lines))) if not lines[at].strip()), len(lines))
    fields, is_head, labelled = _fields(lines[first:end], first)
    if not fields:
        return nothing
    is_export = len(exported_id(PurePosixPath(source).stem)) == NOTION_ID
    is_head = is_head and (is_export or not labelled)
    marks = _marks(fields) if is_export or len(fields) > 1 else Fields()
    is_sure = _has_known(fields) or (len(fields) > 1 and (is_export or bool(marks)))
    if not is_head or not is_sure:
        return marks, {}
    return fields, {number: labelled.get(number, "") for number in range(first, end)}


def _fields(rows: list[str], first: int) -> tuple[Fields, bool, dict[int, str]]:
    """What the lines say as properties, whether all of them are some, and those that say what is wrong or helps."""
    fields, is_head = Fields(), True
    labelled: dict[int, str] = {}
    for number, row in enumerate(rows, start=first + 1):
        found = _LINE.fullmatch(row.rstrip())
        name = found[1].strip() if found else ""
        label = read_label(name) if name and name.lower() not in _KNOWN else None
        if found is None or name in fields:
            is_head = False
        if label and label.kind is not Kind.INFORMATION:
            labelled[number - 1] = f"**{name}:** {found[2] or ''}".rstrip() if found else ""
        elif found and name not in fields:
            fields[name] = (found[2] or "").strip() or None
            fields.lines[name] = number
    return fields, is_head, labelled


def _has_known(fields: Fields) -> bool:
    names = {name.lower() for name in fields}
    known = names & _KNOWN
    return len(known) >= FEWEST_KNOWN or bool(names & _OF_TOOLS) or (names == known and names <= _ALONE)


def _marks(fields: Fields) -> Fields:
    """Those that keep the text from readers even where they may be prose."""
    marks = Fields()
    for name, value in fields.items():
        if value and is_plain_mark(name, value):
            marks[name] = value
            marks.lines[name] = fields.lines[name]
    return marks
