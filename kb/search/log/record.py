"""Records what was searched for and opened, without personal data, some at a time beside the requests.

What is seen is masked at once and waits in this process; a thread of the server writes it every few seconds in a
transaction of its own, so that no page waits for it or fails by it. What can't be written is dropped.

At most MOST_ROWS are kept, however many processes write; the oldest go first. So that a flood from one network does not
push out what others looked for, few of what it sends may wait at once, and what of it is written is limited by the
minute and by the day (kb/rate_limits/rules.py): one network alone would need longer than KEPT to fill the table.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kb.config.background import Writer
from kb.models import DayCount, Guide, SearchRecord
from kb.models.audience import INSIDERS, PUBLIC, STAFF
from kb.models.day_counts import CountKey
from kb.models.named_sections import keys_of
from kb.rate_limits import limiter
from kb.rate_limits.limiter import Sender
from kb.rate_limits.rules import Deed
from kb.search.text.masking import masked

SECONDS_BETWEEN_WRITES = 2.0
MOST_WAITING = 1000
MOST_WAITING_OF_ONE = 100
MOST_ROWS = 200_000
LONGEST_OPENED = 400
CODES = "codes/"
NO_GUIDE = (0, "")
MOST_HITS = 1_000_000
KEPT = timedelta(days=90)
OPENED_WITHIN = timedelta(hours=1)
BETWEEN_PRUNINGS = timedelta(hours=1)

NOBODY = Sender()

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SearchEvent:
    """A search, or (`position` is given) the opening of one of its hits. `text` is masked; `opened` an address.

    `sender` is a hash of who it was, for the limits, and is not written.
    """

    text: str
    hits: int
    audience: str
    at: datetime
    opened: str = ""
    position: int | None = None
    sender: Sender = NOBODY


class _Waiting:
    """What this process has seen and not yet written: MOST_WAITING at most, so that a flood is cut, not kept."""

    def __init__(self) -> None:
        self.seen: deque[SearchEvent] = deque()
        self.of_each = Counter[Sender]()
        self.turn = threading.Lock()
        self.pruned_at: datetime | None = None


_waiting = _Waiting()


def record(
    text: str,
    hits: int,
    audiences: frozenset[str],
    opened: str = "",
    position: int | None = None,
    *,
    sender: Sender = NOBODY,
) -> None:
    """Remember a search that found `hits` guides, or, with `opened`, what was opened of it.

    `opened` is the slug of a guide, with `#` and an anchor, or CODES and a code. Nothing when KB_SEARCH_LOG is off.
    """
    if not settings.SEARCH_LOG or not _may_wait(sender):
        return
    kept = masked(text)
    if kept:
        audience = STAFF if STAFF in audiences else PUBLIC
        hits = min(max(hits, 0), MOST_HITS)
        _waiting.seen.append(
            SearchEvent(kept, hits, audience, timezone.now(), opened[:LONGEST_OPENED], position, sender)
        )
        _waiting.of_each[sender] += 1
        _writer.wake()


def _may_wait(sender: Sender) -> bool:
    """Whether there is room for one more of a sender."""
    if len(_waiting.seen) >= MOST_WAITING:
        return False
    return sender == NOBODY or _waiting.of_each[sender] < MOST_WAITING_OF_ONE


def waiting() -> tuple[SearchEvent, ...]:
    """What this process has seen and not yet written."""
    return tuple(_waiting.seen)


def forget() -> None:
    """Drop what waits."""
    _waiting.seen.clear()
    _waiting.of_each.clear()
    _waiting.pruned_at = None


def flush() -> None:
    """Write what waits, and delete what is older than KEPT. Raises nothing: what can't be written is dropped.

    What is too much is deleted after the writing is over, so that the last process to write sees what all have written.
    """
    with _waiting.turn:
        events = [_waiting.seen.popleft() for _ in range(len(_waiting.seen))]
        _waiting.of_each.clear()  # what comes in this very moment is one more that may wait
        try:
            events = list(_within_limits(events))
            with transaction.atomic():
                _write(events)
                _delete_old(timezone.now())
            _delete_excess()
        except Exception:
            if events:
                logger.exception("%d searches could not be recorded", len(events))
            else:
                logger.exception("Old searches could not be deleted")


def _within_limits(events: list[SearchEvent]) -> Iterator[SearchEvent]:
    """What may be written; nothing more when nothing can be counted, as then nothing can be written either."""
    for event in events:
        turn = limiter.take_for(Deed.SEARCH, event.sender)
        if turn.is_away:
            return
        if not turn.is_refused:
            yield event


def _write(events: list[SearchEvent]) -> None:
    searches = [event for event in events if not event.opened or event.opened.startswith(CODES)]
    openings = [event for event in events if event.opened and not event.opened.startswith(CODES)]
    SearchRecord.objects.bulk_create(map(_row, searches), batch_size=100)
    guides = _guides_of({_slug(opening.opened) for opening in openings})
    openings = [each for each in openings if guides.get(_slug(each.opened), NO_GUIDE)[1] in (PUBLIC, each.audience)]
    for opening in openings:
        _record_opening(opening)
    _count(openings, {slug: guide for slug, (guide, _) in guides.items()})


def _guides_of(slugs: set[str]) -> dict[str, tuple[int, str]]:
    """By slug, each guide that there is, and its audience: a beacon may tell of guides that its sender can't see."""
    rows = Guide.objects.for_audiences(INSIDERS).filter(slug__in=slugs).values_list("slug", "pk", "audience")
    return {slug: (guide, audience) for slug, guide, audience in rows} if slugs else {}


def _slug(opened: str) -> str:
    return opened.partition("#")[0]


def _count(openings: list[SearchEvent], guides: dict[str, int]) -> None:
    """Count them by day for their guides, and for the sections at which they were opened."""
    names = [(guides[_slug(opening.opened)], opening.opened.partition("#")[2]) for opening in openings]
    keys = keys_of(names)
    by_day: dict[date, Counter[CountKey]] = {}
    for opening, (guide, anchor) in zip(openings, names, strict=True):
        counts = by_day.setdefault(timezone.localdate(opening.at), Counter())
        for section in {"", keys.get((guide, anchor), "")}:
            counts[CountKey(guide, section, DayCount.Kind.OPENED, opening.audience)] += 1
    for day, counts in by_day.items():
        DayCount.objects.add(counts, day)


def _row(event: SearchEvent) -> SearchRecord:
    return SearchRecord(
        text=event.text,
        hits=event.hits,
        audience=event.audience,
        searched_at=event.at,
        opened=event.opened,
        position=event.position,
    )


def _record_opening(opening: SearchEvent) -> None:
    """Put an opening to the newest search like it: of equal searches it does not matter whose it was."""
    search = SearchRecord.objects.without_opening(opening.text, opening.audience, opening.at - OPENED_WITHIN)
    if search is None:
        _row(opening).save()
    else:
        SearchRecord.objects.filter(pk=search.pk).update(opened=opening.opened, position=opening.position)


def _delete_old(now: datetime) -> None:
    if _waiting.pruned_at is None or now - _waiting.pruned_at > BETWEEN_PRUNINGS:
        SearchRecord.objects.filter(searched_at__lt=now - KEPT).delete()
        _waiting.pruned_at = now


def _delete_excess() -> None:
    """Keep the newest MOST_ROWS; each row has a higher number than those before it."""
    newest = SearchRecord.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        SearchRecord.objects.filter(pk__lte=newest - MOST_ROWS).delete()


_writer = Writer("search-log", flush, SECONDS_BETWEEN_WRITES)
