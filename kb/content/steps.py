"""Reads the steps of a solution: the items of its lists and the sentences of its prose that tell what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content import cues, list_steps, procedures
from kb.content.blocks import Block, ListBlock, Paragraph, Quote, plain
from kb.content.document import Step
from kb.content.drafts import DraftStep
from kb.content.headings import Chunk, Passage
from kb.content.labels import Kind
from kb.content.list_steps import LONGEST_LEAD, LONGEST_STEP, NOTHING
from kb.content.observation import gives_steps
from kb.content.patterns import counted, linear
from kb.content.roles import Page
from kb.content.units import Unit
from kb.content.wording import cut_at_sentence

# From these probabilities on a sentence is a step: chosen by leaving each repository of the gold out in turn.
LIKELY = 0.5
LIKELY_IN_NOTE = 0.57
LIKELY_UNDER_LABEL = 0.8
LIKELY_ACTION = 0.6
_BACK = counted(
    r"(?:this|that|it|these|those|they|such)\b(?! (?:is the case|happens|occurs))|for (?:example|instance)\b|e\.g\b|"
    r"(?:to|you can|you could) do (?:this|so|that|it)\b|do this by\b|(?:an |the following )?example\b",
    re.IGNORECASE,
)
_NUMBER = linear(r"^(?:(?:step|option)\s+)?\d{1,2}(?:[.):]|\s[-\u2013\u2014])\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundSteps:
    """The steps of a problem, and for each list that holds some: its line and the number (from 0) of its first step.

    `others` are the sentences of the solution that are in no step.
    """

    steps: tuple[Step, ...]
    lists: tuple[tuple[int, int], ...] = ()
    others: tuple[Unit, ...] = ()


def read(passages: Sequence[Passage], page: Page) -> FoundSteps:
    """The steps of a problem's labelled solutions, in the order of the text."""
    drafts: list[DraftStep] = []
    sentences: list[Unit] = []
    passages = [passage for passage in passages if passage.blocks]
    several = len(passages) > 1 and all(passage.kind is Kind.SOLUTION for passage in passages)
    for passage in passages:
        weighed = [
            page.weighed(chunk.blocks, Kind.SOLUTION, chunk.title or (chunk.section.title if chunk.section else ""))
            for chunk in passage.chunks
        ]
        sentences += [unit for units in weighed for unit in units]
        found = [
            list(of_blocks(chunk.blocks, units, labelled=True))
            for chunk, units in zip(passage.chunks, weighed, strict=True)
        ]
        leads = _leads_to_alternatives(passage)
        if len(found) > 1:
            found[0] = [step for step in found[0] if step.listed or not _only_leads(step)]
        for number, (chunk, listed) in enumerate(zip(passage.chunks, found, strict=True)):
            heads = number == 0 and (any(found) or len(found) > 1)
            steps = _whole(chunk, passage) if _is_one_step(chunk, listed) or not (listed or heads) else listed
            for step in steps:
                step.under = step.under or _under(chunk, passage) or (passage.name if several else "")
                named = bool(chunk.title) and procedures.names_alternative(chunk.title)
                step.alternative = step.alternative or several or named or (leads and number > 0)
            drafts += steps
    return finished(drafts, sentences)


def _only_leads(step: DraftStep) -> bool:
    """Whether it but leads to what stands under the sub-headings: 'Choose one of these.', 'Follow these steps:'."""
    return procedures.leads_to_alternatives(step.text) or step.markdown.rstrip().endswith(":")


def _is_one_step(chunk: Chunk, found: Sequence[DraftStep]) -> bool:
    """Whether a sub-heading is that of one step of several ('Step 2: ...'), with prose or code below it."""
    return bool(chunk.title) and procedures.is_in_turn(chunk.title) and not any(step.listed for step in found)


def _leads_to_alternatives(passage: Passage) -> bool:
    """Whether what opens a solution says that ways to choose from follow."""
    first = passage.chunks[0].blocks[:3] if passage.chunks else []
    return any(isinstance(block, Paragraph) and procedures.leads_to_alternatives(block.text) for block in first)


def finished(drafts: Sequence[DraftStep], sentences: Sequence[Unit] = ()) -> FoundSteps:
    """The steps of a problem, told apart; `sentences` are those that they were found among."""
    procedures.tell_apart(drafts)
    of_list: dict[int, list[int]] = {}
    for number, draft in enumerate(drafts):
        if draft.listed is not None:
            of_list.setdefault(id(draft.listed), []).append(number)
    wholly = ((drafts[own[0]].listed, own) for own in of_list.values())
    lists = [(block.line, own[0]) for block, own in wholly if block is not None and len(own) == len(block.items)]
    taken = {id(unit) for draft in drafts for unit in draft.units}
    others = tuple(unit for unit in sentences if id(unit) not in taken)
    steps = tuple(
        Step(
            procedures.unmarked(draft.text),
            draft.markdown,
            draft.line,
            draft.under,
            draft.condition,
            procedures.is_dangerous(draft.text, draft.markdown),
            draft.procedure,
        )
        for draft in drafts
    )
    return FoundSteps(steps, tuple(lists), others)


