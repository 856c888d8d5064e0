"""Changes values of front matter that is written in TOML, and no line but theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kb.content.document import ContentError
from kb.content.head import split
from kb.content.patterns import linear
from kb.content.phrases import Phrase

ONLY_IN_THE_TEXT = Phrase("'{key}' is written in a way that can only be changed in the text: its front matter is TOML.")
_ASSIGNED = linear(
    r"""([^=\r\n]*=[ \t]*)("(?:[^"\\\r\n]|\\[^\r\n])*"|'[^'\r\n]*'|\[[^\]#\r\n]*\]|[^"'\[{\s][^\s#]*)"""
    r"""([ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))"""
)


def with_value(lines: list[str], name: str, key: str | None, new: str | Sequence[str] | None) -> list[str]:
    """The lines of a text whose head says what is wanted under a key (None: it has none yet), or no longer has it.

    ContentError when that would take more than to change one line.
    """
    text = "".join(lines)
    head = split(text)
    expected: dict[str, Any] = {other: value for other, value in head.fields.items() if other != key}
    if new:
        expected[key or name] = " ".join(new.split()) if isinstance(new, str) else [*new]
    if expected == head.fields:
        return lines
    index = getattr(head.fields, "lines", {}).get(key, 0) - 1 if key else -1
    changed = _changed(list(lines), index, name, _toml_value(new) if new else None)
    try:
        is_right = split("".join(changed)).fields == expected
    except ContentError:
        is_right = False
    if not is_right:
        raise ContentError(ONLY_IN_THE_TEXT.filled(key=key or name), index + 1 if index >= 0 else 1)
    return changed


def _changed(lines: list[str], index: int, name: str, value: str | None) -> list[str]:
    """The line at a place (-1: a new one, first of the head, where no table has begun) with a value, or without it."""
    if index < 0:
        fence = next(number for number, line in enumerate(lines) if line.strip("\ufeff \t\r\n"))
        ending = lines[fence][len(lines[fence].rstrip("\r\n")) :]
        lines.insert(fence + 1, f"{name} = {value}{ending}")
        return lines
    found = _ASSIGNED.fullmatch(lines[index])
    if found:
        lines[index] = f"{found[1]}{value}{found[3]}" if value else ""
    return lines


def _toml_value(value: str | Sequence[str]) -> str:
    """A value as TOML: what JSON puts in quotation marks reads the same there."""
    if isinstance(value, str):
        return json.dumps(" ".join(value.split()), ensure_ascii=False)
    return f"[{', '.join(json.dumps(item, ensure_ascii=False) for item in value)}]"
