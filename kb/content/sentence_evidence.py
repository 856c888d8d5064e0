"""Gathers the evidence of what a sentence is: its words, where it stands, what stands beside it.

The evidence is a set of names; `learned` has a weight for each. A name that begins with `m` is a cue with which the
main clause begins, `c:` one that stands anywhere; `a&b` holds where both do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content import cues
from kb.content.labels import Kind
from kb.content.patterns import counted, linear
from kb.content.units import Unit

SHORT = 4
WORDS_IN_A_BIN = 6
LAST_BIN = 6
FIRST_SENTENCES = 3
FIRST_BLOCKS = 4
MANY_ACTIONS = 2
PAGE_OF_TROUBLES = 0.3
_CLAUSE_OPENER_WORDS = """
    if when whenever unless once after before as since because in to for on with under by using from while at during
    until within where although though given
"""
_CLAUSE_OPENERS = frozenset(_CLAUSE_OPENER_WORDS.split())
_PLACE_OPENERS = frozenset(["on", "in", "for", "with", "under"])
_BEFORE_NOUNS = frozenset(
    ["the", "a", "an", "to", "your", "this", "that", "of", "is", "are", "you", "can", "and", "or"]
)
FIRST_VERB = 2
LAST_VERB = 6
_AFTER_MODALS = frozenset(["^imperative", "^look", "^see", "^ensure", "^contact"])
_QUOTED = counted(r"[\"\u201c][^\"\u201d]{2,200}[\"\u201d]")
_MENU = linear(r"\s(?:->|>|\u2192)\s")
# Of neighbours, leads and titles these cues count; the others are too rare to learn from.
_OF_NEIGHBOURS = frozenset(
    ["^imperative", "way out", "trouble", "because", "message", "^you should", "^if", ":", "^see"]
)
_OF_LEADS = frozenset(
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
_OF_TITLES = frozenset(
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
_OF_PAGES = frozenset(["trouble", "^imperative", "way out"])
_WITH_PLACE = frozenset(
    [
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
    ]
)


@dataclass(slots=True)
class Setting:
    """What a section says of all its sentences: its label, its title, and what else stands in it.

    `solution` and `symptoms` say that such labelled blocks belong to the same heading; `page` is the guide's title, and
    `share_of_trouble` how many of its headings tell of trouble (0 to 1).
    """

    kind: Kind | None
    title: str
    page: str = ""
    share_of_trouble: float = 0.0
    message: bool = False
    solution: bool = False
    symptoms: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """The cues of a sentence, those that its main clause begins with, and how many words it has."""

    cues: frozenset[str]
    main: frozenset[str]
    words: int


def evidence(section: Sequence[Unit], setting: Setting) -> list[set[str]]:
    """What is known of each sentence of a section."""
    shown = [_shown(unit) for unit in section]
    common = set(_of_setting(setting, shown))
    found: list[set[str]] = []
    for at, unit in enumerate(section):
        known = common | {f"c:{name}" for name in shown[at].cues} | shown[at].main
        known.update(_of_place(unit, shown[at], setting))
        known.update(_of_order(section, at))
        known.update(_of_form(unit, shown[at]))
        known.update(_of_neighbours(shown, at))
        found.append(known)
    return found


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
    return at or _verb_after_place(words)


def _verb_after_place(words: Sequence[str]) -> int:
    """The index of the verb in 'On Windows 10 open Settings', which has no comma; 0 for none."""
    if words[0] not in _PLACE_OPENERS:
        return 0
    for index in range(FIRST_VERB, min(LAST_VERB, len(words))):
        if words[index] in _BEFORE_NOUNS:
            return 0
        if "^imperative" in cues.opening(words, index):
            return index
    return 0


def _shown(unit: Unit) -> _Shown:
    words = cues.words_of(unit.text)
    start = main_clause(words, unit.text)
    found = cues.found_in(unit.text)
    opening = cues.opening(words, start) if start else (name for name in found if name[0] == "^")
    main = {f"m{name}" for name in opening}
    if "m^you can" in main or "m^you should" in main:
        main |= {f"m^you do:{name}" for name in _after_modal(words, start)}
    return _Shown(found, frozenset(main), len(words))


def _after_modal(words: Sequence[str], start: int) -> set[str]:
    """What follows 'you can', 'you will need to': 'you can delete' is a step, 'you can find' is none."""
    for index in range(start, min(start + LAST_VERB, len(words))):
        found = cues.opening(words, index) & _AFTER_MODALS
        if found:
            return found
    return set()


def _of_setting(setting: Setting, shown: Sequence[_Shown]) -> Iterator[str]:
    """What holds for all sentences of a section."""
    yield "under:" + (setting.kind.value if setting.kind else "nothing")
    titles = cues.found_in(setting.title) & _OF_TITLES
    yield from (f"title:{name}" for name in titles or ("plain",))
    yield from (f"page:{name}" for name in cues.found_in(setting.page) & _OF_PAGES)
    actions = sum("m^imperative" in each.main or "m^ensure" in each.main for each in shown)
    holds = {
        "message in section": setting.message,
        "has actions": actions > 0,
        "more actions": actions > MANY_ACTIONS,
        "solution elsewhere": setting.solution,
        "symptoms elsewhere": setting.symptoms,
        "page of troubles": setting.share_of_trouble > PAGE_OF_TROUBLES,
    }
    yield from (name for name, is_so in holds.items() if is_so)


def _of_place(unit: Unit, shown: _Shown, setting: Setting) -> Iterator[str]:
    """Prose or list, under which label, after which lead; and the cues together with that."""
    place = "prose" if unit.listed is None else ("numbered" if unit.ordered else "bullet")
    yield f"in:{place}"
    yield from (f"{place}&{name}" for name in shown.main & _WITH_PLACE)
    if setting.kind is Kind.SOLUTION:
        yield f"solution&{place}"
        yield from (f"solution&{name}" for name in shown.main)
    elif setting.kind is None:
        yield from (f"free&{name}" for name in shown.main)
    if unit.listed is None:
        yield f"block:{min(unit.path[0], FIRST_BLOCKS)}"
        return
    yield "item:first" if unit.number == 0 else "item:later"
    yield "item:opens" if unit.path[-1] == 0 and unit.sentence == 0 else "item:goes on"
    yield from (f"lead:{name}" for name in cues.found_in(unit.lead) & _OF_LEADS or ("none",))


def _of_order(section: Sequence[Unit], at: int) -> Iterator[str]:
    """Which sentence of its paragraph and of its section it is."""
    unit = section[at]
    if unit.of == 1:
        yield "sentence:only"
    elif unit.sentence == 0:
        yield "sentence:first"
    else:
        yield "sentence:last" if unit.sentence == unit.of - 1 else "sentence:inner"
    third = min(FIRST_SENTENCES + FIRST_SENTENCES * at // max(1, len(section)), LAST_BIN)
    yield f"at:{at if at < FIRST_SENTENCES else third}"


def _of_form(unit: Unit, shown: _Shown) -> Iterator[str]:
    """How it is written, and what it leads to."""
    yield f"words:{min(shown.words // WORDS_IN_A_BIN, LAST_BIN)}"
    holds = {
        "before code": unit.before_code,
        "after code": unit.after_code,
        "before list": unit.before_list,
        "has code": unit.code_runs > 0,
        "linked": unit.linked,
        "bold start": unit.bold_start,
        "code start": unit.code_start,
        "quoted": _QUOTED.search(unit.text),
        "menu": _MENU.search(unit.text),
        "short": shown.words < SHORT,
        f"alert:{unit.alert}": unit.alert,
    }
    yield from (name for name, is_so in holds.items() if is_so)
    yield from (f"before code&{name}" for name in shown.main if unit.before_code)


def _of_neighbours(shown: Sequence[_Shown], at: int) -> Iterator[str]:
    """The cues of the sentences before it and after it."""
    for place, mark in ((at - 1, "before"), (at + 1, "after")):
        if not 0 <= place < len(shown):
            yield f"{mark}:nothing"
            continue
        yield from (f"{mark}:{name}" for name in shown[place].cues & _OF_NEIGHBOURS)
        if "m^imperative" in shown[place].main:
            yield f"{mark}:action"
