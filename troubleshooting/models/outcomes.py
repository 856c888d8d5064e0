"""What came of walks, and what was learned of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from kb.models import Audience, Guide
from kb.models.audience import VisibleQuerySet


class Outcome(models.Model):
    """What came of one thing in one walk, the last word on it, without anything that tells whose walk it was.

    `walk` names the walk, and nothing else is known of it. `problem` and `step` are the short ids of the catalogue
    ('' for a whole problem, or for a walk that ended without one). `digest` is that of the problem's own text,
    `revision` the number of its guide's revision, when it was said.
    """

    class Kind(models.TextChoices):
        """How a walk ended, or what it learned on its way."""

        SOLVED = "solved", gettext_lazy("Solved")
        FAILED = "failed", gettext_lazy("Did not help")
        SKIPPED = "skipped", gettext_lazy("Could not be done")
        ESCALATED = "escalated", gettext_lazy("Escalated")
        CAUSE = "cause", gettext_lazy("Cause found by an agent")
        INCIDENT = "incident", gettext_lazy("Known incident")

    walk = models.CharField(max_length=32)
    kind = models.CharField(max_length=10, choices=Kind)
    guide = models.ForeignKey(Guide, null=True, blank=True, on_delete=models.CASCADE, related_name="outcomes")
    problem = models.CharField(max_length=32, blank=True)
    step = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=16, blank=True)
    revision = models.PositiveIntegerField(default=0)
    audience = models.CharField(max_length=10, choices=Audience)
    said_at = models.DateTimeField(db_index=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-said_at",)
        indexes = (models.Index(fields=("walk", "kind"), name="ends_of_a_walk"),)
        constraints = (
            models.UniqueConstraint(
                fields=("walk", "problem", "step"),
                condition=models.Q(kind__in=("solved", "failed", "skipped")),
                name="one_word_on_each_step_of_a_walk",
            ),
            models.UniqueConstraint(
                fields=("walk", "kind"),
                condition=models.Q(kind__in=("solved", "escalated", "cause")),
                name="one_end_of_each_walk",
            ),
        )

    def __str__(self) -> str:
        return f"{self.problem} {self.step} {self.kind}".strip()


class Learned(models.Model):
    """What walks learned of one guide's problems, as of the library's state that has it; `counts` is JSON.

    It changes together with the library's token, and only then: what is made of it is the same in every process.
    """

    guide = models.OneToOneField(Guide, on_delete=models.CASCADE, related_name="learned")
    counts = models.TextField()
    made_at = models.DateTimeField()

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.guide_id}"
