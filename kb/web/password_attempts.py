"""Counts the wrong passwords that a form is given, so that nobody tries name after name.

They are counted by network, and whoever guesses keeps others there from signing in. So a browser in which a name was
signed in before keeps a mark of that, and its tries with that name are counted on their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from kb.rate_limits import limiter
from kb.rate_limits.limiter import Sender
from kb.rate_limits.rules import DAY, By, Deed
from kb.web.limiting import CHANGES_NOTHING, counts_itself, refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from kb.rate_limits.limiter import Turn

KNOWN = "known"
KNOWN_SECONDS = 180 * DAY
OK, FOUND = 200, 302
OLD_PASSWORD = "old_password"  # noqa: S105 - the name of a field

View: TypeAlias = "Callable[[HttpRequest], HttpResponseBase]"


def counts_wrong_passwords(page: Callable[[HttpRequest, Turn], HttpResponse]) -> Callable[[View], View]:
    """Show `page` in place of a view that was given too many wrong passwords."""

    def decorator(view: View) -> View:
        @counts_itself
        @wraps(view)
        def wrapper(request: HttpRequest) -> HttpResponseBase:
            if request.method in CHANGES_NOTHING:
                return view(request)
            turn = _turn(request)
            if turn.is_refused:
                return refused(page(request, turn), turn)
            response = view(request)
            if not _was_wrong(request, response):
                limiter.give_back(turn)
            if response.status_code == FOUND and request.user.get_username() == request.POST.get("username"):
                remember(request, response, request.path)
            return response

        return wrapper

    return decorator


def _turn(request: HttpRequest) -> Turn:
    name = request.POST.get("username", "")
    nonce, _, mark = request.COOKIES.get(KNOWN, "").partition(".")
    if name and constant_time_compare(mark, _mark(nonce, name)):
        return limiter.take_for(Deed.KNOWN_SIGN_IN, Sender().also(By.BROWSER, f"{nonce}.{mark}"))
    return limiter.take(Deed.SIGN_IN, request)


def _was_wrong(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a wrong password was tried; where the name was locked out already, none was."""
    if getattr(request, "axes_locked_out", False) and getattr(request, "axes_failures_since_start", None) is None:
        return False
    form = (getattr(response, "context_data", None) or {}).get("form")
    if response.status_code != OK or form is None:
        return False
    return bool(form.non_field_errors()) or OLD_PASSWORD in form.errors


def remember(request: HttpRequest, response: HttpResponseBase, path: str) -> None:
    """Have the browser keep, for the form at `path`, that whoever is signed in by now was signed in here."""
    nonce = secrets.token_hex(8)
    response.set_cookie(
        KNOWN,
        f"{nonce}.{_mark(nonce, request.user.get_username())}",
        max_age=KNOWN_SECONDS,
        path=path,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(nonce: str, name: str) -> str:
    return salted_hmac("kb.web.password_attempts", f"{nonce}\0{name}", algorithm="sha256").hexdigest()
