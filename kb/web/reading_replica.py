"""Has pages read from the replica of the database, and shows people what they have just written.

After somebody has sent something, their browser keeps for a minute how far the database had come by then; until the
replica has come so far, they read from the primary. A page that the replica failed is made once more from the primary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from kb.config import replica
from kb.content.patterns import linear
from kb.library import publication
from kb.models import Generation
from kb.web.request_kinds import READING

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

GetResponse: TypeAlias = Callable[["HttpRequest"], "HttpResponseBase"]

WROTE = "wrote"
WROTE_SECONDS = 60
NEVER = (1 << 63) - 1  # no log gets so long: for as long as the browser keeps it
_POSITION = linear(r"[0-9a-f]{1,16}")


@dataclass(slots=True)
class _Known:
    """The newest state of the library that the replica is known to have."""

    token: str = ""


_known = _Known()


def replica_reader(get_response: GetResponse) -> GetResponse:
    """Read from the replica what only reads; without one, do nothing."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not replica.is_configured():
            return get_response(request)
        if request.method not in READING:
            return _marked(get_response(request), request)
        state = publication.current()
        if not replica.watch.may_be_read(_position(request)) or not _has_state(state):
            return get_response(request)
        with replica.reading(state) as reading:
            response = get_response(request)
        if reading.failed:
            response = get_response(request)
        return _marked(response, request) if reading.wrote else response

    return middleware


def _position(request: HttpRequest) -> int:
    """How far the replica must have come for this reader."""
    given = request.COOKIES.get(WROTE, "0")
    return int(given, 16) if _POSITION.fullmatch(given) else 0


def _has_state(token: str) -> bool:
    """Whether the replica has this state of the library: what is kept under its name must not be older."""
    if _known.token == token:
        return True
    try:
        found = Generation.objects.using(replica.REPLICA).filter(pk=1, token=token).exists()
    except (DatabaseError, InterfaceError):
        return False
    if found:
        _known.token = token
    return found


def _marked(response: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    """The answer to somebody who wrote.

    Who has no other cookie only told that a page was read, or the like: no page shows them that, and with a cookie they
    would be given nothing any more of what proxies keep.
    """
    if not (request.COOKIES.keys() - {WROTE} or response.cookies):
        return response
    position = replica.position_of_primary()
    response.set_cookie(
        WROTE,
        f"{NEVER if position is None else position:x}",
        max_age=WROTE_SECONDS,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
