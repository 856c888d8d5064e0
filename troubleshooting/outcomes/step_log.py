"""Records the steps of walks without personal data, some pages at a time beside the requests.

What was seen is an address, which is all that a walk is. It waits in this process; a thread of the server takes its
step again and writes it every few seconds, so that no page waits for it or fails by it. What can't be written is
dropped. At most MOST_ROWS are kept, the newest, and none for longer than STEPS_KEPT; how much one network may have
written is limited as searches are (kb/rate_limits/rules.py).
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from kb.config.background import Writer
from kb.models import Guide
from kb.models.audience import EVERYONE, INSIDERS, PUBLIC, STAFF
from kb.rate_limits import limiter
from kb.rate_limits.limiter import Sender
from kb.rate_limits.rules import Deed
from troubleshooting.catalogue import build
from troubleshooting.models import Outcome, WalkStep
from troubleshooting.outcomes.record import walk_key
from troubleshooting.outcomes.steps import Step, steps_to
from troubleshooting.walk.address import read_address
from troubleshooting.walk.entry import next_step

if TYPE_CHECKING:
    from troubleshooting.walk.state import WalkState

SECONDS_BETWEEN_WRITES = 2.0
MOST_WAITING = 1000
MOST_WAITING_OF_ONE = 100
MOST_ROWS = 200_000
AT_ONCE = 200
STEPS_KEPT = timedelta(days=90)
BETWEEN_PRUNINGS = timedelta(hours=1)
NOBODY = Sender()
Kind = Outcome.Kind

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page of a walk that was seen: the query of its address, and the random word of the visit.

    Where it `is_left_behind`, other words were given on it, so that the walk goes on under those, and no more as this
    one. `sender` is a hash of who it was, for the limits; neither it nor the visit is written.
    """

    visit: str
    query: str
    audience: str
    at: datetime
    sender: Sender = NOBODY
    is_left_behind: bool = False


@dataclass(frozen=True, slots=True)
class WalkSeen:
    """The steps of one walk as a page that was seen has them; none for a walk that went on under other words."""

    walk: str
    steps: tuple[Step, ...]
    audience: str
    at: datetime


class _Waiting:
    """What this process has seen and not yet written: MOST_WAITING at most, so that a flood is cut, not kept."""

    def __init__(self) -> None:
        self.seen: deque[PageSeen] = deque()
        self.of_each = Counter[Sender]()
        self.turn = threading.Lock()
        self.pruned_at: datetime | None = None


_waiting = _Waiting()


def note(
    visit: str, query: str, audiences: frozenset[str], sender: Sender = NOBODY, *, is_left_behind: bool = False
) -> None:
    """Remember that a page was seen, or left behind for other words. Nothing when KB_WALK_LOG is off."""
    has_too_many = sender != NOBODY and _waiting.of_each[sender] >= MOST_WAITING_OF_ONE
    if not settings.WALK_LOG or has_too_many or len(_waiting.seen) >= MOST_WAITING:
        return
    audience = STAFF if STAFF in audiences else PUBLIC
    _waiting.seen.append(PageSeen(visit, query, audience, timezone.now(), sender, is_left_behind))
    _waiting.of_each[sender] += 1
    _writer.wake()


def forget() -> None:
    """Drop what waits."""
    _waiting.seen.clear()
    _waiting.of_each.clear()
    _waiting.pruned_at = None


def flush() -> None:
    """Write what waits, and delete what is too old or too much. Raises nothing."""
    with _waiting.turn:
        pages = [_waiting.seen.popleft() for _ in range(len(_waiting.seen))]
        _waiting.of_each.clear()
        try:
            walks = list(_walks(_within_limits(pages)))
            for start in range(0, len(walks), AT_ONCE):
                with transaction.atomic():
                    write(walks[start : start + AT_ONCE])
            _delete_old(timezone.now(), bool(walks))
        except Exception:
            logger.exception("%d pages of walks could not be recorded", len(pages))


def _within_limits(pages: list[PageSeen]) -> Iterator[PageSeen]:
    """What may be written; nothing more when nothing can be counted, as then nothing can be written either."""
    for page in {(page.visit, page.query, page.audience, page.is_left_behind): page for page in pages}.values():
        turn = limiter.take_for(Deed.WALK, page.sender)
        if turn.is_away:
            return
        if not turn.is_refused:
            yield page


