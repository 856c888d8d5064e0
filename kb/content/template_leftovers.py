"""Finds sentences of the templates that a writer left in a guide: they are for writers, not for readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from kb.content import front_matter
from kb.content.document import ContentError, Document, Finding
from kb.content.guide_templates import FOLDER
from kb.content.patterns import counted, linear
from kb.content.phrases import Phrase

MESSAGE = Phrase("'{words}' is what the template says: write your own words, or take it out.")
FEWEST_WORDS = 4
_MARK = counted(r"\s*(?:[-*+]|\d{1,9}[.)]|>|#{1,6})?\s+|\s*\*\*[^*]+:\*\*\s*")
_FREQUENCY = linear(r"\s*\((?:always|often|sometimes|rarely)\)$")
_FENCE = linear(r"\s*(```|~~~)")


def findings(text: str) -> list[Finding]:
    """A warning for each sentence of a shipped template that a text still has, word for word."""
    try:
        head = front_matter.split(text)
    except ContentError:
        return []
    known = _template_sentences()
    return [
        Finding(line, MESSAGE.filled(words=phrase))
        for line, phrase in _phrases(head.body, head.body_line)
        if _plain(phrase) in known
    ]


def with_findings(document: Document, text: str) -> Document:
    """The document that a text was read into, with these warnings among its findings."""
    found = [finding for finding in findings(text) if finding not in document.findings]
    if not found:
        return document
    all_findings = sorted([*document.findings, *found], key=lambda finding: finding.line)
    return replace(document, findings=tuple(all_findings))


@cache
def _template_sentences() -> frozenset[str]:
    """What the templates say, but for what guides may well say, too: names, short answers, questions and headings."""
    phrases: set[str] = set()
    for path in FOLDER.glob("*.md"):
        phrases |= {_plain(phrase) for _, phrase in _phrases(front_matter.split(path.read_text()).body, 1)}
    return frozenset(
        phrase for phrase in phrases if len(phrase.split()) >= FEWEST_WORDS and not phrase.endswith(("?", "|"))
    )


def _phrases(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Each line of a text without its mark, or each cell of a table, with its line; no headings and no code."""
    fenced = False
    for number, line in enumerate(body.split("\n"), start=first_line):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.startswith("#"):
            parts = line.strip().strip("|").split("|") if line.lstrip().startswith("|") else [line]
            for part in parts:
                if phrase := _FREQUENCY.sub("", _without_marks(part)).strip():
                    yield number, phrase


def _without_marks(line: str) -> str:
    start = 0
    while (found := _MARK.match(line, start)) and found.end() > start:
        start = found.end()
    return line[start:]


def _plain(phrase: str) -> str:
    return " ".join(phrase.split()).casefold()
