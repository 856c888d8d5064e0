"""Counts for all processes together how often somebody does what costs something, and refuses what is too much.

Each limit of `kb.rate_limits.rules` is counted in Redis or the database in periods by the clock, and each process lets
through together with the others exactly as many as the limit says. Nobody's address is kept: what is counted lies in
one of BUCKETS buckets for each limit and period, chosen by a hash under the site's secret key. So a flood from ever so
many networks makes no more rows than that, and two networks share a bucket so rarely that neither notices.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError
from django.utils.crypto import salted_hmac

from kb.config.outages import is_unwritable
from kb.models import Tally
from kb.models.tallies import Place
from kb.rate_limits import counting
from kb.rate_limits.network import network_of
from kb.rate_limits.rules import LIMITS, By, Deed, Limit

if TYPE_CHECKING:
    from django.http import HttpRequest

BUCKETS = 1 << 16
FULL_FOR_SECONDS = 5.0  # for which a process asks no more whether a full bucket is full
MOST_FULL = 10_000
WAIT_WITHOUT_DATABASE = 30

clock = time.time
_full_until: dict[Place, float] = {}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who does something, as hashes: by each way of counting that tells them apart from others."""

    marks: tuple[tuple[By, str], ...] = ()

    def mark(self, by: By) -> str | None:
        """What they are counted by; None when a limit does not concern them."""
        return dict(self.marks).get(by)

    def also(self, by: By, value: str) -> Sender:
        """The same, counted by one thing more."""
        digest = salted_hmac(f"kb.rate_limits.limiter.{by}", value, algorithm="sha256").hexdigest()
        return Sender((*self.marks, (by, digest)))


@dataclass(frozen=True, slots=True)
class Turn:
    """One deed that was asked for: where it was counted; or, when it may not be done, how many seconds to wait and why.

    `is_away` is there when nothing could be counted, `is_unwritable` when that is for want of a disk that can be
    written, `is_crowded` when others do the same at this moment.
    """

    counted: tuple[Place, ...] = ()
    wait: int = 0
    is_away: bool = False
    is_unwritable: bool = False
    is_crowded: bool = False
    why: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it may not be done."""
        return self.wait > 0


def sender_of(request: HttpRequest) -> Sender:
    """Who sent a request: an account, else a network. No query for who is signed out."""
    if (user := getattr(request, "user", None)) is not None and user.is_authenticated:
        return Sender().also(By.ACCOUNT, str(user.pk))
    return Sender(((By.ALL, ""),)).also(By.NETWORK, network_of(request))


def take(deed: Deed, request: HttpRequest, also: Mapping[By, str] | None = None) -> Turn:
    """Count what a request does, unless that is one too many. One query for each limit that concerns its sender."""
    try:
        sender = sender_of(request)
    except (DatabaseError, InterfaceError) as error:
        return _uncounted(deed, error)
    for by, value in (also or {}).items():
        sender = sender.also(by, value)
    return take_for(deed, sender)


def take_for(deed: Deed, sender: Sender, now: float | None = None) -> Turn:
    """The same for a sender who is known already. Raises nothing when the database can't count."""
    moment = clock() if now is None else now
    rule = LIMITS[deed]
    counted: list[Place] = []
    add = counting.add_at_once if rule.goes_on or rule.unseen else counting.add
    try:
        for limit in rule.limits:
            mark = sender.mark(limit.by)
            if mark is None:
                continue
            place = _place(deed, limit, mark, moment)
            if _is_full(place) or not add(place, limit.most, limit.seconds):
                _mark_full(place)
                return Turn(tuple(counted), wait=max(1, int(place.ends - moment) + 1), why=rule.message)
            counted.append(place)
    except (DatabaseError, InterfaceError) as error:
        return _uncounted(deed, error)
    return Turn(tuple(counted))


def give_back(turn: Turn) -> None:
    """Count a deed no more, because it was none after all."""
    try:
        for place in turn.counted:
            counting.take_back(place)
            _full_until.pop(place, None)
    except (DatabaseError, InterfaceError):
        logger.warning("A count could not be taken back", exc_info=True)


def prune(now: float | None = None) -> int:
    """Delete the counts of periods that are over; how many there were."""
    moment = clock() if now is None else now
    deleted, _ = Tally.objects.over(int(moment) - counting.CLOCKS_DIFFER_BY).delete()
    return int(deleted)


def forget_full_buckets() -> None:
    """Ask the database again what is full; what is counted there stays."""
    _full_until.clear()
    counting.forget()


def _place(deed: Deed, limit: Limit, mark: str, moment: float) -> Place:
    ends = (int(moment) // limit.seconds + 1) * limit.seconds
    name = f"{deed}/{limit.by}/{limit.seconds}"
    digest = salted_hmac("kb.rate_limits.limiter.bucket", f"{name}\0{ends}\0{mark}", algorithm="sha256").digest()
    return Place(name, ends, int.from_bytes(digest[:8]) % BUCKETS)


def _is_full(place: Place) -> bool:
    """Whether this process has learned a moment ago that no more are let through; so a flood costs no query."""
    return _full_until.get(place, 0.0) > time.monotonic()


def _mark_full(place: Place) -> None:
    if _is_full(place):
        return
    if len(_full_until) >= MOST_FULL:
        _full_until.clear()
    _full_until[place] = time.monotonic() + FULL_FOR_SECONDS


def _uncounted(deed: Deed, error: Exception) -> Turn:
    goes_on = LIMITS[deed].goes_on
    verb = "taken" if goes_on else "refused"
    logger.warning("What was sent can't be counted (%s), and is %s", deed, verb, exc_info=error)
    return Turn(wait=0 if goes_on else WAIT_WITHOUT_DATABASE, is_away=True, is_unwritable=is_unwritable(error))
