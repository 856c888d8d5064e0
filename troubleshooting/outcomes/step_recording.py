"""Notes which pages of walks people see, those among them that are kept by this server or by their browser.

A page is counted once the browser has sent back the random word of its visit: so nothing is counted of programs that
keep nothing, such as robots. The page that brings the word is counted with the next one, whose address tells of it; or
by its script, which says at once that it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.models.audience import audiences_for
from kb.rate_limits.limiter import sender_of
from kb.rate_limits.rules import Deed
from kb.web.anonymous_posts import Refusal, anonymous_post
from troubleshooting.outcomes import step_log
from troubleshooting.outcomes.visits import keep_visit, known_visit, new_visit

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]

SHOWN = (200, 304)
LED_ON = 302
LONGEST_QUERY = 8000
ROBOTS = ("bot/", "crawl", "spider", "slurp")
FOR_ONE_BROWSER = "private, max-age=0, must-revalidate"


def walk_recorder(get_response: GetResponse) -> GetResponse:
    """Note each page of a walk that a browser shows, and have the browser keep the word that tells its visit.

    It stands outside of the cache of pages. A page that goes out with a word of its own is for one browser alone, and
    no proxy may give it to others; in this server it is kept without.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not settings.WALK_LOG or not _is_of_a_walk(request, response) or not _may_be_counted(request):
            return response
        visit = known_visit(request)
        if not visit:
            keep_visit(response, new_visit(), request)
            if response.headers.get("Cache-Control", "").startswith("public"):
                response.headers["Cache-Control"] = FOR_ONE_BROWSER
        elif request.method == "GET":
            _note(visit, request.META.get("QUERY_STRING", ""), request)
        else:
            _note(visit, _query_of_sending_page(request), request, is_left_behind=True)
        return response

    return middleware


@anonymous_post(Deed.WALK)
def walk_seen(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    """Count the first page of a walk, whose query is `walk`, where the browser keeps a visit. 204, or why not.

    POST to `/troubleshoot/seen/`, for everyone.
    """
    if refusal:
        return HttpResponse(refusal.reason, "text/plain", status=refusal.status, headers=refusal.headers)
    visit = known_visit(request)
    if settings.WALK_LOG and visit and _may_be_counted(request):
        query = request.POST.get("walk", "")
        if len(query) <= LONGEST_QUERY:
            step_log.note(visit, query, audiences_for(request.user))  # its turn was taken already
    return HttpResponse(status=204)


def _note(visit: str, query: str, request: HttpRequest, *, is_left_behind: bool = False) -> None:
    if query and len(query) <= LONGEST_QUERY:
        user = getattr(request, "user", None) or AnonymousUser()  # what is kept is answered before anybody is known
        step_log.note(visit, query, audiences_for(user), sender_of(request), is_left_behind=is_left_behind)


def _query_of_sending_page(request: HttpRequest) -> str:
    """The query of the page of a walk on which other words were given; '' where a walk begins."""
    page = urlsplit(request.headers.get("Referer", ""))
    is_ours = page.netloc == request.get_host() and page.path == _paths()[0]
    return page.query if is_ours else ""


def _is_of_a_walk(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether it is a page of a walk, or leads to its first one from what was typed."""
    walk, pasted = _paths()
    if request.path_info == walk:
        return request.method == "GET" and response.status_code in SHOWN
    return request.path_info == pasted and request.method == "POST" and response.status_code == LED_ON


def _may_be_counted(request: HttpRequest) -> bool:
    """Not what a browser fetches ahead, nor a robot, nor whoever asks not to be followed."""
    headers = request.headers
    agent = headers.get("User-Agent", "").lower()
    is_ahead = "prefetch" in headers.get("Sec-Purpose", "")
    return not is_ahead and headers.get("Sec-GPC") != "1" and not any(robot in agent for robot in ROBOTS)


@cache
def _paths() -> tuple[str, str]:
    return reverse("troubleshooting:walk"), reverse("troubleshooting:walk-from-pasted")
