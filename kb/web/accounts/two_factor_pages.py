"""The pages on which codes are asked for, set up and turned off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as keep_device

from kb.models import Act, SignIn
from kb.rate_limits import limiter
from kb.rate_limits.rules import By, Deed
from kb.web.access import writer
from kb.web.accounts import signing_in, two_factor
from kb.web.limiting import counts_itself, refusal_context, refused
from kb.web.password_attempts import remember
from kb.web.request_kinds import READING, posts_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

WRONG = gettext_lazy(
    "This code is not right, or it was used already. Codes of an app change each half minute: try the next one."
)


class CodeForm(forms.Form):
    """One field for a code of either kind."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=two_factor.LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
        ),
    )


@never_cache
@sensitive_post_parameters()
@counts_itself
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of whoever gave the right password a moment ago, and sign them in with it.

    At `/accounts/sign-in/code/`, for everyone.
    """
    due = signing_in.code_due(request)
    user = due.person() if due else None
    if due is None or user is None:
        return redirect("kb:sign-in")
    if request.method in READING:
        return _code_page(request, CodeForm())

    def check(code: str) -> Any | None:
        device = two_factor.accepted(user, code)
        if device is None:
            signing_in.note(request, user.get_username(), SignIn.Outcome.WRONG_CODE)
        return device

    def go_on() -> HttpResponse:
        signing_in.let_in(request, user)
        response = redirect(due.leads_to)
        remember(request, response, due.form)
        return response

    return _with_code(request, user, check, go_on, page=_code_page)


@never_cache
@login_required
def two_factor_codes(request: HttpRequest) -> HttpResponse:
    """Whether codes are asked for beside the password, and the forms that change it.

    At `/accounts/two-factor/`, for whoever is signed in.
    """
    return _page(request, CodeForm())


@never_cache
@login_required
@posts_only("kb:two-factor")
def begin_app(request: HttpRequest) -> HttpResponse:
    """Make the secret that an app is to read, or forget it again.

    POST to `/accounts/two-factor/begin/`, for whoever is signed in.
    """
    if request.POST.get("give_up"):
        two_factor.give_up(writer(request))
    else:
        two_factor.begin(writer(request))
    return redirect("kb:two-factor")


@never_cache
@login_required
@posts_only("kb:two-factor")
@sensitive_post_parameters()
@counts_itself
def confirm_app(request: HttpRequest) -> HttpResponse:
    """Ask for codes from now on, if the app makes the right ones; the recovery codes are shown this once.

    POST to `/accounts/two-factor/confirm/`, for whoever is signed in.
    """
    user = writer(request)
    if two_factor.app_to_confirm(user) is None:
        return redirect("kb:two-factor")

    def go_on() -> HttpResponse:
        keep_device(request, two_factor.app_of(user))
        request.session.cycle_key()
        two_factor.end_other_sessions(request, user)
        Act.objects.note(user.get_username(), gettext_noop("turned two-factor codes on"))
        return _shown_once(request, user)

    return _with_code(request, user, lambda code: two_factor.confirm(user, code), go_on)


@never_cache
@login_required
@posts_only("kb:two-factor")
@sensitive_post_parameters()
@counts_itself
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show ten other recovery codes to who gives a right code.

    POST to `/accounts/two-factor/recovery/`, for whoever is signed in.
    """
    user = writer(request)

    def go_on() -> HttpResponse:
        Act.objects.note(user.get_username(), gettext_noop("made new recovery codes"))
        return _shown_once(request, user)

    return _with_code(request, user, lambda code: two_factor.accepted(user, code), go_on)


@never_cache
@login_required
@posts_only("kb:two-factor")
@sensitive_post_parameters()
@counts_itself
def turn_codes_off(request: HttpRequest) -> HttpResponse:
    """Ask for codes no more, when somebody gives a right one.

    POST to `/accounts/two-factor/off/`, for whoever is signed in.
    """
    user = writer(request)

    def go_on() -> HttpResponse:
        two_factor.turn_off(user)
        Act.objects.note(user.get_username(), gettext_noop("turned two-factor codes off"))
        messages.success(request, gettext("No codes are asked for any more."))
        return redirect("kb:two-factor")

    return _with_code(request, user, lambda code: two_factor.accepted(user, code), go_on)


def _page(request: HttpRequest, form: CodeForm, more: dict[str, object] | None = None) -> HttpResponse:
    user = writer(request)
    app = two_factor.app_of(user)
    new = None if app else two_factor.app_to_confirm(user)
    context: dict[str, object] = {
        "app": app,
        "form": form,
        "left": two_factor.recovery_codes_left(user),
        "is_required": two_factor.must_have(user),
    }
    if new:
        context |= {"picture": two_factor.picture(new), "secret": two_factor.secret(new), "new": new}
    return render(request, "kb/accounts/two_factor.html", context | (more or {}))


def _code_page(request: HttpRequest, form: CodeForm, more: dict[str, object] | None = None) -> HttpResponse:
    form.fields["code"].widget.attrs["autofocus"] = True
    return render(request, "kb/accounts/sign_in_code.html", {"form": form} | (more or {}))


def _with_code(
    request: HttpRequest,
    user: User,
    check: Callable[[str], Any | None],
    go_on: Callable[[], HttpResponse],
    page: Callable[..., HttpResponse] = _page,
) -> HttpResponse:
    """Go on when the code that was sent is right, else the page that says what is wrong. Wrong ones are counted."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return page(request, form)
    turn = limiter.take(Deed.CODE, request, {By.ACCOUNT: str(user.pk)})
    if turn.is_refused:
        return refused(page(request, CodeForm(), refusal_context(turn)), turn)
    if check(form.cleaned_data["code"]) is None:
        form.add_error("code", WRONG)
        return page(request, form)
    limiter.give_back(turn)
    return go_on()


def _shown_once(request: HttpRequest, user: User) -> HttpResponse:
    return render(request, "kb/accounts/recovery_codes.html", {"codes": two_factor.new_recovery_codes(user)})
