"""Counts by day what is read: guides and their sections, told by pages in browsers, without a word about who reads.

What pages tell waits in this process and is added up; a thread of the server writes it every few seconds, so that no
answer waits for it. What can't be written is dropped.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from kb.config.background import Writer
from kb.models import DayCount, Guide
from kb.models.audience import INSIDERS, PUBLIC, STAFF
from kb.models.day_counts import CountKey
from kb.models.named_sections import keys_of

SECONDS_BETWEEN_WRITES = 3.0
MOST_WAITING = 20_000
MOST_SECTIONS = 40

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A guide (its slug) or a section of it (`anchor`) that was read on a day."""

    slug: str
    anchor: str
    audience: str
    day: date


class _Waiting:
    """What this process has been told and has not yet written: MOST_WAITING different things at most."""

    def __init__(self) -> None:
        self.read = Counter[Read]()
        self.lock = threading.Lock()


_waiting = _Waiting()


def viewed(slug: str, anchors: Sequence[str], audiences: frozenset[str]) -> None:
    """Remember that a page showed these sections of a guide ('' is the guide itself), once each."""
    audience = STAFF if STAFF in audiences else PUBLIC
    day = timezone.localdate()
    with _waiting.lock:
        for anchor in dict.fromkeys(anchors[:MOST_SECTIONS]):
            read = Read(slug, anchor, audience, day)
            if read in _waiting.read or len(_waiting.read) < MOST_WAITING:
                _waiting.read[read] += 1
    _writer.wake()


def forget() -> None:
    """Drop what waits."""
    _waiting.read.clear()


def flush() -> None:
    """Write what waits. Raises nothing: what can't be written is dropped."""
    with _waiting.lock:
        read, _waiting.read = _waiting.read, Counter()
    try:
        if read:
            with transaction.atomic():
                _write(read)
    except Exception:
        logger.exception("%d views could not be counted", read.total())


def _write(read: Counter[Read]) -> None:
    """Add to the counts of the guides that there are: a page may tell of one that its sender can't see."""
    rows = Guide.objects.for_audiences(INSIDERS).filter(slug__in={each.slug for each in read})
    guides = {slug: (guide, audience) for slug, guide, audience in rows.values_list("slug", "pk", "audience")}
    seen = {each: guides[each.slug][0] for each in read if _may_have_read(each, guides)}
    keys = keys_of((guide, each.anchor) for each, guide in seen.items())
    by_day: dict[date, Counter[CountKey]] = {}
    for each, guide in seen.items():
        key = keys.get((guide, each.anchor))
        if key is not None and (key or not each.anchor):
            counts = by_day.setdefault(each.day, Counter())
            counts[CountKey(guide, key, DayCount.Kind.VIEW, each.audience)] += read[each]
    for day, counts in by_day.items():
        DayCount.objects.add(counts, day)


def _may_have_read(read: Read, guides: dict[str, tuple[int, str]]) -> bool:
    return read.slug in guides and guides[read.slug][1] in (PUBLIC, read.audience)


_writer = Writer("views", flush, SECONDS_BETWEEN_WRITES)
