"""Deletes votes, flags that are settled and counts by day when they are too old to tell anything."""

from __future__ import annotations

from django.utils import timezone

from kb.library.feedback import flags, votes
from kb.models import DayCount, day_counts


def forget_old() -> int:
    """Delete what is kept for long enough; how much it was. For the timer."""
    now = timezone.now()
    counts = DayCount.objects.forget_before(timezone.localdate(now) - day_counts.COUNTS_KEPT)
    return counts + votes.forget_before(now - votes.VOTES_KEPT) + flags.forget_settled_before(now - flags.FLAGS_KEPT)
