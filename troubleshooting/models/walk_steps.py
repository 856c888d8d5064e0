"""The steps of walks as they were shown, which numbers and the worklist are counted from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from kb.models import Audience, Guide
from kb.models.audience import VisibleQuerySet

LONGEST_WORDS = 200


class WalkStep(models.Model):
    """One page that a walk showed: after which answer, and what it led to; nothing tells whose walk it was.

    `walk` names the walk as its outcomes do (`outcomes.record.walk_key`). `position` counts from 0, the start, whose
    `words` are what was typed, masked and cut. `question` and `answer` are ids of what was answered last ('' at the
    start), `asked` is the wording of the question. `shown` is the kind of page it led to, `next_id` the id of the
    question or problem on it, `guide` that problem's guide.
    An answer that is changed writes over the row at its position; those after it go.
    """

    class Shown(models.TextChoices):
        """What the page showed."""

        QUESTION = "question", gettext_lazy("A question")
        CHOICE = "choice", gettext_lazy("Problems to choose from")
        SOLUTION = "solution", gettext_lazy("A solution")
        SOLVED = "solved", gettext_lazy("Solved")
        ESCALATED = "escalated", gettext_lazy("Whom to ask")
        NOT_COVERED = "not_covered", gettext_lazy("No guide covers it")

    walk = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    question = models.CharField(max_length=64, blank=True)
    asked = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    shown = models.CharField(max_length=12, choices=Shown)
    next_id = models.CharField(max_length=64, blank=True)
    next_text = models.CharField(max_length=300, blank=True)
    guide = models.ForeignKey(Guide, null=True, blank=True, on_delete=models.CASCADE, related_name="walk_steps")
    category = models.CharField(max_length=300, blank=True)
    product = models.CharField(max_length=200, blank=True)
    audience = models.CharField(max_length=10, choices=Audience)
    shown_at = models.DateTimeField(db_index=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("walk", "position", "pk")
        constraints = (models.UniqueConstraint(fields=("walk", "position"), name="one_step_at_a_place_of_a_walk"),)
        indexes = (models.Index(fields=("shown", "shown_at"), name="steps_by_what_they_showed"),)

    def __str__(self) -> str:
        return f"{self.walk} {self.position}: {self.shown}"
