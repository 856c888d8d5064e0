"""What is told of the moment: banners with a time, and incidents that explain problems."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from kb.models.audience import PUBLIC, Audience, audiences_for

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LONGEST_NOTICE = 500


class NoticeQuerySet(models.QuerySet[Any]):
    """Notices, as pages ask for them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """Those that `user` may see."""
        found: Self = self.filter(audience__in=audiences_for(user))
        return found

    def not_over(self, moment: datetime) -> Self:
        """Those that run at a moment, or start later."""
        found: Self = self.filter(Q(ends_at=None) | Q(ends_at__gt=moment))
        return found

    def over(self, moment: datetime) -> Self:
        """Those that have ended by a moment."""
        found: Self = self.filter(ends_at__lte=moment)
        return found


class Notice(models.Model):
    """One banner: it is shown from `starts_at` until `ends_at` (None: until somebody ends it).

    It stands on the pages of `categories` (slugs) and of those below them, on all pages where there are none. An
    incident explains problems: those of its targets, and those of whom a person speaks in the `words` of one of its
    lines. `version` goes up with each change, so that of two who change it at once one is told.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        INFO = "info", gettext_lazy("For information")
        INCIDENT = "incident", gettext_lazy("Known incident")

    text = models.CharField(max_length=LONGEST_NOTICE)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INFO)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, db_index=True)
    categories = models.JSONField(default=list, blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=PUBLIC)
    words = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at", "-pk")

    def __str__(self) -> str:
        return self.text

    @property
    def is_incident(self) -> bool:
        """Whether it tells of something that is broken."""
        return self.kind == self.Kind.INCIDENT


class NoticeTarget(models.Model):
    """A guide, or a section of it (its key; '' for all of the guide), whose problem an incident explains."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="targets")
    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="notice_targets")
    section = models.CharField(max_length=220, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("notice", "guide", "section"), name="a_notice_explains_a_place_once"),
        )

    def __str__(self) -> str:
        return f"{self.guide_id}#{self.section}"
