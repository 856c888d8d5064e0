"""Reads front matter that is written in TOML, as Hugo and Zola write it, into the keys and values that YAML gives."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from kb.content.document import ContentError
from kb.content.patterns import Match, linear
from kb.content.phrases import Phrase
from kb.content.yaml_head import DEEPEST_HEAD, TOO_DEEP, Fields, as_written

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

_PROBLEMS = {
    "invalid value": Phrase("a value can't be read"),
    "invalid statement": Phrase("a line is neither a key with its value nor the name of a table"),
    "expected '=' after a key in a key/value pair": Phrase("'=' is missing after a key"),
    "expected newline or end of document after a statement": Phrase("more follows a value on its line"),
    "cannot overwrite a value": Phrase("a key is there twice"),
    "unclosed array": Phrase("a list never ends"),
    "unterminated string": Phrase("a text never ends"),
}
"""What the library says most often, so that it can be said in the language of who reads it."""


def read(head: str, line: int) -> Fields:
    """The keys and values of a head that begins at a line of its file; ContentError when it is no plain TOML."""
    if _DEEP_KEY.search(_QUOTED.sub(lambda found: "" if found.group().startswith("#") else "q", head)):
        raise ContentError(TOO_DEEP, line)  # one long key takes seconds to read
    try:
        found = {key: as_written(value) for key, value in tomllib.loads(head, parse_float=str).items()}
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(str(error), head, line) from None
    except ValueError:
        raise ContentError(
            Phrase("The front matter holds a number that is too long: put it in quotation marks."), line
        ) from None
    except RecursionError:
        raise ContentError(TOO_DEEP, line) from None
    fields = Fields(" = ")
    fields.update(found)
    for path, number in _key_lines(head):
        if path[0] in found and len(path) == 1:
            fields.lines.setdefault(path[0], line + number)
        elif path[0] in found:
            fields.inner_lines.setdefault(path, line + number)
    return fields


def _toml_error(problem_text: str, head: str, line: int) -> ContentError:
    place = _AT_LINE.search(problem_text)
    number = int(place[1]) - 1 if place else head.count("\n") if problem_text.endswith(_AT_END) else 0
    problem = _AT_LINE.sub("", problem_text).removesuffix(_AT_END).rstrip(".")
    problem = f"{problem[:1].lower()}{problem[1:]}"
    problem = _PROBLEMS.get(problem, problem)
    message = Phrase("The front matter is not TOML: {problem}. A text needs quotation marks.", problem=problem)
    return ContentError(message, line + number)


def _key_lines(head: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """The lines (from 0) at which keys, tables and keys of tables stand, as far as single lines tell."""
    within: tuple[str, ...] | None = ()
    for number, written in enumerate(head.split("\n")):
        if table := _TABLE.match(written):
            yield (_named(table),), number
            within = (_named(table),) if written[table.end() - 1] == "]" else None
        elif within is not None and (key := _KEY.match(written)):
            yield (*within, _named(key)), number


def _named(found: Match) -> str:
    return next(str(name) for name in found.groups() if name is not None)
