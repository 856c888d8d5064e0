"""Reads front matter that is written in JSON, as Hugo takes it, into the keys and values that YAML gives."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kb.content.document import ContentError
from kb.content.patterns import linear
from kb.content.phrases import Phrase
from kb.content.withheld import is_plain_mark
from kb.content.yaml_head import TOO_DEEP, Fields, as_written

NOT_JSON = Phrase("The front matter is not JSON, and says that this text is not for readers: {problem}.")
AFTER_IT = "a text stands behind its last brace, on the same line"
_OPENS = linear(r"""\{[ \t]*(?:$|["']?[\w-]+["']?[ \t]*:)""")
_PAIR = linear(r"""["']?([\w-]+)["']?[ \t]*:[ \t]*["']?([\w :.+-]*\w)""")
_TOKEN = linear(r'("(?:[^"\\]|\\.)*")\s*(:?)|[{}\[\],]')


def read(head: str, line: int) -> Fields:
    """The keys and values of a head that begins at a line of its file; ContentError when it is no JSON object.

    The braces may be left out, as Middleman does.
    """
    whole = head if head.lstrip().startswith("{") else f"{{{head}}}"
    try:
        found = as_written(json.loads(whole, parse_int=str, parse_float=str, parse_constant=str))
    except json.JSONDecodeError as error:
        message = Phrase("The front matter is not JSON: {problem}.", problem=_problem(error))
        raise ContentError(message, line + error.lineno - 1) from None
    except RecursionError:
        raise ContentError(TOO_DEEP, line) from None
    fields = Fields()
    fields.update(found)
    seen: set[tuple[str, ...]] = set()
    for path, number in _key_lines(whole):
        if path in seen:
            raise ContentError(Phrase("The key '{name}' is there twice: keep one.", name=path[-1]), line + number)
        seen.add(path)
        fields.inner_lines[path] = line + number
        if len(path) == 1:
            fields.lines[path[0]] = line + number
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        message = Phrase(
            "The front matter holds the escape of half a character (\\ud800 to \\udfff): write the character."
        )
        raise ContentError(message, line) from None
    return fields


def lines_at(lines: list[str], first: int, longest: int) -> int | None:
    """How many lines an object takes that stands alone in the lines from `first` on; None where there is none.

    What is meant as one and can't be read is a text like any other, but ContentError when it says that the text is not
    for readers.
    """
    if not _OPENS.match(lines[first]):
        return None
    text = "\n".join(lines[first:])[:longest]
    try:
        found, end = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(text)
    except json.JSONDecodeError as error:
        problem = _problem(error)
    except RecursionError:
        problem = "it is nested too deeply"
    else:
        if not text[end:].partition("\n")[0].strip():
            return text.count("\n", 0, end) + 1 if found else None
        text, problem = text[:end], AFTER_IT
    _refuse_marked(text, first, problem)
    return None


def _refuse_marked(text: str, first: int, problem: str) -> None:
    """ContentError when what comes before a blank line or a closing brace plainly says that it is not for readers."""
    for number, line in enumerate(text.split("\n")):
        if not line.strip() or (number and line.startswith("}")):
            return
        for key, value in _PAIR.findall(line):
            if is_plain_mark(key, value):
                raise ContentError(NOT_JSON.filled(problem=problem), first + number + 1)


def _problem(error: json.JSONDecodeError) -> str:
    return f"{error.msg[:1].lower()}{error.msg[1:]}"


def _key_lines(head: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """The keys of objects in objects, by path, with the lines (from 0) that they stand at; not those in lists."""
    path: list[str | None] = []  # the last key of each object that is open, None for a list
    line = at = 0
    for token in _TOKEN.finditer(head):
        line += head.count("\n", at, token.start())
        at = token.start()
        if token[0] in ("{", "["):
            path.append("" if token[0] == "{" else None)
        elif token[0] in ("}", "]"):
            path.pop()
        elif token[2]:
            path[-1] = json.loads(token[1])
            names = [name for name in path if name is not None]
            if len(names) == len(path):
                yield tuple(names), line
