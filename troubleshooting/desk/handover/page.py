"""Makes the page of one handed-over walk: what staff see of it, and what they may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.shortcuts import render
from django.utils.translation import gettext

from kb.models import Guide, Letter
from kb.models.audience import INSIDERS, insiders
from kb.models.references import read_reference
from kb.web.errors import NothingHere
from troubleshooting.catalogue import build
from troubleshooting.desk.handover.forms import NO_GUIDE, AssignForm, CauseForm, DuplicateForm, NoteForm, ReasonForm
from troubleshooting.desk.handover.shown_walk import ShownWalk, shown_walk
from troubleshooting.models.handovers import LONGEST_NOTE, Handover, HandoverEvent
from troubleshooting.outcomes.causes import Cause, causes_for, causes_in
from troubleshooting.walk.address import LONGEST_SYMPTOM
from troubleshooting.walk.links import address_of

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

LONGEST_TYPED = 200
MOST_COLLEAGUES = 300
MOST_EVENTS = 200
ANSWERS_FORM = "answers"


@dataclass(frozen=True, slots=True)
class UsedGuide:
    """A guide that a walk leant on: the revision it had then, and the one it has now (0: it is not published)."""

    slug: str
    title: str
    revision: int
    now: int


@dataclass(slots=True)
class Shown:
    """A form that is shown again: its name, what was typed, and what is wrong with it ('' for a form of its own)."""

    name: str = ""
    form: forms.Form | None = None
    trouble: str = ""
    status: int = 200


def typed_in(text: str) -> str:
    """What was typed to look for a problem, as it can be searched for."""
    return text.replace("\0", "").strip()[:LONGEST_TYPED]


def handover_at(reference: str) -> Handover:
    """The walk with a reference, however that is written; NothingHere for none. One query."""
    stored_form = read_reference(reference)
    rows = Handover.objects.select_related("contact", "taken_by", "closed_by", "guide", "duplicate_of")
    handover: Handover | None = rows.filter(reference=stored_form).first() if stored_form else None
    if handover is None:
        raise NothingHere(gettext("There is no walk with this reference. It may be mistyped, or deleted since."))
    return handover


def detail_page(request: HttpRequest, handover: Handover, shown: Shown | None = None) -> HttpResponse:
    """The page of a walk; with a form that is shown again, and why, where something could not be done."""
    shown = shown or Shown()
    events = list(handover.events.select_related("by").order_by("-pk")[:MOST_EVENTS])
    sent = list(handover.letters) if handover.delivery else []
    walk = shown_walk(handover)
    cause = cast("CauseForm", shown.form) if shown.name == "cause" else None
    typed = typed_in(str(cause["q"].value() or "") if cause else request.GET.get("q", ""))
    context = {
        "handover": handover,
        "notes": handover.notes.select_related("author"),
        "events": events,
        "changed_meanwhile": _changed_meanwhile(events) if shown.status == HTTPStatus.CONFLICT else None,
        "letters": sent,
        "can_be_sent_again": any(letter.state == Letter.State.GIVEN_UP for letter in sent),
        "guides": _guides(handover),
        "duplicates": Handover.objects.filter(duplicate_of=handover).only("reference"),
        "colleagues": insiders().values_list("username", flat=True)[:MOST_COLLEAGUES],
        "walk": walk,
        "goes_on": address_of(walk.state.address) if walk else "",
        "shown": shown,
        "note_form": shown.form if shown.name == "note" else NoteForm(),
        "assign_form": shown.form if shown.name == "assign" else AssignForm(),
        "duplicate_form": shown.form if shown.name == "duplicate" else DuplicateForm(),
        "reason_form": shown.form if shown.name == "reason" else ReasonForm(),
        "longest": LONGEST_NOTE,
        "longest_symptom": LONGEST_SYMPTOM,
    }
    context |= causes_context(walk, typed, cause)
    context |= _answers_context(walk, request.POST if shown.name == ANSWERS_FORM else {})
    return render(request, "troubleshooting/desk_handover.html", context, status=shown.status)


def _changed_meanwhile(events: list[HandoverEvent]) -> HandoverEvent | str:
    """What was done last, for who is told that somebody was quicker."""
    return events[0] if events else gettext("Somebody has changed it.")


def _answers_context(walk: ShownWalk | None, sent: Mapping[str, Any]) -> dict[str, object]:
    """The fields of the walk's answers, with what was chosen in a form that is shown again."""
    if walk is None:
        return {}
    return {
        "answers": [(answer, sent.get(answer.field, answer.given)) for answer in walk.answers],
        "walk_words": sent.get("symptom", walk.state.address.symptom),
    }


def causes_context(walk: ShownWalk | None, typed: str, form: CauseForm | None) -> dict[str, object]:
    """The problems to choose the cause from: those that fit what is typed, else those that the walk led to."""
    found = causes_for(typed, INSIDERS) if typed else causes_in(walk.state) if walk else []
    return {
        "causes": _with_chosen(found, form),
        "typed": typed,
        "cause_form": form or CauseForm(initial={"q": typed}),
        "no_guide": NO_GUIDE,
    }


def _with_chosen(causes: list[Cause], form: CauseForm | None) -> list[Cause]:
    """The problems to choose from, with the one that was chosen in a form that is shown again."""
    chosen = str(form["cause"].value() or "") if form else ""
    if not chosen or chosen == NO_GUIDE or chosen in {cause.id for cause in causes}:
        return causes
    problem = build.current(INSIDERS).published.named(chosen)
    return [Cause.of(problem), *causes] if problem else causes


def _guides(handover: Handover) -> list[UsedGuide]:
    """The guides that the walk leant on; one query."""
    slugs = [str(used["slug"]) for used in handover.guides]
    numbers = Guide.objects.for_audiences(INSIDERS).filter(slug__in=slugs).values_list("slug", "revision__number")
    now = dict(numbers) if slugs else {}
    return [
        UsedGuide(used["slug"], used["title"], used["revision"], now.get(used["slug"]) or 0) for used in handover.guides
    ]