def _under(chunk: Chunk, passage: Passage) -> str:
    """The sub-heading or the method of some steps, without its number."""
    return _NUMBER.sub("", chunk.title or passage.title, count=1)


def _whole(chunk: Chunk, passage: Passage) -> list[DraftStep]:
    """All of a solution in which no sentence stands out, as one step."""
    title = _under(chunk, passage)
    blocks = [block for block in chunk.blocks if not (isinstance(block, Quote) and block.alert)]
    prose = (plain(run for run in block.runs if not run.image) for block in blocks if isinstance(block, Paragraph))
    words = " ".join(filter(None, prose))
    if not blocks or (not words.strip() and not title) or NOTHING.fullmatch(words.strip()):
        return []
    shortened = cut_at_sentence(words, LONGEST_STEP)
    text = f"{title}: {shortened}" if title and shortened else title or shortened
    return [
        DraftStep(cut_at_sentence(text, LONGEST_STEP), blocks[0].line, [block.source for block in chunk.blocks], title)
    ]


def of_blocks(
    blocks: Sequence[Block], sentences: Sequence[Unit], *, labelled: bool = False, least: float = LIKELY
) -> Iterator[DraftStep]:
    """The steps among weighed sentences: those that are at `least` that likely.

    `labelled` says that the blocks stand under the label of a solution. What stands between two steps is kept with the
    first of them, if it belongs to it.
    """
    of_block: dict[int, list[Unit]] = {}
    for unit in sentences:
        of_block.setdefault(unit.path[0], []).append(unit)
    in_turn = sum(unit.numbered for unit in sentences) > 1
    last: DraftStep | None = None
    for index, block in enumerate(blocks):
        own = of_block.get(index, [])
        goes_on = in_turn and last is not None and not (own and own[0].numbered)
        if last is not None and isinstance(block, Paragraph) and own and _refers_back(own[0]) and not own[0].numbered:
            goes_on = goes_on or all(_refers_back(unit) or unit.step < least for unit in own)
        found = [] if goes_on else _of_block(blocks, index, own, labelled=labelled, least=least)
        yield from found
        if found:
            last = found[-1]
        elif last is not None and (goes_on or labelled or _belongs_to(last, block, own)):
            last.keep(block)
        elif own:
            last = None


def _of_block(
    blocks: Sequence[Block], index: int, own: Sequence[Unit], *, labelled: bool, least: float
) -> list[DraftStep]:
    match blocks[index]:
        case Paragraph():
            return list(_of_prose(own, LIKELY_UNDER_LABEL if labelled else least))
        case ListBlock() as block:
            before = list_steps.before(blocks, index)
            found = list(list_steps.of_list(block, own, before, labelled=labelled, likely=least))
            for more in list_steps.tail(block, blocks[index + 1 :]) if found and labelled else ():
                found[-1].keep(more)
            return found
        case Quote(alert="TAB") as tab:
            return _of_tab(tab, own, labelled=labelled, least=least)
        case Quote() as quote if quote.alert and not labelled:
            return list(_of_prose(own, LIKELY_IN_NOTE))
    return []


def _of_tab(tab: Quote, own: Sequence[Unit], *, labelled: bool, least: float) -> list[DraftStep]:
    """The steps of a tab: a way of their own under its label; all of it is one step where none stands out."""
    for unit in own:
        unit.path = unit.path[1:]
    found = list(of_blocks(tab.blocks, own, labelled=labelled, least=least))
    if not found and labelled and tab.blocks:
        text = cut_at_sentence(" ".join(unit.text for unit in own) or tab.title, LONGEST_STEP)
        found = [DraftStep(text, tab.line, [block.source for block in tab.blocks], units=list(own))]
    for step in found:
        step.under, step.alternative = step.under or tab.title, True
    return found


def _belongs_to(last: DraftStep, block: Block, own: Sequence[Unit]) -> bool:
    """Whether a block without a step belongs to the step before it: of prose, what a colon or what leads to code."""
    if not isinstance(block, Paragraph) or not own:
        return True
    return last.markdown.rstrip().endswith(":") or own[-1].before_code


def _of_prose(own: Sequence[Unit], least: float = LIKELY) -> Iterator[DraftStep]:
    """Each sentence that is likely a step, with those after it that explain it."""
    step: DraftStep | None = None
    for unit in own:
        if NOTHING.fullmatch(unit.text):
            continue
        is_new = step is None or not _refers_back(unit)
        enough = min(least, LIKELY_ACTION) if unit.acts else least
        only_leads = unit.before_list and (unit.text.endswith(":") or gives_steps(unit.text))
        if unit.numbered or (unit.step >= enough and is_new and not only_leads):
            if step is not None:
                yield step
            step = DraftStep(unit.text, unit.line, [unit.source], units=[unit])
        elif step is not None and not unit.before_list:
            step.sources[-1] = f"{step.sources[-1]} {unit.source}".strip()
    if step is not None:
        yield step


def _refers_back(unit: Unit) -> bool:
    """Whether a sentence goes on with the step before it: 'This makes ...', 'For example, ...', 'To do this, ...'."""
    text = unit.text[:LONGEST_LEAD]
    return bool(_BACK.match(text)) and "way out" not in cues.found_in(unit.text)
