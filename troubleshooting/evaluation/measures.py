"""Measures how soon walks find the problem of people whose problem is known, and what that costs them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from troubleshooting.planning.planner import Planner
from troubleshooting.planning.tables import Beliefs, Question, entropy

DEPTHS = (1, 3, 5, 8)
LONGEST_WALK = 100
SAME = 1e-9

Policy = Literal["planner", "file", "random"]
History = tuple[tuple[str, str | None], ...]
"""What was asked so far, by id, each with its answer; None for 'not sure'."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whose problem is known; `answer` says what they reply to a question, None for 'not sure'."""

    problem: str
    answer: Callable[[Question], str | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the true problem stands: the chance that it is first, or among three, and its mean rank."""

    top1: float
    top3: float
    rank: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured; costs are in the catalogue's units, `tell_apart` is None where answers are uncertain."""

    problems: int
    questions: int
    cases: int
    entropy_bits: float
    after: Mapping[int, Standing]
    stop_questions: float
    stop_cost: float
    no_questions_cost: float
    tell_apart: float | None


class Evaluation:
    """One policy of asking, tried on people; what it asks after the same answers is worked out once."""

    def __init__(self, planner: Planner, policy: Policy = "planner", *, seed: int = 0) -> None:
        self.planner, self.policy = planner, policy
        self._rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._picked: dict[tuple[History, bool], Question | None] = {}

    def report(self, people: Sequence[Person]) -> Report:
        """Measure on these people; ValueError when there are none."""
        if not people:
            raise ValueError("there is no case to evaluate")
        standings: dict[int, list[Standing]] = {depth: [] for depth in DEPTHS}
        stops: list[tuple[int, float]] = []
        for person in people:
            for depth, standing in self._standings(person):
                standings[depth].append(standing)
            stops.append(self._walk_to_stop(person))
        catalogue, prior = self.planner.catalogue, self.planner.prior
        return Report(
            problems=len(catalogue.problems),
            questions=len(catalogue.questions),
            cases=len(people),
            entropy_bits=entropy(prior),
            after={
                depth: Standing(
                    _mean(standing.top1 for standing in reached),
                    _mean(standing.top3 for standing in reached),
                    _mean(standing.rank for standing in reached),
                )
                for depth, reached in standings.items()
            },
            stop_questions=_mean(questions for questions, _ in stops),
            stop_cost=_mean(cost for _, cost in stops),
            no_questions_cost=_mean(self.cost_of_trying(prior, self.planner.index[p.problem]) for p in people),
            tell_apart=self.questions_to_tell_apart() if is_certain(self.planner) else None,
        )

    def questions_to_tell_apart(self) -> float:
        """The expected number of questions, none answered wrongly, until one problem is left or none can tell more."""
        exact = Evaluation(Planner(self.planner.catalogue, wrong=0.0, unsure=0.0), self.policy)
        expected = 0.0
        for problem, weight in zip(exact.planner.catalogue.problems, exact.planner.prior, strict=True):
            history: History = ()
            beliefs: Beliefs = exact.planner.prior
            while max(beliefs) < 1 - SAME and (question := exact.choose(beliefs, history, stops=False)):
                row = question.likelihood.get(problem.id, question.default)
                history = (*history, (question.id, max(row, key=row.__getitem__)))
                beliefs = exact.beliefs(history)
            expected += weight * len(history)
        return expected

    def cost_of_trying(self, beliefs: Beliefs, true: int) -> float:
        """What trying problems in order costs until the true one; among equals, half of the others come before it."""
        costs = self.planner.costs
        own = beliefs[true] / costs[true]
        cost = costs[true]
        for i, (belief, price) in enumerate(zip(beliefs, costs, strict=True)):
            if i != true:
                cost += price * _comes_before(belief / price, own)
        return cost

    def choose(self, beliefs: Beliefs, history: History, *, stops: bool) -> Question | None:
        """The question that the policy asks next; None when nothing more can be told, or when it `stops` by value."""
        if (history, stops) not in self._picked:
            self._picked[history, stops] = self._pick(beliefs, {key for key, _ in history}, stops=stops)
        return self._picked[history, stops]

    def beliefs(self, history: History) -> list[float]:
        """What to believe after these answers."""
        answers = ((question, answer) for question, answer in history if answer is not None)
        return self.planner.beliefs(self.planner.evidence(answers))

    def _pick(self, beliefs: Beliefs, asked: set[str], *, stops: bool) -> Question | None:
        if self.policy == "planner":
            choose = self.planner.next_question if stops else self.planner.most_telling
            return choose(beliefs, asked)
        if stops and self.planner.next_question(beliefs, asked) is None:
            return None
        telling = self.planner.ranked(beliefs, asked, limit=len(self.planner.catalogue.questions) + 1)
        if not telling:
            return None
        if self.policy == "random":
            return self._rng.choice(telling)
        place = {question.id: k for k, question in enumerate(self.planner.catalogue.questions)}
        return min(telling, key=lambda question: place.get(question.id, len(place)))

    def _standings(self, person: Person) -> Iterable[tuple[int, Standing]]:
        true = self.planner.index[person.problem]
        history: History = ()
        beliefs: Beliefs = self.planner.prior
        for depth in range(1, max(DEPTHS) + 1):
            if question := self.choose(beliefs, history, stops=False):
                history = (*history, (question.id, person.answer(question)))
                beliefs = self.beliefs(history)
            if depth in DEPTHS:
                yield depth, standing(beliefs, true)

    def _walk_to_stop(self, person: Person) -> tuple[int, float]:
        history: History = ()
        beliefs: Beliefs = self.planner.prior
        cost = 0.0
        while len(history) < LONGEST_WALK and (question := self.choose(beliefs, history, stops=True)):
            history = (*history, (question.id, person.answer(question)))
            cost += question.cost
            beliefs = self.beliefs(history)
        return len(history), cost + self.cost_of_trying(beliefs, self.planner.index[person.problem])


def standing(beliefs: Beliefs, true: int) -> Standing:
    """Where the true problem stands among the beliefs; equal beliefs share the places that they hold."""
    own = beliefs[true]
    before = sum(belief > own * (1 + SAME) for belief in beliefs)
    equal = sum(_comes_before(belief, own) == 1 / 2 for belief in beliefs)
    chance = [min(1.0, max(0.0, (places - before) / equal)) for places in (1, 3)]
    return Standing(chance[0], chance[1], before + (equal + 1) / 2)


def is_certain(planner: Planner) -> bool:
    """Whether each problem gives each of the questions one certain answer."""
    problems, questions = planner.catalogue.problems, planner.catalogue.questions
    rows = (question.likelihood.get(problem.id, question.default) for problem in problems for question in questions)
    return not planner.catalogue.symptoms and all(
        set(row.values()) <= {0, 1} and sum(row.values()) == 1 for row in rows
    )


def _comes_before(value: float, own: float) -> float:
    """1 for a greater value, 0 for a smaller one, a half for one that is equal but for rounding."""
    if abs(value - own) <= own * SAME:
        return 1 / 2
    return 1.0 if value > own else 0.0


def _mean(numbers: Iterable[float]) -> float:
    values = list(numbers)
    return sum(values) / len(values)
