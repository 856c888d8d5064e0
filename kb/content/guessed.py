"""Reads a problem out of a part of a guide that has no labels, where the evidence says that it tells of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from kb.content import cues, learned, roles, trouble
from kb.content.blocks import Block, Code
from kb.content.document import Symptom
from kb.content.drafts import DraftStep
from kb.content.labels import Kind
from kb.content.observation import cleaned, is_boilerplate
from kb.content.passages import Heading
from kb.content.row_problems import Row, lines_of
from kb.content.scopes import Scope
from kb.content.steps import LONGEST_STEP, FoundSteps, finished, of_blocks
from kb.content.units import Unit, units
from kb.content.wording import cut_at_sentence

# From these probabilities on: chosen by leaving each repository of the gold out in turn.
PROBLEM = 0.42
SYMPTOM = 0.42
CAUSE = 0.5
MOST_MESSAGE_LINES = 60


@dataclass(slots=True)
class Guess:
    """What a part seems to tell; `chance` is how likely it is that it tells of a problem at all."""

    chance: float
    steps: FoundSteps
    symptoms: list[Symptom]
    causes: list[str]
    messages: list[str] = field(default_factory=list)


def share_of_trouble(guide: Heading) -> float:
    """How many of a guide's headings tell of trouble, from 0 to 1."""
    titles = [heading.title for heading in guide.below()][1:]
    return sum(map(trouble.tells_of_trouble, titles)) / max(1, len(titles))


class Guesser:
    """Guesses for one guide: `title` and `summary` are the guide's."""

    def __init__(self, guide: Heading, title: str, summary: str) -> None:
        self.page = roles.Page(title, share_of_trouble(guide))
        self._summary = summary

    def guess(self, scope: Scope, kinds: Collection[Kind | None]) -> Guess | None:
        """What a part tells; None when it tells of no problem or of no way out."""
        sentences = self.page.weigh(units(scope.blocks), scope.blocks, None, scope.title, kinds)
        if not sentences:
            return None
        steps = [unit.step for unit in sentences]
        evidence = trouble.evidence(scope, sentences, steps, kinds, self.page.share_of_trouble, self._summary)
        chance = learned.probability(evidence, learned.weights()["problem"])
        drafts = list(of_blocks(scope.blocks, sentences, labelled=False)) if chance >= PROBLEM else []
        if not drafts:
            return None
        first = min(draft.line for draft in drafts)
        others = _besides(sentences, drafts)
        messages = [block.text[:600] for block in scope.blocks if trouble.is_error_text(block)]
        return Guess(chance, finished(drafts), _symptoms(scope, others, first), _causes(others), messages)

    def of_row(self, row: Row) -> Guess:
        """What a row of a table tells; its cells leave no doubt that it is a problem, but for what in them is a step."""
        title = " ".join(row.told.text.split())
        blocks = lines_of(row.solutions)
        sentences = self.page.weigh(units(blocks), blocks, Kind.SOLUTION, title)
        drafts = list(of_blocks(blocks, sentences, labelled=False))
        if not drafts:
            text = cut_at_sentence(" ".join(unit.text for unit in sentences), LONGEST_STEP)
            drafts = [DraftStep(text, row.told.line, [block.source for block in blocks], units=sentences)]
        causes = [" ".join(cell.text.split()) for cell in row.causes] + _causes(_besides(sentences, drafts))
        return Guess(1.0, finished(drafts), [Symptom(cleaned(title), row.told.line)], causes)


def _besides(sentences: Sequence[Unit], drafts: Sequence[DraftStep]) -> list[Unit]:
    taken = {id(unit) for draft in drafts for unit in draft.units}
    return [unit for unit in sentences if id(unit) not in taken]


def _symptoms(scope: Scope, others: Sequence[Unit], first: int) -> list[Symptom]:
    """The messages that the part shows before its first step, and the sentences that tell what is seen; else its title."""
    found = [Symptom(text, block.line) for block in scope.blocks if block.line <= first for text in _message(block)]
    found += [
        Symptom(cleaned(unit.text), unit.line)
        for unit in others
        if unit.symptom >= SYMPTOM and not unit.text.endswith(":") and not is_boilerplate(unit.text)
    ]
    return found or [Symptom(cleaned(scope.title), scope.line)]


def _message(block: Block) -> Iterator[str]:
    """The line of a block of code that says what is wrong."""
    if isinstance(block, Code) and trouble.is_error_text(block):
        rows = [" ".join(row.split()) for row in block.text.split("\n")[:MOST_MESSAGE_LINES]]
        telling = [row for row in rows if trouble.ERROR_TEXT.search(row[:600])]
        if telling:
            yield telling[-1][:300]


def _causes(others: Sequence[Unit]) -> list[str]:
    return [unit.text for unit in others if unit.cause >= CAUSE]
