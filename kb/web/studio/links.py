"""A writer's request in; links that lead nowhere, missing images, and links to other sites, out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.library.links.report import Found, inventory, with_lines
from kb.models import roles
from kb.models.audience import audiences_for
from kb.web.paging import page_of
from kb.web.studio.access import needs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_OF_LINKS = 100
LONGEST_TYPED = 200
KINDS = {"broken": "Broken links", "images": "Missing images", "external": "Links to other sites"}


@require_safe
@needs(roles.PROPOSE)
def link_list(request: HttpRequest) -> HttpResponse:
    """The links of published guides; `?show=` says which, `?q=` narrows them by guide, file or address."""
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TYPED]
    shown = request.GET.get("show", "broken")
    shown = shown if shown in KINDS else "broken"
    found = inventory(audiences_for(request.user))
    lists = {kind: _narrowed(getattr(found, kind), typed) for kind in KINDS}
    page = page_of(request, lists[shown], PAGE_OF_LINKS)
    rows = list(page.object_list)
    context = {
        "here": "links",
        "page": page,
        "rows": with_lines(rows) if shown == "external" else rows,
        "kinds": [(kind, name, len(lists[kind])) for kind, name in KINDS.items()],
        "shown": shown,
        "typed": typed,
        "query": urlencode({"q": typed}) if typed else "",
        "root": f"?{urlencode({'show': shown} | ({'q': typed} if typed else {}))}&",
    }
    return render(request, "kb/write/links.html", context)


def _narrowed(found: list[Found], typed: str) -> list[Found]:
    wanted = typed.casefold()
    if not wanted:
        return found
    return [one for one in found if wanted in f"{one.slug}\n{one.title}\n{one.source}\n{one.target}".casefold()]
