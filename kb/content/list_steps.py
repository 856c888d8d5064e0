"""Reads the steps among the items of a list, and what belongs to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content import cues, procedures
from kb.content.blocks import Block, Code, Item, ListBlock, Paragraph, plain
from kb.content.drafts import DraftStep
from kb.content.observation import last_sentence
from kb.content.patterns import counted, linear
from kb.content.units import Unit
from kb.content.wording import cut_at_sentence

LONGEST_STEP = 300
LONGEST_LEAD = 200
LONGEST_TAIL = 20
# An item is a step at a lower probability where most items are, and in a numbered list at almost any. These were chosen
# by leaving each repository of the gold out in turn.
LIKELY_UNDER_LABEL = 0.25
LESS_AMONG_STEPS = 0.17
UNLIKELY = 0.08
_POINTS_ELSEWHERE = counted(
    r"\b(?:more information|more details|see (?:also|the following|these)|refer to|references?|examples?|as follows|"
    r"placeholders?|versions?|values?|reasons?|causes?|conditions?|requirements?|results?|notes?|where|properties|"
    r"parameters|limitations?|include[sd]?|consists? of|means|format|needs? to)\b",
    re.IGNORECASE,
)
_TELLS_WHEN = counted(
    r"\b(?:if|when|unless|only|provided)\b[^.:]{0,120}"
    r"\b(?:following|these) (?:conditions?|events?|circumstances|situations?)\b|"
    r"\bfollowing \w{1,20} (?:will )?(?:occurs?|happens?)\b",
    re.IGNORECASE,
)
_PATH = linear(r"(?:[A-Za-z]:\\|\\\\|~?/\w|%\w+%|HKEY_|HK(?:LM|CU|CR|U)\\|[^\\.:]+\\[^\\.:]+\\)")
_TASK = linear(r"\[[ xX]\]\s+")
# What a solution says when there is none.
NOTHING = linear(
    r"(?:none(?: known)?|n/?a|not applicable|(?:there (?:is|are) )?(?:currently )?no (?:known )?"
    r"(?:work-?arounds?|solutions?|fix(?:es)?|resolutions?|plans?)(?: [^.:;]{1,80})?)\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A list whose items are read: the sentence before it, and how likely a sentence has to be to be a step."""

    block: ListBlock
    lead: str
    least: float
    all_count: bool

    def draft(self, text: str, item: Item, line: int, own: Sequence[Unit]) -> DraftStep:
        """A step of the list."""
        return DraftStep(
            text,
            line,
            [_TASK.sub("", item.source, count=1)],
            condition=procedures.condition_of_list(self.lead),
            units=list(own),
            listed=self.block,
            ordered=self.block.ordered,
            lead=self.lead,
        )


def of_list(
    block: ListBlock, own: Sequence[Unit], before: Block | None, *, labelled: bool, likely: float
) -> Iterator[DraftStep]:
    """The steps among the items of a list; `before` is the paragraph that leads to it."""
    of_item: dict[int, list[Unit]] = {}
    for unit in own:
        of_item.setdefault(unit.number, []).append(unit)
    best = [max((unit.step for unit in of_item.get(n, [])), default=0.0) for n in range(len(block.items))]
    together = sum(chance >= likely for chance in best) * 2 >= len(best)
    if labelled:
        together = block.ordered or (_tells_actions(block, before) and (together or max(best) >= LIKELY_UNDER_LABEL))
    if not block.ordered and ((labelled and _names_things(block)) or _is_code(before)):
        return
    lead = last_sentence(before.text) if isinstance(before, Paragraph) else ""
    if _TELLS_WHEN.search(lead):
        return
    place = _Place(
        block, lead, likely - LESS_AMONG_STEPS if together else likely, together and (block.ordered or labelled)
    )
    ways = _ways(block)
    for number, item in enumerate(block.items):
        inside = of_item.get(number, [])
        if nested := ways.get(number):
            yield from _of_nested(item, nested)
        elif place.all_count and labelled:
            if text := text_of_item(item):
                yield place.draft(text, item, item.line, inside)
        elif best[number] >= (UNLIKELY if place.all_count else place.least):
            yield _of_item(place, item, inside)


def before(blocks: Sequence[Block], index: int) -> Block | None:
    """The paragraph that leads to a list; code and other lists may stand between."""
    return next((block for block in reversed(blocks[:index]) if not isinstance(block, Code | ListBlock)), None)


