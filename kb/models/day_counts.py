"""Counts by day of what readers did with guides and their sections, which tell of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import connection, models
from django.db.models import Case, FloatField, Sum, Value, When
from django.utils.translation import gettext_lazy

from kb.models.audience import Audience, VisibleQuerySet

if TYPE_CHECKING:
    from collections.abc import Mapping

HALF_LIFE_DAYS = 30
DAYS_OF_A_WEIGHT = 5
FADED_AFTER_DAYS = 180  # when a sixty-fourth is left
COUNTS_KEPT = timedelta(days=730)


@dataclass(frozen=True, slots=True, order=True)
class CountKey:
    """What is counted: something (`kind`) that happened to a guide (its pk) or a section of it (its key)."""

    guide: int
    section: str
    kind: str
    audience: str


class DayCountQuerySet(VisibleQuerySet):
    """Counts, how they are added to, and the sums that pages ask for."""

    def add(self, counts: Mapping[CountKey, int], day: date) -> None:
        """Count more on a day. One statement for each count, in an order in which no two writers wait for each other.

        What happened to a section has happened to its guide: whoever counts a section counts its guide (section '')
        as well, once for each time.
        """
        table = connection.ops.quote_name(self.model._meta.db_table)
        statement = (
            f"INSERT INTO {table} (day, kind, guide_id, section, audience, count) VALUES (%s, %s, %s, %s, %s, %s) "  # noqa: S608 - our own name
            f"ON CONFLICT (day, kind, guide_id, section, audience) DO UPDATE SET count = {table}.count + excluded.count"
        )
        with connection.cursor() as cursor:
            for counted, times in sorted(counts.items()):
                what = (counted.kind, counted.guide, counted.section, counted.audience)
                cursor.execute(statement, [day.isoformat(), *what, times])

    def between(self, first: date, last: date) -> Self:
        """Those of some days, the first and the last among them."""
        return self.filter(day__gte=first, day__lte=last)

    def of_guides(self) -> Self:
        """Those of whole guides: each time once, whichever section it was."""
        return self.filter(section="")

    def totals(self) -> dict[str, int]:
        """How often each kind of thing happened. One query."""
        rows = self.order_by().values_list("kind").annotate(total=Sum("count"))
        return {kind: int(total) for kind, total in rows}

    def totals_by_section(self) -> dict[str, dict[str, int]]:
        """The same of one guide, by section: '' is the guide itself. One query."""
        found: dict[str, dict[str, int]] = {}
        rows = self.order_by().values_list("section", "kind").annotate(total=Sum("count"))
        for section, kind, total in rows:
            found.setdefault(section, {})[kind] = int(total)
        return found

    def faded(self, today: date, most: int) -> dict[tuple[int, str], float]:
        """How often something happened to guides (section '') and sections, by guide and key, the most first.

        What is HALF_LIFE_DAYS old counts half. One query, and `most` rows of it.
        """
        ages = range(0, FADED_AFTER_DAYS, DAYS_OF_A_WEIGHT)
        weights = [
            When(day__gt=today - timedelta(days=age + DAYS_OF_A_WEIGHT), then=Value(0.5 ** (age / HALF_LIFE_DAYS)))
            for age in ages
        ]
        weight = Case(*weights, default=Value(0.0), output_field=FloatField())
        rows = self.filter(day__gt=today - timedelta(days=FADED_AFTER_DAYS)).order_by().values_list("guide", "section")
        summed = rows.annotate(use=Sum(weight * models.F("count"), output_field=FloatField()))
        return {(guide, section): use for guide, section, use in summed.order_by("-use", "guide", "section")[:most]}

    def forget_before(self, day: date) -> int:
        """Delete what is older; how many counts there were."""
        deleted, _ = self.filter(day__lt=day).delete()
        return int(deleted)


class DayCount(models.Model):
    """How often something happened on one day (by the site's time zone) to a guide or a section of it.

    `section` is the key of the section; the row with '' counts each time for the guide, whichever section it was: so
    the sum for a guide is that of its rows with ''. `audience` is that of those who did it. What walks came to is
    written here by the application of walks, so that pages of guides need not know it.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        VIEW = "view", gettext_lazy("Read")
        OPENED = "opened", gettext_lazy("Opened from a search")
        REACHED = "reached", gettext_lazy("Reached by a walk")
        SOLVED = "solved", gettext_lazy("Solved by")

    day = models.DateField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    guide = models.ForeignKey("kb.Guide", on_delete=models.CASCADE, related_name="day_counts")
    section = models.CharField(max_length=220, blank=True)
    audience = models.CharField(max_length=10, choices=Audience)
    count = models.PositiveIntegerField(default=0)

    objects = DayCountQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "guide", "section")
        constraints = (
            models.UniqueConstraint(fields=("day", "kind", "guide", "section", "audience"), name="one_count_a_day"),
        )
        indexes = (models.Index(fields=("guide", "kind", "day"), name="counts_of_a_guide"),)

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.guide_id}#{self.section}: {self.count}"
