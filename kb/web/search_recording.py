"""Records what was searched for, and which hits were opened: anonymous counts for the reports of the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.content.numbers import whole_number
from kb.content.patterns import linear
from kb.models.audience import EVERYONE, INSIDERS, PUBLIC, STAFF, audiences_for, may_see
from kb.rate_limits.limiter import sender_of
from kb.rate_limits.rules import Deed
from kb.search.log import record
from kb.web.anonymous_posts import Refusal, anonymous_post

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

FOUND_HEADER = "X-Search-Found"
LAST_POSITION = 1000
MOST_HITS = 9_999_999

_ADDRESS = linear(r"[\w-]{1,120}")
_ANCHOR = linear(r"[\w.:-]{0,200}")


def search_recorder(get_response: GetResponse) -> GetResponse:
    """Record what a page of results was asked for, kept pages included; what it found, the page says in a header.

    The header never leaves the server. A browser that fetches ahead has not searched yet.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        header = response.headers.get(FOUND_HEADER)
        if header is not None:
            del response.headers[FOUND_HEADER]
            if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
                hits, audience, opened_path = header.split(" ", 2)
                audiences = INSIDERS if audience == STAFF else EVERYONE
                text, position = request.GET.get("q", ""), 1 if opened_path else None
                record.record(text, int(hits), audiences, unquote(opened_path), position, sender=sender_of(request))
        return response

    return middleware


def note_found(response: HttpResponse, request: HttpRequest, hits: int, opened_path: str = "") -> HttpResponse:
    """The response of a search, with what the recorder is to know of it: a kept page is recorded again by that."""
    audience = STAFF if may_see(request.user, STAFF) else PUBLIC
    response.headers[FOUND_HEADER] = f"{hits} {audience} {quote(opened_path)}"
    return response


@anonymous_post(Deed.OPENED)
def search_opened(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Count that `opened` (a path of a guide) was opened at `position` of the `hits` for `q`. 204, or why not.

    It needs no token: it changes nothing that anybody sees, and takes only what a page of this site sends.

    POST to `/search/opened/`, for everyone.
    """
    if refusal:
        return HttpResponse(refusal.reason, "text/plain", status=refusal.status, headers=refusal.headers)
    form = request.POST
    guide, hits = _guide_path(form.get("opened", "")), whole_number(form.get("hits"), 1, MOST_HITS)
    position = whole_number(form.get("position"), 1, LAST_POSITION)
    if guide is None or hits is None or position is None:
        return HttpResponse("Send q, hits, opened and position.", "text/plain", status=400)
    audiences, sender = audiences_for(request.user), sender_of(request)
    record.record(form.get("q", ""), hits, audiences, guide, position, sender=sender)
    return HttpResponse(status=204)


def _guide_path(path: str) -> str | None:
    """The slug and the anchor of a guide's address, None for any other."""
    path, _, anchor = path.partition("#")
    root = reverse("kb:guide-list")
    slug, anchor = path.removeprefix(root).strip("/"), unquote(anchor)
    if not path.startswith(root) or not _ADDRESS.fullmatch(slug) or not _ANCHOR.fullmatch(anchor):
        return None
    return f"{slug}#{anchor}" if anchor else slug
