"""Decides what a walk shows next: a question, a solution or contacts.

A fold over the answers: nothing is remembered between two steps, and the same address gives the same step as long as
the library stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from kb.content.contacts import responsible_for
from troubleshooting.catalogue.values import (
    AREA,
    OTHER,
    UNSURE,
    UNSURE_LABEL,
    Contact,
    Problem,
    Published,
    Target,
    Trigger,
)
from troubleshooting.planning.planner import Planner
from troubleshooting.walk.address import Address
from troubleshooting.walk.evidence import Said
from troubleshooting.walk.state import Answered, Candidate, Choice, Query, Solution, WalkState

MOST_QUESTIONS = 12
MOST_UNSURE = 4
PATIENCE = 2
STILL_LIKELY = 0.1
MOST_TRIGGERS = 8


def walk(
    published: Published, planner: Planner, address: Address, found: Mapping[str, float] | None = None
) -> WalkState:
    """The next step. `found` says how well a search for what the person typed found each problem, from 0 to 1."""
    return _Walk(published, planner, Said(published, planner, address, found or {})).state()


class _Walk:
    """One fold: what was said, weighed, then decided on."""

    def __init__(self, published: Published, planner: Planner, said: Said) -> None:
        self.published, self.planner, self.said = published, planner, said
        self.address, self.given = said.address, said.given
        self.evidence = said.evidence()
        self.believed = self.planner.beliefs(self.evidence)
        self.beliefs = self._beliefs()
        self.candidates = self._candidates()

    def state(self) -> WalkState:
        """What to show next."""
        state = WalkState(
            kind="escalate",
            address=self.address,
            candidates=self.candidates,
            total=len(self.published.problems),
            asked=tuple(self._in_words(question, answer) for question, answer in self.address.answers),
            tried=self.said.tried,
            skipped=self.said.skipped,
            notices=tuple(self.said.notices),
            triggers=self._triggers(),
            trigger=self.published.triggers.get(self.address.trigger),
        )
        if state.trigger is None and not self.address.help:
            if question := self._question():
                return replace(state, kind="question", question=question)
            if solution := self._solution():
                return replace(state, kind="solution", solution=solution)
        is_led = state.trigger is None and not self.address.help
        led_to = self.published.contacts.get(self._authored.contact) if is_led else None
        return replace(state, led_to=led_to, contacts=self._contacts(state.trigger, led_to))

    def _beliefs(self) -> list[float]:
        """The beliefs in those that can still be tried; what failed or can't be done is for 'something else'.

        With each problem that was tried in vain, it is less likely that any guide helps at all (Laplace's rule of
        succession), so that a walk on which nothing helps soon ends with the contacts.
        """
        trust = PATIENCE / (PATIENCE + len(self.said.exhausted))
        beliefs = [belief * trust for belief in self.believed]
        for key in self.said.spent:
            beliefs[self.planner.index[key]] = 0.0
        other = self.planner.index[OTHER]
        beliefs[other] = max(0.0, 1.0 - (sum(beliefs) - beliefs[other]))
        return beliefs

    def _candidates(self) -> tuple[Candidate, ...]:
        """The problems that explain what was said at least a tenth as well as the best of them, likeliest first.

        Those whose steps can't be done are among them: nothing speaks against them.
        """
        index = self.planner.index
        open_ones = [problem for key, problem in self.published.problems.items() if key not in self.said.exhausted]
        best = max((self.evidence[index[problem.id]] for problem in open_ones), default=0.0)
        likely = (p for p in open_ones if self.evidence[index[p.id]] >= STILL_LIKELY * best)
        candidates = (Candidate(problem, self.believed[index[problem.id]]) for problem in likely)
        return tuple(sorted(candidates, key=lambda candidate: -candidate.probability))

    # Questions

    def _question(self) -> Query | None:
        if self.address.change:
            return self._shown(self.address.change, given=self.given.get(self.address.change, ""))
        is_trying = self.address.pick or self.address.fixed or self._under_way
        if is_trying or len(self.given) >= MOST_QUESTIONS:
            return None
        if self._authored.question:
            return self._shown(self._authored.question)
        if self._authored.problem or self._authored.contact or self._knows_little:
            return None
        known_area = {AREA} & self.published.wordings.keys() if self.address.category else set()
        closed = self.given.keys() | self.published.follow_ups | known_area
        question = self.planner.next_question(self.beliefs, closed)
        return self._shown(question.id) if question else None

    @property
    def _knows_little(self) -> bool:
        """Whether none of the last answers said anything: another question would hardly fare better."""
        return list(self.given.values())[-MOST_UNSURE:] == [UNSURE] * MOST_UNSURE

    @cached_property
    def _authored(self) -> Target:
        """Where the writers' own questions lead from here: the last one answered, else the first one of the guide."""
        last = next((key for key in reversed(self.given) if key in self.published.leads_to), "")
        target = self.published.leads_to.get(last, {}).get(self.given.get(last, ""), Target())
        if target != Target() and target.question not in self.given and target.problem not in self.said.spent:
            return target
        roots = self.published.roots.get(self.address.guide, ()) if not (self.said.tried or self.said.skipped) else ()
        return Target(question=next((root for root in roots if root not in self.given), ""))

    def _shown(self, question_id: str, given: str = "") -> Query:
        wording = self.published.wording(question_id)
        fits = [self.planner.likeliest_answer(question_id, candidate.problem.id) for candidate in self.candidates]
        choices = tuple(Choice(key, label, fits.count(key)) for key, label in wording.answers.items())
        by = self.address.guide if question_id in self.published.roots.get(self.address.guide, ()) else ""
        return Query(question_id, wording.text, wording.detail, (*choices, Choice(UNSURE, UNSURE_LABEL)), given, by)

    def _in_words(self, question_id: str, answer: str) -> Answered:
        wording = self.published.wording(question_id)
        return Answered(question_id, wording.text, wording.detail, answer, wording.answers.get(answer, UNSURE_LABEL))

    # Solutions

    def _solution(self) -> Solution | None:
        problem = self._picked() or self._under_way or self._led_to() or self._worth_trying()
        if problem is None or not problem.steps:
            return None
        tried, skipped = frozenset(self.address.tried), frozenset(self.address.skipped)
        step = next((step for step in problem.steps if step.id not in tried | skipped), problem.steps[0])
        return Solution(problem, self.believed[self.planner.index[problem.id]], step, tried, skipped)

    def _picked(self) -> Problem | None:
        key = self.address.pick or self.address.fixed
        return self.published.problems.get(self.published.steps.get(key, key))

    @cached_property
    def _under_way(self) -> Problem | None:
        """The problem of the last step tried, while it has another one to try."""
        last = self.published.steps.get(self.address.tried[-1]) if self.address.tried else None
        return None if last is None or last in self.said.spent else self.published.problems[last]

    def _led_to(self) -> Problem | None:
        return self.published.problems.get(self._authored.problem)

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

    def _contacts(self, trigger: Trigger | None, led_to: Contact | None) -> tuple[Contact, ...]:
        """Whom to ask: who takes the trigger, whom the writer or the guide names, who takes the category, or all."""
        if led_to:
            return (led_to,)
        contacts = self.published.contacts.values()
        if trigger:
            return tuple(responsible_for(trigger.contacts, (), contacts) or contacts)
        problems = [tried.problem for tried in reversed(self.said.tried)] + [c.problem for c in self.candidates[:1]]
        guides = [problem.guide for problem in problems]
        if self.address.guide:
            guides.append(self.published.guides[self.address.guide])
        named = [slug for guide in guides for slug in guide.contacts]
        return tuple(responsible_for(named, [guide.category for guide in guides], contacts) or contacts)
