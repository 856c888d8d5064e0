"""Counts by day of what readers did with guides and their sections, which tell of nobody."""

from __future__ import annotations

from django.db import models

from kb.models.audience import Audience, VisibleQuerySet


class DayCount(models.Model):
    """How often something happened on one day (by the site's time zone) to a guide or a section of it.

    `section` is the key of the section; '' is the guide itself. `audience` is that of those who did it. What walks
    came to is written here by the application of walks, so that pages of guides need not know it.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        VIEW = "view", "Read"
        OPENED = "opened", "Opened from a search"
        REACHED = "reached", "Reached by a walk"
        SOLVED = "solved", "Solved by"

    day = models.DateField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="day_counts")
    section = models.CharField(max_length=220, blank=True)
    audience = models.CharField(max_length=10, choices=Audience)
    count = models.PositiveIntegerField(default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "guide", "section")
        constraints = (
            models.UniqueConstraint(fields=("day", "kind", "guide", "section", "audience"), name="one_count_a_day"),
        )
        indexes = (models.Index(fields=("guide", "kind", "day"), name="counts_of_a_guide"),)

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.guide_id}#{self.section}: {self.count}"
