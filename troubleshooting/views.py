"""A request for a step of a walk in; the start page, a question, a solution or the contacts out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from kb.audience import audiences_for
from kb.search.query import MAX_LENGTH, parse
from kb.views.methods import reads_only
from troubleshooting import catalogue
from troubleshooting.address import SYMPTOM, read, shortened
from troubleshooting.entry import next_step
from troubleshooting.presenting import address_of, shown, starts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.state import WalkState


@reads_only
def walk_step(request: HttpRequest) -> HttpResponse:
    """One step of a walk, for what its address says. No query for a signed-out reader, save after a publication."""
    audiences = audiences_for(request.user)
    address, notices = read(request.GET.lists())
    if len(address.symptom) > MAX_LENGTH:
        return render(request, "troubleshooting/too_long.html", {"longest": MAX_LENGTH}, status=400)
    symptom = shortened(address.symptom, parse(address.symptom).codes)
    if symptom != address.symptom:
        return redirect(address_of(replace(address, symptom=symptom)))
    known = catalogue.current(audiences).published
    if not known.problems:
        return render(request, "troubleshooting/nothing.html", {"contacts": known.contacts.values()})
    if address.is_blank or address.change == SYMPTOM:
        return render(request, "troubleshooting/start.html", starts(known, address) | {"notices": notices})
    state = next_step(address, audiences)
    root = f"{request.scheme}://{request.get_host()}"
    context = shown(state, known, root) | {"notices": [*notices, *state.notices]}
    return render(request, f"troubleshooting/{_page(state)}.html", context)


def _page(state: WalkState) -> str:
    return "solved" if state.kind == "solution" and state.address.fixed else state.kind
