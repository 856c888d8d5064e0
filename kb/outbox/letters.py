"""Keeps mails and calls as rows beside what they tell of, has the timer send them, and tries for a day.

What leaves in a request makes its reader wait for another machine, and is lost when the process dies. So a letter is
put here in the same transaction as what it tells of. One process at a time has it, under a lease that it renews while
it sends; whoever dies with it lets go of it, and another one sends it again, under the same key.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone

from kb.config import timer
from kb.models.letters import LONGEST_TROUBLE, Letter

MOST_AT_ONCE = 50
LEASE = timedelta(minutes=1)
FIRST_WAITS = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 60))
GIVEN_UP_AFTER = timedelta(days=1)
LONGEST_WAIT = timedelta(hours=2)

State = Letter.State
Way = Callable[[Letter], None]
logger = logging.getLogger(__name__)


class NotTakenError(Exception):
    """Nobody took the letter, and why, as a sentence; `is_final` when it would be the same another time."""

    def __init__(self, trouble: str, *, is_final: bool = False) -> None:
        super().__init__(trouble)
        self.is_final = is_final


ways: dict[str, Way] = {}  # by their names; each sends a letter in bounded time, or raises NotTakenError
when_settled: list[Callable[[Letter], None]] = []  # told of each letter in the transaction in which its state changes


def add_way(name: str, send: Way) -> None:
    """Have the timer send letters this way from now on; a slow receiver there keeps no other way waiting."""
    ways[name] = send
    timer.jobs.append(timer.Job(name, partial(send_due, name), together=True))


def put(key: str, contents: Mapping[str, dict[str, object]], *, is_kept: bool = False) -> None:
    """Have something sent on each of these ways; what was put under this key before is not put twice."""
    now = timezone.now()
    Letter.objects.bulk_create(
        [
            Letter(key=key, way=way, content=content, is_kept=is_kept, since=now, due_at=now)
            for way, content in contents.items()
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(timer.wake)


def retry(key: str) -> int:
    """Try anew what was given up of this key; how many letters that is."""
    now = timezone.now()
    with transaction.atomic():
        given_up = list(Letter.objects.select_for_update().filter(key=key, state=State.GIVEN_UP))
        for letter in given_up:
            letter.state, letter.since, letter.due_at, letter.tries, letter.settled_at = (
                State.WAITING,
                now,
                now,
                0,
                None,
            )
            letter.save()
            _tell(letter)
        transaction.on_commit(timer.wake)
    return len(given_up)


def send_due(way: str, now: datetime | None = None) -> int:
    """Send what is due of one way, at most `MOST_AT_ONCE` letters, one after the other; how many were tried."""
    for number in range(MOST_AT_ONCE):
        letter = _leased(way, now or timezone.now())
        if letter is None:
            return number
        _send(letter, now)
    return MOST_AT_ONCE


def _leased(way: str, now: datetime) -> Letter | None:
    """A letter that is due, and from now on nobody else's; None when there is none."""
    while (letter := Letter.objects.due(way, now).first()) is not None:
        lease = secrets.token_hex(16)
        still_due = Letter.objects.due(way, now).order_by().filter(pk=letter.pk)
        if still_due.update(lease=lease, due_at=now + LEASE, tries=F("tries") + 1):
            leased: Letter | None = Letter.objects.filter(pk=letter.pk, lease=lease).first()
            return leased
    return None


def _send(letter: Letter, now: datetime | None) -> None:
    trouble, is_final = "", False
    with _renewed(letter):
        try:
            ways[letter.way](letter)
        except NotTakenError as error:
            trouble, is_final = str(error), error.is_final
        except Exception as error:  # a fault of ours keeps no other letter from being sent
            logger.exception("%s could not be sent", letter)
            trouble = f"It could not be sent ({type(error).__name__}); the log says more."
    _settle(letter, trouble, is_final, now or timezone.now())


def _settle(letter: Letter, trouble: str, is_final: bool, now: datetime) -> None:
    """Write down what became of a letter, if it is still this process's."""
    due_at = now + (FIRST_WAITS[letter.tries - 1] if letter.tries <= len(FIRST_WAITS) else LONGEST_WAIT)
    if not trouble:
        letter.state, letter.content = State.SENT, {}
    elif is_final or due_at > letter.since + GIVEN_UP_AFTER:
        letter.state = State.GIVEN_UP
    else:
        letter.due_at = due_at
    letter.trouble = trouble[:LONGEST_TROUBLE]
    letter.settled_at = None if letter.state == State.WAITING else now
    with transaction.atomic():
        still_leased = Letter.objects.filter(pk=letter.pk, lease=letter.lease, state=State.WAITING)
        if letter.state != State.WAITING and not letter.is_kept:
            is_ours = bool(still_leased.delete()[0])
        else:
            names = ("state", "content", "due_at", "trouble", "settled_at")
            is_ours = bool(still_leased.update(lease="", **{name: getattr(letter, name) for name in names}))
        if is_ours:
            _tell(letter)
    if not is_ours:
        logger.warning("%s was taken over by another process, or deleted, while it was sent", letter)
    elif letter.state == State.GIVEN_UP:
        logger.error("%s was given up after %s tries: %s", letter, letter.tries, trouble)
    elif trouble:
        logger.warning("%s was not taken at try %s, and is tried again: %s", letter, letter.tries, trouble)


def _tell(letter: Letter) -> None:
    for listener in when_settled:
        listener(letter)


@contextmanager
def _renewed(letter: Letter) -> Iterator[None]:
    """Keep the lease for as long as sending takes, whatever the receiver does."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(LEASE.total_seconds() / 3):
            close_old_connections()
            try:
                still_leased = Letter.objects.filter(pk=letter.pk, lease=letter.lease, state=State.WAITING)
                still_leased.update(due_at=timezone.now() + LEASE)
            except Exception:  # a database that is away for a moment comes back before the lease ends
                logger.exception("The lease of %s could not be renewed", letter)
        connection.close()

    renewing = threading.Thread(target=renew, name="renews-a-lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        is_over.set()
        renewing.join()
