"""What a signed-out reader sees is kept once for all of them: requests in, kept pages, 304s or fresh pages out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from kb.library import publication
from kb.limits.limiter import sender_of
from kb.models.audience import EVERYONE, INSIDERS
from kb.search.log import record
from kb.web import page_cache
from kb.web.fragments import wants_fragment

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

SHARED = "public, max-age=0, must-revalidate"
PERSONAL = "private, no-store"
SHARED_VARY = ("Cookie", "HX-Request")
FOUND = "X-Search-Found"


def search_recorder(get_response: GetResponse) -> GetResponse:
    """Record what a page of results was asked for, kept pages included; what it found, the page says in a header.

    The header never leaves the server. A browser that fetches ahead has not searched yet.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        found = response.headers.get(FOUND)
        if found is not None:
            del response.headers[FOUND]
            if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
                hits, audience, opened = found.split(" ", 2)
                audiences = INSIDERS if audience == "staff" else EVERYONE
                text, position = request.GET.get("q", ""), 1 if opened else None
                record.record(text, int(hits), audiences, unquote(opened), position, sender=sender_of(request))
        return response

    return middleware


def public_page_cache(get_response: GetResponse) -> GetResponse:
    """Answer signed-out readers from what was rendered for another of them, under the library's token.

    A page is kept while the token and the release stay the same; a reader who has the page already gets a 304
    without a query. A response that sets a cookie or its own Cache-Control is handed on untouched.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not _is_shareable(request):
            return _personal(get_response(request))
        token = publication.cacheable()
        if token is None:
            return _personal(get_response(request))
        etag = _etag(request, token)
        if _has_it(request, etag):
            return _stamp(HttpResponseNotModified(), etag)
        return _shelf(request).get(_key(request, etag)) or _render(request, get_response, etag)

    return middleware


def _is_shareable(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME not in request.COOKIES


def _etag(request: HttpRequest, token: str) -> str:
    """A name for the page: the same for the same address at the same state of the library and the same release.

    It is made of what decides which view answers and what that view is told, never of what a header says beside.
    """
    parts = (
        token,
        release(),
        request.scheme or "",
        request.get_host(),
        request.path_info,
        request.META.get("QUERY_STRING", ""),
        "fragment" if wants_fragment(request) else "page",
    )
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def _key(request: HttpRequest, etag: str) -> str:
    """Where the answer is kept: a HEAD may have no body, so it is kept apart from the GET of the same page."""
    return f"{request.method}:{etag}"


def _shelf(request: HttpRequest) -> page_cache.Shelf:
    return page_cache.ANSWERS if request.META.get("QUERY_STRING") else page_cache.PAGES


def _has_it(request: HttpRequest, etag: str) -> bool:
    offered = parse_etags(request.headers.get("If-None-Match", ""))
    return etag in (tag.removeprefix("W/") for tag in offered)


def _render(request: HttpRequest, get_response: GetResponse, etag: str) -> HttpResponseBase:
    response = get_response(request)
    if not isinstance(response, HttpResponse) or not _may_be_kept(response):
        return _personal(response)
    response = _stamp(response, etag)
    _shelf(request).put(_key(request, etag), response)
    return response


def _may_be_kept(response: HttpResponse) -> bool:
    own_rules = "Cache-Control" in response.headers or "ETag" in response.headers
    return response.status_code == 200 and not response.cookies and not own_rules  # noqa: PLR2004


def _stamp(response: HttpResponse, etag: str) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = SHARED
    patch_vary_headers(response, SHARED_VARY)
    return response


def _personal(response: HttpResponseBase) -> HttpResponseBase:
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = PERSONAL
    patch_vary_headers(response, SHARED_VARY)
    return response


@cache
def release() -> str:
    """A name for the code, the templates, the static files and the libraries that this process serves.

    It is made of what the files hold, so that machines with the same release give pages the same names.
    """
    shown = (
        settings.SITE_NAME,
        settings.TIME_ZONE,
        settings.EMAIL_IS_ON,
        bool(settings.WEBHOOK_URL),
        settings.SEARCH_LOG,
    )
    name = hashlib.sha256(repr(shown).encode())
    base: Path = settings.BASE_DIR
    for path in sorted({*base.glob("kb/**/*"), *base.glob("troubleshooting/**/*"), base / "requirements.txt"}):
        if path.suffix in {".py", ".html", ".xml", ".txt", ".json", ".svg"} and path.is_file():
            held = hashlib.sha256(path.read_bytes()).hexdigest()
            name.update(f"{path.relative_to(base)} {held}\n".encode())
    name.update(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    return name.hexdigest()[:16]
