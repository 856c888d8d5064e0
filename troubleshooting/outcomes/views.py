"""Takes the buttons under a solution or a known incident ('Fixed it', 'That is it') and leads the walk on."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.http import HttpResponseRedirect
from django.urls import reverse

from kb.models.audience import audiences_for
from kb.rate_limits.rules import Deed
from kb.web.anonymous_posts import Refusal, anonymous_post
from troubleshooting.catalogue import build
from troubleshooting.models import Outcome
from troubleshooting.outcomes.learn import learn_if_due
from troubleshooting.outcomes.record import WHOLE_PROBLEM, record, record_end, walk_key
from troubleshooting.outcomes.visits import keep_visit, known_visit, new_visit
from troubleshooting.walk.address import Address, read_address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.incidents import chosen_incident
from troubleshooting.walk.links import address_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from troubleshooting.catalogue.values import Problem, Published

BUTTON = "outcome"
RESENT = "again"
Kind = Outcome.Kind

logger = logging.getLogger(__name__)


class SeeOther(HttpResponseRedirect):
    """What was sent has been taken; a GET leads on from it."""

    status_code = 303


class Recorded(SeeOther):
    """The same for what counts; what is due to be learned is learned when the answer is out, so that nobody waits."""

    def close(self) -> None:
        """Called by the server at the end."""
        learn_if_due()
        super().close()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said by a button, `about` a problem (its id) or steps (joined by '.'), where the walk stood."""

    kind: Outcome.Kind
    about: str
    address: Address

    @property
    def ids(self) -> list[str]:
        """Each of what it is about."""
        return self.about.split(".")

    def next_address(self, published: Published) -> Address:
        """Where the walk goes on."""
        if self.kind == Kind.SOLVED:
            return replace(self.address, fixed=self.about, pick="", change="")
        if self.kind == Kind.INCIDENT:
            return replace(self.address, incident=self.about, pick="", change="")
        if self.kind == Kind.FAILED:
            return self.address.failed(*self.ids)
        after = self.address.skipping(self.about)
        problem = published.problems.get(published.steps.get(self.about, ""))
        done = {*after.tried, *after.done, *after.skipped}
        goes_on = problem is not None and any(step.id not in done for step in problem.steps)
        return replace(after, pick=problem.id if problem and goes_on else "")

    def steps_of(self, problem: Problem) -> Sequence[str]:
        """The steps that it is about: of all steps shown at once that did not help, those not spoken of before."""
        if self.about != problem.id:
            return [key for key in self.ids if problem.way_of(key)]
        if not self.address.whole or self.kind != Kind.FAILED:
            return WHOLE_PROBLEM
        spoken_of = {*self.address.tried, *self.address.skipped}
        return [step.id for step in problem.steps if step.id not in spoken_of] or WHOLE_PROBLEM


@anonymous_post(Deed.OUTCOME)
def walk_outcome(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Record what came of a step, and lead to the walk's next address, recorded or not.

    The first click of a visit only brings the browser to keep a random word for a short while, and to send the same
    again (307) with it: so two clicks in a hurry are one walk. A browser that keeps nothing is led on uncounted.
    """
    feedback = _feedback(request)
    audiences = audiences_for(request.user)
    published = build.current(audiences).published
    if feedback is None:
        return SeeOther(address_of(read_address(request.POST.lists())[0]))
    problem = _problem_of(feedback, published, audiences)
    onwards = address_of(feedback.next_address(published))
    if refusal or problem is None:
        return SeeOther(onwards)
    visit = known_visit(request)
    if not visit:
        if RESENT in request.GET:
            return SeeOther(onwards)
        here = reverse("troubleshooting:walk-outcome")
        resend = HttpResponseRedirect(f"{here}?{RESENT}=1", preserve_request=True)
        return _with_visit(resend, new_visit(), request)
    _record(feedback, problem, walk_key(visit, feedback.address), audiences)
    return _with_visit(Recorded(onwards), visit, request)


def _feedback(request: HttpRequest) -> Feedback | None:
    kind, _, about = request.POST.get(BUTTON, "").partition(".")
    if kind not in (Kind.SOLVED, Kind.FAILED, Kind.SKIPPED, Kind.INCIDENT) or not about:
        return None
    address, _ = read_address((key, values) for key, values in request.POST.lists() if key != BUTTON)
    return Feedback(Kind(kind), about, address)


def _problem_of(feedback: Feedback, published: Published, audiences: frozenset[str]) -> Problem | None:
    """The problem that it is about; for a known incident the likeliest one. None where there is nothing to record."""
    if feedback.kind != Kind.INCIDENT:
        return published.named(feedback.ids[0])
    state = next_step(feedback.next_address(published), audiences)
    return state.candidates[0].problem if state.candidates and chosen_incident(state, audiences) else None


def _record(feedback: Feedback, problem: Problem, walk: str, audiences: frozenset[str]) -> None:
    """Remember it; whoever looks for help is led on, whatever becomes of that."""
    try:
        if feedback.kind == Kind.INCIDENT:
            record_end(walk, feedback.kind, problem, audiences)
            return
        record(walk, feedback.kind, problem, audiences, feedback.steps_of(problem))
    except DatabaseError:
        logger.exception("An outcome could not be recorded")


def _with_visit(response: HttpResponse, visit: str, request: HttpRequest) -> HttpResponse:
    keep_visit(response, visit, request)
    return response
