"""Tells what each sentence of a section is likely to be: a step, a symptom, a cause, or none of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.content import cues, learned
from kb.content.blocks import Block, Code
from kb.content.labels import Kind
from kb.content.patterns import counted, linear
from kb.content.units import Unit

_CLAUSE_OPENERS = frozenset(
    """if when whenever unless once after before as since because in to for on with under by using from while at during
    until within where although though given""".split()
)
_QUOTED = counted(r"[\"\u201c][^\"\u201d]{2,200}[\"\u201d]")
_MENU = linear(r"\s(?:->|>|\u2192)\s")
_NEIGHBOUR = frozenset(["^imperative", "way out", "trouble", "because", "message", "^you should", "^if", ":", "^see"])
_LEAD = frozenset(
    [
        "way out",
        "^to fix",
        "^to look",
        "message",
        "trouble",
        "because",
        "example",
        "^ensure",
        "^try",
        "can",
        "^you can",
        "^imperative",
        "must",
        "limits",
        "describes",
        "command",
        "^look",
        "more",
    ]
)
_TITLE = frozenset(
    [
        "trouble",
        "^question",
        "^subject",
        "^imperative",
        "message",
        "limits",
        "way out",
        "describes",
        "^look",
        "because",
        "past",
    ]
)


@dataclass(slots=True)
class Setting:
    """What a section says of all its sentences: its label, its title, and what else stands in it."""

    kind: Kind | None
    title: str
    message: bool = False
    solution: bool = False
    symptoms: bool = False


@dataclass(slots=True)
class Page:
    """What a guide says of all its sections: its title, and how many of its headings tell of trouble (0 to 1)."""

    title: str
    share_of_trouble: float = 0.0

    def weigh(
        self, sentences: list[Unit], blocks: Sequence[Block], kind: Kind | None, title: str,
        beside: Collection[Kind | None] = (),
    ) -> list[Unit]:  # fmt: skip
        """The sentences of a section, each with how likely it is to be a step, a symptom and a cause.

        `beside` are the kinds of the labelled blocks that belong to the same heading.
        """
        message = any(isinstance(block, Code) for block in blocks)
        setting = Setting(kind, title, message, Kind.SOLUTION in beside, Kind.SYMPTOMS in beside)
        weights = learned.weights()
        for unit, known in zip(sentences, features(sentences, setting, self), strict=True):
            unit.step = learned.probability(known, weights["step"])
            unit.symptom = learned.probability(known, weights["symptom"])
            unit.cause = learned.probability(known, weights["cause"])
        return sentences


def main_clause(words: Sequence[str], text: str) -> int:
    """The index of the word with which the main clause begins: after 'If the token has expired,'."""
    if not words or words[0] not in _CLAUSE_OPENERS:
        return 0
    depth, at = 0, 0
    for place, sign in enumerate(text):
        if sign in '(["\u201c' and not (sign == '"' and depth):
            depth += 1
        elif sign in ')]"\u201d':
            depth = max(0, depth - 1)
        elif sign == "," and not depth and text[place + 1 : place + 2] == " ":
            at = len(cues.words_of(text[:place]))
            rest = words[at : at + 3]
            if rest and (rest[0] in _CLAUSE_OPENERS or rest[0] in ("and", "or")):
                continue
            return at
    return at


def shown(unit: Unit) -> tuple[set[str], set[str], int]:
    """The cues of a sentence, those of its main clause ('m' before), and how many words it has."""
    words = cues.words_of(unit.text)
    start = main_clause(words, unit.text)
    found = cues.found_in(words)
    main = (
        {f"m{name}" for name in cues.opening(words, start)}
        if start
        else {f"m{name}" for name in found if name[0] == "^"}
    )
    return found, main, len(words)


def features(section: Sequence[Unit], setting: Setting, on: Page) -> list[set[str]]:
    """What is known of each sentence of a section, as names that a weight is learned for."""
    cue = [shown(unit) for unit in section]
    title = cues.found_in(cues.words_of(setting.title)) & _TITLE
    page = cues.found_in(cues.words_of(on.title)) & {"trouble", "^imperative", "way out"}
    actions = sum("m^imperative" in main or "m^ensure" in main for _, main, _ in cue)
    rows: list[set[str]] = []
    lead_cache: dict[str, set[str]] = {}
    for at, (unit, (found, main, length)) in enumerate(zip(section, cue, strict=True)):
        row = {f"c:{name}" for name in found} | main
        place = "prose" if unit.listed is None else ("numbered" if unit.ordered else "bullet")
        row.add(f"in:{place}")
        row.add("under:" + (setting.kind.value if setting.kind else "nothing"))
        row |= {
            f"{place}&{name}"
            for name in main
            if name
            in (
                "m^imperative",
                "m^ensure",
                "m^you should",
                "m^you can",
                "m^try",
                "m^see",
                "m^look",
                "m^the",
                "m^this",
                "m^if",
                "m^not",
            )
        }
        if setting.kind is Kind.SOLUTION:
            row |= {f"solution&{name}" for name in main}
            row.add(f"solution&{place}")
        if setting.kind is None:
            row |= {f"free&{name}" for name in main}
        if unit.listed is not None:
            row.add("item:first" if unit.number == 0 else "item:later")
            row.add("item:opens" if unit.path[-1] == 0 and unit.sentence == 0 else "item:goes on")
            if unit.lead not in lead_cache:
                words = cues.words_of(unit.lead)
                lead_cache[unit.lead] = cues.found_in(words) & _LEAD
            row |= {f"lead:{name}" for name in lead_cache[unit.lead]} or {"lead:none"}
        else:
            row.add(f"block:{min(unit.path[0], 4)}")
        row.add(
            "sentence:"
            + (
                "only"
                if unit.of == 1
                else "first"
                if unit.sentence == 0
                else "last"
                if unit.sentence == unit.of - 1
                else "inner"
            )
        )
        row.add(f"words:{min(length // 6, 6)}")
        row.add(f"at:{at if at < 3 else min(3 + 3 * at // max(1, len(section)), 6)}")
        for name, holds in (
            ("before code", unit.before_code),
            ("after code", unit.after_code),
            ("before list", unit.before_list),
            ("has code", unit.code_runs > 0),
            ("linked", unit.linked),
            ("bold start", unit.bold_start),
            ("code start", unit.code_start),
            ("quoted", bool(_QUOTED.search(unit.text))),
            ("menu", bool(_MENU.search(unit.text))),
            ("message in section", setting.message),
            ("has actions", actions > 0),
            ("more actions", actions > 2),
            ("solution elsewhere", setting.solution),
            ("symptoms elsewhere", setting.symptoms),
            ("short", length < 4),
        ):
            if holds:
                row.add(name)
        if unit.before_code:
            row |= {f"before code&{name}" for name in main}
        if unit.alert:
            row.add(f"alert:{unit.alert}")
        row |= {f"title:{name}" for name in title} or {"title:plain"}
        row |= {f"page:{name}" for name in page}
        if on.share_of_trouble > 0.3:
            row.add("page of troubles")
        for step, mark in ((-1, "before"), (1, "after")):
            if 0 <= at + step < len(section):
                near = cue[at + step]
                row |= {f"{mark}:{name}" for name in (near[0] & _NEIGHBOUR)}
                if "m^imperative" in near[1]:
                    row.add(f"{mark}:action")
            else:
                row.add(f"{mark}:nothing")
        rows.append(row)
    return rows
