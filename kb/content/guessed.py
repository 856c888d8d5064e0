"""Reads a problem out of a part of a guide that has no labels, where the evidence says that it tells of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from kb.content import causes, cues, learned, roles, trouble
from kb.content.blocks import Block, Code, ListBlock, Quote
from kb.content.document import Symptom
from kb.content.drafts import DraftStep
from kb.content.headings import Heading
from kb.content.labels import Kind
from kb.content.list_steps import LONGEST_STEP
from kb.content.observation import cleaned, conditions, is_boilerplate, is_how_to, observable
from kb.content.procedures import leads_to_alternatives
from kb.content.row_problems import Row, solution_blocks
from kb.content.scopes import Scope
from kb.content.steps import FoundSteps, finished, of_blocks
from kb.content.units import Unit
from kb.content.wording import cut_at_sentence

# From these probabilities on: chosen by leaving each repository of the gold out in turn.
PROBLEM = 0.38
SPREAD_PROBLEM = 0.28
POSSIBLE_STEP = 0.28
SYMPTOM = 0.42


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

    def chance(self, scope: Scope, sentences: Sequence[Unit], kinds: Collection[Kind | None]) -> float:
        """How likely it is that a part, of which these are the weighed sentences, tells of a problem."""
        steps = [unit.step for unit in sentences]
        around = trouble.Surroundings(frozenset(kinds), self.page.share_of_trouble, self._summary)
        evidence = trouble.evidence(scope, sentences, steps, around)
        return learned.probability(evidence, learned.weights()["problem"])

    def weighed(self, scope: Scope, kinds: Collection[Kind | None]) -> list[Unit]:
        """The sentences of a part, with how likely each is a step, a symptom and a cause."""
        return self.page.weighed(scope.blocks, None, scope.title, kinds)

    def guess(self, scope: Scope, kinds: Collection[Kind | None]) -> Guess | None:
        """What a part tells; None when it tells of no problem or of no way out."""
        sentences = self.weighed(scope, kinds)
        chance = self.chance(scope, sentences, kinds) if sentences else 0.0
        if chance < PROBLEM:
            return None
        drafts = list(of_blocks(scope.blocks, sentences)) or list(
            of_blocks(scope.blocks, sentences, least=POSSIBLE_STEP)
        )
        if not drafts:
            return None
        found = finished(drafts, sentences)
        if not trouble.has_sign(scope, found.others) or (
            is_how_to(scope.title) and not trouble.shows_trouble(scope, sentences)
        ):
            return None
        kept = {source for draft in drafts for source in draft.sources}
        messages = [block.text[:600] for block in scope.blocks if trouble.is_error_text(block)]
        observed = [unit for unit in found.others if _is_symptom(unit)]
        others = [unit for unit in found.others if unit not in observed]
        return Guess(chance, found, _symptoms(scope, observed, kept), list(causes.among(others)), messages)

    def guess_spread(self, parts: Sequence[Scope]) -> Guess | None:
        """What a heading and those below it tell together: the first says what goes wrong, the others what to do."""
        first = parts[0]
        opening = self.weighed(first, ())
        seen = observable(first.title) or any(
            observable(observed) for unit in opening for observed in conditions(unit.text)
        )
        if not seen or is_how_to(first.title):
            return None
        blocks = [block for part in parts for block in part.blocks]
        whole = Scope(first.title, first.line, first.heading, first.within, blocks)
        sentences = self.weighed(whole, ())
        if not sentences or self.chance(whole, sentences, ()) < SPREAD_PROBLEM:
            return None
        drafts: list[DraftStep] = []
        for part in parts[1:]:
            own = list(of_blocks(part.blocks, self.weighed(part, ())))
            for draft in own:
                draft.under = draft.under or part.title
            drafts += own
        if not drafts:
            return None
        ways = any(leads_to_alternatives(unit.text) for unit in opening)
        for draft in drafts:
            draft.alternative = draft.alternative or ways
        found = finished(drafts, opening)
        observed = [unit for unit in opening if _is_symptom(unit)]
        symptoms = _symptoms(first, observed, (), opening)
        return Guess(1.0, found, symptoms, list(causes.among(opening)), [first.title, *(unit.text for unit in opening)])

    def of_row(self, row: Row) -> Guess:
        """What a row of a table tells; that it is a problem is beyond doubt, but not what in it is a step."""
        title = " ".join(row.observed.text.split())
        blocks = solution_blocks(row.solutions)
        sentences = self.page.weighed(blocks, Kind.SOLUTION, title)
        numbered = any(isinstance(block, ListBlock) for block in blocks)
        drafts = list(of_blocks(blocks, sentences, labelled=numbered))
        if not drafts:
            text = cut_at_sentence(" ".join(unit.text for unit in sentences), LONGEST_STEP)
            drafts = [DraftStep(text, row.observed.line, [block.source for block in blocks], units=sentences)]
        found = finished(drafts, sentences)
        observed = [" ".join(cell.text.split()) for cell in row.causes]
        shown = [Symptom(cleaned(" ".join(line.text.split())), line.line) for line in row.symptoms]
        shown = shown or [Symptom(cleaned(title), row.observed.line)]
        return Guess(1.0, found, shown, [*observed, *causes.among(found.others)])


def _symptoms(
    scope: Scope, observed: Sequence[Unit], kept: Collection[str], opening: Sequence[Unit] = ()
) -> list[Symptom]:
    """The messages that the part shows, and the sentences that tell what is `observed`.

    Else it is what its `opening` sentences name ('If you see ...'), or its title.

    `kept` is the Markdown that steps have kept.
    """
    blocks = [block for block in scope.blocks if block.source not in kept]
    found = [Symptom(text, block.line) for block in blocks for text in _message(block)]
    shown = [one.text for one in found]
    found += [
        Symptom(cleaned(unit.text), unit.line) for unit in observed if not any(unit.text in text for text in shown)
    ]
    found = found or [
        Symptom(text, unit.line) for unit in opening for text in conditions(unit.text) if observable(text)
    ]
    return found or [Symptom(cleaned(scope.title), scope.line)]


def _is_symptom(unit: Unit) -> bool:
    if unit.text.endswith(":") or is_boilerplate(unit.text):
        return False
    return unit.symptom >= SYMPTOM or (_is_listed_message(unit))


def _is_listed_message(unit: Unit) -> bool:
    """Whether a sentence is the item of a list of what may be seen."""
    if unit.listed is None or unit.sentence or unit.path[-1]:
        return False
    lead = cues.found_in(unit.lead)
    return (
        bool(lead & {"message", "you see"})
        and bool(lead & {"trouble", "you see"})
        and not lead & {"way out", "because"}
    )


def _message(block: Block) -> Iterator[str]:
    """What a block of code or a quotation says is wrong."""
    if isinstance(block, Code) and trouble.is_error_text(block):
        yield from filter(None, [trouble.message_in(block.text)])
    elif isinstance(block, Quote) and not block.alert and trouble.ERROR_TEXT.search(block.text[:600]):
        yield " ".join(block.text.split())[:300]
