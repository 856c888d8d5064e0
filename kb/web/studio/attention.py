"""The page of what needs care: late reviews, findings, broken links, and texts that wait to be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kb.editorial import waiting
from kb.editorial.finding_report import kinds
from kb.library.links.report import inventory
from kb.models import roles
from kb.models.audience import audiences_for
from kb.web.access import needs, writer
from kb.web.paging import page_of
from kb.web.query_strings import list_root

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_SHOWN = 25
FINDINGS_PER_PAGE = 25
GUIDES_PER_PAGE = 100


@require_safe
@needs(roles.PROPOSE)
def attention(request: HttpRequest) -> HttpResponse:
    """What needs care, the most urgent first; `?kind=` lists all guides of which one thing is said.

    13 queries, and 9 more once for each state of the library.

    At `/write/attention/`, for writers.
    """
    reader = writer(request)
    proposed = list(waiting.in_review(reader))
    unaware = waiting.unaware(proposed)
    links = inventory(audiences_for(reader))
    overdue = waiting.overdue(reader)
    all_kinds = kinds(audiences_for(reader))
    kind = next((kind for kind in all_kinds if kind.name == request.GET.get("kind", "")), None)
    context = {
        "here": "attention",
        "aside": waiting.kept_aside(reader)[:MOST_SHOWN],
        "stuck": [revision for revision in proposed if revision.pk in unaware or revision.trouble][:MOST_SHOWN],
        "overdue": overdue[:MOST_SHOWN],
        "overdue_count": overdue.count(),
        "kind": kind,
        "page": page_of(request, kind.places if kind else all_kinds, GUIDES_PER_PAGE if kind else FINDINGS_PER_PAGE),
        "root": list_root({"kind": kind.name if kind else ""}),
        "finding_count": sum(kind.count for kind in all_kinds),
        "broken": len(links.broken),
        "images": len(links.images),
        "zone": settings.TIME_ZONE,
        "today": timezone.localdate(),
    }
    return render(request, "kb/write/attention.html", context)
