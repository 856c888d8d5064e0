"""Counts anew what should be written or mended, and brings the rows of the worklist up to that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from troubleshooting.models import WorklistItem
from troubleshooting.models.worklist import LONGEST_TITLE
from troubleshooting.worklist.asked import words_in_vain
from troubleshooting.worklist.causes import causes_without_guide
from troubleshooting.worklist.gaps import MOST_WORDS, WINDOW, Gap, times
from troubleshooting.worklist.guides import bad_in_guides
from troubleshooting.worklist.helped import goes_on
from troubleshooting.worklist.walks import questions_left, walks_of_late

MOST_OPEN = 500
MOST_SETTLED = 5_000
TENFOLD = 10
KEPT_OPEN = timedelta(days=90)  # as long as searches and walks are kept
KEPT_SETTLED = timedelta(days=365)
COUNTED = (
    "kind",
    "title",
    "words",
    "details",
    "section",
    "harm",
    "times",
    "tries",
    "waiting",
    "first_seen",
    "last_seen",
    "counted_at",
)

State = WorklistItem.State


def refresh() -> int:
    """Count anew; how many rows are open then. Bounded by how many records are read, and by MOST_OPEN."""
    now = timezone.now()
    walks = walks_of_late(now)
    gaps = [
        *words_in_vain(walks, now),
        *questions_left(walks, now),
        *causes_without_guide(now),
        *bad_in_guides(now),
    ]
    gaps.sort(key=lambda gap: -gap.harm(now))
    with transaction.atomic():
        _write(gaps, now)
        _forget_old(now)
    return WorklistItem.objects.listed(State.OPEN).count()


def _write(gaps: Iterable[Gap], now: datetime) -> None:
    known = {item.key: item for item in WorklistItem.objects.order_by("first_seen", "pk")[: MOST_OPEN + MOST_SETTLED]}
    found: dict[str, Gap] = {}
    new: list[WorklistItem] = []
    for gap in gaps:
        item = _known(gap, known, found)
        if item is None:
            if gap.harmed and gap.is_listed and len(new) < MOST_OPEN:
                new.append(_counted(WorklistItem(key=gap.keys[0], guide_id=gap.guide, audience=gap.audience), gap, now))
            continue
        found[item.key] = gap
    for key, item in known.items():
        _counted(item, found.get(key), now)
    rows = [_copy(item) for item in known.values()]
    WorklistItem.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["key"], update_fields=COUNTED
    )
    for state in (State.DONE, State.DISMISSED):  # but for those that somebody settled or opened meanwhile
        back = [item.pk for item in known.values() if item.state == state and _is_back(item, found.get(item.key), now)]
        WorklistItem.objects.filter(pk__in=back, state=state).update(state=State.OPEN, came_back=True)
    WorklistItem.objects.bulk_create(new, batch_size=200, ignore_conflicts=True)


def _copy(item: WorklistItem) -> WorklistItem:
    """The row without its number: by its key it is written in place of itself, which is quicker than an update."""
    names = [field.attname for field in WorklistItem._meta.concrete_fields if not field.primary_key]
    return WorklistItem(**{name: getattr(item, name) for name in names})


def _known(gap: Gap, known: Mapping[str, WorklistItem], found: Mapping[str, Gap]) -> WorklistItem | None:
    """The oldest row that a gap may go by, so that it stays the same one when groups grow together."""
    items = [known[key] for key in gap.keys if key in known and key not in found]
    return min(items, key=lambda item: (item.first_seen, item.pk), default=None)


def _counted(item: WorklistItem, gap: Gap | None, now: datetime) -> WorklistItem:
    """The row with what is counted now; None: nothing is there any more."""
    item.counted_at = now
    since = item.done_at if item.state == State.DONE else None
    item.harm = round(gap.harm(now), 3) if gap else 0.0
    item.times = times(gap.harmed, since) if gap else 0
    item.tries = times(gap.tried, since) if gap else 0
    item.waiting = gap.waiting if gap else []
    if gap is None:
        return item
    item.section, item.details = gap.section, gap.details
    item.kind = gap.kind if gap.harmed or not item.pk else item.kind
    item.title = (gap.title or item.title)[:LONGEST_TITLE]
    item.words = [word for word, _ in gap.words.most_common(MOST_WORDS)]
    moments = [event.at for event in gap.harmed] or [item.last_seen or now]
    item.first_seen = min(filter(None, (item.first_seen, *moments)))
    item.last_seen = max(filter(None, (item.last_seen, *moments)))
    return item


def _is_back(item: WorklistItem, gap: Gap | None, now: datetime) -> bool:
    """Whether something that was settled has to be looked at again: a flag that is newer says so by itself."""
    if item.kind == WorklistItem.Kind.FLAG and gap and item.done_at and times(gap.harmed, item.done_at):
        return True
    if item.state == State.DISMISSED:
        return item.times >= TENFOLD * max(item.times_before, 1)
    return item.state == State.DONE and goes_on(item, now)


def _forget_old(now: datetime) -> None:
    """Delete what is over: open rows that nobody met for long, settled ones that tell nothing now, and too many."""
    over = Q(state=State.OPEN, harm=0, last_seen__lt=now - KEPT_OPEN)
    settled = Q(state__in=(State.DONE, State.DISMISSED), done_at__lt=now - KEPT_SETTLED, last_seen__lt=now - WINDOW)
    told = Q(kind=WorklistItem.Kind.CAUSE, harm__gt=0)  # by hand-overs that are kept: it would be a new row
    WorklistItem.objects.filter(over | settled & ~told).delete()
    least = WorklistItem.objects.filter(state=State.OPEN, assignee=None).order_by("-harm", "-last_seen", "pk")
    WorklistItem.objects.filter(pk__in=list(least.values_list("pk", flat=True)[MOST_OPEN:])).delete()
