"""The two steps of signing in: the password, and the code for those who set that up."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.validators import MaxLengthValidator
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext

from kb.models import SignIn
from kb.rate_limits.network import hidden_address
from kb.rate_limits.rules import MINUTE
from kb.web.accounts import two_factor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CODE_DUE = "code_due"
CODE_DUE_SECONDS = 10 * MINUTE


class _OfBoundedLength:
    """A form to sign in whose name is no longer than the name of an account: wrong ones are counted, and kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]  # type: ignore[attr-defined]  # a form's
        name.validators.append(MaxLengthValidator(name.max_length))


class SignInForm(_OfBoundedLength, AuthenticationForm):
    """The form of the site."""


class AdminSignInForm(_OfBoundedLength, AdminAuthenticationForm):
    """The form of the administration."""


class PasswordStep(LoginView):
    """Sign in who gives the right password, or lead them on to the code; what came of it is noted."""

    authentication_form: type[AuthenticationForm] = SignInForm
    template_name = "kb/sign_in.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to where they wanted to, or to the code."""
        user = form.get_user()
        if two_factor.app_of(user) is None:
            note(self.request, user.get_username(), SignIn.Outcome.SIGNED_IN)
            return super().form_valid(form)
        self.request.session.flush()
        due = CodeDue(user.pk, user.get_session_auth_hash(), time.time(), self.get_success_url(), self.request.path)
        self.request.session[CODE_DUE] = asdict(due)
        return redirect("kb:sign-in-code")

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say what is wrong."""
        if form.non_field_errors():
            is_locked_out = getattr(self.request, "axes_locked_out", False)
            outcome = SignIn.Outcome.LOCKED_OUT if is_locked_out else SignIn.Outcome.WRONG_PASSWORD
            note(self.request, known_name(form.cleaned_data.get("username", "")), outcome)
        return super().form_invalid(form)


class AdminPasswordStep(PasswordStep):
    """The same in the look of the administration, for those who may open it."""

    authentication_form = AdminSignInForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the administration's own template names."""
        given = admin.site.each_context(self.request) | {
            "title": gettext("Log in"),
            "app_path": self.request.get_full_path(),
        }
        return super().get_context_data(**kwargs) | given


@dataclass(frozen=True, slots=True)
class CodeDue:
    """Whose password was right a moment ago: kept in the session of a browser that nobody is signed in to yet.

    `password` tells whether they have another one since.
    """

    user: int
    password: str
    since: float
    leads_to: str
    form: str

    def person(self) -> User | None:
        """Who it is; None when too much time has passed, or the account or its password is another by now."""
        if not 0 <= time.time() - self.since < CODE_DUE_SECONDS:
            return None
        user = User.objects.filter(pk=self.user, is_active=True).first()
        return user if user and constant_time_compare(self.password, user.get_session_auth_hash()) else None


def code_due(request: HttpRequest) -> CodeDue | None:
    """The password that was right here; None where none was."""
    found = request.session.get(CODE_DUE)
    return CodeDue(**found) if found else None


def let_in(request: HttpRequest, user: User) -> None:
    """Sign in who gave a right code, too."""
    request.session.pop(CODE_DUE, None)
    user.otp_device = two_factor.app_of(user)  # type: ignore[attr-defined]  # from which django-otp learns of it
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    note(request, user.get_username(), SignIn.Outcome.SIGNED_IN)


def note(request: HttpRequest, name: str, outcome: str) -> None:
    """Remember a sign-in for administrators; the network address is a keyed hash of it."""
    SignIn.objects.note(name, outcome, hidden_address(request))


def known_name(typed: str) -> str:
    """A name that was typed, if an account has it: people type passwords into the wrong field."""
    return typed if User.objects.filter(username=typed).exists() else ""
