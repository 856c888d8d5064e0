"""Walks as people do who typed something: one who knows the right guide's facts, and one who has nothing but the words.

Neither sees what the planner thinks. A walk ends with a solution or with contacts, or after `MOST_QUESTIONS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from kb.content.patterns import counted, linear
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.walk.state import ShownQuestion, WalkState

MOST_QUESTIONS = 8
LISTED = 20  # the candidates that a program is told of
KNOWS, SAYS = "knows", "says"
LEAST_KNOWN = 0.8  # of an answer's words that must stand in the guide
LEAST_SAID = 0.6  # of an answer's words that must have been typed
_STOP = (
    "a an the and or of to in on is it its for with when you your i my me we be are was not no that this from at by as "
    "if can do does don't can't have has after any"
)
_STOP_WORDS = frozenset(_STOP.split())
_WORD = linear(r"[a-z0-9]+(?:['.][a-z0-9]+)*")
_NONE = counted(r"^(none of|no\b|something else|other\b|neither)", re.IGNORECASE)

Answers = tuple[tuple[str, str], ...]
"""What was answered, by id of the question, in order."""
Take = Callable[[Answers], WalkState | None]
"""Takes the step after some answers; None where the walk refuses them."""
Answer = Callable[[ShownQuestion], str]


@dataclass(frozen=True, slots=True)
class Walk:
    """How a walk went: its end, the guide that it told of ('' for none), and the likely guides at first and at last.

    `belief` is that in the first candidate before any question, `covered` the chance then that any guide tells of it.
    """

    end: str
    told: str
    asked: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    belief: float | None = None
    covered: float | None = None


def words_of(text: str) -> list[str]:
    """The words of a text that tell something, in lower case."""
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS]


def person(name: str, typed: str, facts: str | None) -> Answer:
    """How somebody answers who typed this; `facts` is all that the right guide says, None when there is none."""
    said = frozenset(words_of(typed))
    if name == SAYS:
        return lambda question: _pick(question, said, LEAST_SAID) or UNSURE
    known = said if facts is None else frozenset(words_of(facts))
    least = LEAST_SAID if facts is None else LEAST_KNOWN
    return lambda question: _pick(question, known, least) or _none_of(question)


def walk(take: Take, answer: Answer) -> Walk:
    """Walk to an end, or until too much was asked."""
    given: dict[str, str] = {}
    asked = 0
    start: WalkState | None = None
    while True:
        state = take(tuple(given.items()))
        if state is None:
            return Walk("error", "", asked, _guides(start), ())
        start = start or state
        if state.question is None or asked == MOST_QUESTIONS:
            told = state.solution.problem.guide.slug if state.solution else ""
            belief = start.candidates[0].probability if start.candidates else None
            return Walk(state.kind, told, asked, _guides(start), _guides(state), belief, start.covered)
        given[state.question.id] = answer(state.question)
        asked += 1


def remembering(take: Take) -> Take:
    """The same steps, each taken once: two people often answer alike."""
    return cache(take)


def _guides(state: WalkState | None) -> tuple[str, ...]:
    candidates = state.candidates[:LISTED] if state else ()
    return tuple(dict.fromkeys(candidate.problem.guide.slug for candidate in candidates))


def _pick(question: ShownQuestion, known: Collection[str], least: float) -> str:
    """The answer whose words are known most, the most telling of several; '' when too few of them are."""
    offered = (choice for choice in question.choices if choice.id != UNSURE and not _NONE.match(choice.label))
    found = ((_share(choice.label, known), len(choice.label), choice.id) for choice in offered)
    share, _, key = max(found, default=(0.0, 0, ""))
    return key if share >= least else ""


def _none_of(question: ShownQuestion) -> str:
    return next((choice.id for choice in question.choices if _NONE.match(choice.label)), UNSURE)


def _share(label: str, known: Collection[str]) -> float:
    own = words_of(label)
    return sum(word in known for word in own) / len(own) if own else 0.0
