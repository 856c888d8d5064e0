"""The pages of Django's administration: those of each kind of row that is registered, and what answers their forms."""

from __future__ import annotations

from collections.abc import Iterator

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse


def furnish_administration(administrator: User) -> None:
    """Put a row into each table that has none yet, and an entry into the history of each."""
    tried = {"username": "nobody", "ip_address": "192.0.2.1", "user_agent": "A browser", "path_info": "/admin/login/"}
    AccessAttempt.objects.create(**tried, get_data="", post_data="username=nobody", failures_since_start=3)
    AccessFailureLog.objects.create(**tried)
    AccessLog.objects.create(**tried)
    for model in admin.site._registry:
        row, kind = model._default_manager.all()[0], ContentType.objects.get_for_model(model)
        LogEntry.objects.create(
            user=administrator, content_type=kind, object_id=str(row.pk), object_repr=str(row), action_flag=CHANGE
        )


def admin_pages() -> Iterator[str]:
    """The addresses of all pages."""
    yield from (reverse("admin:index"), "/admin/nothing-here/")
    for app in sorted({model._meta.app_label for model in admin.site._registry}):
        yield reverse("admin:app_list", args=[app])
    for model in admin.site._registry:
        name, row = f"admin:{model._meta.app_label}_{model._meta.model_name}", model._default_manager.all()[0]
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_changelist") + "?q=nothing-like-it"
        yield reverse(f"{name}_add")
        for page in ("change", "delete", "history"):
            yield reverse(f"{name}_{page}", args=[row.pk])
    yield reverse("admin:auth_user_password_change", args=[User.objects.all()[0].pk])
    yield reverse("admin:auth_group_changelist") + f"?o=1&all=&name={'word-' * 80}"


def admin_forms() -> Iterator[tuple[str, dict[str, str]]]:
    """What is sent to which address for a page that asks once more, or says what is wrong."""
    for model in admin.site._registry:
        name, row = f"admin:{model._meta.app_label}_{model._meta.model_name}", model._default_manager.all()[0]
        yield reverse(f"{name}_changelist"), {"action": "delete_selected", "_selected_action": str(row.pk)}
    for name in ("auth_group", "auth_user"):
        yield reverse(f"admin:{name}_add"), {"name": "", "username": ""}
    of_user = [User.objects.all()[0].pk]
    yield reverse("admin:auth_user_change", args=of_user), {"username": "no such name!"}
    yield reverse("admin:auth_user_password_change", args=of_user), {"password1": "1", "password2": "2"}
