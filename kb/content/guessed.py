"""Reads a problem out of a part of a guide that has no labels, where the evidence says that it tells of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from kb.content import cues, learned, roles, trouble
from kb.content.blocks import Block, Code, ListBlock, Paragraph, Quote, plain
from kb.content.document import Symptom
from kb.content.labels import Kind
from kb.content.observation import cleaned, is_boilerplate
from kb.content.passages import Heading
from kb.content.row_problems import Row, lines_of
from kb.content.scopes import Scope
from kb.content.steps import DraftStep, LONGEST_STEP
from kb.content.units import Unit, units
from kb.content.wording import cut_at_sentence

# From these probabilities on: chosen by leaving each repository of the gold out in turn.
PROBLEM = 0.42
STEP = 0.42
STEP_IN_LIST = 0.25
SYMPTOM = 0.42
CAUSE = 0.5
MOST_MESSAGE_LINES = 60


@dataclass(slots=True)
class Guess:
    """What a part seems to tell; `chance` is how likely it is that it tells of a problem at all."""

    chance: float
    steps: list[DraftStep]
    symptoms: list[Symptom]
    causes: list[str]
    messages: list[str] = field(default_factory=list)


def setting_of(
    kind: Kind | None, title: str, page: str, blocks: Sequence[Block], share: float, kinds: Collection[Kind | None]
) -> roles.Setting:
    """The setting of the sentences of some blocks; `kinds` are those of the labelled blocks beside them."""
    return roles.Setting(
        kind=kind,
        title=title,
        page=page,
        message=any(isinstance(block, Code) for block in blocks),
        sections_in_trouble=share,
        solution=Kind.SOLUTION in kinds,
        symptoms=Kind.SYMPTOMS in kinds,
    )


def share_of_trouble(guide: Heading) -> float:
    """How many of a guide's headings tell of trouble, from 0 to 1."""
    titles = [heading.title for heading in guide.below()][1:]
    return sum(map(trouble.tells_of_trouble, titles)) / max(1, len(titles))


class Guesser:
    """Guesses for one guide: `title` and `summary` are the guide's."""

    def __init__(self, guide: Heading, title: str, summary: str) -> None:
        self._title = title
        self._summary = summary
        self._share = share_of_trouble(guide)

    def guess(self, scope: Scope, kinds: Collection[Kind | None]) -> Guess | None:
        """What a part tells; None when it tells of no problem or of no way out."""
        sentences = units(scope.blocks)
        if not sentences:
            return None
        weights = learned.weights()
        setting = setting_of(None, scope.title, self._title, scope.blocks, self._share, kinds)
        known = roles.features(sentences, setting)
        chances = [learned.probability(each, weights["step"]) for each in known]
        evidence = trouble.evidence(scope, sentences, chances, kinds, self._share, self._summary)
        chance = learned.probability(evidence, weights["problem"])
        if chance < PROBLEM:
            return None
        for unit, each, step in zip(sentences, known, chances, strict=True):
            unit.scores = {
                "step": step,
                "symptom": learned.probability(each, weights["symptom"]),
                "cause": learned.probability(each, weights["cause"]),
            }
        steps = list(_steps(scope.blocks, sentences))
        if not steps:
            return None
        first = min(step.line for step in steps)
        taken = {id(unit) for step in steps for unit in step.units}
        others = [unit for unit in sentences if id(unit) not in taken]
        messages = [block.text[:600] for block in scope.blocks if trouble.is_error_text(block)]
        return Guess(chance, steps, _symptoms(scope, others, first), _causes(others), messages)

    def of_row(self, row: Row) -> Guess:
        """What a row of a table tells; its cells leave no doubt that it is a problem, but for what in them is a step."""
        title = " ".join(row.told.text.split())
        blocks = lines_of(row.solutions)
        sentences = units(blocks)
        weights = learned.weights()
        known = roles.features(sentences, setting_of(Kind.SOLUTION, title, self._title, blocks, self._share, ()))
        for unit, each in zip(sentences, known, strict=True):
            unit.scores = {
                "step": learned.probability(each, weights["step"]),
                "cause": learned.probability(each, weights["cause"]),
            }
        steps = list(_steps(blocks, sentences))
        if not steps:
            text = cut_at_sentence(" ".join(unit.text for unit in sentences), LONGEST_STEP)
            steps = [DraftStep(text, row.told.line, [block.source for block in blocks], units=sentences)]
        taken = {id(unit) for step in steps for unit in step.units}
        causes = [" ".join(cell.text.split()) for cell in row.causes]
        causes += _causes([unit for unit in sentences if id(unit) not in taken])
        return Guess(1.0, steps, [Symptom(cleaned(title), row.told.line)], causes)


