"""How often somebody may do what costs something, and the one count of it that all processes share.

LIMITS is the table of it. Each line counts in periods by the clock, in the database, and each process lets through
together with the others exactly as many as the line says. Nobody's address is kept: what is counted lies in one of
BUCKETS buckets for each line and period, chosen by a hash under the site's secret key. So a flood from ever so many
networks makes no more rows than that, and two networks share a bucket so rarely that neither notices.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, connection
from django.utils.crypto import salted_hmac

from kb.limits.network import network_of
from kb.models import Tally
from kb.models.tallies import Place

if TYPE_CHECKING:
    from django.http import HttpRequest

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
BUCKETS = 1 << 16
REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 10_000
GRACE = MINUTE  # clocks of machines differ a little
AWAY_SECONDS = 30
PATIENCE_MS = 1500

clock = time.time
_full: dict[Place, float] = {}
logger = logging.getLogger(__name__)


class Deed(StrEnum):
    """What is limited."""

    SIGN_IN = "sign-in"
    KNOWN_SIGN_IN = "known-sign-in"
    RESET = "reset"
    HAND_OVER = "hand-over"
    PASTE = "paste"
    PREVIEW = "preview"
    OPENED = "opened"
    OUTCOME = "outcome"
    SEARCH = "search"
    OTHER = "other"


UNSEEN = frozenset({Deed.OPENED, Deed.OUTCOME, Deed.SEARCH})  # nobody waits for these, so no thread waits long


class By(StrEnum):
    """Whose deeds are counted together. Who is signed in is counted by account alone, wherever they are."""

    NETWORK = "network"
    ACCOUNT = "account"
    BROWSER = "browser and name"
    MAILBOX = "e-mail address"
    ALL = "all who are signed out"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within so many seconds, for each of those who are counted."""

    by: By
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said of a deed; a flood must break the first of its limits before it can use up those of others.

    `goes_on` says what happens when the database can't count: reading goes on, and what sends mails, guesses or
    leaves rows behind waits. `told` is what somebody reads who did too much.
    """

    what: str
    limits: tuple[Limit, ...]
    goes_on: bool = False
    told: str = "Too much was sent from here in a short time."


LIMITS: dict[Deed, Rule] = {
    Deed.SIGN_IN: Rule(
        "Wrong passwords",
        (Limit(By.NETWORK, 20, 5 * MINUTE), Limit(By.ACCOUNT, 10, 5 * MINUTE)),
        told="Too many wrong passwords came from your network, so nobody new can sign in from there for a moment.",
    ),
    Deed.KNOWN_SIGN_IN: Rule(
        "Wrong passwords where the name was signed in before",
        (Limit(By.BROWSER, 10, 5 * MINUTE),),
        told="Too many wrong passwords were given for this name here.",
    ),
    Deed.RESET: Rule(
        "Mails for a forgotten password",
        (Limit(By.NETWORK, 10, HOUR), Limit(By.ACCOUNT, 10, HOUR), Limit(By.MAILBOX, 3, HOUR)),
        told="Links were asked for too often. Look into your mail, and where it keeps what it takes for junk.",
    ),
    Deed.HAND_OVER: Rule(
        "Walks handed over or sent to a contact",
        (Limit(By.NETWORK, 12, MINUTE), Limit(By.ACCOUNT, 60, MINUTE), Limit(By.ALL, 30, MINUTE)),
    ),
    Deed.PASTE: Rule(
        "Pasted messages and logs",
        (Limit(By.NETWORK, 60, MINUTE), Limit(By.ACCOUNT, 120, MINUTE)),
        goes_on=True,
    ),
    Deed.PREVIEW: Rule(
        "Previews, checks and trees of a text in the studio",
        (Limit(By.NETWORK, 60, MINUTE), Limit(By.ACCOUNT, 300, MINUTE)),
        goes_on=True,
    ),
    Deed.OPENED: Rule(
        "Opened hits that are counted",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 120, MINUTE), Limit(By.ALL, 600, MINUTE)),
    ),
    Deed.OUTCOME: Rule(
        "Presses under steps that are counted",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 120, MINUTE), Limit(By.ALL, 600, MINUTE)),
    ),
    Deed.SEARCH: Rule(
        "Searches and openings that are recorded",
        (
            Limit(By.NETWORK, 120, MINUTE),
            Limit(By.ACCOUNT, 120, MINUTE),
            Limit(By.NETWORK, 2000, DAY),
            Limit(By.ACCOUNT, 2000, DAY),
        ),
    ),
    Deed.OTHER: Rule(
        "Any other form",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 300, MINUTE)),
        goes_on=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who does something, as hashes: by each way of counting that tells them apart from others."""

    marks: tuple[tuple[By, str], ...] = ()

    def mark(self, by: By) -> str | None:
        """What they are counted by; None when a limit does not concern them."""
        return dict(self.marks).get(by)

    def also(self, by: By, value: str) -> Sender:
        """The same, counted by one thing more."""
        return Sender((*self.marks, (by, _hashed(by, value))))


