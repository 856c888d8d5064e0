"""Lets other sites show walks in a frame, and makes the pages fit into it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any, TypeAlias

from csp.constants import SELF
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from kb.content.patterns import linear

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
View: TypeAlias = Callable[..., HttpResponse]

EMBED = "embed"
# What a walk needs, each without a signed-in person's rights: nothing else is ever shown in a frame.
FRAMED = ("walk", "walk-from-pasted", "walk-outcome")
REFUSED = 400
IN_A_FRAME = frozenset(["iframe", "frame", "embed", "object"])
_STAYS = linear(r"[?#]|mailto:|tel:")


def framing(get_response: GetResponse) -> GetResponse:
    """Let the listed sites frame walks, and no site anything else.

    It stands outside of the cache of pages, so that a 304 says the same as the page that it stands for. A frame whose
    address lacks the mark of one is led to the address with it. What no view has made, such as the page for those who
    sent too much, is made fit for its frame here.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        origins = settings.EMBED_ORIGINS
        request.embedded = False  # type: ignore[attr-defined]  # what is not there, templates look for the longest
        if not origins or request.path_info not in _framed_paths():
            return get_response(request)
        is_framed = request.headers.get("Sec-Fetch-Dest") in IN_A_FRAME
        if is_framed and request.method == "GET" and not is_embedded(request):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{request.path}?{query}{'&' if query else ''}{EMBED}=1")
        request.embedded = SimpleLazyObject(lambda: _is_shown_in_a_frame(request))  # type: ignore[attr-defined]
        response = get_response(request)
        if response.status_code >= REFUSED and isinstance(response, HttpResponse) and _is_shown_in_a_frame(request):
            _open_response_links_in_tabs(response)
        response._csp_replace = {"frame-ancestors": [SELF, *origins]}  # type: ignore[attr-defined]  # noqa: SLF001
        if "X-Frame-Options" in response.headers:
            del response.headers["X-Frame-Options"]
        return response

    return middleware


def embeddable(view: View) -> View:
    """Make the pages of a view fit into a frame: templates see `request.embedded`, links that lead out open a tab."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.embedded = is_embedded(request)  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        if is_embedded(request) and response.content:
            _open_response_links_in_tabs(response)
        return response

    return wrapper


def is_embedded(request: HttpRequest) -> bool:
    """Whether the page is for a frame."""
    return (request.POST if request.method == "POST" else request.GET).get(EMBED) == "1"


def _is_shown_in_a_frame(request: HttpRequest) -> bool:
    """Whether the browser says so, or the page's mark; a form that can't be read has none."""
    if request.headers.get("Sec-Fetch-Dest") in IN_A_FRAME:
        return True
    with suppress(BadRequest, SuspiciousOperation, OSError):
        return is_embedded(request)
    return False


def _open_response_links_in_tabs(response: HttpResponse) -> None:
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.content = open_links_in_tabs(response.content.decode())


def open_links_in_tabs(html: str) -> str:
    """A page of ours in which links and forms that lead out of the walk open a tab of their own; links say so."""
    links = _LinksOut(html)
    pieces, end = [], 0
    for start, text in links.insertions:
        pieces += [html[end:start], text]
        end = start
    return "".join([*pieces, html[end:]])


class _LinksOut(HTMLParser):
    """What is to be put in where, so that the links of a page that lead out of the walk open in another tab."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.insertions: list[tuple[int, str]] = []
        self._lines = list(accumulate((len(line) + 1 for line in html.split("\n")), initial=0))
        self._leads_out = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Have a link open a tab, unless it says where it opens or stays within the walk."""
        attributes = dict(attrs)
        if tag == "a":
            href = attributes.get("href")
            self._leads_out = href is not None and "target" not in attributes and not self._stays_in_walk(href)
            if self._leads_out:
                end = self._offset + len(self.get_starttag_text() or "") - 1
                self.insertions.append((end, ' target="_blank"'))
        elif tag == "form" and "target" not in attributes and not self._stays_in_walk(attributes.get("action") or "?"):
            self.insertions.append((self._offset + len(self.get_starttag_text() or "") - 1, ' target="_blank"'))

    def handle_endtag(self, tag: str) -> None:
        """Say so at the end of its words."""
        if tag == "a" and self._leads_out:
            self.insertions.append((self._offset, '<span class="visually-hidden"> (opens in a new tab)</span>'))
            self._leads_out = False

    @property
    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _stays_in_walk(self, href: str) -> bool:
        return bool(_STAYS.match(href)) or href.partition("?")[0] in _framed_paths()


@cache
def _framed_paths() -> frozenset[str]:
    return frozenset(reverse(f"troubleshooting:{name}") for name in FRAMED)
