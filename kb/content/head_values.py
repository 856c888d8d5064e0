"""Changes the lines of a guide's front matter that say what is to be changed, and no others.

The front matter is the truth about a guide's metadata: a form that changes a value changes its lines in the text, and
leaves every other byte (comments, order, quotation marks, line endings) as the writer left it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from kb.content import toml_values
from kb.content.document import ContentError
from kb.content.front_matter import KEYS, split
from kb.content.patterns import linear
from kb.content.phrases import Phrase

Value = str | Sequence[str] | None

_LINE = linear(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_NEWLINE = linear(r"\r\n|\r|\n")
_FENCE = linear(r"---[ \t]*(?:ya?ml)?[ \t]*")
_END = linear(r"(?:---|\.\.\.)[ \t]*")
_FLOW = Phrase("The front matter is written in braces: write each key on a line of its own to change it here.")
_JSON = Phrase("The front matter is JSON: change it in the text.")
_PLAIN = Phrase(
    "What the first lines say of this text stands between no lines '---': put these around it to change it here."
)
WIDEST = 100


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key of the head as written: its name, the lines that it and its value take (from, to), and the value's node."""

    name: str
    first: int
    end: int
    node: yaml.Node


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """The text whose front matter says `values`: a text or a list for a key, None to leave it out.

    A key may be written under any of its names (`summary` as `description`). What says so already is left as it is. A
    text without front matter gets one. ContentError when the front matter can't be read, or is not written in lines.
    """
    head = split(text)  # says what is wrong with a head that can't be read
    if head.form == "json" or (head.fields and not head.form):
        raise ContentError(_JSON if head.form else _PLAIN, 1)
    for name, value in values.items():
        text = _with_toml_value(text, name, value) if head.form == "toml" else _with_value(text, name, value)
    return text


def _with_toml_value(text: str, name: str, value: Value) -> str:
    key = next((key for key in split(text).fields if _field_name(key) == name), None)
    new = value if value is None or isinstance(value, str) else [item.strip() for item in value]
    return "".join(toml_values.with_value([line for line in _LINE.findall(text) if line], name, key, new))


def _with_value(text: str, name: str, value: Value) -> str:
    start, lines, end = _head_lines(text)
    new = value.strip() if isinstance(value, str) else None if value is None else [item.strip() for item in value]
    if start is None:
        return _with_new_head(text, name, new) if new else text
    entries = _entries([line.rstrip("\r\n") for line in lines[start + 1 : end]])
    entry = next((entry for entry in entries if _field_name(entry.name) == name), None)
    newline = _newline(text)
    if entry is None:
        if new:
            lines.insert(end, "".join(line + newline for line in _yaml_lines(name, new)))
    elif not _has_value(entry, new):
        first, last = start + 1 + entry.first, start + 1 + entry.end
        lines[first:last] = _replaced(entry, lines[first:last], new, newline)
    return "".join(lines)


def _head_lines(text: str) -> tuple[int | None, list[str], int]:
    """The index of the line that opens the head (None without one), all lines, and the index of the closing one."""
    lines = [line for line in _LINE.findall(text) if line]
    if split(text).body_line == 1:
        return None, lines, 0
    bare = [line.rstrip("\r\n").removeprefix("\ufeff") for line in lines]
    start = next(index for index, line in enumerate(bare) if _FENCE.fullmatch(line))
    end = next(index for index in range(start + 1, len(bare)) if _END.fullmatch(bare[index]))
    return start, lines, end


def _newline(text: str) -> str:
    found = _NEWLINE.search(text)
    return found.group() if found else "\n"


def _field_name(name: str) -> str:
    return KEYS.get(name.strip().lower().replace("-", "_"), name)


def _entries(lines: list[str]) -> list[_Entry]:
    root = yaml.compose("\n".join(lines), Loader=yaml.SafeLoader)
    if root is None:
        return []
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - `split` refuses others
    if root.flow_style:
        raise ContentError(_FLOW, 2)
    return [_Entry(str(key.value), key.start_mark.line, _end_of(key, node, lines), node) for key, node in root.value]


def _end_of(key: yaml.Node, node: yaml.Node, lines: list[str]) -> int:
    """The index of the line after the value; blank lines and comments behind it belong to nobody."""
    end = node.end_mark.line + 1 if node.end_mark.column else node.end_mark.line
    end = max(end, key.start_mark.line + 1)
    while end > key.start_mark.line + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") and lines[end - 1].startswith(" "):
            break
        end -= 1
    return end


def _has_value(entry: _Entry, new: Value) -> bool:
    node = entry.node
    if isinstance(node, yaml.SequenceNode):
        return new == [item.value.strip() if isinstance(item, yaml.ScalarNode) else "" for item in node.value]
    return isinstance(node, yaml.ScalarNode) and not isinstance(new, list) and node.value.strip() == (new or "")


def _replaced(entry: _Entry, lines: list[str], new: Value, newline: str) -> list[str]:
    """The lines of a key with its new value; a comment behind a value on one line stays, as does a list's own style."""
    if not new:
        return []
    node, first = entry.node, lines[0]
    if isinstance(new, str) and isinstance(node, yaml.ScalarNode) and len(lines) == 1:
        head, tail = first[: node.start_mark.column], first[node.end_mark.column :]
        gap = "" if head.endswith(" ") else " "
        return [f"{head}{gap}{_scalar(new)}{tail}"]
    if not isinstance(new, str) and isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return [first, *_list_lines(node, entry.first, lines, new, newline)]
    return [line + newline for line in _yaml_lines(entry.name, new)]


def _list_lines(node: yaml.SequenceNode, top: int, lines: list[str], new: Sequence[str], newline: str) -> list[str]:
    """The items of a list, one a line; those that stay are left as they are written, with the comments above them."""
    kept: dict[str, list[str]] = {}
    above = 1
    for item in node.value:
        end = item.start_mark.line - top + 1
        if isinstance(item, yaml.ScalarNode) and item.start_mark.line == item.end_mark.line:
            kept[item.value.strip()] = lines[above:end]
        above = end
    indent = " " * node.start_mark.column
    return [line for item in new for line in kept.get(item, [f"{indent}- {_scalar(item)}{newline}"])]


def _yaml_lines(name: str, value: str | Sequence[str]) -> list[str]:
    if isinstance(value, str):
        return [f"{name}: {_scalar(value)}"]
    line = f"{name}: [{', '.join(_scalar(item, flow=True) for item in value)}]"
    return [line] if len(line) <= WIDEST else [f"{name}:", *(f"  - {_scalar(item)}" for item in value)]


def _scalar(value: str, *, flow: bool = False) -> str:
    """The text as YAML: bare where that reads back as the same text, else in quotation marks."""
    value = " ".join(value.split())
    line = f"k: [{value}]" if flow else f"k: {value}"
    try:
        read_back = split(f"---\n{line}\n---\n").fields.get("k")
    except ContentError:
        read_back = None
    bare = read_back == ([value] if flow else value) and " #" not in value
    return value if bare else json.dumps(value, ensure_ascii=False)


def _with_new_head(text: str, name: str, value: str | Sequence[str]) -> str:
    newline = _newline(text)
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    head = newline.join(["---", *_yaml_lines(name, value), "---", ""])
    body = text.removeprefix("\ufeff")
    return f"{mark}{head}{newline if body and not body.startswith(newline) else ''}{body}"
