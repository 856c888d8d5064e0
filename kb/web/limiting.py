"""Limits how much is sent to every form, and what costs much at once; answers those who have to come again.

A view may say which of the limits is its own (`limited`), or count by itself (`counts_itself`); all others that take
something share one. What only reads is never counted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from kb.rate_limits import crowding, limiter
from kb.rate_limits.limiter import Turn
from kb.rate_limits.rules import MINUTE, Deed
from kb.web.errors import UNWRITABLE, UNWRITABLE_STATE
from kb.web.rejected_forms import typed_in
from kb.web.request_kinds import READING, wants_fragment, wants_json

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])
TOO_MANY, AWAY = 429, 503
CHANGES_NOTHING = (*READING, "OPTIONS")


def limited(deed: Deed) -> Callable[[View], View]:
    """Say which limit holds for what is sent to a view."""

    def decorator(view: View) -> View:
        view.limit = deed  # type: ignore[attr-defined]
        return view

    return decorator


def counts_itself(view: View) -> View:
    """Say that a view asks for its turn on its own."""
    view.limit = None  # type: ignore[attr-defined]
    return view


def reads_texts(view: View) -> View:
    """Let a view that changes something before it reads a text begin when there is a place for that, or not at all."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with nullcontext() if request.method in CHANGES_NOTHING else crowding.place(crowding.Work.TEXT):
            response: HttpResponse = view(request, *args, **kwargs)
        return response

    return cast("View", wrapper)


class Limiting:
    """The middleware; it stands behind those that tell who is signed in and refuse what came without its token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """What the view answers; `process_view` stands before it."""
        with crowding.answering_a_request():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: object, _named: object
    ) -> HttpResponse | None:
        """Take a turn for what is sent; a page that says what to do for what is too much."""
        deed: Deed | None = getattr(view, "limit", Deed.OTHER)
        if deed is None or request.method in CHANGES_NOTHING:
            return None
        turn = limiter.take(deed, request)
        return too_much(request, turn) if turn.is_refused else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The same page where others do so costly a thing at this moment that this one has to wait."""
        if not isinstance(exception, crowding.CrowdedError):
            return None
        return too_much(request, Turn(wait=crowding.RETRY_SECONDS, is_crowded=True, why=str(exception)))


def too_much(request: HttpRequest, turn: Turn) -> HttpResponse:
    """What a program is told, or a person shown, with all that was typed, to be sent once more."""
    if wants_json(request):
        state = UNWRITABLE_STATE if turn.is_unwritable else "too-much"
        response: HttpResponse = JsonResponse({"state": state, "message": sentence(turn)})
    else:
        context = typed_in(request) | refusal_context(turn) | {"address": request.get_full_path()}
        context |= {"is_form": request.method not in CHANGES_NOTHING}
        page = "kb/_too_much.html" if wants_fragment(request) else "kb/too_much.html"
        response = render(request, page, context)
    return refused(response, turn)


def refused(response: HttpResponse, turn: Turn) -> HttpResponse:
    """The same answer, as one that says to come again later, unless waiting does not help."""
    response.status_code = AWAY if turn.is_away or turn.is_crowded else TOO_MANY
    if not turn.is_unwritable:
        response.headers["Retry-After"] = str(turn.wait)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def refusal_context(turn: Turn) -> dict[str, object]:
    """What a template needs to tell of it; nothing of it asks a database that is away."""
    context: dict[str, object] = {"refused": turn, "refused_sentence": sentence(turn)}
    return context | {"signed_in": False} if turn.is_away else context


def sentence(turn: Turn) -> str:
    """What is so, and when to try again."""
    if turn.is_unwritable:
        return str(UNWRITABLE)
    if turn.is_away:
        return gettext("This can't be taken just now: the site's database does not answer. Try again in half a minute.")
    why = gettext(turn.why)
    if turn.is_crowded:
        return gettext("{why} Try again in a few seconds.").format(why=why)
    if turn.wait > MINUTE:
        minutes = -(-turn.wait // MINUTE)
        told = ngettext("{why} Try again in {minutes} minute.", "{why} Try again in {minutes} minutes.", minutes)
        return told.format(why=why, minutes=minutes)
    if turn.wait > MINUTE // 2:
        return gettext("{why} Try again in a minute.").format(why=why)
    return gettext("{why} Try again in half a minute.").format(why=why)