def _walks(pages: Iterable[PageSeen]) -> Iterator[WalkSeen]:
    """The steps of each page, but for those that show none: the start, and a question that is to be asked again.

    That something helped is only true of a walk in which somebody pressed so: the address of the page that says so may
    have been sent on to others.
    """
    for page in pages:
        address, _ = read_address(QueryDict(page.query).lists())
        if address.is_blank or (address.change and not page.is_left_behind):
            continue
        audiences = INSIDERS if page.audience == STAFF else EVERYONE
        published = build.current(audiences).published
        if not published.guides:
            continue
        state = next_step(address, audiences)
        walk = walk_key(page.visit, state.address)
        steps = () if page.is_left_behind else steps_to(state, published)
        if (steps or page.is_left_behind) and _counts(page, walk, state):
            yield WalkSeen(walk, steps, page.audience, page.at)


def _counts(page: PageSeen, walk: str, state: WalkState) -> bool:
    """Whether what was said of a walk lets a page count that says that something helped, or that it is left behind.

    A walk that was solved or handed over is over, whatever is typed then.
    """
    if not page.is_left_behind and not state.address.fixed:
        return True
    said = set(Outcome.objects.filter(walk=walk).values_list("kind", flat=True))
    return not said & {Kind.SOLVED, Kind.ESCALATED} if page.is_left_behind else Kind.SOLVED in said


def write(walks: list[WalkSeen]) -> None:
    """Bring the stored steps of these walks to where their pages are, the earliest page first."""
    stored: dict[str, list[WalkStep]] = {seen.walk: [] for seen in walks}
    for row in WalkStep.objects.filter(walk__in=stored).order_by("walk", "position"):
        stored[row.walk].append(row)
    guides = _guides({step.guide for seen in walks for step in seen.steps} - {""})
    now = {walk: list(rows) for walk, rows in stored.items()}
    for seen in sorted(walks, key=lambda seen: seen.at):
        now[seen.walk] = _after(now[seen.walk], seen, guides)
    fresh = [row for rows in now.values() for row in rows if row.pk is None]
    for walk, rows in now.items():
        if len(rows) < len(stored[walk]):
            WalkStep.objects.filter(walk=walk, position__gte=len(rows)).delete()
    WalkStep.objects.bulk_create(
        fresh,
        batch_size=50,
        update_conflicts=True,
        unique_fields=["walk", "position"],
        update_fields=[
            *("words", "question", "asked", "answer", "shown", "next_id", "next_text"),
            *("guide", "category", "product", "audience", "shown_at"),
        ],
    )


def _after(rows: list[WalkStep], seen: WalkSeen, guides: dict[str, int]) -> list[WalkStep]:
    """The rows of a walk after a page: those from the first step on that is another one are written anew.

    A page that was seen before, as by going back, changes nothing; neither does one that arrives late.
    """
    if rows and seen.at < max(row.shown_at for row in rows):
        return rows
    if not seen.steps:
        return []
    same = 0
    for row, step in zip(rows, seen.steps, strict=False):
        if (row.question, row.answer, row.shown, row.next_id) != step.place:
            break
        same += 1
    if same == len(seen.steps):
        return rows
    return rows[:same] + [_row(seen, place, guides) for place in range(same, len(seen.steps))]


def _row(seen: WalkSeen, position: int, guides: dict[str, int]) -> WalkStep:
    step = seen.steps[position]
    return WalkStep(
        walk=seen.walk,
        position=position,
        words=step.words,
        question=step.question,
        asked=step.asked,
        answer=step.answer,
        shown=step.shown,
        next_id=step.next_id,
        next_text=step.next_text,
        guide_id=guides.get(step.guide),
        category=step.category,
        product=step.product,
        audience=seen.audience,
        shown_at=seen.at,
    )


def _guides(slugs: set[str]) -> dict[str, int]:
    rows = Guide.objects.for_audiences(INSIDERS).filter(slug__in=slugs).values_list("slug", "pk")
    return dict(rows) if slugs else {}


def _delete_old(now: datetime, has_written: bool) -> None:
    if _waiting.pruned_at is None or now - _waiting.pruned_at > BETWEEN_PRUNINGS:
        WalkStep.objects.filter(shown_at__lt=now - STEPS_KEPT).delete()
        _waiting.pruned_at = now
    newest = WalkStep.objects.order_by("-pk").values_list("pk", flat=True).first() if has_written else None
    if newest is not None:
        WalkStep.objects.filter(pk__lte=newest - MOST_ROWS).delete()


_writer = Writer("walk-log", flush, SECONDS_BETWEEN_WRITES)
