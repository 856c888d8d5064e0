"""Reads the files of messages, and finds the words in templates that are not marked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d)\])? )?(".*")')
_TOKEN = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#})", re.DOTALL)
_SILENT = re.compile(r"<(script|style|code|kbd)\b[^>]*>.*?</\1>", re.DOTALL)
_MARKED = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.DOTALL)
_NAMES = re.compile(r"{% block \w*class %}.*?{% endblock %}", re.DOTALL)
_SPOKEN = re.compile(r"""(?<![\w-])(?:aria-label|placeholder|title|alt|data-copy|data-tab)="([^"]*)\"""")
_DESCRIPTION = re.compile(r"""<meta name="description" content="([^"]*)\"""")
_CALLED = re.compile(r"""=(_\("[^"]*"\))""")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(slots=True)
class Message:
    """A message with its translations, one or one for each form of the plural; `context` tells it from its like."""

    text: str = ""
    plural: str = ""
    context: str = ""
    translations: dict[int, str] = field(default_factory=dict)
    is_fuzzy: bool = False


def read(path: Path) -> list[Message]:
    """The messages of a file, without its head."""
    found = []
    for block in path.read_text().split("\n\n"):
        message, place = Message(is_fuzzy="#, fuzzy" in block), ("", "")
        for line in block.splitlines():
            parts = _LINE.fullmatch(line)
            if parts is None:
                continue
            place = (parts[1], parts[2] or "0") if parts[1] else place
            words = str(ast.literal_eval(parts[3]))
            if place[0] == "msgid":
                message.text += words
            elif place[0] == "msgctxt":
                message.context += words
            elif place[0] == "msgid_plural":
                message.plural += words
            elif place[0] == "msgstr":
                number = int(place[1])
                message.translations[number] = message.translations.get(number, "") + words
        if message.text:
            found.append(message)
    return found


def unmarked_in_template(source: str) -> Iterator[str]:
    """The texts of a template with letters in them that are not marked for translation."""
    source = _NAMES.sub("", _MARKED.sub("", source))
    tokens: list[str] = []

    def hide(token: re.Match[str]) -> str:
        tokens.append(token[0])
        return "\0"

    plain = _SILENT.sub("", _TOKEN.sub(hide, source))
    for pattern in (_SPOKEN, _DESCRIPTION, _CALLED):
        yield from (text for text in pattern.findall(plain) if _WORD.search(text) and text != "CDFG-HJKM-3479")
    text = re.sub(r"<!\w[^>]*>", "", plain)
    yield from (part.strip() for part in re.split(r"[\0\n]", _TAG.sub("\n", text)) if _WORD.search(part))
