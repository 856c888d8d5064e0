"""The page of a walk: its start, a question, a solution or contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from kb.models.audience import audiences_for
from kb.search.text.query import MAX_LENGTH
from kb.web.request_kinds import reads_only
from troubleshooting.catalogue import build
from troubleshooting.walk.address import PASTED, SYMPTOM, read, shortened
from troubleshooting.walk.embedding import embeddable
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.page import address_of, shown, starts
from troubleshooting.walk.pasting import found_in, started_from

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from troubleshooting.walk.recognising import Found
    from troubleshooting.walk.state import WalkState


@reads_only
@embeddable
def walk_step(request: HttpRequest) -> HttpResponse:
    """One step of a walk, for what its address says. No query for a signed-out reader, save after a publication."""
    audiences = audiences_for(request.user)
    address, notices = read(request.GET.lists())
    if len(address.symptom) > MAX_LENGTH:
        return render(request, "troubleshooting/too_long.html", {"longest": MAX_LENGTH}, status=400)
    if shortened(address.symptom) != address.symptom:
        return redirect(address_of(started_from(address.symptom, replace(address, symptom=""), audiences)))
    known = build.current(audiences).published
    if not known.problems:
        return render(request, "troubleshooting/nothing.html", {"contacts": known.contacts.values()})
    if address.is_blank or address.change == SYMPTOM:
        return render(request, "troubleshooting/start.html", starts(known, address) | {"notices": notices})
    state = next_step(address, audiences)
    root = f"{request.scheme}://{request.get_host()}"
    context = shown(state, known, root) | {"notices": [*notices, *state.notices], "found": _found(state, audiences)}
    return render(request, f"troubleshooting/{_page(state)}.html", context)


def _found(state: WalkState, audiences: frozenset[str]) -> Found | None:
    """What was recognised in what the person gave; told at the first step after it, None at the others."""
    address = state.address
    if not address.symptom or address.answers or address.tried:
        return None
    found = found_in(address.symptom, audiences)
    codes = (*filter(None, [address.code]), *found.codes) if address.start == PASTED else found.codes
    found = replace(found, codes=tuple(dict.fromkeys(codes)))
    return found if found or address.start == PASTED else None


def _page(state: WalkState) -> str:
    return "solved" if state.kind == "solution" and state.address.fixed else state.kind
