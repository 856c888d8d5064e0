"""Parts a file's text into its head (YAML, TOML or JSON) and its Markdown body, or says which line to mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from kb.content import json_head, plain_head, property_lines, toml_head, yaml_head
from kb.content.document import ContentError
from kb.content.patterns import linear
from kb.content.phrases import Phrase
from kb.content.yaml_head import Fields

__all__ = ["Fields", "Form", "FrontMatter", "split"]

Form = Literal["yaml", "toml", "json", ""]
LONGEST_HEAD = 65_536
_FENCE = linear(r"(---)[ \t]*(ya?ml|toml|json)?[ \t]*|(\+\+\+|;;;)[ \t]*")
_FORMS: dict[str, Form] = {"+++": "toml", ";;;": "json", "toml": "toml", "json": "json"}
_READERS: dict[Form, Callable[[str, int], Fields]] = {
    "yaml": yaml_head.read,
    "toml": toml_head.read,
    "json": json_head.read,
}
_YAML_END = linear(r"(?:---|\.\.\.)[ \t]*")
_KEYS = {
    "yaml": linear(r"[\w.-]+[ \t]*:(?:\s|$)"),
    "toml": linear(r"[ \t]*(?:[\w.-]+[ \t]*=|\[+[ \t]*[\w.-]+[ \t]*\])"),
    "json": linear(r"[ \t]*[{\"]"),
}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file taken apart: `body` has line feeds only and starts at line `body_line` (from 1) of the file.

    `form` is what its head is written in, '' without a head: a text without one may have fields all the same, those of
    the first lines of its body that keep it from readers (`plain_head`), or the properties that an export wrote there
    (`property_lines`), which its body is without.
    """

    fields: dict[str, Any]
    body: str
    body_line: int = 1
    form: Form = ""


def split(text: str, source: str = "") -> FrontMatter:
    """Part a file's text into head and body; ContentError when the head can't be read as plain YAML, TOML or JSON.

    The name of the file `source` tells of some exports that the lines below their title are a head.
    """
    text = _checked(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    length = json_head.lines_at(lines, first, LONGEST_HEAD)
    if length:
        form: Form = "json"
        start, end = first, first + length
        body = end
    else:
        form = _form_of_head(lines, first)
        if not form:
            return _without_head(text, lines, source)
        start, end = first + 1, _closing_line(lines, first)
        body = end + 1
    head = "\n".join(lines[start:end])
    if len(head) > LONGEST_HEAD:
        message = Phrase(
            "The front matter is longer than {number} characters: move its text below it.",
            number=f"{LONGEST_HEAD:,}",
        )
        raise ContentError(message, start + 1)
    fields = _READERS[form](head, start + 1)
    for key, value in fields.items():
        if _holds_nul({key: value}):
            message = Phrase("There is a NUL character in this value: take its escape out.")
            raise ContentError(message, fields.lines.get(key, start + 1))
    return FrontMatter(fields, "\n".join(lines[body:]), body + 1, form)


def _without_head(text: str, lines: list[str], source: str) -> FrontMatter:
    """A text that has no head, but may say some of it in its first lines."""
    marks = plain_head.marks(lines)
    properties, taken = property_lines.read(lines, source)
    if marks or not taken:
        return FrontMatter(marks or properties, text, 1)
    kept = [taken.get(number, line) for number, line in enumerate(lines)]
    return FrontMatter(properties, "\n".join(kept), 1)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
    return any(map(_holds_nul, value)) if isinstance(value, list) else "\0" in (value or "")


def _checked(text: str) -> str:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\0" in line:
            raise ContentError(Phrase("There is a NUL character in this line: remove it."), number)
        if not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line):
            raise ContentError(Phrase("This line is not UTF-8: save the file as UTF-8."), number)
    return text


def _form_of_head(lines: list[str], first: int) -> Form:
    """What a head is written in that a line opens; blank lines may stand before that when a key follows."""
    fence = _FENCE.fullmatch(lines[first])
    if fence is None:
        return ""
    form = _FORMS.get(fence[2] or fence[3] or "", "yaml")
    follows = lines[first + 1] if first + 1 < len(lines) else ""
    return form if first == 0 or _KEYS[form].match(follows) else ""


def _closing_line(lines: list[str], first: int) -> int:
    """The index of the line that closes a head."""
    fence = lines[first][:3]
    for index in range(first + 1, len(lines)):
        if lines[index].rstrip(" \t") == fence or (fence == "---" and _YAML_END.fullmatch(lines[index])):
            return index
    raise ContentError(Phrase("The front matter never ends: write a line '{fence}' after it.", fence=fence), first + 1)
