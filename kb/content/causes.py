"""Finds the causes of a problem: those under a label, else the sentences that are likely to tell of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kb.content import cues
from kb.content.headings import Passage
from kb.content.labels import Kind
from kb.content.observation import is_raised
from kb.content.patterns import counted, linear
from kb.content.units import Unit, texts
from kb.content.wording import cut_at_sentence

# From this probability on: chosen by leaving each repository of the gold out in turn.
LIKELY = 0.36
LONGEST_CAUSE = 500
_NOTHING = linear(r"(?:none|n/?a|unknown|not applicable|-)\.?", re.IGNORECASE)
_SEVERAL = counted(
    r"\b(?:following|several|various|many|multiple|different|possible|no obvious|number of)(?: \w+)? "
    r"(?:causes?|reasons?|issues|problems|conditions|factors)\b",
    re.IGNORECASE,
)
_NO_PROSE = linear(r"(?:HKEY_|https?://|or$|and$|0x|\d+ ?=|[\w ]{1,30}:$)|.*:\s*$|[\w ]{1,20}: \S+$", re.IGNORECASE)


def _is_prose(text: str) -> bool:
    """Whether a line under the label of a cause says something: neither a path, an address, nor what leads to one."""
    return not _NO_PROSE.match(text[:LONGEST_CAUSE])


def among(sentences: Iterable[Unit]) -> Iterator[str]:
    """The causes among sentences that are no steps: the likely ones, and the items of a list of causes."""
    for unit in sentences:
        if unit.text.endswith("?") and unit.cause < LIKELY:
            continue
        if (unit.before_list and unit.text.endswith(":")) or _SEVERAL.search(unit.text[:LONGEST_CAUSE]):
            continue
        listed = unit.listed is not None and unit.path[-1] == 0 and unit.sentence == 0 and _leads_to_causes(unit.lead)
        if listed or unit.cause >= LIKELY:
            yield cut_at_sentence(unit.text, LONGEST_CAUSE)


def _leads_to_causes(lead: str) -> bool:
    found = cues.found_in(lead)
    return "because" in found and "way out" not in found


def labelled(passage: Passage) -> Iterator[str]:
    """The causes under one label."""
    given = [text for text, _ in texts(passage.blocks) if not _NOTHING.fullmatch(text)]
    given = [text for text in given if _is_prose(text)] or given[:1]
    if passage.title:
        given[:1] = [f"{passage.title}: {given[0]}" if given else passage.title]
    yield from (cut_at_sentence(text, LONGEST_CAUSE) for text in given)


def meant(own: Sequence[Passage]) -> Iterator[str]:
    """What a message means is its cause when the guide gives none; what an alert is raised for is not."""
    for passage in own:
        if passage.kind is Kind.MEANING:
            statements = [text for text, _ in texts(passage.blocks[:2], apart=True)]
            if statements and not is_raised(statements[0]):
                yield from (cut_at_sentence(text, LONGEST_CAUSE) for text in statements[:2])
