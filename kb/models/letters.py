"""Mails and calls that wait in the outbox, until they were sent and whoever asked for them was told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from typing import Self

LONGEST_TROUBLE = 500


class LetterQuerySet(models.QuerySet[Any]):
    """Letters, as those ask for them who send them."""

    def due(self, way: str, now: datetime) -> Self:
        """Those of a way that wait, whose time has come, and that nobody is sending; fresh ones first."""
        found: Self = self.filter(way=way, state=Letter.State.WAITING, due_at__lte=now)
        return found.order_by("tries", "due_at", "pk")


class Letter(models.Model):
    """One message on one way ('mail', 'webhook'); `key` says what it is of, and is the same on each of its ways.

    While somebody sends it, `lease` is theirs and `due_at` lies ahead: when they die, it is due again. `since` is when
    its tries began, `trouble` what was wrong with the last one. A letter that is not kept goes when it is settled.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", gettext_lazy("Waiting")
        SENT = "sent", gettext_lazy("Sent")
        GIVEN_UP = "given_up", gettext_lazy("Given up")

    key = models.CharField(max_length=64)
    way = models.CharField(max_length=20)
    content = models.JSONField(default=dict, blank=True)
    is_kept = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    lease = models.CharField(max_length=32, blank=True)
    trouble = models.CharField(max_length=LONGEST_TROUBLE, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["key", "way"], name="one_letter_of_a_key_on_a_way")]
        indexes = [models.Index(fields=["state", "way", "due_at"], name="letters_that_are_due")]

    def __str__(self) -> str:
        return f"{self.key} by {self.way}"
