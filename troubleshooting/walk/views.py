"""The page of a walk: its start, a question, a solution or contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from kb.models.audience import audiences_for
from kb.search.text.query import MAX_LENGTH
from kb.web.request_kinds import reads_only
from troubleshooting.catalogue import build
from troubleshooting.walk.address import PASTED, SYMPTOM, read_address, shortened
from troubleshooting.walk.embedding import embeddable
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.incidents import category_of, chosen_incident, known_incident
from troubleshooting.walk.links import address_of
from troubleshooting.walk.page import in_words, page_context
from troubleshooting.walk.pasting import address_from_text, recognised_in
from troubleshooting.walk.reading import text_of
from troubleshooting.walk.start import start_context

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.catalogue.recognising import Recognised
    from troubleshooting.catalogue.values import Published
    from troubleshooting.walk.address import Notice
    from troubleshooting.walk.state import WalkState

NOTHING_TYPED = gettext_lazy("Nothing was typed. Say in a few words what you see, or paste the message.")


@reads_only
@embeddable
def walk_step(request: HttpRequest) -> HttpResponse:
    """One step of a walk, for what its address says. No query for a signed-out reader, save after a publication.

    One where a guide is to be read.
    """
    audiences = audiences_for(request.user)
    address, notices = read_address(request.GET.lists())
    if len(address.symptom) > MAX_LENGTH:
        return render(request, "troubleshooting/too_long.html", {"longest": MAX_LENGTH}, status=400)
    if shortened(address.symptom) != address.symptom:
        return redirect(address_of(address_from_text(address.symptom, replace(address, symptom=""), audiences)))
    published = build.current(audiences).published
    if not published.guides:
        return render(request, "troubleshooting/nothing.html", {"contacts": published.contacts.values()})
    if address.is_blank or address.change == SYMPTOM:
        is_empty = SYMPTOM in request.GET and not address.symptom
        context = start_context(published, address) | {
            "notices": [*in_words(notices), *([NOTHING_TYPED] if is_empty else [])]
        }
        return render(request, "troubleshooting/start.html", context)
    state = next_step(address, audiences)
    if answer := _incident_page(request, state, published, audiences, notices):
        return answer
    root = f"{request.scheme}://{request.get_host()}"
    context = page_context(state, published, root) | {
        "notices": in_words([*notices, *state.notices]),
        "notice_category": category_of(state),
        "found": _recognised_at_start(state, audiences),
        "is_first": settings.WALK_LOG and not state.asked and not state.tried,
    }
    template: str = "solved" if state.solution and state.address.fixed else state.kind
    if state.solution and template == "solution" and not state.solution.step:
        template = "reading"
        context["reading"] = text_of(state.solution.problem, audiences)
    return render(request, f"troubleshooting/{template}.html", context)


def _incident_page(
    request: HttpRequest, state: WalkState, published: Published, audiences: frozenset[str], notices: list[Notice]
) -> HttpResponse | None:
    """The page of a known incident that explains what the person sees, or says that it does; None for none."""
    address = state.address
    chosen = chosen_incident(state, audiences) if address.incident else None
    incident = chosen or known_incident(state, published, audiences)
    if incident is None:
        return None
    root = f"{request.scheme}://{request.get_host()}"
    context = page_context(state, published, root) | {
        "notices": in_words([*notices, *state.notices]),
        "notice_category": category_of(state),
        "incident": incident,
        "is_over": chosen is not None,
        "kept": address.parameters(),
        "something_else": address_of(address.denying(str(incident.pk))),
    }
    return render(request, "troubleshooting/incident.html", context)


def _recognised_at_start(state: WalkState, audiences: frozenset[str]) -> Recognised | None:
    """What was recognised in what the person gave; told at the first step after it, None at the others."""
    address = state.address
    if not address.symptom or address.answers or address.tried:
        return None
    recognised = recognised_in(address.symptom, audiences)
    if address.start == PASTED and address.code:
        recognised = replace(recognised, codes=tuple(dict.fromkeys([address.code, *recognised.codes])))
    return recognised if recognised or address.start == PASTED else None
