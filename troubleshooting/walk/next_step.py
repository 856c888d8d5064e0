"""Decides what a walk shows next: a question, a solution or contacts.

Nothing is remembered between two steps: the same address gives the same step as long as the library stays the same.
No Django and no database here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from kb.content.contacts import responsible_for
from troubleshooting.catalogue.values import (
    CATEGORY_QUESTION,
    OTHER,
    UNSURE,
    UNSURE_LABEL,
    Contact,
    Problem,
    Published,
    Step,
    Target,
    Trigger,
)
from troubleshooting.planning.planner import Planner
from troubleshooting.walk.address import Address
from troubleshooting.walk.evidence import Evidence
from troubleshooting.walk.state import AnsweredQuestion, Candidate, Choice, ShownQuestion, Solution, WalkState

MOST_QUESTIONS = 12
MOST_UNSURE = 4
PATIENCE = 2
STILL_LIKELY = 0.1
MOST_TRIGGERS = 8


def decide(
    published: Published, planner: Planner, address: Address, found: Mapping[str, float] | None = None
) -> WalkState:
    """The next step. `found` says how well a search for what the person typed found each problem, from 0 to 1."""
    return _Decision(published, planner, Evidence(published, planner, address, found or {})).state()


class _Decision:
    """One decision: the evidence is weighed, then a question is asked, a solution shown, or contacts are named.

    `likelihoods` say how well each problem explains the evidence, `posterior` what to believe of all problems,
    `beliefs` the same of those that can still be tried; all in the planner's order.
    """

    def __init__(self, published: Published, planner: Planner, evidence: Evidence) -> None:
        self.published, self.planner, self.evidence = published, planner, evidence
        self.address, self.answers = evidence.address, evidence.answers
        self.likelihoods = evidence.weights()
        self.posterior = planner.beliefs(self.likelihoods)
        self.beliefs = self._beliefs()
        self.candidates = self._candidates()

    def state(self) -> WalkState:
        """What to show next."""
        trigger = self.published.triggers.get(self.address.trigger)
        state = WalkState(
            kind="escalate",
            address=self.address,
            candidates=self.candidates,
            total=len(self.published.problems),
            asked=tuple(self._answered(question, answer) for question, answer in self.address.answers),
            tried=self.evidence.tried,
            skipped=self.evidence.skipped,
            notices=tuple(self.evidence.notices),
            triggers=self._triggers(),
            trigger=trigger,
        )
        if trigger or self.address.help:
            return replace(state, contacts=self._contacts(trigger))
        if question := self._question():
            return replace(state, kind="question", question=question)
        if solution := self._solution():
            return replace(state, kind="solution", solution=solution)
        if led_to := self.published.contacts.get(self._authored.contact):
            return replace(state, led_to=led_to, contacts=(led_to,))
        return replace(state, contacts=self._contacts(None))

    def _beliefs(self) -> list[float]:
        """The beliefs in those that can still be tried; what failed or can't be done is for 'something else'.

        With each problem that was tried in vain, it is less likely that any guide helps at all (Laplace's rule of
        succession), so that a walk on which nothing helps soon ends with the contacts.
        """
        trust = PATIENCE / (PATIENCE + len(self.evidence.exhausted))
        beliefs = [belief * trust for belief in self.posterior]
        for key in self.evidence.spent:
            beliefs[self.planner.index[key]] = 0.0
        other = self.planner.index[OTHER]
        beliefs[other] = max(0.0, 1.0 - (sum(beliefs) - beliefs[other]))
        return beliefs

    def _candidates(self) -> tuple[Candidate, ...]:
        """The problems that explain the evidence at least a tenth as well as the best of them, likeliest first.

        Those whose steps can't be done are among them: nothing speaks against them.
        """
        index, exhausted = self.planner.index, self.evidence.exhausted
        untried = [problem for key, problem in self.published.problems.items() if key not in exhausted]
        best = max((self.likelihoods[index[problem.id]] for problem in untried), default=0.0)
        likely = (p for p in untried if self.likelihoods[index[p.id]] >= STILL_LIKELY * best)
        candidates = (Candidate(problem, self.posterior[index[problem.id]]) for problem in likely)
        return tuple(sorted(candidates, key=lambda candidate: -candidate.probability))

    # Questions

    def _question(self) -> ShownQuestion | None:
        """The question to ask again, else the one that a writer put here, else the one that the planner asks."""
        if self.address.change:
            return self._shown_question(self.address.change, given=self.answers.get(self.address.change, ""))
        is_trying = self.address.pick or self.address.fixed or self._under_way
        if is_trying or len(self.answers) >= MOST_QUESTIONS:
            return None
        if self._authored.question:
            return self._shown_question(self._authored.question)
        is_unsure = list(self.answers.values())[-MOST_UNSURE:] == [UNSURE] * MOST_UNSURE
        if self._authored.problem or self._authored.contact or is_unsure:
            return None
        known_category = {CATEGORY_QUESTION} & self.published.wordings.keys() if self.address.category else set()
        closed = self.answers.keys() | self.published.follow_ups | known_category
        question = self.planner.next_question(self.beliefs, closed)
        return self._shown_question(question.id) if question else None

    @cached_property
    def _authored(self) -> Target:
        """Where the writers' own questions lead from here: the last one answered, else the first one of the guide."""
        last = next((key for key in reversed(self.answers) if key in self.published.leads_to), "")
        target = self.published.leads_to.get(last, {}).get(self.answers.get(last, ""), Target())
        if target != Target() and target.question not in self.answers and target.problem not in self.evidence.spent:
            return target
        has_tried = self.evidence.tried or self.evidence.skipped
        roots = () if has_tried else self.published.roots.get(self.address.guide, ())
        return Target(question=next((root for root in roots if root not in self.answers), ""))

    def _shown_question(self, question_id: str, given: str = "") -> ShownQuestion:
        wording = self.published.wording(question_id)
        fits = [self.planner.likeliest_answer(question_id, candidate.problem.id) for candidate in self.candidates]
        choices = tuple(Choice(key, label, fits.count(key)) for key, label in wording.answers.items())
        by = self.address.guide if question_id in self.published.roots.get(self.address.guide, ()) else ""
        unsure = Choice(UNSURE, UNSURE_LABEL)
        return ShownQuestion(question_id, wording.text, wording.detail, (*choices, unsure), given, by)

    def _answered(self, question_id: str, answer: str) -> AnsweredQuestion:
        wording = self.published.wording(question_id)
        label = wording.answers.get(answer, UNSURE_LABEL)
        return AnsweredQuestion(question_id, wording.text, wording.detail, answer, label)

    # Solutions

    def _solution(self) -> Solution | None:
        """The problem picked by hand, else the one under way, else a writer's, else the one most worth trying."""
        problems = self.published.problems
        picked = self.address.pick or self.address.fixed
        problem = (
            problems.get(self.published.steps.get(picked, picked))
            or self._under_way
            or problems.get(self._authored.problem)
            or self._worth_trying()
        )
        if problem is None or not problem.steps:
            return None
        tried, skipped = frozenset(self.address.tried), frozenset(self.address.skipped)
        step = self._step_of(problem, tried | skipped)
        return Solution(problem, self.posterior[self.planner.index[problem.id]], step, tried, skipped)

    def _step_of(self, problem: Problem, done: frozenset[str]) -> Step:
        """The next step of the way that was picked, else of the one under way, else the first that is left of all."""
        skipped = self.address.skipped[-1:] if self.address.pick else ()
        for key in (self.address.pick, *skipped, *self.address.tried[-1:]):
            way = problem.way_of(key)
            if way and (left := [step for step in way.steps if step.id not in done]):
                return left[0]
        return next((step for step in problem.steps if step.id not in done), problem.steps[0])

    @cached_property
    def _under_way(self) -> Problem | None:
        """The problem of the last step tried, while it has another one to try."""
        last = self.published.steps.get(self.address.tried[-1]) if self.address.tried else None
        return None if last is None or last in self.evidence.spent else self.published.problems[last]

    def _worth_trying(self) -> Problem | None:
        """The problem with the highest probability over cost, if trying it is cheaper than to escalate."""
        if self._authored.contact:
            return None
        plan = self.planner.plan(self.beliefs)
        ids = (self.planner.catalogue.problems[i].id for i in plan.order)
        return next((self.published.problems[key] for key in ids if key != OTHER), None)

    # Escalation

    def _triggers(self) -> tuple[Trigger, ...]:
        """When to escalate at once: what the guides of the likeliest problems say first."""
        place = {candidate.problem.guide.slug: k for k, candidate in reversed(list(enumerate(self.candidates)))}
        triggers = sorted(self.published.triggers.values(), key=lambda trigger: place.get(trigger.guide, len(place)))
        return tuple(triggers[:MOST_TRIGGERS])

    def _contacts(self, trigger: Trigger | None) -> tuple[Contact, ...]:
        """Whom to ask: who takes the trigger, whom the guides name, who takes their category, or all."""
        contacts = self.published.contacts.values()
        if trigger:
            return tuple(responsible_for(trigger.contacts, (), contacts) or contacts)
        problems = [tried.problem for tried in reversed(self.evidence.tried)] + [c.problem for c in self.candidates[:1]]
        guides = [problem.guide for problem in problems]
        if self.address.guide:
            guides.append(self.published.guides[self.address.guide])
        named = [slug for guide in guides for slug in guide.contacts]
        return tuple(responsible_for(named, [guide.category for guide in guides], contacts) or contacts)
