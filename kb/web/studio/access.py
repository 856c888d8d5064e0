"""A view in, the same view for those who hold a permission out: others sign in first, or are told that they may not."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

from kb.web.resend import is_our_form, send_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer", bound="HttpResponseBase")
SIGNED_OUT = "You are signed out. Sign in again in another tab: your text is kept here, and saved as soon as you have."
FORBIDDEN = "This account may not do that any more. Ask an administrator."


def needs(
    permission: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Arguments], Answer]],
    Callable[Concatenate[HttpRequest, Arguments], Answer],
]:
    """Let those see a view who have a permission; a script is told why not, a form is kept to be sent again."""

    def guard(
        view: Callable[Concatenate[HttpRequest, Arguments], Answer],
    ) -> Callable[Concatenate[HttpRequest, Arguments], Answer]:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if wants_json(request):
                    return JsonResponse({"state": "signed-out", "message": SIGNED_OUT}, status=401)
                return send_again(request) if is_our_form(request) else redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                if wants_json(request):
                    return JsonResponse({"state": "forbidden", "message": FORBIDDEN}, status=403)
                raise PermissionDenied(FORBIDDEN)
            return view(request, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, Arguments], Answer]", guarded)

    return guard


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, and no person."""
    return request.headers.get("Accept") == "application/json"


def writer(request: HttpRequest) -> User:
    """Who is signed in, where a view is for those who are."""
    return cast("User", request.user)
