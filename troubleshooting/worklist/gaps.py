"""What is missing or bad, how often people met it, and the one measure of the harm that it does."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from troubleshooting.models import WorklistItem

Kind = WorklistItem.Kind

WINDOW = timedelta(days=30)
HALF_LIFE = timedelta(days=10)
MOST_WORDS = 8
MOST_WAITING = 50

# How badly somebody was left. The page and docs/writers.md show the same table.
LEFT_WITHOUT = 5.0
FOUND_NOTHING = 4.0
FLAGGED = 3.0
LEFT_AT_QUESTION = 2.0
OPENED_NOTHING = 2.0
NOT_HELPED = 1.5
UNWRITTEN = 1.0
BROKEN_LINK = 1.0
READ_STALE = 0.05
MEASURE = (
    (gettext_lazy("A walk that ended without a guide, or was handed over; a cause that no guide has"), LEFT_WITHOUT),
    (gettext_lazy("A search that found nothing"), FOUND_NOTHING),
    (gettext_lazy("A flag by a member of staff, until it is settled"), FLAGGED),
    (gettext_lazy("A search of which nothing was opened"), OPENED_NOTHING),
    (gettext_lazy("A walk that was left at a question"), LEFT_AT_QUESTION),
    (gettext_lazy("A vote that a section did not help"), NOT_HELPED),
    (gettext_lazy("A cause that no guide has, however long ago, until its guide is written"), UNWRITTEN),
    (gettext_lazy("A broken link, until it is mended"), BROKEN_LINK),
    (gettext_lazy("A reader of a guide past its review date, or with broken links"), READ_STALE),
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people did, so many times at a moment; `weight` is how badly it left each of them."""

    at: datetime
    weight: float = 0.0
    times: int = 1


@dataclass(slots=True)
class Gap:
    """One thing to write or to mend, as the records of the last 30 days tell it; causes as all kept hand-overs do.

    `keys` are all names that it may be known by, its own first. `harmed` is what left people without help, `tried` all
    that might have (none: it can't be told). `lasting` is the harm of what stands until it is mended. One that is not
    `listed` is too little to speak of: it is only counted, for those who mended it.
    """

    kind: Kind
    keys: list[str]
    audience: str
    title: str = ""
    words: Counter[str] = field(default_factory=Counter)
    details: dict[str, Any] = field(default_factory=dict)
    guide: int | None = None
    section: str = ""
    harmed: list[Event] = field(default_factory=list)
    tried: list[Event] = field(default_factory=list)
    lasting: float = 0.0
    waiting: list[str] = field(default_factory=list)
    is_listed: bool = True

    def harm(self, now: datetime) -> float:
        """How much harm it does: each event by its weight, half as much for every ten days that it is ago."""
        return self.lasting + faded(self.harmed, now) if self.harmed and self.is_listed else 0.0

    def wait_for(self, references: Iterable[str]) -> None:
        """Note hand-overs that wait on it."""
        self.waiting = list(dict.fromkeys([*self.waiting, *references]))[:MOST_WAITING]


def faded(events: Iterable[Event], now: datetime) -> float:
    """What events weigh together."""
    ages = ((event, max(now - event.at, timedelta()) / HALF_LIFE) for event in events)
    return float(sum(event.weight * event.times * 0.5**age for event, age in ages))


def times(events: Iterable[Event], since: datetime | None = None) -> int:
    """How often something happened, from a moment on."""
    return sum(event.times for event in events if since is None or event.at >= since)


def key_of(*parts: object) -> str:
    """A short name for what a gap is about."""
    return hashlib.sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()[:32]


def capitalised(text: str) -> str:
    """The text as a title begins: what people typed is kept in small letters."""
    return f"{text[:1].upper()}{text[1:]}"
