"""Lets a view take what pages report that are kept for everybody, and so hold no token against forged requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.content.numbers import whole_number
from kb.rate_limits import limiter
from kb.rate_limits.limiter import Turn
from kb.rate_limits.network import host_of
from kb.web.limiting import counts_itself

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from kb.rate_limits.rules import Deed

LARGEST_BODY = 40_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a report does not count; `turn` is there when it may count later, or once somebody has put the site right."""

    status: int
    reason: str
    turn: Turn | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says besides: after how many seconds the next one may count, where that helps."""
        return {"Retry-After": str(self.turn.wait)} if self.turn and not self.turn.is_unwritable else {}


ELSEWHERE = Refusal(403, gettext_noop("Only pages of this site may count what is opened."))
WRONG_SIZE = Refusal(413, gettext_noop("Send one opened hit at a time."))
TOO_MANY = gettext_noop("Too much at once.")


def anonymous_post(
    deed: Deed,
) -> Callable[[Callable[[HttpRequest, Refusal | None], HttpResponse]], Callable[[HttpRequest], HttpResponse]]:
    """Let a view take POSTs without a token, and tell it why one is refused, None when it is not.

    The browser has to say that a page of this site sent it; what such a view counts may change nothing that another
    site would gain by.
    """

    def decorator(view: Callable[[HttpRequest, Refusal | None], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest) -> HttpResponse:
            return view(request, _refusal(request, deed))

        return csrf_exempt(require_POST(never_cache(counts_itself(wrapper))))

    return decorator


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it; one that says nothing is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return host_of(request.headers.get("Origin", "")) == request.get_host()


def _refusal(request: HttpRequest, deed: Deed) -> Refusal | None:
    if not is_from_here(request):
        return ELSEWHERE
    if whole_number(request.META.get("CONTENT_LENGTH"), 1, LARGEST_BODY) is None:
        return WRONG_SIZE
    turn = limiter.take(deed, request)
    return Refusal(503 if turn.is_away else 429, TOO_MANY, turn) if turn.is_refused else None
