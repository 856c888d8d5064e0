"""Parts a file's text into its front matter (YAML or TOML) and its Markdown body, or says which line to mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kb.content import toml_head, yaml_head
from kb.content.document import ContentError
from kb.content.patterns import linear
from kb.content.yaml_head import Fields

__all__ = ["TOML", "Fields", "FrontMatter", "split"]

LONGEST_HEAD = 65_536
TOML = "+++"
_FENCE = linear(r"(---|\+\+\+)[ \t]*")
_YAML_END = linear(r"(?:---|\.\.\.)[ \t]*")
_TOML_END = linear(r"\+\+\+[ \t]*")
_YAML_KEY = linear(r"[\w.-]+[ \t]*:(?:\s|$)")
_TOML_KEY = linear(r"[ \t]*(?:[\w.-]+[ \t]*=|\[+[ \t]*[\w.-]+[ \t]*\])")
_HEAD_LINE = 2


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file taken apart: `body` has line feeds only and starts at line `body_line` (from 1) of the file.

    `fence` is the line that its head stands between: `---` for YAML, `+++` for TOML, '' without a head.
    """

    fields: dict[str, Any]
    body: str
    body_line: int = 1
    fence: str = ""


def split(text: str) -> FrontMatter:
    """Part a file's text into head and body; ContentError when the head can't be read as plain YAML or TOML."""
    text = _checked(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    lines = text.split("\n")
    start, fence = _opening(lines)
    if start is None:
        return FrontMatter(Fields(), text, 1)
    end_line = _TOML_END if fence == TOML else _YAML_END
    end = next((index for index in range(start + 1, len(lines)) if end_line.fullmatch(lines[index])), None)
    if end is None:
        raise ContentError(f"The front matter never ends: write a line '{fence}' after it.", start + 1)
    head = "\n".join(lines[start + 1 : end])
    if len(head) > LONGEST_HEAD:
        message = f"The front matter is longer than {LONGEST_HEAD:,} characters: move its text below it."
        raise ContentError(message, start + _HEAD_LINE)
    fields = (toml_head if fence == TOML else yaml_head).read(head, start + _HEAD_LINE)
    for key, value in fields.items():
        if _holds_nul({key: value}):
            message = "There is a NUL character in this value: take its escape out."
            raise ContentError(message, fields.lines.get(key, start + _HEAD_LINE))
    return FrontMatter(fields, "\n".join(lines[end + 1 :]), end + 2, fence)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(each) for key, each in value.items())
    return any(map(_holds_nul, value)) if isinstance(value, list) else "\0" in (value or "")


def _checked(text: str) -> str:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\0" in line:
            raise ContentError("There is a NUL character in this line: remove it.", number)
        if not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line):
            raise ContentError("This line is not UTF-8: save the file as UTF-8.", number)
    return text


def _opening(lines: list[str]) -> tuple[int | None, str]:
    """The index of the line that opens the head, and that line; blank lines may stand before it when a key follows."""
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    found = _FENCE.fullmatch(lines[first])
    if found is None:
        return None, ""
    follows = lines[first + 1] if first + 1 < len(lines) else ""
    is_key = _TOML_KEY.match(follows) if found[1] == TOML else _YAML_KEY.match(follows)
    return first if first == 0 or is_key else None, found[1]
