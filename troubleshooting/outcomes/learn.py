"""Learns from outcomes: sums them up in `Learned`, at a moment that all processes share.

Outcomes come all the time; a catalogue is made from `Learned`, which is written in the turn of a publication and so
together with the library's token. Between two of these nothing that is shown changes by clicks, in any process.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from kb.library import publication
from kb.models.audience import INSIDERS
from troubleshooting.models import Learned, Outcome
from troubleshooting.planning.learning import UNKNOWN_END, Tally, faded_by_time, tallies_as_json

SECONDS_BETWEEN = 600
OUTCOMES_KEPT = timedelta(days=730)
UNKNOWN = "?"
ITS_OWN, SOME_OTHER, NOT_KNOWN = 2, 0, 1
Kind = Outcome.Kind

logger = logging.getLogger(__name__)


class _Due:
    """When this process looks next whether there is something to learn, on its own clock."""

    def __init__(self) -> None:
        self.at = time.monotonic() + SECONDS_BETWEEN


_due = _Due()


def put_off(seconds: float = SECONDS_BETWEEN) -> None:
    """Let this process look for something to learn in so many seconds, and not before."""
    _due.at = time.monotonic() + seconds


def learn_if_due() -> bool:
    """Learn, unless it was done less than SECONDS_BETWEEN ago by any process, or somebody publishes right now.

    Raises nothing: what can't be learned now is learned later. Whether it was done.
    """
    if time.monotonic() < _due.at:
        return False
    put_off()
    try:
        last = Learned.objects.aggregate(last=Max("made_at"))["last"]
        is_fresh = last is not None and timezone.now() - last < timedelta(seconds=SECONDS_BETWEEN)
        return not is_fresh and learn()
    except DatabaseError:
        logger.exception("Nothing could be learned of walks")
        return False


def learn() -> bool:
    """Forget what is too old, and write down what is learned of the rest; False when somebody publishes right now."""
    now = timezone.now()
    Outcome.objects.filter(said_at__lt=now - OUTCOMES_KEPT).delete()
    by_guide = tallies(now)
    with publication.publication_if_free() as is_our_turn:
        if is_our_turn:
            rows = [
                Learned(guide_id=guide, counts=tallies_as_json(guide_tallies), made_at=now)
                for guide, guide_tallies in by_guide.items()
            ]
            with transaction.atomic():
                Learned.objects.exclude(guide__in=by_guide).delete()
                Learned.objects.bulk_create(
                    rows,
                    batch_size=200,
                    update_conflicts=True,
                    unique_fields=["guide"],
                    update_fields=["counts", "made_at"],
                )
    return is_our_turn


def tallies(now: datetime) -> dict[int, list[Tally]]:
    """What is learned by the moment `now`, by guide. One query; its rows are as many as texts and weeks, not clicks."""
    sums: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for row in _rows(now):
        key = (row["guide"], row["problem"], row["step"], row["digest"], row["revision"])
        weight = row["number"] * faded_by_time((now - row["week"]).days)
        if row["kind"] == Kind.CAUSE:
            sums[key]["causes"] += weight
        elif row["end"] != SOME_OTHER:
            name = "solved" if row["kind"] == Kind.SOLVED else "failed"
            sums[key][name] += weight * (UNKNOWN_END if row["end"] == NOT_KNOWN else 1.0)
    by_guide: dict[int, list[Tally]] = defaultdict(list)
    for (guide, *names), counts in sums.items():
        faded = [round(float(counts[name]), 3) for name in ("solved", "failed", "causes")]
        by_guide[guide].append(Tally(*names, *faded))
    return dict(by_guide)


def _rows(now: datetime) -> Any:
    """Outcomes that teach something, counted by what they are about, their week, and how their walks ended.

    A step that did not help says nothing against it in a walk whose problem was another one; an agent's word on that
    goes before the person's own.
    """
    ends = Outcome.objects.filter(walk=OuterRef("walk")).order_by()
    problem = Coalesce(
        Subquery(ends.filter(kind=Kind.CAUSE).values("problem")[:1]),
        Subquery(ends.filter(kind=Kind.SOLVED).values("problem")[:1]),
        Value(UNKNOWN),
    )
    end = Case(
        When(ended_with=F("problem"), then=Value(ITS_OWN)),
        When(ended_with=UNKNOWN, then=Value(NOT_KNOWN)),
        default=Value(SOME_OTHER),
        output_field=IntegerField(),
    )
    return (
        Outcome.objects.for_audiences(INSIDERS)
        .filter(kind__in=(Kind.SOLVED, Kind.FAILED, Kind.CAUSE), said_at__gte=now - OUTCOMES_KEPT)
        .order_by()
        .annotate(ended_with=problem, end=end, week=TruncWeek("said_at"))
        .values("guide", "problem", "step", "digest", "revision", "kind", "week", "end")
        .annotate(number=Count("pk"))
    )
