"""The walks that were handed over to staff, kept until they are too old."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kb.models import Audience, Contact, Guide, Letter
from kb.models.references import in_groups, new_reference, read_reference

if TYPE_CHECKING:
    from typing import Self

LONGEST_NOTE = 2000
LONGEST_SUBJECT = 200
MOST_WORDS = 6
_STATES = {
    "new": Q(taken_at=None, closed_at=None),
    "taken": Q(taken_at__isnull=False, closed_at=None),
    "closed": Q(closed_at__isnull=False),
}


_SEARCHED = ("subject", "transcript", "note", "reply_to", "cause_title", "cause_note", "fix", "closing_reason")


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

    def with_words(self, typed: str) -> Self:
        """Those that have all the words (the first few) in what was sent, in a note, or in what came of it."""
        found = self
        notes = HandoverNote.objects.filter(handover=OuterRef("pk"))
        for word in typed.split()[:MOST_WORDS]:
            anywhere = Q(Exists(notes.filter(text__icontains=word)))
            for field in _SEARCHED:
                anywhere |= Q(**{f"{field}__icontains": word})
            if reference := read_reference(word):
                anywhere |= Q(reference=reference)
            found = found.filter(anywhere)
        return found

    def about_product(self, product: str) -> Self:
        """Those whose guides apply to a product, or whose walk said it."""
        found: Self = self.filter(products__contains=f"\n{product}\n")
        return found

    def before(self, moment: datetime) -> Self:
        """Those that were handed over before a moment."""
        found: Self = self.filter(created_at__lt=moment)
        return found


class Handover(models.Model):
    """One walk as it was when it was handed over: `walk` is the query of its address, `guides` what it leant on.

    `walk_key` is what its outcomes call it.

    Nothing is known of who sent it, save what they chose to write in `note` and `reply_to`. `once` is the same for
    the same form sent twice. `products` are what it is about, each on a line of its own between two line ends.
    `changed_walk` is the walk with the answers that staff changed, '' as long as none is; `walk` stays as it came.
    `taken_by` is who has it. Of a closed one, `closing` says how: with a `cause` (the id of the problem that it turned
    out to be, '' for none that a guide has, which `cause_note` tells of) and the `fix`, as a duplicate, or without a
    cause and for a reason. `version` goes up with each change, so that of two who change it at once one is told.
    """

    class Closing(models.TextChoices):
        """How one was closed."""

        CAUSE = "cause", gettext_lazy("With its cause")
        DUPLICATE = "duplicate", gettext_lazy("As a duplicate")
        REASON = "reason", gettext_lazy("Without a cause")

    class Delivery(models.TextChoices):
        """What came of sending it on, by whichever way arrived; the outbox has a letter for each way."""

        NONE = "", gettext_lazy("Not asked for")
        WAITING = "waiting", gettext_lazy("On its way")
        SENT = "sent", gettext_lazy("Sent")
        FAILED = "failed", gettext_lazy("Could not be sent")

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
    closing = models.CharField(max_length=10, choices=Closing, blank=True, default="", db_default="")
    closing_reason = models.TextField(blank=True, default="", db_default="")
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    fix = models.TextField(blank=True, default="", db_default="")
    changed_walk = models.TextField(blank=True, default="", db_default="")
    products = models.TextField(blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=0, db_default=0)

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
    def current_walk(self) -> str:
        """The query of the walk's address, with the answers that staff changed."""
        return self.changed_walk or self.walk

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


class HandoverEvent(models.Model):
    """One thing that a member of staff did with a handed-over walk: what, in a sentence, and when.

    `walk` is the query of the walk's address after its answers were changed.
    """

    class Kind(models.TextChoices):
        """What was done."""

        ASSIGNED = "assigned", gettext_lazy("Assigned")
        ANSWERS = "answers", gettext_lazy("Answers changed")
        CLOSED = "closed", gettext_lazy("Closed")
        REOPENED = "reopened", gettext_lazy("Opened again")

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="handover_events"
    )
    text = models.TextField()
    walk = models.TextField(blank=True)
    happened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("happened_at", "pk")

    def __str__(self) -> str:
        return self.text
