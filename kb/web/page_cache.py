"""Keeps the pages of signed-out readers: in this process for the next of them, and in browsers with a check each time.

What is kept stays within a number of bytes, for an hour at most. Pages lie apart from answers to what people type, so
that a burst of typing pushes no page out. Where there is a Redis, what one process made is kept for all of them. A
proxy may give a page without asking for as many seconds as the settings say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from cachetools import TTLCache
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from kb.config.version import libraries
from kb.library import notices, publication
from kb.web import shared_pages
from kb.web.request_kinds import READING, has_session, wants_fragment
from kb.web.shared_pages import Page

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

BROWSERS_KEEP = "public, max-age=0, must-revalidate"  # a browser keeps the page, and asks each time whether it is right
BROWSERS_FORGET = "private, no-store"
NETWORKS = "CDN-Cache-Control"
DAY = 24 * 60 * 60
VARY = ("Cookie", "HX-Request") if settings.READER_LANGUAGE else ("Cookie", "HX-Request", "Accept-Language")
KEPT_SECONDS = 60 * 60
LARGEST_PAGE = 1_000_000
ANSWERS_SHARE = 4  # one part in so many of the room is for answers to what people type


class PageStore:
    """Pages by their keys; the one that was not asked for the longest makes room."""

    def __init__(self, most_bytes: int) -> None:
        self._lock = Lock()
        self._pages: TTLCache[str, Page] = TTLCache(most_bytes, KEPT_SECONDS, getsizeof=Page.size)

    def get(self, key: str) -> HttpResponse | None:
        """The page under the key, if it is kept."""
        with self._lock:
            page = self._pages.get(key)
        return page.response() if page else None

    def put(self, key: str, page: Page) -> None:
        """Keep a page, unless it is larger than a page may be."""
        with self._lock:
            if page.size() <= min(LARGEST_PAGE, self._pages.maxsize):
                self._pages[key] = page

    def bytes_kept(self) -> int:
        """How many bytes the pages take."""
        with self._lock:
            return int(self._pages.currsize)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._pages.clear()


_ROOM = settings.ENVIRONMENT.page_cache_mb * 1_000_000
ANSWERS = PageStore(_ROOM // ANSWERS_SHARE)
PAGES = PageStore(_ROOM - _ROOM // ANSWERS_SHARE)


def forget() -> None:
    """Keep nothing any more."""
    PAGES.clear()
    ANSWERS.clear()


def public_page_cache(get_response: GetResponse) -> GetResponse:
    """Answer signed-out readers from what was rendered for another of them, under the library's token.

    A page is kept while the token, the notices that run and the release stay the same; a reader who has the page
    already gets a 304 without a query. A response that sets a cookie or its own Cache-Control is handed on untouched.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_shareable = request.method in READING and not has_session(request)
        token = publication.cacheable() if is_shareable else None
        if token is None:
            return _personal(get_response(request))
        etag = _etag(request, token)
        # If-None-Match compares weakly (RFC 9110, section 13.1.2): a proxy that compresses makes a tag `W/"..."`.
        if etag in (tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))):
            return _stamp(HttpResponseNotModified(), etag)
        store = ANSWERS if request.META.get("QUERY_STRING") else PAGES
        key = f"{request.method}:{etag}"  # a HEAD may have no body, so it is kept apart from the GET of the same page
        if cached := store.get(key):
            return cached
        if page := shared_pages.get(key):
            store.put(key, page)
            return page.response()
        response = get_response(request)
        if not isinstance(response, HttpResponse) or not _may_be_kept(response):
            return _personal(response)
        page = _page_of(_stamp(response, etag))
        store.put(key, page)
        if page.size() <= LARGEST_PAGE:
            shared_pages.put(key, page, KEPT_SECONDS)
        return response

    return middleware


def cookies_are_private(get_response: GetResponse) -> GetResponse:
    """Let no cache between give an answer that sets a cookie to anybody else, whatever the answer says.

    It stands outside of all that sets cookies.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.cookies and not _is_private(response):
            response.headers["Cache-Control"] = BROWSERS_FORGET
        if response.cookies and NETWORKS in response.headers:
            del response.headers[NETWORKS]
        return response

    return middleware


def _is_private(response: HttpResponseBase) -> bool:
    rules = response.headers.get("Cache-Control", "")
    return "private" in rules or "no-store" in rules


def _etag(request: HttpRequest, token: str) -> str:
    """A name for the page: the same for the same address at the same state of the library and the same release.

    Another one on each day: what people use orders some lists, and no browser is to keep an order for ever.

    It is made of what decides which view answers and what that view is told, never of what a header says beside.
    """
    parts = (
        token,
        notices.state(token),
        release(),
        timezone.localdate().isoformat(),
        request.scheme or "",
        request.get_host(),
        get_language() or "",
        request.path_info,
        request.META.get("QUERY_STRING", ""),
        "fragment" if wants_fragment(request) else "page",
    )
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def _may_be_kept(response: HttpResponse) -> bool:
    own_rules = "Cache-Control" in response.headers or "ETag" in response.headers
    return response.status_code == 200 and not response.cookies and not own_rules  # noqa: PLR2004


def _page_of(response: HttpResponse) -> Page:
    return Page(response.status_code, tuple(response.headers.items()), response.content)


def _stamp(response: HttpResponse, etag: str) -> HttpResponse:
    """Say under which name the page is kept, and by whom for how long."""
    response.headers["ETag"] = etag
    let_caches_keep(response, BROWSERS_KEEP)
    patch_vary_headers(response, VARY)
    return response


def let_caches_keep(response: HttpResponseBase, browsers: str) -> None:
    """Say by what rules browsers keep an answer, and for how long caches between give it without asking.

    Networks that deliver pages (RFC 9213) may give an old one while they fetch the new one; a browser never may.
    """
    seconds = settings.SHARED_CACHE_SECONDS
    is_asked_for = not seconds and browsers == BROWSERS_KEEP  # which says so to all caches
    response.headers["Cache-Control"] = browsers if is_asked_for else f"{browsers}, s-maxage={seconds}"
    if seconds:
        response.headers[NETWORKS] = f"max-age={seconds}, stale-while-revalidate={seconds}, stale-if-error={DAY}"


def _personal(response: HttpResponseBase) -> HttpResponseBase:
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = BROWSERS_FORGET
    patch_vary_headers(response, VARY)
    return response


@cache
def release() -> str:
    """A name for the code, the templates, the static files and the libraries that this process serves.

    It is made of what the files hold, so that machines with the same release give pages the same names.
    """
    shown_settings = (
        settings.SITE_NAME,
        settings.TIME_ZONE,
        settings.READER_LANGUAGE,
        settings.EMAIL_IS_ON,
        bool(settings.WEBHOOK_URL),
        settings.SEARCH_LOG,
        settings.WALK_LOG,
        settings.SHARED_CACHE_SECONDS,
    )
    release_hash = hashlib.sha256(repr(shown_settings).encode())
    base: Path = settings.BASE_DIR
    locked = base / "requirements.txt"
    if not locked.is_file():  # an installed package, beside which may be other versions than the locked ones
        release_hash.update(repr(libraries()).encode())
    for path in sorted({*base.glob("kb/**/*"), *base.glob("troubleshooting/**/*"), locked}):
        if path.suffix in {".py", ".html", ".xml", ".txt", ".json", ".svg", ".mo"} and path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            release_hash.update(f"{path.relative_to(base)} {digest}\n".encode())
    release_hash.update(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    return release_hash.hexdigest()[:16]
