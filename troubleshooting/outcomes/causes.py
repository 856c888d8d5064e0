"""Finds the likely causes of a handed-over walk for an agent to choose from, and records the one that it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kb.models import Guide
from kb.models.audience import INSIDERS
from troubleshooting.catalogue import build
from troubleshooting.models import Outcome
from troubleshooting.outcomes.record import record_end
from troubleshooting.walk.entry import words_found

if TYPE_CHECKING:
    from typing import Self

    from troubleshooting.catalogue.values import Problem
    from troubleshooting.models.handovers import Handover
    from troubleshooting.walk.state import WalkState

MOST = 8
LONGEST_TITLE = 500


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


def causes_for(typed: str, audiences: frozenset[str]) -> list[Cause]:
    """What fits the words typed, the best first."""
    found = words_found(build.current(audiences), typed, audiences)
    return [Cause.of(found.problems[key]) for key in found.likeliest[:MOST]]


def causes_in(state: WalkState) -> list[Cause]:
    """What is left in a walk, and what was tried in it."""
    candidates = [candidate.problem for candidate in state.candidates]
    problems = {problem.id: problem for problem in (*candidates[:MOST], *(tried.problem for tried in state.tried))}
    return [Cause.of(problem) for problem in problems.values()]


def cause_named(problem_id: str) -> Problem:
    """The problem with this id; NoSuchProblemError when no guide tells of it."""
    problem = build.current(INSIDERS).published.named(problem_id)
    if problem is None:
        raise NoSuchProblemError(gettext("No guide tells of this problem any more: choose another one."))
    return problem


def note_cause(handover: Handover, problem: Problem | None, sentence: str) -> None:
    """Write down what it was, None for what no guide covers; the caller saves it.

    It counts once, however often it is said.
    """
    slug = problem.guide.slug if problem else ""
    handover.guide = Guide.objects.filter(slug=slug).first() if slug else None
    handover.cause = problem.id if problem else ""
    handover.cause_title = problem.title[:LONGEST_TITLE] if problem else ""
    handover.cause_note = sentence
    record_end(handover.walk_key, Outcome.Kind.CAUSE, problem, INSIDERS)


def withdraw_cause(handover: Handover) -> None:
    """Take back what was said to be the cause; the caller saves it."""
    handover.guide, handover.cause, handover.cause_title, handover.cause_note = None, "", "", ""
    Outcome.objects.filter(walk=handover.walk_key, kind=Outcome.Kind.CAUSE).delete()
