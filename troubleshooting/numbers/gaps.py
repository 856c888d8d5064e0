"""How long it took from when somebody first looked in vain until a guide answered it, by the worklist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from troubleshooting.numbers.period import Period


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
    """The gaps that were closed in the period, the latest first."""
    return []


def middle_days(closed: Sequence[Gap]) -> int | None:
    """The number of days that half of them took at most; None of none."""
    return round(median(gap.days for gap in closed)) if closed else None
