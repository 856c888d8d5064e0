"""Reads the steps of a solution: the items of its lists that tell what to do, and the sentences of its prose that do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content import cues, procedures
from kb.content.blocks import Block, Code, Item, ListBlock, Paragraph, Quote, plain
from kb.content.box_kinds import TAB
from kb.content.document import Step
from kb.content.drafts import DraftStep
from kb.content.labels import Kind
from kb.content.observation import last_sentence
from kb.content.passages import Chunk, Passage
from kb.content.patterns import counted, linear
from kb.content.roles import Page
from kb.content.units import Unit, units
from kb.content.wording import cut_at_sentence

LONGEST_STEP = 300
LONGEST_LEAD = 200
# From these probabilities on a sentence is a step: chosen by leaving each repository of the gold out in turn.
LIKELY = 0.5
LIKELY_IN_LIST = 0.25
IN_LIST = 0.17
LIKELY_IN_NOTE = 0.57
UNLIKELY = 0.08
LIKELY_UNDER_LABEL = 0.8
_LEADS = counted(
    r"\b(?:follow|use|do|take|perform|complete|try|go through|choose|consider)(?:ing)? (?:(?:one|any|either|each|all) of )?"
    r"(?:the|these)(?: \w+)? (?:following |appropriate )?(?:steps?|methods?|options?|procedures?|instructions|ways|approaches|workarounds?|solutions?|"
    r"actions?|following)\b(?! (?:in|of|from|on|at|described))|"
    r"\bfollow the steps in this section\b",
    re.IGNORECASE,
)
_TASK = linear(r"\[[ xX]\]\s+")
_POINTS_ELSEWHERE = counted(
    r"\b(?:more information|more details|see (?:also|the following|these)|refer to|references?|examples?|as follows|"
    r"placeholders?|versions?|values?|reasons?|causes?|conditions?|requirements?|results?|notes?|where|properties|"
    r"parameters|limitations?|include[sd]?|consists? of|means|format|needs? to)\b",
    re.IGNORECASE,
)
_NUMBER = linear(r"^(?:(?:step|option)\s+)?\d{1,2}(?:[.):]|\s[-\u2013\u2014])\s+", re.IGNORECASE)
_NOTHING = linear(
    r"(?:none(?: known)?|n/?a|not applicable|no (?:known )?(?:work-?arounds?|solutions?))\.?", re.IGNORECASE
)


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
        weighed = [_weighed(chunk, page) for chunk in passage.chunks]
        sentences += [unit for units in weighed for unit in units]
        found = [
            list(of_blocks(chunk.blocks, units, labelled=True))
            for chunk, units in zip(passage.chunks, weighed, strict=True)
        ]
        leads = _leads_to_alternatives(passage) or procedures.are_ways([chunk.title for chunk in passage.chunks[1:]])
        for number, (chunk, steps) in enumerate(zip(passage.chunks, found, strict=True)):
            in_turn = (
                bool(chunk.title) and procedures.is_in_turn(chunk.title) and not any(step.listed for step in steps)
            )
            if in_turn or (not steps and (number or not any(found)) and not (number == 0 and len(found) > 1)):
                steps = _whole(chunk, passage)
            for step in steps:
                step.under = step.under or _under(chunk, passage) or (passage.name if several else "")
                step.alternative = step.alternative or several or (leads and number > 0)
            drafts += steps
    return finished(drafts, sentences)


def _leads_to_alternatives(passage: Passage) -> bool:
    """Whether what opens a solution says that ways to choose from follow."""
    first = passage.chunks[0].blocks[:3] if passage.chunks else []
    return any(isinstance(block, Paragraph) and procedures.leads_to_alternatives(block.text) for block in first)


def finished(drafts: Sequence[DraftStep], sentences: Sequence[Unit] = ()) -> FoundSteps:
    """The steps of a problem, told apart; `sentences` are those that they were found among."""
    procedures.tell_apart(drafts)
    lists: list[tuple[int, int]] = []
    for number, draft in enumerate(drafts):
        if draft.listed is not None and all(
            listed is not draft.listed for listed in (d.listed for d in drafts[:number])
        ):
            if sum(d.listed is draft.listed for d in drafts) == len(draft.listed.items):
                lists.append((draft.listed.line, number))
    taken = {id(unit) for draft in drafts for unit in draft.units}
    others = tuple(unit for unit in sentences if id(unit) not in taken)
    return FoundSteps(tuple(_step(draft) for draft in drafts), tuple(lists), others)


def _step(draft: DraftStep) -> Step:
    text = procedures.unmarked(draft.text)
    dangerous = procedures.is_dangerous(draft.text, draft.markdown)
    return Step(text, draft.markdown, draft.line, draft.under, draft.condition, dangerous, draft.procedure)


def _under(chunk: Chunk, passage: Passage) -> str:
    """The sub-heading or the method of some steps, without its number."""
    return _NUMBER.sub("", chunk.title or passage.title, count=1)


def _weighed(chunk: Chunk, page: Page) -> list[Unit]:
    title = chunk.title or (chunk.section.title if chunk.section else "")
    return page.weigh(units(chunk.blocks), chunk.blocks, Kind.SOLUTION, title)


def _whole(chunk: Chunk, passage: Passage) -> list[DraftStep]:
    """All of a solution in which no sentence stands out, as one step."""
    title = _under(chunk, passage)
    blocks = [block for block in chunk.blocks if not (isinstance(block, Quote) and block.alert)]
    prose = (plain(run for run in block.runs if not run.image) for block in blocks if isinstance(block, Paragraph))
    words = " ".join(filter(None, prose))
    if not blocks or (not words.strip() and not title) or _NOTHING.fullmatch(words.strip()):
        return []
    told = cut_at_sentence(words, LONGEST_STEP)
    text = f"{title}: {told}" if title and told else title or told
    return [
        DraftStep(cut_at_sentence(text, LONGEST_STEP), blocks[0].line, [block.source for block in chunk.blocks], title)
    ]


def of_blocks(
    blocks: Sequence[Block], sentences: Sequence[Unit], *, labelled: bool = False, least: float = LIKELY
) -> Iterator[DraftStep]:
    """The steps among weighed sentences: those that are at `least` that likely.

    `labelled` says that the blocks stand under the label of a solution.
    """
    of_block: dict[int, list[Unit]] = {}
    for unit in sentences:
        of_block.setdefault(unit.path[0], []).append(unit)
    last: DraftStep | None = None
    in_turn = sum(unit.numbered for unit in sentences) > 1
    for index, block in enumerate(blocks):
        own = of_block.get(index, [])
        if in_turn and last is not None and not (own and own[0].numbered):
            last.keep(block)
            continue
        found: list[DraftStep] = []
        if isinstance(block, Paragraph):
            found = list(_of_prose(own, LIKELY_UNDER_LABEL if labelled else least))
            if found:
                last = found[-1]
            elif last is not None and (labelled or _goes_on(last, block, own)):
                last.keep(block)
            elif own:
                last = None
        elif isinstance(block, ListBlock):
            found = list(_of_list(block, own, _before(blocks, index), labelled=labelled, likely=least))
            if found and labelled:
                for more in _tail(block, blocks[index + 1 :][:20]):
                    found[-1].keep(more)
            if found:
                last = found[-1]
            elif last is not None:
                last.keep(block)
        elif isinstance(block, Quote) and block.alert == TAB:
            found = _of_tab(block, own, labelled=labelled, least=least)
            last = found[-1] if found else last
        elif isinstance(block, Quote):
            found = list(_of_prose(own, LIKELY_IN_NOTE)) if block.alert and not labelled else []
            last = found[-1] if found else last
        elif last is not None and block.source not in last.sources:
            last.keep(block)
        yield from found


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


def _before(blocks: Sequence[Block], index: int) -> Block | None:
    """The paragraph that leads to a list; code and other lists may stand between."""
    return next((block for block in reversed(blocks[:index]) if not isinstance(block, Code | ListBlock)), None)


def _goes_on(last: DraftStep, block: Paragraph, own: Sequence[Unit]) -> bool:
    """Whether a paragraph without a step belongs to the one before it: what its colon leads to, or what leads to code."""
    ends = last.sources[-1].rstrip()
    return ends.endswith(":") or (bool(own) and own[-1].before_code) or not own


def _of_prose(own: Sequence[Unit], least: float = LIKELY) -> Iterator[DraftStep]:
    """Each sentence that is likely a step, with those after it that explain it."""
    step: DraftStep | None = None
    for unit in own:
        if unit.numbered or (unit.step >= least and not _only_leads(unit)):
            if step is not None:
                yield step
            step = DraftStep(unit.text, unit.line, [unit.source], units=[unit])
        elif step is not None and not unit.before_list:
            step.sources[-1] = f"{step.sources[-1]} {unit.source}".strip()
    if step is not None:
        yield step


def _only_leads(unit: Unit) -> bool:
    """Whether a sentence does nothing but lead to the list after it, or says how to read: 'Follow these steps.'."""
    return (unit.before_list and unit.text.endswith(":")) or bool(_LEADS.search(unit.text[:LONGEST_LEAD]))


def _of_list(
    block: ListBlock, own: Sequence[Unit], before: Block | None, *, labelled: bool, likely: float
) -> Iterator[DraftStep]:
    """The steps among the items of a list."""
    of_item: dict[int, list[Unit]] = {}
    for unit in own:
        of_item.setdefault(unit.number, []).append(unit)
    best = [max((unit.step for unit in of_item.get(n, [])), default=0.0) for n in range(len(block.items))]
    together = sum(chance >= likely for chance in best) * 2 >= len(best)
    if labelled:
        together = block.ordered or (_tells_actions(block, before) and (together or max(best) >= LIKELY_IN_LIST))
    least = likely - IN_LIST if together else likely
    whole = together and (block.ordered or labelled)
    lead = last_sentence(before.text) if isinstance(before, Paragraph) else ""
    for number, item in enumerate(block.items):
        if nested := _nested(item):
            yield from _of_nested(item, nested, lead, block)
        elif whole and labelled:
            if text := _text(item):
                yield DraftStep(
                    text,
                    item.line,
                    [_TASK.sub("", item.source, count=1)],
                    **_place(block, lead),
                    units=of_item.get(number, []),
                )
        elif best[number] >= (UNLIKELY if whole else least):
            yield _of_item(item, of_item[number], block, lead, whole=whole, least=least)


def _place(block: ListBlock, lead: str) -> dict[str, object]:
    return {"listed": block, "ordered": block.ordered, "lead": lead, "condition": procedures.condition_of_list(lead)}


def _of_item(
    item: Item, inside: Sequence[Unit], block: ListBlock, lead: str, *, whole: bool, least: float
) -> DraftStep:
    """An item as a step: its first paragraph from the first sentence on that is likely one."""
    opening = [unit for unit in inside if unit.path == inside[0].path]
    first = 0 if whole else next((at for at, unit in enumerate(opening) if unit.step >= least), None)
    if first is None:
        taken = [next(unit for unit in inside if unit.step >= least)]
    else:
        taken = opening[first:]
    text = cut_at_sentence(" ".join(unit.text for unit in taken), LONGEST_STEP)
    return DraftStep(text, taken[0].line, [_TASK.sub("", item.source, count=1)], units=taken, **_place(block, lead))  # type: ignore[arg-type]


def _nested(item: Item) -> ListBlock | None:
    """The steps below an item that is no step itself but says when they are to be done: 'If you use a proxy:'."""
    lead = item.lead
    if lead is None or len(item.blocks) < 2 or not isinstance(item.blocks[1], ListBlock):
        return None
    text = " ".join(lead.text.split())
    if len(text) > LONGEST_LEAD or "^imperative" in cues.opening(cues.words_of(text), 0):
        return None
    nested = item.blocks[1]
    return nested if (nested.ordered and text.endswith(":")) or procedures.names_alternative(text) else None


def _of_nested(item: Item, nested: ListBlock, lead: str, block: ListBlock) -> Iterator[DraftStep]:
    title = " ".join(item.lead.text.split()).rstrip(" :") if item.lead else ""
    for inner in nested.items:
        if text := _text(inner):
            yield DraftStep(
                text,
                inner.line,
                [inner.source],
                title,
                procedures.condition_of(f"{title},") or title,
                listed=nested,
                ordered=nested.ordered,
                alternative=True,
            )
    for more in item.blocks[2:]:
        pass


def _says_something(block: ListBlock) -> bool:
    return any((text := _text(item)) and not _NOTHING.fullmatch(text) for item in block.items)


def _tells_actions(block: ListBlock, before: Block | None) -> bool:
    """Whether bullets are actions, and not references, names or values; `before` is the block before them."""
    lead = last_sentence(before.text) if isinstance(before, Paragraph) else ""
    names = sum(" " not in _text(item) for item in block.items)
    if _POINTS_ELSEWHERE.search(lead) or names * 2 > len(block.items) or not _says_something(block):
        return False
    return not all(_is_link(item) for item in block.items)


def _is_link(item: Item) -> bool:
    runs = [run for run in item.lead.runs if run.text.strip(" .,;")] if item.lead else []
    return bool(runs) and all(run.target and not run.image for run in runs) and len(item.blocks) == 1


def _tail(block: ListBlock, after: Sequence[Block]) -> Sequence[Block]:
    """What interrupts a list and still belongs to its last item: code after a colon, or all up to the next number."""
    end = next((index for index, each in enumerate(after) if isinstance(each, ListBlock)), len(after))
    following = after[end] if end < len(after) else None
    goes_on = isinstance(following, ListBlock) and following.ordered
    if isinstance(following, ListBlock) and goes_on and following.start == block.start + len(block.items):
        return after[:end]
    last = block.items[-1]
    leads_to_code = isinstance(after[0], Code) if after else False
    return after[:1] if leads_to_code and len(last.blocks) == 1 and _text(last).endswith(":") else ()


def _text(item: Item) -> str:
    """An item's own words: its first paragraph, else the first line of what it holds."""
    runs = [run for run in item.lead.runs if not run.image] if item.lead else []
    words = _TASK.sub("", plain(runs), count=1)
    return cut_at_sentence(words or item.text.strip().split("\n")[0], LONGEST_STEP)
