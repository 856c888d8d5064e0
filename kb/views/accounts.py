"""A name and a password in, a session out; and the way out of it. The only pages of readers that take a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from kb.views.methods import READING

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_login = LoginView.as_view(
    template_name="kb/sign_in.html",
    redirect_authenticated_user=True,
    extra_context={"site_name": settings.SITE_NAME},  # the view's own is the host's name
)
_logout = LogoutView.as_view()


@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form to sign in, and its answer; leads back to `next` when that is on this site."""
    return _login(request)


@never_cache
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session; a link only asks whether to, so that none can sign anybody out."""
    if request.method not in READING:
        return _logout(request)
    return render(request, "kb/sign_out.html") if request.user.is_authenticated else redirect("kb:home")
