"""Accounts under `/admin/`: whether they have two-factor codes, and a way to turn those off for who lost the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from kb.web.accounts import signing_in, two_factor

if TYPE_CHECKING:
    from django.http import HttpRequest

    _UserAdmin = UserAdmin[User]
    _UserForm = UserChangeForm[User]
    _PasswordForm = AdminPasswordChangeForm[User]
else:
    _UserAdmin = UserAdmin
    _UserForm = UserChangeForm
    _PasswordForm = AdminPasswordChangeForm

TURNED_OFF = gettext_noop("Two-factor codes were turned off.")


class PasswordShown(ReadOnlyPasswordHashWidget):
    """What is known of a password, as HTML has it: only fields can be disabled, and its help has no id to point to."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Django's own, without what says the two."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["attrs"]
        context["widget"]["attrs"] = {key: shown[key] for key in shown if key not in ("disabled", "aria-describedby")}
        return context


class AccountForm(_UserForm):
    """Django's own, and its HTML is valid: each field has a name, also where two stand for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if password := self.fields.get("password"):
            password.widget = PasswordShown()
        for field in self.fields.values():
            if isinstance(field.widget, AdminSplitDateTime):
                for part, kind in zip(field.widget.widgets, (gettext("Date"), gettext("Time")), strict=True):
                    part.attrs["aria-label"] = f"{field.label}: {kind}"


class NewPasswordForm(_PasswordForm):
    """The same of the page that sets another's password: its warning stands in a paragraph, where no list may be."""

    usable_password_help_text = (
        AdminPasswordChangeForm.usable_password_help_text.replace('<li class="warning"', '<span class="errornote"')
        .replace("<ul ", "<span ")
        .replace("</li></ul>", "</span></span>")
    )


class Accounts(_UserAdmin):
    """Django's own, and what it knows of codes."""

    form = AccountForm
    change_password_form = NewPasswordForm
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "has_codes")
    actions = ("reset_two_factor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """All accounts, each with whether it has an app."""
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        found: QuerySet[User] = super().get_queryset(request).annotate(has_app=Exists(apps))
        return found

    @admin.display(boolean=True, description=gettext_lazy("Two-factor codes"))
    def has_codes(self, user: Any) -> bool:
        """Whether a code is asked for when they sign in."""
        return bool(user.has_app)

    @admin.action(permissions=("change",), description=gettext_lazy("Turn off two-factor codes of selected users"))
    def reset_two_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Ask them for the password alone from now on."""
        number = 0
        for user in users:
            if two_factor.turn_off(user):
                number += 1
                self.log_change(request, user, TURNED_OFF)
        told = ngettext(
            "Two-factor codes were turned off for {number} of them.",
            "Two-factor codes were turned off for {number} of them.",
            number,
        )
        messages.success(request, told.format(number=number))


def register() -> None:
    """Put these in the place of Django's; secrets of apps and recovery codes are shown to nobody."""
    admin.site.login_form = signing_in.AdminSignInForm
    admin.site.unregister((User, TOTPDevice, StaticDevice))
    admin.site.register(User, Accounts)
