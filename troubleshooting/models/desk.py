"""What members of staff keep on their desk: the sections they pinned, and what they looked at last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from kb.models import Guide
from kb.models.audience import audiences_for
from troubleshooting.models.handovers import Handover

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.models import User

MOST_PINS = 50
MOST_LOOKS = 20


class KeptByStaff(models.QuerySet[Any]):
    """What one person keeps, as far as they may still see it."""

    def of(self, user: User) -> Self:
        """What is theirs and of guides that are published to them, or of no guide; the newest first."""
        audiences = audiences_for(user)
        is_seen = models.Q(guide=None) | models.Q(guide__state="published", guide__audience__in=audiences)
        found: Self = self.filter(is_seen, user=user)
        return found


class DeskLookQuerySet(KeptByStaff):
    """What people looked at."""

    def note(self, user: User, *, guide: int | None = None, section: str = "", **what: str | Handover) -> None:
        """Note what somebody looks at (a section of a guide, a `code`, or a `handover`), and forget what is older."""
        own = self.filter(user=user)
        seen = own.filter(guide=guide, section=section, **({"code": "", "handover": None} | what))
        if not seen.update(looked_at=timezone.now()):
            self.create(user=user, guide_id=guide, section=section, looked_at=timezone.now(), **what)
            own.exclude(pk__in=list(own.values_list("pk", flat=True)[:MOST_LOOKS])).delete()


class DeskPin(models.Model):
    """A section that somebody keeps at hand; `section` is its key, '' for the guide as a whole."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_pins")
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="desk_pins")
    section = models.CharField(max_length=220, blank=True)
    pinned_at = models.DateTimeField()

    objects = KeptByStaff.as_manager()

    class Meta:
        ordering = ("-pinned_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("user", "guide", "section"), name="one_pin_of_each_on_a_section"),
        )

    def __str__(self) -> str:
        return f"{self.guide_id}#{self.section}"


class DeskLook(models.Model):
    """Something that somebody looked at from the desk: a section of a guide, an error code, or a hand-over.

    Only the last few of each person are kept. `section` is a key, '' for the guide as a whole.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_looks")
    guide = models.ForeignKey(Guide, null=True, blank=True, on_delete=models.CASCADE, related_name="desk_looks")
    section = models.CharField(max_length=220, blank=True)
    code = models.CharField(max_length=120, blank=True)
    handover = models.ForeignKey(Handover, null=True, blank=True, on_delete=models.CASCADE, related_name="desk_looks")
    looked_at = models.DateTimeField()

    objects = DeskLookQuerySet.as_manager()

    class Meta:
        ordering = ("-looked_at", "-pk")
        indexes = (models.Index(fields=("user", "-looked_at"), name="looks_of_each"),)

    def __str__(self) -> str:
        return self.code or f"{self.guide_id or self.handover_id}#{self.section}"
