"""The walks that were handed over to staff, kept until they are too old."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from kb.models import Audience, Contact, Guide, Letter
from kb.models.references import in_groups, new_reference

if TYPE_CHECKING:
    from typing import Self

LONGEST_NOTE = 2000
LONGEST_SUBJECT = 200
_STATES = {
    "new": Q(taken_at=None, closed_at=None),
    "taken": Q(taken_at__isnull=False, closed_at=None),
    "closed": Q(closed_at__isnull=False),
}


class HandoverQuerySet(models.QuerySet[Any]):
    """Handed-over walks, as lists ask for them."""

    def in_state(self, state: str) -> Self:
        """Those that nobody has taken over yet ('new'), that somebody works on ('taken'), or that are 'closed'."""
        found: Self = self.filter(_STATES[state])
        return found

    def counted(self) -> dict[str, int]:
        """How many there are in each state. One query."""
        counts: dict[str, int] = self.aggregate(**{key: Count("pk", filter=rule) for key, rule in _STATES.items()})
        return counts

    def before(self, moment: datetime) -> Self:
        """Those that were handed over before a moment."""
        found: Self = self.filter(created_at__lt=moment)
        return found


class Handover(models.Model):
    """One walk as it was when it was handed over: `walk` is the query of its address, `guides` what it leant on.

    `walk_key` is what its outcomes call it.

    Nothing is known of who sent it, save what they chose to write in `note` and `reply_to`. `once` is the same for
    the same form sent twice. `cause` is the id of the problem that it turned out to be, '' for none that a guide has.
    """

    class Delivery(models.TextChoices):
        """What came of sending it on, by whichever way arrived; the outbox has a letter for each way."""

        NONE = "", "Not asked for"
        WAITING = "waiting", "On its way"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"

    reference = models.CharField(max_length=12, unique=True, default=new_reference)
    once = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    walk = models.TextField(blank=True)
    walk_key = models.CharField(max_length=32)
    audience = models.CharField(max_length=10, choices=Audience)
    transcript = models.TextField()
    guides = models.JSONField(default=list, blank=True)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="handovers")
    note = models.TextField(blank=True)
    reply_to = models.EmailField(blank=True)
    delivery = models.CharField(max_length=10, choices=Delivery, blank=True, default=Delivery.NONE)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="taken_handovers"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="closed_handovers"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    guide = models.ForeignKey(Guide, null=True, blank=True, on_delete=models.SET_NULL, related_name="found_as_cause")
    cause = models.CharField(max_length=32, blank=True)
    cause_title = models.CharField(max_length=500, blank=True)
    cause_note = models.TextField(blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.shown_reference

    def get_absolute_url(self) -> str:
        """Where staff open it."""
        return reverse("desk:handover", args=[self.shown_reference])

    @property
    def shown_reference(self) -> str:
        """The reference as people read it."""
        return in_groups(self.reference)

    @property
    def letters(self) -> models.QuerySet[Letter]:
        """What was to be sent of it, and what became of that, by each way."""
        return Letter.objects.filter(key=self.shown_reference)


class HandoverNote(models.Model):
    """What a member of staff wrote down beside a handed-over walk."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    text = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return self.text
