"""Finds what keeps a text from readers in a head without fences, such as MultiMarkdown and Pelican read.

Such a head is `key: value` in the very first lines, to the first blank one. It stays part of the text: no more is taken
from it than that the text is a draft, for prose may look much like it.
"""

from __future__ import annotations

from kb.content.patterns import linear
from kb.content.withheld import is_plain_mark
from kb.content.yaml_head import Fields

MOST_LINES = 60
FEWEST_KEYS = 2
FIRST_KEYS = frozenset(
    "title subtitle author authors date slug category tags keywords summary description layout status".split()  # noqa: SIM905
)
_LINE = linear(r"([A-Za-z][\w-]*(?: [\w-]+){0,2})[ \t]*:(?:[ \t]+(.*))?")


def marks(lines: list[str]) -> Fields:
    """The keys that plainly keep the text from readers, with their lines; none for most texts."""
    found, keys = Fields(), 0
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        if not line.strip() or line.startswith("#"):
            break
        if keys and line[0] in " \t":  # goes on with the value above
            continue
        match = _LINE.fullmatch(line)
        key, value = (match[1], (match[2] or "").strip()) if match else ("", "")
        if not key or (not keys and not (key.lower() in FIRST_KEYS and value)):
            return Fields()
        keys += 1
        if key not in found and is_plain_mark(key, value):
            found[key] = value
            found.lines[key] = number
    return found if keys >= FEWEST_KEYS else Fields()
