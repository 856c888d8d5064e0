"""The desk: one screen that says what a pasted text is about, shows sections, and keeps what staff have at hand."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from kb.content.handing_on import section_of
from kb.models import ErrorCode, Guide, SectionFlag, StaffForm
from kb.models.audience import audiences_for
from kb.models.references import read_reference
from kb.rate_limits.rules import Deed
from kb.web.access import for_staff, writer
from kb.web.errors import NothingHere
from kb.web.limiting import limited
from kb.web.request_kinds import posts_only, wants_fragment, wants_json
from troubleshooting.catalogue import build
from troubleshooting.desk import kept, pasted
from troubleshooting.desk.copies import Copy, copy_of_place, copy_of_step
from troubleshooting.desk.pasted import Result
from troubleshooting.desk.places import Place, place_at
from troubleshooting.models import DeskLook, Handover
from troubleshooting.models.desk import MOST_PINS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHORT_LIST = 5
LONGEST_TYPED = 200
NOTHING_PASTED = gettext_lazy("Paste the ticket's text first, or type a few words of it.")
TOO_MANY_PINS = format_lazy(gettext_lazy("You have pinned {number} sections: take one away first."), number=MOST_PINS)
NO_SECTION = gettext_lazy("There is no such section any more: its guide may have been changed or retired.")


@require_safe
@for_staff("desk:home")
def home(request: HttpRequest) -> HttpResponse:
    """The desk, with nothing pasted; a reference that is typed leads to its walk. 11 queries.

    At `/desk/`, for staff.
    """
    typed = request.GET.get("reference", "")[:LONGEST_TYPED]
    if reference := read_reference(typed):
        return redirect("desk:handover", reference)
    if "state" in request.GET:  # the list of hand-overs was here
        return redirect(f"{reverse('desk:list')}?{request.META['QUERY_STRING']}")
    return _screen(request, {"typed": typed})


@posts_only("desk:home")
@for_staff("desk:home")
@limited(Deed.PASTE)
def read_pasted(request: HttpRequest) -> HttpResponse:
    """What a ticket's text is about, or the walk that it is the reference of. Nothing of the text is kept anywhere.

    POST to `/desk/pasted/`, for staff.
    """
    try:
        text = request.POST.get("text", "")
    except RequestDataTooBig:
        return _screen(
            request, {"error": gettext("This text is too long: paste the part that says what goes wrong.")}, 413
        )
    if not text.strip():
        return _screen(request, {"error": NOTHING_PASTED, "text": text}, HTTPStatus.UNPROCESSABLE_ENTITY)
    if len(text) <= LONGEST_TYPED and (reference := read_reference(text)):
        address = reverse("desk:handover", args=[reference])
        return HttpResponseClientRedirect(address) if wants_fragment(request) else redirect(address)
    return _screen(request, {"found": pasted.read(text, audiences_for(request.user)), "text": text})


@require_safe
@for_staff("desk:home")
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section (`?section=` is its key or anchor), or a whole guide, to read and to hand on.

    At `/desk/sections/<slug>/`, for staff.
    """
    place = _place(request, slug, request.GET.get("section", ""))
    guide = Guide.objects.visible_to(request.user).only("html").get(pk=place.guide_id)
    html = StaffForm.objects.page_of(guide, request.user) or guide.html
    published = build.current(audiences_for(request.user)).published
    problem = pasted.problem_at(published, (slug, place.anchor))
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        DeskLook.objects.note(writer(request), guide=place.guide_id, section=place.key)
    result = Result(place, steps=problem.steps if problem else ())
    return _screen(request, {"shown": result, "shown_html": section_of(html, place.anchor)})


@require_safe
@for_staff("desk:home")
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to an error code's page, and note that it was looked at.

    At `/desk/codes/<code>/`, for staff.
    """
    entries = ErrorCode.objects.visible_to(request.user).explaining(code)
    if entries and request.method == "GET":
        DeskLook.objects.note(writer(request), code=entries[0].code)
    return redirect("kb:code-detail", entries[0].code if entries else code)


@require_safe
@for_staff("desk:home")
def copy(request: HttpRequest) -> HttpResponse:
    """A section (`?guide=`, `section=`) or a step (`?step=`) in the forms in which it is handed on; JSON for scripts.

    At `/desk/copy/`, for staff.
    """
    audiences, root = audiences_for(request.user), request.build_absolute_uri("/")
    if step := request.GET.get("step", ""):
        found = copy_of_step(step, audiences, root)
    else:
        place = _place(request, request.GET.get("guide", ""), request.GET.get("section", ""))
        found = copy_of_place(place, audiences, root)
    if found is None:
        raise NothingHere(gettext("There is no such step any more: its guide may have been changed or retired."))
    if wants_json(request):
        return JsonResponse(found.as_dict())
    return render(request, "troubleshooting/desk_copy.html", {"copy": found, "forms": _forms(found)})


@posts_only("desk:home")
@for_staff("desk:home")
def pin(request: HttpRequest) -> HttpResponse:
    """Pin a section (`guide`, `section`), or with `off` take its pin away.

    POST to `/desk/pins/`, for staff.
    """
    slug, key = request.POST.get("guide", ""), request.POST.get("section", "")
    error = ""
    place = place_at(slug, key, audiences_for(request.user))
    if request.POST.get("off"):
        kept.unpin(writer(request), slug.replace("\0", ""), key.replace("\0", ""))
    elif place is None:
        raise NothingHere(NO_SECTION)
    else:
        try:
            kept.pin(writer(request), place)
        except kept.TooManyPinsError:
            error = str(TOO_MANY_PINS)
    if wants_fragment(request):
        context = _at_hand(request) | {"place": place, "pin_error": error, "swapped": True, "of_pin": True}
        context["at"] = request.POST.get("at", "")[:10]
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        return render(request, "troubleshooting/_desk_pin.html", context, status=status)
    if error:
        return _screen(request, {"error_of_pins": error}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(place.desk_url if place and not request.POST.get("off") else "desk:home")


def _place(request: HttpRequest, slug: str, key: str) -> Place:
    place = place_at(slug, key, audiences_for(request.user))
    if place is None:
        raise NothingHere(NO_SECTION)
    return place


def _forms(found: Copy) -> list[tuple[str, str, str]]:
    """The forms of a text: (anchor, name, text)."""
    return [
        ("link", gettext("Link"), found.link),
        ("plain", gettext("Plain text"), found.plain),
        ("markdown", "Markdown", found.markdown),
        ("html", gettext("For a mail (HTML)"), found.html),
    ]


def _screen(request: HttpRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """The desk with what is shown on it; for a script, that alone."""
    context = shown | _at_hand(request) | {"flag_kinds": SectionFlag.Kind.choices}
    if wants_fragment(request):
        part = "troubleshooting/_desk_shown.html" if "shown" in shown else "troubleshooting/_desk_found.html"
        return render(request, part, context | {"swapped": True}, status=status)
    person = writer(request)
    handovers = Handover.objects.defer("transcript", "walk", "guides")
    context |= {
        "mine": handovers.in_state("taken").filter(taken_by=person)[:SHORT_LIST],
        "waiting": handovers.in_state("new")[:SHORT_LIST],
    }
    return render(request, "troubleshooting/desk_home.html", context, status=status)


def _at_hand(request: HttpRequest) -> dict[str, Any]:
    hand = kept.at_hand(writer(request))
    return {"hand": hand, "pinned": hand.pinned}
