"""Reads the walks to try from YAML files, each part with the line that it stands at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from kb.content import safe_yaml
from kb.content.findings import FileFinding
from kb.content.numbers import whole_number

FOLDER = "walks"
ENDINGS = (".yml", ".yaml")
LARGEST_WALK_FILE = 200_000
LONGEST_TEXT = 1000
DEEPEST = 6
MOST_PLACES = 100
STARTS = ("symptom", "category", "code", "guide")
KEYS = (*STARTS, "answers", "expect", "place", "audience")
AUDIENCES = ("public", "staff")
ALLOWED = (safe_yaml.Fault.TAG, safe_yaml.Fault.DOCUMENTS)
ALIAS = "This uses a YAML alias or anchor (& or *): write the value out."
FAULTS = {
    safe_yaml.Fault.ALIAS: ALIAS,
    safe_yaml.Fault.ANCHOR: ALIAS,
    safe_yaml.Fault.NESTING: "This is nested too deeply for a walk.",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a file, as written, and the line that it stands at."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class WalkCase:
    """One walk to try: how it starts, what is answered in words, and which problem or contact must come of it.

    The expected one must be at `place` or better; walks are those of the public unless `is_staff`.
    """

    file: str
    line: int
    starts: dict[str, Text]
    answers: tuple[tuple[Text, Text], ...]
    expect: Text
    place: int = 1
    is_staff: bool = False


class _BadCase(Exception):  # noqa: N818 - reported as a finding
    """What is wrong, and at which line."""

    def __init__(self, message: str, node: yaml.Node | int) -> None:
        super().__init__(message)
        self.line = node if isinstance(node, int) else _line(node)


def read(folder: Path) -> Iterator[WalkCase | FileFinding]:
    """The walks in the files below `walks/` of a folder of guides."""
    for path in sorted((folder / FOLDER).rglob("*")):
        if path.suffix in ENDINGS and path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            yield from _read_file(path, path.relative_to(folder).as_posix())


def _read_file(path: Path, file: str) -> Iterator[WalkCase | FileFinding]:
    try:
        nodes = _read_nodes(path)
    except _BadCase as error:
        yield FileFinding(file, error.line, "error", str(error))
        return
    for node in nodes:
        try:
            yield _read_case(node, file)
        except _BadCase as error:
            yield FileFinding(file, error.line, "error", str(error))


def _read_nodes(path: Path) -> list[yaml.Node]:
    """The cases of a file, not looked at yet; nothing in them can be larger than its text."""
    text = _read_file_text(path)
    try:
        root = safe_yaml.compose(text, DEEPEST, allowed=ALLOWED)
    except safe_yaml.RefusedYamlError as error:
        raise _BadCase(FAULTS[error.fault], error.line) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        fault = f"This is not YAML: {error.problem or error.context}."
        raise _BadCase(
            f"{fault} A text with ': ' or '#' in it needs quotation marks.", mark.line + 1 if mark else 1
        ) from None
    except yaml.YAMLError:
        raise _BadCase("This is not YAML: it holds a character that YAML forbids.", 1) from None
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise _BadCase("A file of walks is a list: begin each walk with '- '.", root)
    return list(root.value)


def _read_file_text(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            data = handle.read(LARGEST_WALK_FILE + 1)
        if len(data) > LARGEST_WALK_FILE:
            raise _BadCase(f"This file is over {LARGEST_WALK_FILE // 1000} kB: part it.", 1)
        return data.decode()
    except OSError as error:
        raise _BadCase(f"This file can't be read: {error.strerror}.", 1) from None
    except UnicodeDecodeError as error:
        raise _BadCase(
            "This line is not UTF-8: save the file as UTF-8.", data.count(b"\n", 0, error.start) + 1
        ) from None


def _read_case(node: yaml.Node, file: str) -> WalkCase:
    fields = _read_mapping(node)
    if unknown := fields.keys() - set(KEYS):
        name = min(unknown)
        raise _BadCase(f"'{name}' is no part of a walk: use {', '.join(KEYS)}.", fields[name])
    if "expect" not in fields:
        raise _BadCase("This walk expects nothing: add 'expect: guide#anchor', or a contact.", node)
    starts = {name: _read_text(fields[name]) for name in STARTS if name in fields}
    answers = tuple(_read_answers(fields["answers"])) if "answers" in fields else ()
    if not starts and not answers:
        raise _BadCase("This walk says nothing: give it a symptom, category, code, guide or answers.", node)
    audience = _read_text(fields["audience"]) if "audience" in fields else Text("public", 0)
    if audience.text not in AUDIENCES:
        raise _BadCase("'audience' is public or staff.", audience.line)
    place = _read_place(fields["place"]) if "place" in fields else 1
    expect, is_staff = _read_text(fields["expect"]), audience.text == "staff"
    return WalkCase(file, _line(node), starts, answers, expect, place, is_staff)


def _read_answers(node: yaml.Node) -> Iterator[tuple[Text, Text]]:
    if not isinstance(node, yaml.SequenceNode):
        raise _BadCase("'answers' is a list, each item of it 'question: answer'.", node)
    for item in node.value:
        if not isinstance(item, yaml.MappingNode):
            raise _BadCase("An answer is written 'question: answer'.", item)
        for question, answer in item.value:
            yield _read_text(question), _read_text(answer)


def _read_mapping(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _BadCase("A walk is written as keys with values, such as 'symptom: it is slow'.", node)
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = _read_text(key).text
        if name in fields:
            raise _BadCase(f"'{name}' is there twice: keep one.", key)
        fields[name] = value
    return fields


def _read_text(node: yaml.Node) -> Text:
    """A text exactly as it is written: `yes` and `401` stay what they are."""
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise _BadCase("Here should be a text on one line.", node)
    if len(node.value) > LONGEST_TEXT:
        raise _BadCase(f"This text is over {LONGEST_TEXT} characters: shorten it.", node)
    return Text(" ".join(node.value.split()), _line(node))


def _read_place(node: yaml.Node) -> int:
    place = whole_number(_read_text(node).text, 1, MOST_PLACES)
    if place is None:
        raise _BadCase(f"'place' is a number from 1 to {MOST_PLACES}.", node)
    return place


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
