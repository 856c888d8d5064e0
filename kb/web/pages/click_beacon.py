"""A browser's word that a hit of a search was opened: an anonymous count."""

from __future__ import annotations

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kb.content.numbers import whole_number
from kb.content.patterns import linear
from kb.limits.limiter import sender_of
from kb.limits.rules import Deed
from kb.models.audience import audiences_for
from kb.search.log import record
from kb.web.beacons import Refusal, counts

LAST_POSITION = 1000
MOST_HITS = 9_999_999

_ADDRESS = linear(r"[\w-]{1,120}")
_ANCHOR = linear(r"[\w.:-]{0,200}")


@counts(Deed.OPENED)
def search_opened(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Count that `opened` (a path of a guide) was opened at `position` of the `hits` for `q`. 204, or why not.

    It needs no token: it changes nothing that anybody sees, and takes only what a page of this site sends.
    """
    if refusal:
        headers = {"Retry-After": str(refusal.wait)} if refusal.wait else {}
        return HttpResponse(refusal.reason, "text/plain", status=refusal.status, headers=headers)
    sent = request.POST
    guide, hits = _guide(sent.get("opened", "")), whole_number(sent.get("hits"), 1, MOST_HITS)
    position = whole_number(sent.get("position"), 1, LAST_POSITION)
    if guide is None or hits is None or position is None:
        return HttpResponse("Send q, hits, opened and position.", "text/plain", status=400)
    audiences, sender = audiences_for(request.user), sender_of(request)
    record.record(sent.get("q", ""), hits, audiences, guide, position, sender=sender)
    return HttpResponse(status=204)


def _guide(path: str) -> str | None:
    """The slug and the anchor of a guide's address, None for any other."""
    path, _, anchor = path.partition("#")
    root = reverse("kb:guide-list")
    slug, anchor = path.removeprefix(root).strip("/"), unquote(anchor)
    if not path.startswith(root) or not _ADDRESS.fullmatch(slug) or not _ANCHOR.fullmatch(anchor):
        return None
    return f"{slug}#{anchor}" if anchor else slug
