"""Signing in and out, changing a password, and the way past a forgotten one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from axes.utils import reset
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm
from django.contrib.auth.views import (
    LogoutView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kb.models import Act
from kb.outbox import letters, mail
from kb.rate_limits import limiter
from kb.rate_limits.rules import By, Deed
from kb.web.accounts.signing_in import AdminPasswordStep, PasswordStep
from kb.web.limiting import counts_itself, refusal_context, refused
from kb.web.password_attempts import counts_wrong_passwords
from kb.web.request_kinds import READING

if TYPE_CHECKING:
    from django.contrib.auth.forms import SetPasswordForm
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from kb.rate_limits.limiter import Turn


_password_step = PasswordStep.as_view(
    redirect_authenticated_user=True,
    extra_context={"site_name": settings.SITE_NAME},  # the view's own is the host's name
)
_admin_password_step = AdminPasswordStep.as_view()
_logout_view = LogoutView.as_view()
_CHANGING = {"heading": gettext_lazy("Change your password"), "action": gettext_lazy("Change the password")}
_change_view = PasswordChangeView.as_view(
    template_name="kb/password_form.html", success_url=reverse_lazy("kb:home"), extra_context=_CHANGING
)


class _ForgottenPasswordForm(PasswordResetForm):
    """Whoever asks for a mail is answered at once, whether or not there is such an account: the outbox mails it."""

    def send_mail(  # noqa: PLR0917 - Django's signature
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,  # noqa: ARG002
        to_email: str,
        html_email_template_name: str | None = None,  # noqa: ARG002
    ) -> None:
        """Put the mail into the outbox, which forgets it when it has left."""
        subject = " ".join(render_to_string(subject_template_name, context).split())
        content = mail.mail(subject, render_to_string(email_template_name, context), to_email)
        letters.put(f"password-{secrets.token_hex(16)}", {"mail": content})


_reset_view = PasswordResetView.as_view(
    form_class=_ForgottenPasswordForm,
    template_name="kb/password_forgotten.html",
    email_template_name="kb/password_mail.txt",
    subject_template_name="kb/password_mail_subject.txt",
    success_url=reverse_lazy("kb:password-mail-sent"),
    extra_email_context={"help_name": settings.SITE_NAME},
)


class _NewPasswordView(PasswordResetConfirmView):
    """Who chose a new password by mail has shown who they are: wrong ones that were given before count no more."""

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        """Keep the password, and let its owner in."""
        reset(username=form.user.get_username())
        Act.objects.note(form.user.get_username(), gettext_noop("chose a new password by a link from a mail"))
        return super().form_valid(form)


_new_password_view = _NewPasswordView.as_view(
    template_name="kb/password_form.html",
    success_url=reverse_lazy("kb:sign-in"),
    extra_context={"heading": gettext_lazy("Choose a new password"), "action": gettext_lazy("Keep this password")},
)
FOUND, TOO_MANY = 302, 429
CHANGED = gettext_lazy("Your password was changed.")


def _sign_in_later(request: HttpRequest, turn: Turn) -> HttpResponse:
    """The form with the name that was typed, and when to send it again."""
    form = AuthenticationForm(request, initial={"username": request.POST.get("username", "")})
    leads_to = request.POST.get("next", "") or request.GET.get("next", "")
    context = {"form": form, "next": leads_to, "action": request.get_full_path()}
    return render(request, "kb/sign_in.html", context | refusal_context(turn))


@never_cache
@sensitive_post_parameters()
@counts_wrong_passwords(_sign_in_later)
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form to sign in, and its answer; leads back to `next` when that is on this site.

    At `/accounts/sign-in/`, for everyone.
    """
    return _password_step(request)


@never_cache
@sensitive_post_parameters()
@counts_wrong_passwords(_sign_in_later)
def sign_in_to_admin(request: HttpRequest) -> HttpResponseBase:
    """The same for the administration, which has a form of its own.

    At `/admin/login/`, for everyone.
    """
    if request.method in READING and admin.site.has_permission(request):
        return redirect("admin:index")
    return _admin_password_step(request)


@never_cache
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session; a link only asks whether to, so that none can sign anybody out.

    At `/accounts/sign-out/`, for everyone.
    """
    if request.method not in READING:
        return _logout_view(request)
    return render(request, "kb/sign_out.html") if request.user.is_authenticated else redirect("kb:home")


def _change_later(request: HttpRequest, turn: Turn) -> HttpResponse:
    context = {"form": PasswordChangeForm(request.user)} | _CHANGING  # type: ignore[arg-type]  # somebody is signed in
    return render(request, "kb/password_form.html", context | refusal_context(turn))


@never_cache
@login_required
@sensitive_post_parameters()
@counts_wrong_passwords(_change_later)
def change_password(request: HttpRequest) -> HttpResponseBase:
    """The form for another password, which asks for the present one; other sessions of the account end.

    At `/accounts/password/`, for whoever is signed in.
    """
    response = _change_view(request)
    if response.status_code == FOUND:
        Act.objects.note(request.user.get_username(), gettext_noop("changed their password"))
        messages.success(request, CHANGED)
    return response


@never_cache
@counts_itself
def forgotten_password(request: HttpRequest) -> HttpResponseBase:
    """Mail a link to choose a new password with; without a mail server, say whom to ask.

    The address that is asked for is counted whether or not there is such an account, so that nobody learns of one.

    At `/accounts/password/forgotten/`, for everyone.
    """
    if not settings.EMAIL_IS_ON:
        return render(request, "kb/password_ask.html")
    form = PasswordResetForm(request.POST)
    if request.method in READING or not form.is_valid():
        return _reset_view(request)
    mailbox = form.cleaned_data["email"].strip().casefold()
    turn = limiter.take(Deed.RESET, request, {By.MAILBOX: mailbox})
    if not turn.is_refused:
        return _reset_view(request)
    context = {"form": PasswordResetForm(initial={"email": form.cleaned_data["email"]})}
    return refused(render(request, "kb/password_forgotten.html", context | refusal_context(turn)), turn)


@never_cache
def password_mail_sent(request: HttpRequest) -> HttpResponse:
    """What happens next; the same whether or not there is such an account.

    At `/accounts/password/sent/`, for everyone.
    """
    return render(request, "kb/password_mail_sent.html")


@never_cache
@sensitive_post_parameters()
def new_password(request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
    """The form behind the link of the mail; a link that was used or is too old says so.

    At `/accounts/password/new/<uidb64>/<token>/`, for everyone.
    """
    response = _new_password_view(request, uidb64=uidb64, token=token)
    if response.status_code == FOUND and request.method not in READING:
        messages.success(request, CHANGED)
    return response


def locked_out(
    request: HttpRequest, _response: HttpResponseBase | None = None, _credentials: object = None
) -> HttpResponse:
    """What somebody sees who gave a wrong password too often; also when it is right by now."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60
    page = render(request, "kb/locked_out.html", {"minutes": minutes}, status=TOO_MANY)
    page.headers["Retry-After"] = str(minutes * 60)
    page.headers["Cache-Control"] = "private, no-store"
    return page
