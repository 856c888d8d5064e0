"""Where the site asks codes of all who write or administer, leads those without an app to where they set one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy

from kb.web.accounts import two_factor
from kb.web.request_kinds import READING, has_session, wants_fragment, wants_json

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

SETS_UP = "kb:two-factor"
OPEN = {
    SETS_UP,
    "kb:two-factor-begin",
    "kb:two-factor-confirm",
    "kb:two-factor-recovery",
    "kb:sign-in",
    "kb:sign-in-code",
    "kb:sign-out",
    "kb:healthz",
    "kb:readyz",
    "kb:metrics",
}
FIRST = gettext_lazy(
    "This site asks everybody who writes or administers for a code beside the password. Set that up first."
)


class RequiredCodes:
    """The middleware; it stands behind those that tell who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """What the view answers; `process_view` stands before it."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _arguments: object, _named: object
    ) -> HttpResponse | None:
        """Nothing for who gave a code, or need not; else the way to the page that sets it up."""
        if settings.TWO_FACTOR != "staff" or not has_session(request) or _name(request) in OPEN:
            return None
        user = request.user
        if not user.is_authenticated or getattr(user, "otp_device", None) or not two_factor.must_have(user):
            return None
        if two_factor.app_of(user):  # signed in before there was one
            logout(request)
            return redirect_to_login(request.get_full_path() if request.method in READING else resolve_url("kb:home"))
        return _refusal(request)


def _refusal(request: HttpRequest) -> HttpResponse:
    if wants_json(request) or request.path.startswith("/api/"):
        return JsonResponse({"state": "forbidden", "message": FIRST}, status=403)
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": resolve_url(SETS_UP)})
    return redirect(SETS_UP)


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
