"""What should be written or mended next, as it was counted last, and what writers did about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kb.models import Audience, Guide
from kb.models.audience import audiences_for

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LONGEST_TITLE = 300
LONGEST_REASON = 500


class WorklistItemQuerySet(models.QuerySet[Any]):
    """Rows of the worklist, and who may see them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """Those whose words and whose guide a user may see."""
        audiences = audiences_for(user)
        shown = Q(guide=None) | Q(guide__audience__in=audiences)
        found: Self = self.filter(shown, audience__in=audiences)
        return found

    def listed(self, state: str) -> Self:
        """Those in a state; of the open ones, those that still do harm."""
        found: Self = self.filter(state=state)
        if state == WorklistItem.State.OPEN:
            found = found.filter(harm__gt=0)
        return found

    def answered(self) -> Self:
        """What people missed and a guide answers by now, with when that was `published` first."""
        missed = self.filter(state=WorklistItem.State.DONE, kind__in=WorklistItem.MISSING, guide__state="published")
        found: Self = missed.annotate(published=Min("guide__revisions__published_at")).exclude(published=None)
        return found

    def counted_by_kind(self) -> dict[str, int]:
        """How many there are of each kind. One query."""
        return dict(self.order_by().values_list("kind").annotate(number=Count("pk")))


class WorklistItem(models.Model):
    """One thing to write or to mend. What is counted of it is of the last 30 days, and made anew each hour.

    `key` names what it is about, and stays when more of the same is found. `audience` is whose words `title`, `words`
    and `details` are. `section` is the key of a section of `guide`. `times` is how often somebody was left without
    help, of `tries`; `harm` weighs that, newer days more. `waiting` are references of hand-overs that are open.

    Of what people missed, `guide` is the one that answers it, as a writer said who marked it as done.
    `times_before` and `tries_before` are as they were when it was done or dismissed; of one that is done, `times` and
    `tries` count from then on. `came_back` says that it was done, or dismissed, and had to be opened once more.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        NOT_COVERED = "not_covered", gettext_lazy("Walks that no guide helped")
        CAUSE = "cause", gettext_lazy("Causes that no guide has")
        NOTHING_FOUND = "nothing_found", gettext_lazy("Searches that found nothing")
        NOTHING_OPENED = "nothing_opened", gettext_lazy("Searches with nothing opened")
        QUESTION = "question", gettext_lazy("Questions people left at")
        FLAG = "flag", gettext_lazy("Flags by staff")
        VOTES = "votes", gettext_lazy("Sections that did not help")
        LINK = "link", gettext_lazy("Broken links")
        STALE = "stale", gettext_lazy("Past their review date")

    class State(models.TextChoices):
        """What writers did about it."""

        OPEN = "open", gettext_lazy("Open")
        DONE = "done", gettext_lazy("Done")
        DISMISSED = "dismissed", gettext_lazy("Dismissed")

    # Standing until they are mended, whatever people do meanwhile.
    LASTING: ClassVar = (Kind.FLAG, Kind.LINK, Kind.STALE)
    # What no guide has, as far as anybody can tell.
    MISSING: ClassVar = (Kind.NOT_COVERED, Kind.CAUSE, Kind.NOTHING_FOUND, Kind.NOTHING_OPENED, Kind.QUESTION)

    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    audience = models.CharField(max_length=10, choices=Audience)
    title = models.CharField(max_length=LONGEST_TITLE)
    words = models.JSONField(default=list, blank=True)
    details = models.JSONField(default=dict, blank=True)
    guide = models.ForeignKey(Guide, null=True, blank=True, on_delete=models.CASCADE, related_name="worklist_items")
    section = models.CharField(max_length=220, blank=True)
    harm = models.FloatField(default=0.0)
    times = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    waiting = models.JSONField(default=list, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    counted_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="worklist_items"
    )
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="settled_worklist_items",
    )
    times_before = models.PositiveIntegerField(default=0)
    tries_before = models.PositiveIntegerField(default=0)
    came_back = models.BooleanField(default=False)

    objects = WorklistItemQuerySet.as_manager()

    class Meta:
        ordering = ("-harm", "-last_seen", "pk")
        indexes = (models.Index(fields=("state", "-harm"), name="worklist_by_harm"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where writers open it."""
        return reverse("worklist:item", args=[self.pk])

    @property
    def is_about_words(self) -> bool:
        """Whether people used words that no guide answered."""
        return self.kind in {self.Kind.NOT_COVERED, self.Kind.NOTHING_FOUND, self.Kind.NOTHING_OPENED}

    @property
    def is_missing(self) -> bool:
        """Whether it is something that no guide has."""
        return self.kind in self.MISSING
