"""Finds the codes that a guide names where it tells what goes wrong: in its title, headings, symptoms and messages.

A code that stands in its prose alone is none of them: a guide mentions many codes in passing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.content import codes
from kb.content.blocks import Code, Outline
from kb.content.document import ErrorCode, NamedCode, Problem, Section, Symptom
from kb.content.headings import Passage
from kb.content.labels import Kind
from kb.content.trouble import is_error_text, message_in


def find(
    outline: Outline, title: str, problems: Sequence[Problem], passages: Iterable[Passage], defined: Iterable[ErrorCode]
) -> tuple[NamedCode, ...]:
    """The codes that the guide does not define itself, each once, where it says it first and most plainly."""
    own = {code.code.casefold() for code in defined}
    found: dict[str, NamedCode] = {}
    for named in _named(outline, title, problems, passages):
        if (key := named.code.casefold()) not in own:
            found.setdefault(key, named)
    return tuple(found.values())


def _named(
    outline: Outline, title: str, problems: Sequence[Problem], passages: Iterable[Passage]
) -> Iterator[NamedCode]:
    """The codes by their places, the plainest places first."""
    title_anchor = outline.title_anchor or ""
    yield from _within(title, title_anchor, NamedCode.TITLE)
    for section in outline.sections:
        is_title = bool(title_anchor) and section.anchor == title_anchor
        yield from _within(section.title, section.anchor, NamedCode.TITLE if is_title else NamedCode.HEADING)
    for problem in problems:
        yield from _within(problem.title, problem.anchor, NamedCode.HEADING)
        for symptom in problem.symptoms:
            yield from _within(symptom.text, _place(problem, symptom, outline.sections), NamedCode.SYMPTOM)
    for anchor, message in _messages(passages):
        yield from _within(message, anchor, NamedCode.MESSAGE)
    for problem in problems:
        yield from (NamedCode(code, problem.anchor, NamedCode.MESSAGE) for code in problem.codes)


def _within(text: str, anchor: str, place: str) -> Iterator[NamedCode]:
    return (NamedCode(code, anchor, place) for code in codes.named([text], ()))


def _place(problem: Problem, symptom: Symptom, sections: Sequence[Section]) -> str:
    """The anchor of the problem; of one that is a whole guide, that of the section which words the symptom."""
    if problem.anchor:
        return problem.anchor
    return next((section.anchor for section in sections if section.line <= symptom.line <= section.end_line), "")


def _messages(passages: Iterable[Passage]) -> Iterator[tuple[str, str]]:
    """(anchor of the section, message) of each output that the guide quotes to tell what is seen."""
    for passage in passages:
        if passage.kind in (None, Kind.SYMPTOMS):
            for chunk in passage.chunks:
                anchor = chunk.section.anchor if chunk.section else ""
                shown = (block for block in chunk.blocks if isinstance(block, Code) and is_error_text(block))
                yield from ((anchor, message_in(block.text)) for block in shown)
