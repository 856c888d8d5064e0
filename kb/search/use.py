"""How much guides and their sections are used of late: what orders common problems, suggestions and related guides.

It is read from the counts by day, where what is old fades, and kept in each process for an hour.
"""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from kb.models import DayCount
from kb.models.audience import PUBLIC, STAFF
from kb.search.index.used import Use

KEPT_SECONDS = 60 * 60
MOST_USED = 5_000  # guides and sections of which the use is known; the others are used less

logger = logging.getLogger(__name__)


_kept: dict[bool, Use] = {}


def current(audiences: frozenset[str]) -> Use:
    """What these readers are known to use. One query an hour, and none for what is kept; raises nothing.

    What staff do counts for staff alone: the order of what others see says nothing of it.
    """
    is_inside = STAFF in audiences
    kept = _kept.get(is_inside)
    if kept is not None and time.monotonic() - kept.read_at < KEPT_SECONDS:
        return kept
    _kept[is_inside] = found = _read(audiences, None if is_inside else PUBLIC)
    return found


def forget() -> None:
    """Read it anew when it is next asked for."""
    _kept.clear()


def _read(audiences: frozenset[str], done_by: str | None) -> Use:
    now = time.monotonic()
    counts = DayCount.objects.for_audiences(audiences)
    if done_by is not None:
        counts = counts.filter(audience=done_by)
    try:
        faded = counts.faded(timezone.localdate(), MOST_USED)
    except (DatabaseError, InterfaceError):
        logger.warning("What guides are used for can't be read", exc_info=True)
        return Use(now)
    guides = {guide: used for (guide, section), used in faded.items() if not section}
    return Use(now, guides, faded)
