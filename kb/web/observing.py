"""Watches requests: gives each an id, counts and times it, and logs those that took long.

Nothing of whose request it was is kept: of its address, only the pattern that led to the view.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING

from django.conf import settings

from kb.config.logs import request_id
from kb.content.patterns import linear
from kb.web import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
KEPT_PAGE = "(kept page)"
UNKNOWN = "(no such page)"

_ID = linear(r"[A-Za-z0-9-]{8,64}")
logger = logging.getLogger("kb.requests")


def observer(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Watch each request; a proxy's id for it is taken over, so that both logs can be put side by side."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        own = given if given and _ID.fullmatch(given) else secrets.token_hex(8)
        vars(request)["id_in_logs"] = own
        context = request_id.set(own)
        begun = time.perf_counter()
        try:
            response = get_response(request)
            _note(request, response, time.perf_counter() - begun)
        finally:
            request_id.reset(context)
        response.headers[HEADER] = own
        return response

    return middleware


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    route = _route(request, response)
    method = request.method if request.method in metrics.METHODS else "OTHER"
    if settings.METRICS_TOKEN:
        metrics.requests.labels(method, route, str(response.status_code)).inc()
        metrics.seconds.labels(method, route).observe(seconds)
    is_slow = seconds * 1000 >= settings.SLOW_MS
    if is_slow or settings.LOG_REQUESTS:
        told = {"method": method, "route": route, "status": response.status_code, "milliseconds": round(seconds * 1000)}
        message = "%(method)s %(route)s %(status)d in %(milliseconds)d ms"
        logger.log(logging.WARNING if is_slow else logging.INFO, message, told, extra=told)


def _route(request: HttpRequest, response: HttpResponseBase) -> str:
    """The pattern that led to the view: never what stood in the address."""
    if request.resolver_match:
        return f"/{request.resolver_match.route}"
    return UNKNOWN if response.status_code in (400, 404) else KEPT_PAGE
