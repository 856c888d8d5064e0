"""A guide and what an editor decides of it in; the guide retired, brought back, said to be right, or renamed, out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from kb.content.numbers import whole_number
from kb.editorial import upkeep
from kb.editorial.decisions import NotPossible, Published, Refused
from kb.editorial.finding_report import KIND
from kb.library import retiring
from kb.library.links.breaking import breaking_for
from kb.models import Guide, roles
from kb.web.paging import LAST_PAGE
from kb.web.studio.access import needs, writer
from kb.web.studio.forms import AddressForm, ReasonForm
from kb.web.studio.lookup import UNPROCESSABLE, acts, guide_at
from kb.web.studio.outcome import answer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = "kb:write-history"


@needs(roles.RETIRE)
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask why, and say what it breaks; then take the guide away from readers."""
    guide = guide_at(request, slug)
    if guide.state == Guide.State.RETIRED:
        messages.info(request, "It is retired already.")
        return redirect(PAGE, slug)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"guide": guide, "form": form, "places": breaking_for(request.user, guide, None)}
        return render(request, "kb/write/retire.html", context, status=UNPROCESSABLE if form.is_bound else 200)
    retiring.retire([guide], by=writer(request), comment=form.cleaned_data["comment"])
    messages.success(request, "Retired: readers do not see it any more.")
    return redirect(PAGE, slug)


@acts(PAGE)
@needs(roles.RETIRE)
def bring_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a retired guide to readers again."""
    try:
        decision = upkeep.bring_back(guide_at(request, slug))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(_back(request, slug))
    if isinstance(decision, Refused):
        return _refused(request, slug, decision, "It was not brought back")
    is_shown = decision.state == Guide.State.PUBLISHED
    messages.success(request, "Brought back: readers see it again." if is_shown else "Brought back, as a draft.")
    return redirect(_back(request, slug))


@acts(PAGE)
@needs(roles.PUBLISH)
def checked(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that it is still right, as the page named it; its next review is due a while from today."""
    guide = guide_at(request, slug)
    if request.POST.get("seen", str(guide.revision_id)) != str(guide.revision_id):
        messages.error(request, "Another text was published meanwhile: look at it first.")
        return redirect(PAGE, guide.slug)
    try:
        decision = upkeep.confirm(guide, writer(request))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(PAGE, slug)
    if isinstance(decision, Refused):
        return _refused(request, slug, decision, "It was not marked as checked")
    if not isinstance(decision, Published):
        return answer(request, decision)
    messages.success(request, f"Checked, still right: “{decision.guide.title}”.")
    return redirect(_back(request, slug))


@needs(roles.PUBLISH)
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a guide another address; the old one leads to it from then on."""
    guide = guide_at(request, slug)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"slug": slug})
    if form.is_valid() and form.cleaned_data["slug"] == slug:
        form.add_error("slug", "That is its address already.")
    if form.is_valid():
        try:
            decision = upkeep.rename(guide, form.cleaned_data["slug"])
        except NotPossible as error:
            form.add_error("slug", str(error))
        else:
            if isinstance(decision, Refused):
                return _refused(request, slug, decision, "It was not renamed")
            messages.success(request, f"Renamed: its address is “{decision.slug}” now, and “{slug}” leads to it.")
            return redirect(PAGE, decision.slug)
    context = {"guide": guide, "form": form}
    return render(request, "kb/write/rename.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _refused(request: HttpRequest, slug: str, decision: Refused, what: str) -> HttpResponse:
    said = " ".join(f"Line {found.line}: {found.message}" for found in decision.findings)
    messages.error(request, f"{what}, because it has errors. {said}")
    return redirect(PAGE, slug)


def _back(request: HttpRequest, slug: str) -> str:
    """The page on which the button stood, at the kind of findings and the part of the list that it showed."""
    is_list = request.POST.get("back") == "attention"
    address = reverse("kb:write-attention") if is_list else reverse(PAGE, args=[slug])
    kind = request.GET.get("kind", "")
    asked = {"kind": kind if is_list and KIND.fullmatch(kind) else ""}
    asked["page"] = str(whole_number(request.GET.get("page"), 2, LAST_PAGE) or "")
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{address}?{said}" if said else address
