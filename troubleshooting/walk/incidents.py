"""Says which notices belong beside a step of a walk, and whether a known incident explains what the person sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.library import notices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.library.notices import RunningNotice
    from troubleshooting.catalogue.values import Published
    from troubleshooting.walk.state import WalkState

BELIEVED_IN = 0.4  # the chance of the problems that an incident explains, from which on it is told first


def known_incident(state: WalkState, published: Published, audiences: frozenset[str]) -> RunningNotice | None:
    """The running incident that explains what is likely, or that the person's words speak of; None for none.

    One that the person said is not theirs is told no more, nor is any to who asks for somebody or is done.
    """
    address = state.address
    if address.fixed or address.help or address.trigger or address.change or address.incident:
        return None
    said = f"{address.code} {address.symptom}"
    open_ones = (
        notice
        for notice in notices.running(audiences)
        if notice.is_incident and str(notice.pk) not in address.no_incident
    )
    fitting = (one for one in open_ones if _is_spoken_of(one, said) or _is_likely(one, state, published))
    return next(fitting, None)


def chosen_incident(state: WalkState, audiences: frozenset[str]) -> RunningNotice | None:
    """The incident that the person said it is, as long as it runs."""
    running = notices.running(audiences)
    return next((notice for notice in running if notice.is_incident and str(notice.pk) == state.address.incident), None)


def category_of(state: WalkState) -> str:
    """The slug of the category that a walk is about by now, '' while that is open."""
    if state.solution:
        return state.solution.problem.guide.category_slug
    likeliest = state.candidates[0] if state.candidates and _was_something_said(state) else None
    if likeliest and likeliest.probability >= BELIEVED_IN:
        return likeliest.problem.guide.category_slug
    return state.address.category


def _is_spoken_of(incident: RunningNotice, text: str) -> bool:
    """Whether a text has all the words that tell something of one of the incident's lines."""
    said = notices.words_of(text)
    return any(words <= said for words in map(notices.words_of, incident.words) if words)


def _is_likely(incident: RunningNotice, state: WalkState, published: Published) -> bool:
    explained = set(_explained(incident, published))
    if not explained:
        return False
    if state.solution and state.solution.problem.id in explained:
        return True
    if not _was_something_said(state):
        return False
    chance = sum(candidate.probability for candidate in state.candidates if candidate.problem.id in explained)
    return chance >= BELIEVED_IN


def _explained(incident: RunningNotice, published: Published) -> Iterator[str]:
    """The ids of the problems that an incident explains; guides that this reader may not see have none."""
    for place in incident.explains:
        if place.guide not in published.guides:
            continue
        if place.anchor:
            key = (place.guide, place.anchor)
            yield from filter(None, [published.sections.get(key), *published.within.get(key, ())])
        else:
            yield from published.of_guide.get(place.guide, ())
            yield published.reading_of(place.guide).id


def _was_something_said(state: WalkState) -> bool:
    address = state.address
    return bool(address.symptom or address.code or address.guide or address.answers or address.tried)
