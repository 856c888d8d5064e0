"""The list of links that lead nowhere, of missing images, and of links to other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext_lazy
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
KINDS = {
    "broken": gettext_lazy("Broken links"),
    "images": gettext_lazy("Missing images"),
    "external": gettext_lazy("Links to other sites"),
}


@require_safe
@needs(roles.PROPOSE)
def link_list(request: HttpRequest) -> HttpResponse:
    """The links of published guides; `?show=` says which, `?q=` narrows them by guide, file or address.

    At `/write/links/`, for writers.
    """
    text, shown = typed(request, "q"), chosen(request, "show", KINDS, "broken")
    report = inventory(audiences_for(request.user))
    words = text.casefold()
    links: dict[str, list[Found]] = {
        kind: [
            link
            for link in getattr(report, kind)
            if words in f"{link.slug}\n{link.title}\n{link.source}\n{link.target}".casefold()
        ]
        for kind in KINDS
    }
    page = page_of(request, links[shown], LINKS_PER_PAGE)
    shown_links = list(page.object_list)
    context = {
        "here": "links",
        "page": page,
        "links": with_lines(shown_links) if shown == "external" else shown_links,
        "kinds": [
            (kind, name, len(links[kind]), with_query("", {"show": kind, "q": text})) for kind, name in KINDS.items()
        ],
        "shown": shown,
        "typed": text,
        "root": list_root({"show": shown, "q": text}),
    }
    return render(request, "kb/write/links.html", context)
