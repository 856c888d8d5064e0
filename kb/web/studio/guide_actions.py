"""What editors do with a guide as a whole: retire it, bring it back, say that it is still right, rename it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from kb.content.numbers import whole_number
from kb.editorial import upkeep
from kb.editorial.decisions import NotPossible, Published, Refused
from kb.editorial.finding_report import KIND
from kb.library import retiring
from kb.library.links.breaking import breaking_for
from kb.models import Guide, roles
from kb.web.access import needs, writer
from kb.web.paging import LAST_PAGE
from kb.web.query_strings import with_query
from kb.web.request_kinds import posts_only
from kb.web.studio.conflict_messages import LOOK_FIRST
from kb.web.studio.decision_messages import tell_refused, tell_reviewer
from kb.web.studio.forms import AddressForm, ReasonForm
from kb.web.studio.lookup import guide_at

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = "kb:write-history"


@needs(roles.RETIRE)
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask why, and say what it breaks; then take the guide away from readers.

    At `/write/guides/<slug>/retire/`, for editors.
    """
    guide = guide_at(request, slug)
    if guide.state == Guide.State.RETIRED:
        messages.info(request, gettext("It is retired already."))
        return redirect(PAGE, slug)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"guide": guide, "form": form, "places": breaking_for(request.user, guide, None)}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "kb/write/retire.html", context, status=status)
    retiring.retire([guide], by=writer(request), comment=form.cleaned_data["comment"])
    messages.success(request, gettext("Retired: readers do not see it any more."))
    return redirect(PAGE, slug)


@posts_only(PAGE, "slug")
@needs(roles.RETIRE)
def bring_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a retired guide to readers again.

    POST to `/write/guides/<slug>/bring-back/`, for editors.
    """
    try:
        decision = upkeep.bring_back(guide_at(request, slug))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(_back(request, slug))
    if isinstance(decision, Refused):
        tell_refused(request, decision, gettext("It was not brought back"))
        return redirect(PAGE, slug)
    is_shown = decision.state == Guide.State.PUBLISHED
    messages.success(
        request, gettext("Brought back: readers see it again.") if is_shown else gettext("Brought back, as a draft.")
    )
    return redirect(_back(request, slug))


@posts_only(PAGE, "slug")
@needs(roles.PUBLISH)
def checked(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that it is still right, as the page named it; its next review is due a while from today.

    POST to `/write/guides/<slug>/checked/`, for editors.
    """
    guide = guide_at(request, slug)
    if request.POST.get("seen", str(guide.revision_id)) != str(guide.revision_id):
        messages.error(request, LOOK_FIRST)
        return redirect(PAGE, guide.slug)
    try:
        decision = upkeep.confirm(guide, writer(request))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(PAGE, slug)
    if isinstance(decision, Refused):
        tell_refused(request, decision, gettext("It was not marked as checked"))
        return redirect(PAGE, slug)
    if not isinstance(decision, Published):
        return tell_reviewer(request, decision)
    messages.success(request, gettext("Checked, still right: “{title}”.").format(title=decision.guide.title))
    return redirect(_back(request, slug))


@needs(roles.PUBLISH)
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a guide another address; the old one leads to it from then on.

    At `/write/guides/<slug>/rename/`, for editors.
    """
    guide = guide_at(request, slug)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"slug": slug})
    if form.is_valid() and form.cleaned_data["slug"] == slug:
        form.add_error("slug", gettext("That is its address already."))
    if form.is_valid():
        try:
            decision = upkeep.rename(guide, form.cleaned_data["slug"])
        except NotPossible as error:
            form.add_error("slug", str(error))
        else:
            if isinstance(decision, Refused):
                tell_refused(request, decision, gettext("It was not renamed"))
                return redirect(PAGE, slug)
            messages.success(
                request,
                gettext("Renamed: its address is “{slug}” now, and “{old}” leads to it.").format(
                    slug=decision.slug, old=slug
                ),
            )
            return redirect(PAGE, decision.slug)
    context = {"guide": guide, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "kb/write/rename.html", context, status=status)


def _back(request: HttpRequest, slug: str) -> str:
    """The page on which the button stood, at the kind of findings and the part of the list that it showed."""
    is_list = request.POST.get("back") == "attention"
    address = reverse("kb:write-attention") if is_list else reverse(PAGE, args=[slug])
    kind = request.GET.get("kind", "")
    page = whole_number(request.GET.get("page"), 2, LAST_PAGE)
    return with_query(address, {"kind": kind if is_list and KIND.fullmatch(kind) else "", "page": page})
