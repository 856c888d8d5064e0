"""Reads front matter that is written in YAML into keys with values as written, or says which line to mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import yaml

from kb.content.document import ContentError
from kb.content.patterns import linear
from kb.content.phrases import Phrase
from kb.content.safe_yaml import Fault, RefusedYamlError, compose

DEEPEST_HEAD = 8
TOO_DEEP = Phrase("The front matter is nested more than {number} levels deep: make it flatter.", number=DEEPEST_HEAD)
_NULL = linear(r"(?:~|null|Null|NULL|)")
_ALIAS = Phrase("The front matter uses a YAML alias or anchor (& or *): write the value out.")
_FAULTS = {
    Fault.ALIAS: _ALIAS,
    Fault.ANCHOR: _ALIAS,
    Fault.TAG: Phrase("The front matter uses a YAML tag (!): leave the tag out."),
    Fault.NESTING: TOO_DEEP,
    Fault.DOCUMENTS: Phrase("The front matter holds a second YAML document: keep one."),
}


class Fields(dict[str, Any]):
    """The keys and values of a head; `lines` holds the line (from 1) of each key, `sign` is what parts them.

    `inner_lines` has those of keys in mappings, by path, as far as they are known. A value is a text, exactly as
    written, so that a title such as `1.10` or `No` stays what it is; or None, a list or a mapping.
    """

    def __init__(self, sign: str = ": ") -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.inner_lines: dict[tuple[str, ...], int] = {}
        self.sign = sign


def read(head: str, line: int) -> Fields:
    """The keys and values of a head that begins at a line of its file; ContentError when it is no plain YAML."""
    try:
        node = compose(head, DEEPEST_HEAD)
    except RefusedYamlError as error:
        raise ContentError(_FAULTS[error.fault], line + error.line - 1) from None
    except yaml.reader.ReaderError:
        raise _character_error(head, line) from None
    except yaml.MarkedYAMLError as error:
        raise _yaml_error(error, line) from None
    fields = Fields()
    if node is None:
        return fields
    if not isinstance(node, yaml.MappingNode):
        raise ContentError(Phrase("The front matter must be keys with values, such as 'title: Slow responses'."), line)
    for key, key_line, value in _pairs(node, line):
        fields[key] = _value(value, line)
        fields.lines[key] = key_line
        fields.inner_lines.update(_inner_lines(value, (key,), line))
    return fields


def as_written(value: Any, depth: int = 1) -> Any:
    """A value of TOML or JSON as YAML's would be read: a text, None, a list or a mapping of such.

    RecursionError when it is nested too deeply.
    """
    if depth > DEEPEST_HEAD:
        raise RecursionError
    if isinstance(value, dict):
        return {key: as_written(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_written(inner, depth + 1) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return None
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _inner_lines(node: yaml.Node, path: tuple[str, ...], line: int) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, key_line, value in _pairs(node, line):
            yield (*path, key), key_line
            yield from _inner_lines(value, (*path, key), line)


def _character_error(head: str, line: int) -> ContentError:
    found = yaml.reader.Reader.NON_PRINTABLE.search(head)
    character_line = line + head.count("\n", 0, found.start() if found else 0)
    code = f"U+{ord(found.group()):04X}" if found else "?"
    message = Phrase("The front matter holds a character that YAML forbids ({code}): remove it.", code=code)
    return ContentError(message, character_line)


def _yaml_error(error: yaml.MarkedYAMLError, line: int) -> ContentError:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or error.context or "unknown form").rstrip(".")
    message = Phrase(
        "The front matter is not YAML: {problem}. A text with ': ' or '#' in it needs quotation marks.", problem=problem
    )
    return ContentError(message, line + (mark.line if mark else 0))


def _pairs(node: yaml.MappingNode, line: int) -> Iterator[tuple[str, int, yaml.Node]]:
    seen: set[str] = set()
    for key, value in node.value:
        key_line = line + key.start_mark.line
        if not isinstance(key, yaml.ScalarNode):
            raise ContentError(Phrase("A key of the front matter must be a plain word."), key_line)
        name = str(key.value)
        if name in seen:
            raise ContentError(Phrase("The key '{name}' is there twice: keep one.", name=name), key_line)
        seen.add(name)
        yield name, key_line, value


def _value(node: yaml.Node, line: int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key: _value(value, line) for key, _, value in _pairs(node, line)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(value, line) for value in node.value]
    quoted = getattr(node, "style", None) in ("'", '"', "|", ">")
    return None if not quoted and _NULL.fullmatch(node.value) else str(node.value)
