"""Shows staff a text of a guide as readers saw it then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kb.editorial import checking
from kb.models import Guide, Revision
from kb.web.access import for_staff
from kb.web.errors import NothingHere

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NOT_HERE = gettext_lazy("No guide had such a revision for readers to see. It may have another address now.")


@require_safe
@for_staff()
def guide_revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A text as readers saw it, of a guide that moved or was retired since, too; 404 for what they never saw.

    At `/guides/<slug>/revisions/<number>/`, for staff.
    """
    guides = Guide.objects.defer("html")
    guide = guides.filter(slug=slug).first() or guides.moved_from(slug)
    rows = Revision.objects.readable_by(request.user).filter(guide=guide).exclude(published_at=None)
    revision = rows.filter(number=number).first() if guide else None
    if guide is None or revision is None:
        raise NothingHere(NOT_HERE)
    checked = checking.check(guide, revision.text)
    context = {"guide": guide, "revision": revision, "checked": checked, "is_now": guide.revision_id == revision.pk}
    return render(request, "kb/guide_revision.html", context)