def _steps(blocks: Sequence[Block], sentences: Sequence[Unit]) -> Iterator[DraftStep]:
    of_block: dict[int, list[Unit]] = {}
    for unit in sentences:
        of_block.setdefault(unit.path[0], []).append(unit)
    last: DraftStep | None = None
    for index, block in enumerate(blocks):
        own = of_block.get(index, [])
        if isinstance(block, Paragraph):
            found = list(_of_prose(own))
            yield from found
            last = found[-1] if found else (last if own and own[-1].text.endswith(":") and last else None)
        elif isinstance(block, ListBlock):
            found = list(_of_list(block, own))
            yield from found
            if found:
                last = found[-1]
            elif last is not None:
                last.more(block)
        elif isinstance(block, Quote):
            found = list(_of_prose(own, STEP + 0.15)) if block.alert else []
            yield from found
            last = found[-1] if found else None
        elif last is not None:
            last.more(block)


def _of_prose(own: Sequence[Unit], least: float = STEP) -> Iterator[DraftStep]:
    """Each sentence that is likely a step, with those after it that explain it."""
    step: DraftStep | None = None
    for unit in own:
        if unit.scores["step"] >= least:
            if step is not None:
                yield step
            step = DraftStep(unit.text, unit.line, [unit.source], units=[unit])
        elif step is not None:
            step.sources[-1] = f"{step.sources[-1]} {unit.source}".strip()
    if step is not None:
        yield step


def _of_list(block: ListBlock, own: Sequence[Unit]) -> Iterator[DraftStep]:
    of_item: dict[int, list[Unit]] = {}
    for unit in own:
        of_item.setdefault(unit.number, []).append(unit)
    best = [max((unit.scores["step"] for unit in of_item.get(n, [])), default=0.0) for n in range(len(block.items))]
    likely = sum(chance >= STEP for chance in best)
    together = likely * 2 >= len(best)
    least = STEP_IN_LIST if together else STEP
    for number, item in enumerate(block.items):
        inside = of_item.get(number, [])
        if not inside or best[number] < (least if not (block.ordered and together) else 0.08):
            continue
        lead = [unit for unit in inside if unit.path == inside[0].path]
        first = next((at for at, unit in enumerate(lead) if unit.scores["step"] >= least), None)
        whole = block.ordered and together
        if first is None and not whole:
            first = next(at for at, unit in enumerate(inside) if unit.scores["step"] >= least)
            yield DraftStep(inside[first].text, inside[first].line, [item.source], units=inside[first:])
            continue
        taken = lead if whole else lead[first:]
        text = cut_at_sentence(" ".join(unit.text for unit in taken), LONGEST_STEP)
        yield DraftStep(text, item.line, [item.source], units=taken)


def _symptoms(scope: Scope, others: Sequence[Unit], first: int) -> list[Symptom]:
    """The messages that the part shows before its first step, and the sentences that tell what is seen; else its title."""
    found = [Symptom(text, block.line) for block in scope.blocks if block.line <= first for text in _message(block)]
    found += [
        Symptom(cleaned(unit.text), unit.line)
        for unit in others
        if unit.scores["symptom"] >= SYMPTOM and not unit.text.endswith(":") and not is_boilerplate(unit.text)
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
    return [unit.text for unit in others if unit.scores["cause"] >= CAUSE]
