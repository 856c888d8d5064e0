"""A browser's word that a hit of a search was opened in, an anonymous count out."""

from __future__ import annotations

import re
import threading
import time
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb import searches
from kb.audience import audiences_for

LARGEST = 40_000
LAST_POSITION = 1000
MOST_A_MINUTE = 600

_ADDRESS = re.compile(r"[\w-]{1,120}")
_ANCHOR = re.compile(r"[\w.:-]{0,200}")


class _Minute:
    """How many came in this minute, in this process."""

    def __init__(self) -> None:
        self.minute, self.count = 0, 0
        self.turn = threading.Lock()

    def is_full(self) -> bool:
        """Count one more; whether that is too many."""
        with self.turn:
            minute = int(time.monotonic() // 60)
            if minute != self.minute:
                self.minute, self.count = minute, 0
            self.count += 1
            return self.count > MOST_A_MINUTE


_minute = _Minute()


@csrf_exempt
@require_POST
@never_cache
def search_opened(request: HttpRequest) -> HttpResponse:
    """Count that `opened` (a path of a guide) was opened at `position` of the `hits` for `q`. 204, or why not.

    It needs no token: it changes nothing that anybody sees, and takes only what a page of this site sends.
    """
    if not _is_from_here(request):
        return HttpResponse("Only pages of this site may count what is opened.", "text/plain", status=403)
    if not 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST:
        return HttpResponse("Send one opened hit at a time.", "text/plain", status=413)
    if _minute.is_full():
        return HttpResponse("Too much at once.", "text/plain", status=429)
    sent = request.POST
    guide, hits, position = _guide(sent.get("opened", "")), _number(sent.get("hits")), _number(sent.get("position"))
    if guide is None or not hits or not position or position > LAST_POSITION:
        return HttpResponse("Send q, hits, opened and position.", "text/plain", status=400)
    searches.record(sent.get("q", ""), hits, audiences_for(request.user), guide, position)
    return HttpResponse(status=204)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it; one that says nothing is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()


def _guide(path: str) -> str | None:
    """The slug and the anchor of a guide's address, None for any other."""
    path, _, anchor = path.partition("#")
    root = reverse("kb:guide-list")
    slug, anchor = path.removeprefix(root).strip("/"), unquote(anchor)
    if not path.startswith(root) or not _ADDRESS.fullmatch(slug) or not _ANCHOR.fullmatch(anchor):
        return None
    return f"{slug}#{anchor}" if anchor else slug


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 8 else None  # noqa: PLR2004 - ten millions
