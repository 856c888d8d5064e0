"""The staff's desk: the list of handed-over walks, and the page on which one is taken over, noted on and closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django import forms
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kb.models import Guide, Letter
from kb.models.audience import INSIDERS
from kb.models.references import read_reference
from kb.outbox import letters
from kb.web.access import for_staff
from kb.web.errors import NothingHere
from kb.web.paging import page_of
from kb.web.request_kinds import posts_only
from troubleshooting.catalogue import build
from troubleshooting.models.desk import DeskLook
from troubleshooting.models.handovers import LONGEST_NOTE, Handover, HandoverNote
from troubleshooting.outcomes.causes import Cause, NoSuchProblemError, likely_causes, record_cause
from troubleshooting.walk.links import Link

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 25
LONGEST_TYPED = 200
NO_GUIDE = "none"
STATES = {"new": "New", "taken": "Taken over", "closed": "Closed"}


class NoteForm(forms.Form):
    """A note beside a walk."""

    text = forms.CharField(max_length=LONGEST_NOTE)


class CauseForm(forms.Form):
    """What it turned out to be: the id of a problem, or NO_GUIDE with a sentence."""

    cause = forms.CharField(max_length=32, error_messages={"required": "Choose what it turned out to be."})
    sentence = forms.CharField(max_length=LONGEST_NOTE, required=False)

    def clean(self) -> dict[str, str]:
        """A sentence is what writers have when no guide covers it."""
        cleaned = super().clean() or {}
        if cleaned.get("cause") == NO_GUIDE and not cleaned.get("sentence"):
            self.add_error("sentence", "Say in a sentence what it was, for writers to write the guide.")
        return cleaned


@dataclass(frozen=True, slots=True)
class UsedGuide:
    """A guide that a walk leant on: the revision it had then, and the one it has now (0: it is not published)."""

    slug: str
    title: str
    revision: int
    now: int


@require_safe
@for_staff("desk:list")
def handover_list(request: HttpRequest) -> HttpResponse:
    """The walks that were handed over, the newest first; a reference that is typed leads to its walk. 5 queries."""
    typed = request.GET.get("reference", "")[:LONGEST_TYPED]
    if reference := read_reference(typed):
        return redirect("desk:handover", reference)
    chosen = request.GET.get("state", "new")
    chosen = chosen if chosen in STATES else "new"
    counts = Handover.objects.counted()
    handovers = Handover.objects.in_state(chosen).select_related("contact", "taken_by", "closed_by")
    context = {
        "page": page_of(request, handovers.defer("transcript", "walk", "guides"), PAGE_SIZE),
        "root": f"?state={chosen}&",
        "chosen": chosen,
        "states": [Link(name, f"?state={key}", str(counts[key]), key == chosen) for key, name in STATES.items()],
        "typed": typed,
    }
    return render(request, "troubleshooting/desk_list.html", context)


@require_safe
@for_staff("desk:list")
def handover_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One walk as it was handed over, with its notes; `?q=` looks for the problem that it was. 7 queries, 8 if sent."""
    handover = _handover_at(reference)
    if request.method == "GET":
        DeskLook.objects.note(_staff_member(request), handover=handover)
    return _detail(request, handover)


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def take_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Have it; whoever had it when the page was shown is named by `holder`, so that two do not take it at once."""
    handover = _handover_at(reference)
    holder = request.POST.get("holder", "")
    if str(handover.taken_by_id or "") == holder:
        Handover.objects.filter(pk=handover.pk, taken_by=handover.taken_by_id).update(
            taken_by=request.user, taken_at=timezone.now()
        )
    return redirect(handover)


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def send_again(_request: HttpRequest, reference: str) -> HttpResponse:
    """Have what was given up sent anew, such as when the mail server was mended."""
    handover = _handover_at(reference)
    letters.retry(handover.shown_reference)
    return redirect(f"{handover.get_absolute_url()}#sent")


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def add_note(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a note beside it."""
    handover = _handover_at(reference)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _detail(request, handover, note=form)
    HandoverNote.objects.create(handover=handover, author=_staff_member(request), text=form.cleaned_data["text"])
    return redirect(f"{handover.get_absolute_url()}#notes")


@posts_only("desk:handover", "reference")
@for_staff("desk:list")
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what the cause was, which closes it; recorded again, the last word holds."""
    handover = _handover_at(reference)
    form = CauseForm(request.POST)
    if form.is_valid():
        problem = form.cleaned_data["cause"]
        try:
            record_cause(
                handover, "" if problem == NO_GUIDE else problem, form.cleaned_data["sentence"], _staff_member(request)
            )
        except NoSuchProblemError as error:
            form.add_error("cause", str(error))
        else:
            return redirect(f"{handover.get_absolute_url()}#cause")
    return _detail(request, handover, cause=form)


def _staff_member(request: HttpRequest) -> User:
    return cast("User", request.user)  # `for_staff` let nobody else in


def _handover_at(reference: str) -> Handover:
    stored_form = read_reference(reference)
    rows = Handover.objects.select_related("contact", "taken_by", "closed_by", "guide")
    handover: Handover | None = rows.filter(reference=stored_form).first() if stored_form else None
    if handover is None:
        raise NothingHere("There is no walk with this reference. It may be mistyped, or deleted since.")
    return handover


def _detail(
    request: HttpRequest, handover: Handover, note: NoteForm | None = None, cause: CauseForm | None = None
) -> HttpResponse:
    typed = request.GET.get("q", "")[:LONGEST_TYPED]
    sent = list(handover.letters) if handover.delivery else []
    context = {
        "handover": handover,
        "notes": handover.notes.select_related("author"),
        "letters": sent,
        "can_be_sent_again": any(letter.state == Letter.State.GIVEN_UP for letter in sent),
        "guides": _guides(handover),
        "walk": f"{reverse('troubleshooting:walk')}?{handover.walk}",
        "causes": _with_chosen(likely_causes(handover, typed, INSIDERS), cause),
        "typed": typed,
        "note_form": note or NoteForm(),
        "cause_form": cause or CauseForm(),
        "no_guide": NO_GUIDE,
        "longest": LONGEST_NOTE,
    }
    return render(request, "troubleshooting/desk_handover.html", context, status=422 if note or cause else 200)


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
