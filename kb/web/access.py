"""Shows a view only to those who may see it: others sign in first, or are told that they may not."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from kb.models.audience import STAFF, may_see
from kb.web.rejected_forms import is_our_form, offer_to_send_again
from kb.web.request_kinds import READING, wants_fragment, wants_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer", bound="HttpResponseBase")
SIGNED_OUT = gettext_lazy(
    "You are signed out. Sign in again in another tab: your text is kept here, and saved as soon as you have."
)
FORBIDDEN = gettext_lazy("This account may not do that any more. Ask an administrator.")


def needs(
    permission: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Arguments], Answer]],
    Callable[Concatenate[HttpRequest, Arguments], Answer],
]:
    """Let those see a view who have a permission; a script is told why not, a form is kept to be sent again."""

    def decorator(
        view: Callable[Concatenate[HttpRequest, Arguments], Answer],
    ) -> Callable[Concatenate[HttpRequest, Arguments], Answer]:
        @wraps(view)
        @never_cache
        def wrapper(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if wants_json(request):
                    return JsonResponse({"state": "signed-out", "message": SIGNED_OUT}, status=401)
                if is_our_form(request):
                    return offer_to_send_again(request)
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                if wants_json(request):
                    return JsonResponse({"state": "forbidden", "message": FORBIDDEN}, status=403)
                raise PermissionDenied(FORBIDDEN)
            return view(request, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, Arguments], Answer]", wrapper)

    return decorator


def for_staff(
    after_sign_in: str = "kb:home",
) -> Callable[
    [Callable[Concatenate[HttpRequest, Arguments], HttpResponse]],
    Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
]:
    """Let those see a view who may read what is for staff; a form of ours is kept to be sent again.

    `after_sign_in` is where all else leads to that was sent.
    """

    def decorator(
        view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
        @wraps(view)
        @never_cache
        def wrapper(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                if is_our_form(request) and not wants_fragment(request):
                    return offer_to_send_again(request)
                is_page = request.method in READING
                return redirect_to_login(request.get_full_path() if is_page else resolve_url(after_sign_in))
            if not may_see(request.user, STAFF):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", wrapper)

    return decorator


def writer(request: HttpRequest) -> User:
    """Who is signed in, where a view is for those who are."""
    return cast("User", request.user)
