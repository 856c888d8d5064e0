"""The list of links that lead nowhere, of missing images, and of links to other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.library.links.report import Found, inventory, with_lines
from kb.models import roles
from kb.models.audience import audiences_for
from kb.web.access import needs
from kb.web.paging import page_of
from kb.web.query_strings import chosen, list_root, typed, with_query

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LINKS_PER_PAGE = 100
KINDS = {"broken": "Broken links", "images": "Missing images", "external": "Links to other sites"}


@require_safe
@needs(roles.PROPOSE)
def link_list(request: HttpRequest) -> HttpResponse:
    """The links of published guides; `?show=` says which, `?q=` narrows them by guide, file or address.

    At `/write/links/`, for writers.
    """
    wanted, shown = typed(request, "q"), chosen(request, "show", KINDS, "broken")
    found = inventory(audiences_for(request.user))
    lists = {kind: _narrowed(getattr(found, kind), wanted) for kind in KINDS}
    page = page_of(request, lists[shown], LINKS_PER_PAGE)
    rows = list(page.object_list)
    context = {
        "here": "links",
        "page": page,
        "rows": with_lines(rows) if shown == "external" else rows,
        "kinds": [
            (kind, name, len(lists[kind]), with_query("", {"show": kind, "q": wanted})) for kind, name in KINDS.items()
        ],
        "shown": shown,
        "typed": wanted,
        "root": list_root({"show": shown, "q": wanted}),
    }
    return render(request, "kb/write/links.html", context)


def _narrowed(found: list[Found], wanted: str) -> list[Found]:
    wanted = wanted.casefold()
    return [one for one in found if wanted in f"{one.slug}\n{one.title}\n{one.source}\n{one.target}".casefold()]
