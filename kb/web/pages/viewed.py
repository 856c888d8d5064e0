"""Takes what pages tell of themselves when they were read, so that views of kept pages are counted, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpResponse

from kb.content.patterns import linear
from kb.library.feedback import views
from kb.models.audience import audiences_for
from kb.rate_limits.rules import Deed
from kb.web.anonymous_posts import Refusal, anonymous_post

if TYPE_CHECKING:
    from django.http import HttpRequest

YES = "1"

_SLUG = linear(r"[\w-]{1,120}")
_ANCHOR = linear(r"[\w.:-]{0,200}")
_ROBOT = linear(r"bot[^a-z]|crawl|spider|slurp|preview|monitor|lighthouse", re.IGNORECASE)


@anonymous_post(Deed.VIEW)
def viewed(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Count that sections (`section`, each an anchor; '' is the whole guide) of a `guide` were read. 204, or why not.

    It needs no token: it adds to sums, and takes only what a page of this site sends. Who asks not to be followed
    (Global Privacy Control, Do Not Track) is not counted, and no robot that says so.

    POST to `/reading/viewed/`, for everyone.
    """
    if refusal:
        return HttpResponse(refusal.reason, "text/plain", status=refusal.status, headers=refusal.headers)
    slug, anchors = request.POST.get("guide", ""), request.POST.getlist("section")[: views.MOST_SECTIONS]
    if not _SLUG.fullmatch(slug) or not anchors or not all(_ANCHOR.fullmatch(anchor) for anchor in anchors):
        return HttpResponse("Send guide, and section for each that was read.", "text/plain", status=400)
    if not _asks_for_privacy(request) and not _ROBOT.search(request.headers.get("User-Agent", "")):
        views.viewed(slug, anchors, audiences_for(request.user))
    return HttpResponse(status=204)


def _asks_for_privacy(request: HttpRequest) -> bool:
    return YES in {request.headers.get("Sec-GPC"), request.headers.get("DNT")}
