"""Who signed in or tried to, and what was done with accounts: what administrators are shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

SIGN_INS_KEPT = timedelta(days=90)
ACTS_KEPT = timedelta(days=730)
MOST_SIGN_INS = 100_000
LONGEST_NAME = 150  # of an account
LONGEST_ACT = 300


class SignInQuerySet(models.QuerySet[Any]):
    """Sign-ins, the newest first."""

    def note(self, name: str, outcome: str, address: str) -> None:
        """Remember one; `name` is that of an account, and '' where there is none of the name that was typed."""
        self.create(name=name[:LONGEST_NAME], outcome=outcome, address=address)

    def before(self, moment: datetime) -> SignInQuerySet:
        """Those that are older."""
        return self.filter(happened_at__lt=moment)

    def too_many(self) -> SignInQuerySet:
        """All but the newest MOST_SIGN_INS."""
        newest = self.order_by("-pk").values_list("pk", flat=True).first() or 0
        return self.filter(pk__lte=newest - MOST_SIGN_INS)


class SignIn(models.Model):
    """One time that somebody signed in, or tried to."""

    class Outcome(models.TextChoices):
        """What came of it."""

        SIGNED_IN = "signed-in", gettext_lazy("Signed in")
        WRONG_PASSWORD = "wrong-password", gettext_lazy("Wrong password")
        WRONG_CODE = "wrong-code", gettext_lazy("Wrong code")
        LOCKED_OUT = "locked-out", gettext_lazy("Too many wrong passwords")

    happened_at = models.DateTimeField(default=timezone.now, db_index=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True, db_default="")
    outcome = models.CharField(max_length=20, choices=Outcome)
    address = models.GenericIPAddressField()

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name}: {self.get_outcome_display()}"


class ActQuerySet(models.QuerySet[Any]):
    """What was done, the newest first."""

    def note(self, by: str, what: str) -> None:
        """Remember it; `by` is the name of an account, and '' for who has the server's own command line."""
        self.create(by_name=by[:LONGEST_NAME], what=what[:LONGEST_ACT])

    def before(self, moment: datetime) -> ActQuerySet:
        """What is older."""
        return self.filter(happened_at__lt=moment)


class Act(models.Model):
    """Something that was done with an account, or by an administrator, elsewhere than under `/admin/`."""

    happened_at = models.DateTimeField(default=timezone.now, db_index=True)
    by_name = models.CharField(max_length=LONGEST_NAME, blank=True, db_default="")
    what = models.CharField(max_length=LONGEST_ACT)

    objects = ActQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-pk")

    def __str__(self) -> str:
        return f"{self.by_name}: {self.what}"
