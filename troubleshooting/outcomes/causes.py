"""Finds the likely causes of a handed-over walk for an agent to choose from, and records the one that it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from kb.models import Guide
from kb.models.audience import INSIDERS
from troubleshooting.catalogue import build
from troubleshooting.models import Outcome
from troubleshooting.outcomes.learn import learn_if_due
from troubleshooting.outcomes.record import record_end
from troubleshooting.walk.address import read_address
from troubleshooting.walk.entry import next_step, words_found

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.models import User

    from troubleshooting.catalogue.values import Problem
    from troubleshooting.models.handovers import Handover

MOST = 8


class NoSuchProblemError(ValueError):
    """No published guide tells of the problem any more."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A problem that it may have been."""

    id: str
    title: str
    guide: str
    url: str

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """As it is shown to choose."""
        return cls(problem.id, problem.title, problem.guide.title, problem.url)


def likely_causes(handover: Handover, typed: str, audiences: frozenset[str]) -> list[Cause]:
    """What fits the words typed, the best first; without any, what was tried in the walk and what is left in it."""
    catalogue = build.current(audiences)
    if typed.strip():
        found = words_found(catalogue, typed, audiences)
        return [Cause.of(found.problems[key]) for key in found.likeliest[:MOST]]
    address, _ = read_address(QueryDict(handover.walk).lists())
    if address.is_blank or not catalogue.published.guides:
        return []
    state = next_step(address, audiences)
    candidates = [candidate.problem for candidate in state.candidates]
    problems = {problem.id: problem for problem in (*candidates[:MOST], *(tried.problem for tried in state.tried))}
    return [Cause.of(problem) for problem in problems.values()]


def record_cause(handover: Handover, problem_id: str, sentence: str, agent: User) -> None:
    """Close it with what it was: a problem, or '' for what no guide covers. Counts once, however often it is said."""
    problem = None
    if problem_id:
        problem = build.current(INSIDERS).published.named(problem_id)
        if problem is None:
            raise NoSuchProblemError("No guide tells of this problem any more: choose another one.")
    guide = Guide.objects.select_related("revision").filter(slug=problem.guide.slug).first() if problem else None
    handover.guide = guide
    handover.cause = problem.id if problem else ""
    handover.cause_title = problem.title[:500] if problem else ""
    handover.cause_note = sentence
    handover.closed_by, handover.closed_at = agent, timezone.now()
    with transaction.atomic():
        handover.save(update_fields=["guide", "cause", "cause_title", "cause_note", "closed_by", "closed_at"])
        record_end(handover.walk_key, Outcome.Kind.CAUSE, problem, INSIDERS)
    learn_if_due()
