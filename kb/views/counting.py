"""A view that counts what browsers report in, the same view that knows which reports may count out."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kb.content.numbers import whole_number
from kb.network import host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MOST_A_MINUTE = 600
LARGEST = 40_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a report does not count."""

    status: int
    reason: str


ELSEWHERE = Refusal(403, "Only pages of this site may count what is opened.")
WRONG_SIZE = Refusal(413, "Send one opened hit at a time.")
TOO_MANY = Refusal(429, "Too much at once.")


class Minute:
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


def counts(
    minute: Minute,
) -> Callable[[Callable[[HttpRequest, Refusal | None], HttpResponse]], Callable[[HttpRequest], HttpResponse]]:
    """Let a view take POSTs without a token, and tell it why one may not count, None when it may.

    A page that is kept for everybody can hold no token, so the browser has to say that a page of this site sent it;
    what a view counts may change nothing that another site would gain by.
    """

    def counting(view: Callable[[HttpRequest, Refusal | None], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest) -> HttpResponse:
            return view(request, _refusal(request, minute))

        return csrf_exempt(require_POST(never_cache(checked)))

    return counting


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it; one that says nothing is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return host_of(request.headers.get("Origin", "")) == request.get_host()


def _refusal(request: HttpRequest, minute: Minute) -> Refusal | None:
    if not is_from_here(request):
        return ELSEWHERE
    if whole_number(request.META.get("CONTENT_LENGTH"), 1, LARGEST) is None:
        return WRONG_SIZE
    return TOO_MANY if minute.is_full() else None
