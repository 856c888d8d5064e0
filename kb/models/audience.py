"""Decides who may see what: which audiences' guides a user may read, for every list and count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import PermissionsMixin, User
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kb.models.roles import SEE_STAFF_GUIDES

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

PUBLIC = "public"
STAFF = "staff"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
EVERYONE = frozenset({PUBLIC})
INSIDERS = frozenset({PUBLIC, STAFF})
GUIDE = "guide"  # the kind of a guide that is read, and no reply


def audiences_for(user: AbstractBaseUser | AnonymousUser | None) -> frozenset[str]:
    """The audiences whose guides `user` may read; None is a signed-out reader."""
    if user is None or not user.is_authenticated or not user.is_active:
        return EVERYONE
    if getattr(user, "is_staff", False) or (isinstance(user, PermissionsMixin) and user.has_perm(SEE_STAFF_GUIDES)):
        return INSIDERS
    return EVERYONE


def insiders() -> QuerySet[User]:
    """Everybody who may read what is for staff, by name; the same people as by `audiences_for`."""
    granted = User.objects.with_perm(SEE_STAFF_GUIDES, backend=_BACKEND)
    found: QuerySet[User] = (granted | User.objects.filter(is_staff=True)).filter(is_active=True)
    return found.order_by("username")


def may_see(user: AbstractBaseUser | AnonymousUser | None, audience: str) -> bool:
    """Whether `user` may read what is for an audience."""
    return audience in audiences_for(user)


class Audience(models.TextChoices):
    """Who may see a guide."""

    PUBLIC = "public", gettext_lazy("Everyone")
    STAFF = "staff", gettext_lazy("Staff only")


class VisibleQuerySet(models.QuerySet[Any]):
    """A QuerySet that knows the way to its guide's audience and state."""

    guide_path = "guide__"

    def for_audiences(self, audiences: frozenset[str]) -> Self:
        """The rows that belong to published guides of these audiences; replies that staff send are none of them."""
        path = self.guide_path
        return self.filter(
            **{f"{path}state": "published", f"{path}audience__in": audiences, f"{path}kind": GUIDE},
        )

    def visible_to(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """The rows that `user` may see."""
        return self.for_audiences(audiences_for(user))
