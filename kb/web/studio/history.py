"""The history of a guide: the texts that it had, any two of them compared, and a former one proposed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kb.content.numbers import whole_number
from kb.editorial import approval, checking, drafts
from kb.editorial.decisions import NotPossible
from kb.models import Revision, roles
from kb.web.access import needs, writer
from kb.web.limiting import reads_texts
from kb.web.paging import page_of
from kb.web.query_strings import chosen
from kb.web.request_kinds import posts_only
from kb.web.studio import comparison
from kb.web.studio.decision_messages import tell_reviewer
from kb.web.studio.feedback import panel
from kb.web.studio.lookup import guide_at, revision_at, revision_numbered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

REVISIONS_PER_PAGE = 50


@require_safe
@needs(roles.PROPOSE)
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """All that was proposed or published of a guide, the newest first; and one's own drafts. 13 queries.

    The drafts of people whose accounts are gone are there for others to go on with. Texts that are not for the reader
    are left out, and with them the old addresses, which say what the guide was called then.

    At `/write/guides/<slug>/history/`, for writers.
    """
    guide = guide_at(request, slug)
    readable = guide.revisions.readable_by(request.user)
    hidden = guide.revisions.exclude(pk__in=readable.values("pk")).exists()
    rows = readable.exclude(state=Revision.State.DRAFT, proposed_at=None, author__isnull=False)
    rows = rows.select_related("based_on", "merges").defer("text", "based_on__text", "merges__text")
    page = page_of(request, rows.prefetch_related("reviews").order_by("-number"), REVISIONS_PER_PAGE)
    own_drafts = readable.filter(state=Revision.State.DRAFT, proposed_at=None, author=writer(request))
    context = {
        "guide": guide,
        "page": page,
        "revisions": list(page.object_list),
        "drafts": own_drafts.defer("text"),
        **panel(request, guide),
        "addresses": () if hidden else guide.former_addresses.order_by("address"),
    }
    return render(request, "kb/write/history.html", context)


@require_safe
@needs(roles.PROPOSE)
def compare_chosen(request: HttpRequest, slug: str) -> HttpResponse:
    """From the form of the history to the page of the two that were chosen, the older one first.

    At `/write/guides/<slug>/compare/`, for writers.
    """
    chosen_numbers = (whole_number(request.GET.get(name, "")) for name in ("before", "now"))
    numbers = sorted(number for number in chosen_numbers if number is not None)
    if len(numbers) < 2:  # noqa: PLR2004
        messages.error(request, gettext("Choose two revisions to compare."))
        return redirect("kb:write-history", slug)
    return redirect("kb:write-compare", slug, *numbers)


@require_safe
@needs(roles.PROPOSE)
def compare(request: HttpRequest, slug: str, before: int, now: int) -> HttpResponse:
    """Two texts of a guide, section by section.

    At `/write/guides/<slug>/compare/<before>/<now>/`, for writers.
    """
    old, new = revision_at(request, slug, before), revision_at(request, slug, now)
    view = chosen(request, "view", comparison.VIEWS, "page")
    context = {
        "guide": new.guide,
        "before": old,
        "now": new,
        "view": view,
        "views": comparison.VIEWS,
        "comparison": comparison.compare(new.guide, old.text, new.text, view=view),
    }
    return render(request, "kb/write/compare.html", context)


@require_safe
@needs(roles.PROPOSE)
def revision_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One text as a page, or (`?view=source`) as it was written.

    At `/write/guides/<slug>/revisions/<number>/`, for writers.
    """
    revision = revision_at(request, slug, number)
    view = chosen(request, "view", ("page", "source"), "page")
    checked = checking.check(revision.guide, revision.text) if view == "page" else None
    current, states = revision.guide.revision, Revision.State
    is_other = current is None or current.digest != revision.digest
    is_left = revision.state == states.SUPERSEDED or (revision.state == states.DRAFT and revision.author_id is None)
    context = {
        "guide": revision.guide,
        "revision": revision,
        "view": view,
        "checked": checked,
        "is_other": is_other,
        "may_restore": is_other and is_left,
    }
    return render(request, "kb/write/revision.html", context)


@posts_only("kb:write-history", "slug")
@needs(roles.PROPOSE)
@reads_texts
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Propose a former text again; an editor may publish it in the same step, over what the page said readers see.

    POST to `/write/guides/<slug>/restore/<number>/`, for writers.
    """
    old = revision_at(request, slug, number)
    seen = revision_numbered(old.guide, request.POST.get("seen", ""))
    seen = seen if seen and seen.published_at else None
    try:
        proposed = drafts.restore(old.guide, old, writer(request), seen)
        if request.POST.get("do") == "publish" and request.user.has_perm(roles.PUBLISH):
            return tell_reviewer(request, approval.approve(proposed, writer(request)))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("kb:write-history", slug)
    messages.success(
        request,
        gettext("Revision {number} is proposed again, as revision {new}.").format(number=number, new=proposed.number),
    )
    return redirect("kb:write-review", slug, proposed.number)
