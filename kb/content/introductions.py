"""Reads problems without labels: an introduction ('If you see certificate errors:') and the numbered list after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kb.content import symptoms
from kb.content.blocks import Block, ListBlock, Paragraph
from kb.content.document import Symptom
from kb.content.headings import Passage
from kb.content.observation import (
    cleaned,
    condition,
    conditions,
    gives_steps,
    is_example,
    is_guideline,
    is_how_to,
    last_sentence,
    observable,
    promises_fix,
    statements,
)


def introduced(free: Sequence[Passage], title: str) -> list[Symptom]:
    """The symptoms of a problem without labels: what introduces a numbered list; none when it tells of no problem."""
    found: list[Symptom] = []
    lines: list[int] = []
    for prose, line in (found for passage in free for found in _introductions(passage.blocks)):
        named = _named_by(prose, title)
        if named is not None:
            found += [symptoms.symptom(text, line) for text in named]
            lines.append(line)
    if not found and lines and title and not is_how_to(title):
        return [Symptom(cleaned(title), lines[0])]
    return symptoms.distinct(found)


def _named_by(prose: str, title: str) -> list[str] | None:
    """The symptoms that an introduction names; None when the list that it leads to puts nothing right."""
    if is_example(prose):
        return None
    named = conditions(prose)
    leads = condition(last_sentence(prose)) or promises_fix(prose) or (gives_steps(prose) and not is_how_to(title))
    if named and leads:
        return [text for text in named if observable(text)] or (None if is_how_to(title) else named)
    if is_how_to(title):
        return None
    if promises_fix(prose) or (observable(title) and not is_guideline(prose)):
        return statements(prose)
    return None


def _introductions(blocks: Sequence[Block]) -> Iterator[tuple[str, int]]:
    """The prose directly before each numbered list, and its line."""
    prose: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            prose.append(block)
            continue
        if isinstance(block, ListBlock) and block.ordered and prose:
            yield "\n".join(paragraph.text for paragraph in prose), prose[0].line
        prose = []


def numbered_only(passage: Passage) -> Passage:
    """A passage without what comes after its last numbered list."""
    chunks = [replace(chunk, blocks=_with_introductions_only(chunk.blocks)) for chunk in passage.chunks]
    return replace(passage, chunks=chunks)


def _with_introductions_only(blocks: Sequence[Block]) -> list[Block]:
    """The blocks up to the last numbered list: what comes after it belongs to no step."""
    numbered = [index for index, block in enumerate(blocks) if isinstance(block, ListBlock) and block.ordered]
    return list(blocks[: numbered[-1] + 2]) if numbered else []
