"""Reads front matter that is written in TOML, as Hugo and Zola have it, into what the same in YAML would give."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from kb.content.document import ContentError
from kb.content.patterns import linear
from kb.content.yaml_head import DEEPEST_HEAD, Fields

TOO_DEEP = f"The front matter is nested more than {DEEPEST_HEAD} levels deep: make it flatter."
_AT_LINE = linear(r" \(at line (\d+), column \d+\)$")
_AT_END = " (at end of document)"
_QUOTED = linear(
    r'"""(?:"{0,2}(?:[^\\"]|\\.))*(?:"{3,5}|"{0,2}\\?$)'
    r"|'''(?:'{0,2}[^'])*(?:'{3,5}|'{0,2}$)"
    r'|"(?:[^"\\\n]|\\[^\n])*"?'
    r"|'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)
_DEEP_KEY = linear(rf"[\w-]+(?:[ \t]*\.[ \t]*[\w-]+){{{DEEPEST_HEAD}}}")
_NAME = r"""(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))"""
_KEY = linear(rf"[ \t]*{_NAME}[ \t]*[=.]")
_TABLE = linear(rf"[ \t]*\[\[?[ \t]*{_NAME}[ \t]*[\].]")


def read(head: str, line: int) -> Fields:
    """The keys and values of a head that begins at a line of its file; ContentError when it is no plain TOML."""
    if _DEEP_KEY.search(_QUOTED.sub(lambda found: "" if found.group().startswith("#") else "q", head)):
        raise ContentError(TOO_DEEP, line)  # one long key takes seconds to read
    try:
        found = {key: _value(value) for key, value in tomllib.loads(head, parse_float=str).items()}
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(str(error), head, line) from None
    except ValueError:
        raise ContentError(
            "The front matter holds a number that is too long: put it in quotation marks.", line
        ) from None
    except RecursionError:
        raise ContentError(TOO_DEEP, line) from None
    fields = Fields(" = ")
    fields.update(found)
    for name, number in _places(head):
        if name in found:
            fields.lines.setdefault(name, line + number)
    return fields


def _value(value: Any, depth: int = 1) -> Any:
    """A value as YAML's would be read: a text, None, a list or a mapping of such."""
    if depth > DEEPEST_HEAD:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _value(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_value(each, depth + 1) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _toml_error(said: str, head: str, line: int) -> ContentError:
    place = _AT_LINE.search(said)
    number = int(place[1]) - 1 if place else head.count("\n") if said.endswith(_AT_END) else 0
    problem = _AT_LINE.sub("", said).removesuffix(_AT_END).rstrip(".")
    message = f"The front matter is not TOML: {problem[:1].lower()}{problem[1:]}. A text needs quotation marks."
    return ContentError(message, line + number)


def _places(head: str) -> Iterator[tuple[str, int]]:
    """The lines (from 0) at which keys and tables stand, as far as single lines tell."""
    in_table = False
    for number, written in enumerate(head.split("\n")):
        table = _TABLE.match(written)
        in_table = in_table or table is not None
        found = table or (None if in_table else _KEY.match(written))
        if found:
            yield next(name for name in found.groups() if name is not None), number
