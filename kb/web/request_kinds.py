"""Tells kinds of requests apart: those that read or send, for a page or a part of it, by a person or a script."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.csrf import csrf_exempt
from django_htmx.middleware import HtmxDetails

from kb.models.audience import STAFF, may_see

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

Arguments = ParamSpec("Arguments")
READING = ("GET", "HEAD")


def reads_only(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """Answer GET and HEAD by the view, all else by a page with status 405.

    Nothing is written here, so no token is asked for: a form sent to the wrong address is told what is wrong with it.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if request.method in READING:
            return view(request, *args, **kwargs)
        response = render(request, "405.html", status=405)
        response.headers["Allow"] = ", ".join(READING)
        return response

    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", csrf_exempt(wrapper))


def posts_only(
    page: str, *names: str
) -> Callable[
    [Callable[Concatenate[HttpRequest, Arguments], HttpResponse]],
    Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
]:
    """Answer POST by the view; who comes by a link, as after signing in, is led to the `page` that sends it.

    `names` are the parts of the view's address that stand in the page's as well. What the link asks is kept.
    """

    def decorator(
        view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            query = request.META.get("QUERY_STRING", "")
            address = reverse(page, kwargs={name: kwargs[name] for name in names})
            return redirect(f"{address}?{query}" if query else address)

        return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", wrapper)

    return decorator


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, to put what it gets into the page that it has: yes or no, whatever else the header says."""
    return bool(HtmxDetails(request))


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, and no person."""
    return request.headers.get("Accept") == "application/json"


def has_session(request: HttpRequest) -> bool:
    """Whether a browser says that somebody is signed in: known without a query, and never to be trusted."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def site(request: HttpRequest) -> dict[str, object]:
    """The context processor: what every template can name; the reader is looked for only where it is named."""
    sees_staff_guides = SimpleLazyObject(lambda: may_see(getattr(request, "user", None), STAFF))
    return {
        "site_name": settings.SITE_NAME,
        "signed_in": has_session(request),
        "sees_staff_guides": sees_staff_guides,
    }
