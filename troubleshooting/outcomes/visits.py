"""Knows a visit by a random word that a browser keeps for two hours: it tells one walk from another, and nobody."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from kb.content.patterns import linear

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

VISIT = "visit"
VISIT_SECONDS = 2 * 60 * 60

_VISIT = linear(r"[0-9a-f]{32}")


def known_visit(request: HttpRequest) -> str:
    """The random word that a browser keeps for this visit; '' for a browser without."""
    visit = request.COOKIES.get(VISIT, "")
    return visit if _VISIT.fullmatch(visit) else ""


def new_visit() -> str:
    """A random word for a visit that begins."""
    return secrets.token_hex(16)


def visit_of(request: HttpRequest) -> str:
    """The random word that a browser keeps for this visit; a new one for a browser without."""
    return known_visit(request) or new_visit()


def keep_visit(response: HttpResponseBase, visit: str, request: HttpRequest) -> None:
    """Have the browser keep the word, for pages of walks alone."""
    response.set_cookie(
        VISIT,
        visit,
        max_age=VISIT_SECONDS,
        path=reverse("troubleshooting:walk"),
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
