"""Counts in Redis where there is one, and in the database while it is away.

A count of either is never added to that of the other: when Redis goes, the period may let through twice as many.
"""

from __future__ import annotations

from kb.config.shared_memory import AwayError, shared
from kb.models import Tally
from kb.models.tallies import Place
from kb.rate_limits.rules import MINUTE

CLOCKS_DIFFER_BY = MINUTE  # between machines


def add(place: Place, most: int, seconds: int) -> bool:
    """Count one more in a period of so many seconds, unless `most` were counted; whether it was."""
    try:
        return shared().count(_name(place), most, seconds + CLOCKS_DIFFER_BY)
    except AwayError:
        return Tally.objects.add(place, most)


def take_back(place: Place) -> None:
    """Count one less."""
    try:
        shared().take_back(_name(place))
    except AwayError:
        Tally.objects.take_back(place)


def _name(place: Place) -> str:
    return f"count:{place.name}:{place.ends}:{place.bucket}"
