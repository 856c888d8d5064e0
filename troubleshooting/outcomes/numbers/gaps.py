"""How long it took from when somebody first looked in vain until a guide answered it, by the worklist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import F
from django.utils import timezone

from troubleshooting.models import WorklistItem
from troubleshooting.outcomes.numbers.counting import MOST_LISTED
from troubleshooting.outcomes.numbers.period import Period


@dataclass(frozen=True, slots=True)
class Gap:
    """What people missed, since when, and the guide (its title and slug) that answers it since `published`."""

    title: str
    first_seen: dt.date
    published: dt.date
    guide: str
    slug: str

    @property
    def days(self) -> int:
        """How many days that took."""
        return (self.published - self.first_seen).days


def gaps(period: Period) -> list[Gap]:
    """The gaps that a guide closed which was published in the period, the latest first. One query.

    A guide that was there before anybody looked in vain had only to be found: no time was needed to write it.
    """
    answered = WorklistItem.objects.answered().filter(audience__in=period.audiences)
    written = answered.filter(published__gte=period.begin, published__lt=period.end, first_seen__lte=F("published"))
    rows = written.order_by("-published", "pk").values_list(
        "title", "first_seen", "published", "guide__title", "guide__slug"
    )
    return [
        Gap(title, timezone.localdate(first_seen), timezone.localdate(published), guide, slug)
        for title, first_seen, published, guide, slug in rows[:MOST_LISTED]
    ]


def middle_days(closed: Sequence[Gap]) -> int | None:
    """The number of days that half of them took at most; None of none."""
    return round(median(gap.days for gap in closed)) if closed else None
