"""Says when a walk should be given up for help, and who helps then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kb.content.contacts import responsible_for
from troubleshooting.catalogue import red_flags

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Contact, Guide, Published, Trigger
    from troubleshooting.planning.planner import Planner
    from troubleshooting.walk.address import Address
    from troubleshooting.walk.evidence import Evidence
    from troubleshooting.walk.state import Candidate

MOST_TRIGGERS = 8
MOST_RAISED = 3
BELIEVED_IN = 0.5


def raised(published: Published, address: Address) -> tuple[Trigger, ...]:
    """The reasons to escalate at once that the person's own words speak of, the surest first."""
    return tuple(red_flags.raised(address.symptom, published.triggers)[:MOST_RAISED])


def triggers(published: Published, candidates: Sequence[Candidate]) -> tuple[Trigger, ...]:
    """When to escalate at once: what the guides of the likeliest problems say first."""
    place = {candidate.problem.guide.slug: k for k, candidate in reversed(list(enumerate(candidates)))}
    ordered = sorted(published.triggers.values(), key=lambda trigger: place.get(trigger.guide, len(place)))
    return tuple(ordered[:MOST_TRIGGERS])


def takers(trigger: Trigger, published: Published) -> tuple[Contact, ...]:
    """Who takes a trigger, or all in their order."""
    everybody = published.contacts.values()
    return tuple(responsible_for(trigger.contacts, (), everybody) or everybody)


def contacts(
    published: Published, planner: Planner, evidence: Evidence, candidates: Sequence[Candidate]
) -> tuple[Contact, ...]:
    """Whom to ask: whom the guides believed in name, or who takes their category, or all in their order."""
    everybody = published.contacts.values()
    guides = list(_believed_in(planner, evidence, candidates))
    if evidence.address.guide:
        guides.append(published.guides[evidence.address.guide])
    named = [slug for guide in guides for slug in guide.contacts]
    return tuple(responsible_for(named, [guide.category for guide in guides], everybody) or everybody)


def _believed_in(planner: Planner, evidence: Evidence, candidates: Sequence[Candidate]) -> Iterator[Guide]:
    """The guides of what was tried, the last first, and of the likeliest, as far as there is reason to believe it.

    That is that it is as likely as not (of what was tried: before it failed), or that the person said that it is
    theirs. Who typed nothing tried only what questions had led to, or what they chose.
    """
    beliefs = planner.beliefs(evidence.weights(with_tried=False))
    tried = [attempt.problem for attempt in reversed(evidence.tried)]
    for problem in tried + [candidate.problem for candidate in candidates[:1]]:
        is_chosen = evidence.is_confirmed(problem) or (problem in tried and not evidence.words)
        if is_chosen or beliefs[planner.index[problem.id]] >= BELIEVED_IN:
            yield problem.guide
