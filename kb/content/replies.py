"""Finds the blanks in replies that staff fill in and send, and puts in what was given for them.

A blank is written `{{what belongs there}}`, or `{{what belongs there = what it says when nothing is given}}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape

from kb.content.document import Finding
from kb.content.patterns import linear
from kb.content.phrases import Phrase

LONGEST_BLANK = 200
MOST_BLANKS = 20
_BLANK = linear(r"\{\{([^{}\n]{1,400})\}\}")
_BRACES = linear(r"\{\{|\}\}")
_IN_ADDRESS = linear(r"\]\([^()\s]*\{\{")


@dataclass(frozen=True, slots=True)
class Blank:
    """What belongs into a blank, and what it says when nothing is given."""

    label: str
    default: str = ""

    @property
    def key(self) -> str:
        """The same for blanks that mean the same."""
        return self.label.casefold()


def blanks(text: str) -> tuple[Blank, ...]:
    """The blanks of a text, each once, in their order; one that has a default somewhere has it everywhere."""
    found: dict[str, Blank] = {}
    for match in _BLANK.finditer(text):
        blank = _read(match[1])
        if blank.label and (blank.key not in found or (blank.default and not found[blank.key].default)):
            found[blank.key] = blank
    return tuple(found.values())[:MOST_BLANKS]


def filled(text: str, given: Mapping[str, str]) -> str:
    """The text with what was given for its blanks (by `Blank.key`); where nothing was, the default or the blank."""
    return _filled(text, given, str, str)


def filled_html(html: str, given: Mapping[str, str]) -> str:
    """The same for the HTML that the text was rendered to; what was given is text, and no HTML."""
    return _filled(html, given, unescape, lambda value: escape(value, quote=False).replace("\n", "<br>"))


def _filled(
    text: str, given: Mapping[str, str], as_text: Callable[[str], str], as_written: Callable[[str], str]
) -> str:
    defaults = {blank.key: blank.default for blank in blanks(as_text(text))}
    parts: list[str] = []
    end = 0
    for match in _BLANK.finditer(text):
        key = _read(as_text(match[1])).key
        value = given.get(key, "").strip() or defaults.get(key, "")
        parts += [text[end : match.start()], as_written(value) if value else match[0]]
        end = match.end()
    return "".join([*parts, text[end:]])


def findings(body: str, first_line: int) -> Iterator[Finding]:
    """What is wrong with the blanks of a reply, by line."""
    for number, line in enumerate(body.split("\n"), start=first_line):
        rest = _BLANK.sub("", line)
        if _BRACES.search(rest) or any(not _read(match[1]).label for match in _BLANK.finditer(line)):
            yield Finding(
                number, Phrase("This blank is not closed or empty: write it as {{what belongs there}} on one line.")
            )
        if _IN_ADDRESS.search(line):
            yield Finding(number, Phrase("A blank can't stand in the address of a link: write it into the text."))
    if len({_read(match[1]).key for match in _BLANK.finditer(body)}) > MOST_BLANKS:
        yield Finding(
            first_line,
            Phrase("There are more than {number} blanks: only the first are asked for.", number=MOST_BLANKS),
        )


def _read(written: str) -> Blank:
    label, _, default = written.partition("=")
    return Blank(" ".join(label.split())[:LONGEST_BLANK], " ".join(default.split())[:LONGEST_BLANK])