@dataclass(frozen=True, slots=True)
class Turn:
    """One deed that was asked for: where it was counted; or, when it may not be done, how many seconds to wait and why.

    `is_away` is there when nothing could be counted.
    """

    counted: tuple[Place, ...] = ()
    wait: int = 0
    is_away: bool = False
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
        return _away(deed, error)
    for by, value in (also or {}).items():
        sender = sender.also(by, value)
    return take_for(deed, sender)


def take_for(deed: Deed, sender: Sender, now: float | None = None) -> Turn:
    """The same for a sender who is known already. Raises nothing when the database can't count."""
    moment = clock() if now is None else now
    rule = LIMITS[deed]
    counted: list[Place] = []
    try:
        with _soon() if rule.goes_on or deed in UNSEEN else nullcontext():
            for limit in rule.limits:
                mark = sender.mark(limit.by)
                if mark is None:
                    continue
                place = _place(deed, limit, mark, moment)
                if _is_full(place) or not Tally.objects.add(place, limit.most):
                    _remember(place)
                    return Turn(tuple(counted), wait=max(1, int(place.ends - moment) + 1), why=rule.told)
                counted.append(place)
    except (DatabaseError, InterfaceError) as error:
        return _away(deed, error)
    return Turn(tuple(counted))


def give_back(turn: Turn) -> None:
    """Count a deed no more, because it was none after all."""
    try:
        for place in turn.counted:
            Tally.objects.take_back(place)
            _full.pop(place, None)
    except (DatabaseError, InterfaceError):
        logger.warning("A count could not be taken back", exc_info=True)


def prune(now: float | None = None) -> int:
    """Delete the counts of periods that are over; how many there were."""
    moment = clock() if now is None else now
    deleted, _ = Tally.objects.over(int(moment) - GRACE).delete()
    return int(deleted)


def forget() -> None:
    """Drop what this process remembers; what is counted stays."""
    _full.clear()


def table() -> str:
    """The limits as a table of the documents."""
    rows = [
        f"| {rule.what} | {limit.by} | {limit.most:,} | {_period(limit.seconds)} |"
        for rule in LIMITS.values()
        for limit in rule.limits
    ]
    return "\n".join(["| what | for each | at most | within |", "| --- | --- | ---: | --- |", *rows])


def _period(seconds: int) -> str:
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds % size == 0:
            return f"a {name}".replace("a hour", "an hour") if seconds == size else f"{seconds // size} {name}s"
    return f"{seconds} seconds"


def _hashed(by: By, value: str) -> str:
    return salted_hmac(f"kb.limits.limiter.{by}", value, algorithm="sha256").hexdigest()


def _place(deed: Deed, limit: Limit, mark: str, moment: float) -> Place:
    ends = (int(moment) // limit.seconds + 1) * limit.seconds
    name = f"{deed}/{limit.by}/{limit.seconds}"
    digest = salted_hmac("kb.limits.limiter.bucket", f"{name}\0{ends}\0{mark}", algorithm="sha256").digest()
    return Place(name, ends, int.from_bytes(digest[:8]) % BUCKETS)


def _is_full(place: Place) -> bool:
    """Whether this process has learned a moment ago that no more are let through; so a flood costs no query."""
    return _full.get(place, 0.0) > time.monotonic()


def _remember(place: Place) -> None:
    if _is_full(place):
        return
    if len(_full) >= MOST_REMEMBERED:
        _full.clear()
    _full[place] = time.monotonic() + REMEMBERED_SECONDS


def _away(deed: Deed, error: Exception) -> Turn:
    goes_on = LIMITS[deed].goes_on
    logger.warning("What was sent can't be counted (%s), and is %s: %s", deed, "taken" if goes_on else "refused", error)
    return Turn(wait=0 if goes_on else AWAY_SECONDS, is_away=True)


@contextmanager
def _soon() -> Iterator[None]:
    """Wait for others who write to SQLite for a moment only: what goes on without a count need not wait for one."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    connection.connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {usual}")
