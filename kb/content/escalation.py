"""Finds when a guide says to escalate, and along which path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.content.blocks import Block, ListBlock
from kb.content.headings import Passage
from kb.content.labels import Kind
from kb.content.observation import observable
from kb.content.patterns import counted, linear
from kb.content.units import texts, units
from kb.content.wording import cut

LONGEST_TRIGGER = 300
LONGEST_SENTENCE = 500
# Most blocks name none of those who help: they are not taken apart.
_HELPERS = linear(
    r"support|pmr|desk|point of contact|escalate|case with|ticket with|team|on-call|engineer", re.IGNORECASE
)
_HELPING = frozenset([None, Kind.SOLUTION, Kind.DIAGNOSIS, Kind.CAUSE, Kind.INFORMATION])
_SENDS = counted(
    r"\b(?:open|raise|create|file|submit|log) (?:an? |the )?(?:\w+ ){0,2}(?:support (?:case|ticket|request)|"
    r"case with|ticket with|pmr)\b|"
    r"\b(?:contact|ask|call|notify|page|engage|inform) (?:(?:the|your|our|an?) )?(?:\S+ ){0,3}"
    r"(?:support|help ?desk|service desk|teams?|on-call|engineers?)\b|"
    r"\bpoint of contact\b|\bescalate (?:to|the|this|it|if|when|immediately|at once)\b",
    re.IGNORECASE,
)


def triggers(every: Sequence[Passage], *, is_problem: bool) -> tuple[str, ...]:
    """When a guide says to escalate: under a label, and in prose; `is_problem` says that it tells of a problem."""
    return tuple(dict.fromkeys([*_labelled(every), *_sent_for_help(every, is_problem=is_problem)]))


def path(every: Sequence[Passage]) -> tuple[str, ...]:
    """Whom to escalate to, the first to ask first."""
    return tuple(dict.fromkeys(_levels(every)))


def _labelled(every: Sequence[Passage]) -> Iterator[str]:
    for passage in every:
        if passage.kind in (Kind.TRIGGERS, Kind.ESCALATION):
            blocks = [
                block for block in passage.blocks if not (passage.kind is Kind.ESCALATION and _is_numbered(block))
            ]
            yield from (cut(text.rstrip(".;"), LONGEST_TRIGGER) for text, _ in texts(blocks, apart=True))


def _sent_for_help(every: Sequence[Passage], *, is_problem: bool) -> Iterator[str]:
    """The sentences that send to somebody ('If you cannot resolve the issue, open a support case.').

    They count in a guide that tells of a problem, and under a heading that does.
    """
    for passage in every:
        if passage.kind in _HELPING and (is_problem or (passage.section and observable(passage.section.title))):
            named = [block for block in passage.blocks if _HELPERS.search(block.text)]
            for unit in units(named):
                if _SENDS.search(unit.text[:LONGEST_SENTENCE]):
                    yield cut(unit.text.rstrip(".;:"), LONGEST_TRIGGER)


def _levels(every: Sequence[Passage]) -> Iterator[str]:
    for passage in every:
        numbered = [block for block in passage.blocks if _is_numbered(block)]
        if passage.kind is Kind.PATH or (passage.kind is Kind.ESCALATION and numbered):
            bullets = [block for block in passage.blocks if isinstance(block, ListBlock)]
            blocks = numbered or bullets or passage.blocks
            yield from (cut(text.rstrip(".;"), LONGEST_TRIGGER) for text, _ in texts(blocks, apart=True))


def _is_numbered(block: Block) -> bool:
    return isinstance(block, ListBlock) and block.ordered
