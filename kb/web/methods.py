"""A view that only reads in, the same view with a clear answer to every other method out."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

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
    def checked(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if request.method in READING:
            return view(request, *args, **kwargs)
        response = render(request, "405.html", status=405)
        response.headers["Allow"] = ", ".join(READING)
        return response

    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", csrf_exempt(checked))
