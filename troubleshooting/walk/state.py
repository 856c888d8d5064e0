"""What one step of a walk is, as values: a question, a solution or contacts, and how it came to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.search.index.contract import Snippet
from troubleshooting.catalogue.values import UNSURE, Contact, Problem, Step, Trigger
from troubleshooting.walk.address import Address, Notice

Kind = Literal["question", "solution", "escalate"]
STUCK_AFTER = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: its id, its label, and how many of the problems that are left it fits best."""

    id: str
    label: str
    fits: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A problem or guide that it may be, and what of it matches the words that were typed."""

    problem: Problem
    sentence: Snippet | None = None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question to show; `given` is the answer that it had, when it is asked again; `by` the guide that asks it.

    `cards` are there when it asks whether it is one of some problems, in the order of its choices.
    """

    id: str
    text: str
    detail: str
    choices: tuple[Choice, ...]
    given: str = ""
    by: str = ""
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question that was answered, in words; an `answer_id` of 'unsure' changed nothing."""

    id: str
    text: str
    detail: str
    answer_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A problem that is still likely, and how likely."""

    problem: Problem
    probability: float


@dataclass(frozen=True, slots=True)
class Solution:
    """The problem to try, and the step to try next: the first of its steps that is left.

    `tried` are ids of steps that did not help, `done` of those that were done on the way to its end, `skipped` of those
    that can't be done. What has no steps is to be read.
    """

    problem: Problem
    probability: float
    step: Step | None
    tried: frozenset[str]
    done: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """Which of the steps of its way it is, from 1."""
        way = self.problem.way_of(self.step.id) if self.step else None
        return way.steps.index(self.step) + 1 if way and self.step else 1

    @property
    def settled(self) -> frozenset[str]:
        """The steps that did not help, or can't be done."""
        return self.tried | self.skipped


@dataclass(frozen=True, slots=True)
class Tried:
    """A problem of which something was tried in vain: some of its steps, or all of it.

    Where it `is_ruled_out`, the person says that it is not theirs: no more than these steps were tried.
    """

    problem: Problem
    steps: tuple[Step, ...]
    is_exhausted: bool
    is_ruled_out: bool = False

    @property
    def ways(self) -> tuple[str, ...]:
        """The names of the ways that they belong to, where there are several."""
        own = {step.procedure for step in self.steps}
        return tuple(way.title for way in self.problem.ways if way.title and way.steps[0].procedure in own)


@dataclass(frozen=True, slots=True)
class SomeSteps:
    """A problem, of which some steps can't be done, or were done on the way; nothing is said against it."""

    problem: Problem
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class WalkState:
    """One step of a walk. `left` counts the problems that are still likely, of `total`; `candidates` are they.

    `address` is what the person said without what is not understood any more, on each of which `notices` has one.
    `trigger` was picked to escalate; `led_to` is the contact that a writer's question leads to. `covered` is the chance
    that any guide tells of what was typed; None where nothing was. `is_foreign` says that that is in a language of no
    guide. `refused` are the ids of what the person said it is not, of what was shown on cards.
    """

    kind: Kind
    address: Address
    candidates: tuple[Candidate, ...]
    total: int
    asked: tuple[AnsweredQuestion, ...]
    tried: tuple[Tried, ...]
    notices: tuple[Notice, ...]
    triggers: tuple[Trigger, ...] = ()
    question: ShownQuestion | None = None
    solution: Solution | None = None
    trigger: Trigger | None = None
    led_to: Contact | None = None
    done: tuple[SomeSteps, ...] = ()
    skipped: tuple[SomeSteps, ...] = ()
    contacts: tuple[Contact, ...] = ()
    covered: float | None = None
    raised: tuple[Trigger, ...] = ()
    implied: tuple[AnsweredQuestion, ...] = ()
    is_foreign: bool = False
    refused: frozenset[str] = frozenset()

    @property
    def left(self) -> int:
        """How many problems are still likely."""
        return len(self.candidates)

    @property
    def is_stuck(self) -> bool:
        """Whether none of the last three answers said anything."""
        last = [answered.answer_id for answered in self.asked[-STUCK_AFTER:]]
        return last == [UNSURE] * STUCK_AFTER