def tail(block: ListBlock, after: Sequence[Block]) -> Sequence[Block]:
    """What interrupts a list and still belongs to its last item: code after a colon, or all up to the next number."""
    after = after[:LONGEST_TAIL]
    end = next((index for index, each in enumerate(after) if isinstance(each, ListBlock)), len(after))
    following = after[end] if end < len(after) else None
    if isinstance(following, ListBlock) and following.ordered and following.start == block.start + len(block.items):
        return after[:end]
    last = block.items[-1]
    leads_to_code = isinstance(after[0], Code) if after else False
    return after[:1] if leads_to_code and len(last.blocks) == 1 and text_of_item(last).endswith(":") else ()


def text_of_item(item: Item) -> str:
    """An item's own words: its first paragraph, else the first line of what it holds."""
    runs = [run for run in item.lead.runs if not run.image] if item.lead else []
    words = _TASK.sub("", plain(runs), count=1)
    return cut_at_sentence(words or item.text.strip().split("\n")[0], LONGEST_STEP)


def _of_item(place: _Place, item: Item, inside: Sequence[Unit]) -> DraftStep:
    """An item as a step: its first paragraph from the first sentence on that is likely one."""
    opening = [unit for unit in inside if unit.path == inside[0].path]
    likely = [at for at, unit in enumerate(opening) if unit.step >= place.least]
    if place.all_count or likely:
        taken = opening[0 if place.all_count else likely[0] :]
    else:
        taken = [next(unit for unit in inside if unit.step >= place.least)]
    text = cut_at_sentence(" ".join(unit.text for unit in taken), LONGEST_STEP)
    return place.draft(text, item, taken[0].line, taken)


def _ways(block: ListBlock) -> dict[int, ListBlock]:
    """By the number of an item that heads a way of its own, the steps of it.

    In a numbered list, one item alone that begins with 'If' is a step as those before and after it are.
    """
    found = {number: nested for number, item in enumerate(block.items) if (nested := _nested(item))}
    if not block.ordered:
        return found
    return {number: nested for number, nested in found.items() if {number - 1, number + 1} & found.keys()}


def _nested(item: Item) -> ListBlock | None:
    """The steps below an item that is no step itself but says when they are to be done: 'If you use a proxy:'."""
    nested = item.blocks[1] if item.lead is not None and len(item.blocks) > 1 else None
    if item.lead is None or not isinstance(nested, ListBlock):
        return None
    text = " ".join(item.lead.text.split())
    if len(text) > LONGEST_LEAD or "^imperative" in cues.opening(cues.words_of(text), 0):
        return None
    return nested if procedures.names_alternative(text) else None


def _of_nested(item: Item, nested: ListBlock) -> Iterator[DraftStep]:
    title = " ".join(item.lead.text.split()).rstrip(" :") if item.lead else ""
    condition = procedures.condition_of(f"{title},") or title
    for inner in nested.items:
        if text := text_of_item(inner):
            yield DraftStep(
                text,
                inner.line,
                [inner.source],
                under=title,
                condition=condition,
                listed=nested,
                ordered=nested.ordered,
                alternative=True,
            )


def _says_something(block: ListBlock) -> bool:
    return any((text := text_of_item(item)) and not NOTHING.fullmatch(text) for item in block.items)


def _tells_actions(block: ListBlock, before: Block | None) -> bool:
    """Whether bullets are actions, and not references, names or values; `before` is the block before them."""
    lead = last_sentence(before.text) if isinstance(before, Paragraph) else ""
    return not _POINTS_ELSEWHERE.search(lead) and not _names_things(block)


def _is_code(before: Block | None) -> bool:
    """Whether what stands above a list is a name of a program's alone, which the list then explains."""
    runs = (
        [run for line in before.lines for run in line if run.text.strip(" ,/\n")]
        if isinstance(before, Paragraph)
        else []
    )
    return bool(runs) and all(run.code for run in runs)


def _names_things(block: ListBlock) -> bool:
    """Whether bullets are but names, paths, links, or a word that there is nothing."""
    names = sum(_is_name(text_of_item(item)) for item in block.items)
    return names * 2 > len(block.items) or not _says_something(block) or all(_is_link(item) for item in block.items)


def _is_name(text: str) -> bool:
    """Whether an item is a word, a path or 'A recipient that ...', and so no sentence."""
    is_path = _PATH.match(text) is not None and ": " not in text
    return " " not in text or is_path or text.startswith(("A ", "An "))


def _is_link(item: Item) -> bool:
    runs = [run for run in item.lead.runs if run.text.strip(" .,;")] if item.lead else []
    return bool(runs) and all(run.target and not run.image for run in runs) and len(item.blocks) == 1
