"""What is stored of people, how old it may become, and how it is deleted, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from kb.library.notices import KEPT_WHEN_OVER
from kb.models import Act, DayCount, Letter, Notice, SearchRecord, SectionFlag, SectionVote, SignIn
from kb.models.activity import ACTS_KEPT, SIGN_INS_KEPT
from kb.search.log import record
from troubleshooting.desk.handover import expiry
from troubleshooting.models import Handover, Outcome, WalkStep, WorklistItem
from troubleshooting.outcomes import learn, step_log
from troubleshooting.worklist.refresh import KEPT_SETTLED

AT_ONCE = 500
SENTENCES_KEPT = timedelta(days=180)
ATTEMPTS_KEPT = timedelta(days=7)
COUNTS_KEPT = VOTES_KEPT = timedelta(days=730)
LETTERS_KEPT = timedelta(days=90)

Rows = Callable[[datetime], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of what is stored: `rows` are those before a moment, `kept` says how old they may become.

    `delete` takes a moment and says how many rows it deleted; by default, the rows go.
    """

    name: str
    kept: Callable[[], timedelta]
    rows: Rows
    delete: Callable[[datetime], int] | None = None

    def forget(self, before: datetime) -> int:
        """Delete what is older; how much it was."""
        return self.delete(before) if self.delete else _deleted(self.rows, before)


def _deleted(rows: Rows, before: datetime) -> int:
    number = 0
    while keys := list(rows(before).order_by().values_list("pk", flat=True)[:AT_ONCE]):
        found = rows(before).model._default_manager.filter(pk__in=keys)  # noqa: SLF001 - Django's name for it
        found.delete()
        number += len(keys)
    return number


def _handovers(before: datetime) -> QuerySet[Any]:
    return Handover.objects.before(before)


def _sentences(before: datetime) -> QuerySet[Any]:
    return SectionVote.objects.filter(voted_at__lt=before).exclude(sentence="")


def _sign_ins(before: datetime) -> int:
    """However young they are, no more are kept than a flood of wrong passwords may leave."""
    excess, _ = SignIn.objects.too_many().delete()
    return int(excess) + _deleted(SignIn.objects.before, before)


def _expired(_before: datetime) -> QuerySet[Any]:
    """Sessions end by their own time, however old they are."""
    return Session.objects.filter(expire_date__lt=timezone.now())


KINDS = (
    Kind("searches", lambda: record.KEPT, lambda before: SearchRecord.objects.filter(searched_at__lt=before)),
    Kind("steps of walks", lambda: step_log.STEPS_KEPT, lambda before: WalkStep.objects.filter(shown_at__lt=before)),
    Kind("outcomes of walks", lambda: learn.OUTCOMES_KEPT, lambda before: Outcome.objects.filter(said_at__lt=before)),
    Kind(
        "handed-over walks", lambda: timedelta(days=settings.HANDOVER_DAYS), _handovers, delete=expiry.forget_older_than
    ),
    Kind(
        "sentences of votes",
        lambda: SENTENCES_KEPT,
        _sentences,
        delete=lambda before: _sentences(before).update(sentence=""),
    ),
    Kind("votes", lambda: VOTES_KEPT, lambda before: SectionVote.objects.filter(voted_at__lt=before)),
    Kind("settled flags", lambda: VOTES_KEPT, lambda before: SectionFlag.objects.filter(settled_at__lt=before)),
    Kind(
        "letters",
        lambda: LETTERS_KEPT,
        lambda before: Letter.objects.filter(is_kept=False, since__lt=before),
    ),
    Kind(
        "rows of the worklist",
        lambda: max(KEPT_SETTLED, timedelta(days=settings.HANDOVER_DAYS)),  # hand-overs tell of causes
        lambda before: WorklistItem.objects.filter(last_seen__lt=before),
    ),
    Kind("notices that are over", lambda: KEPT_WHEN_OVER, Notice.objects.over),
    Kind("counts by day", lambda: COUNTS_KEPT, lambda before: DayCount.objects.filter(day__lt=before.date())),
    Kind("sessions that are over", timedelta, _expired),
    Kind("sign-ins", lambda: SIGN_INS_KEPT, SignIn.objects.before, delete=_sign_ins),
    Kind("changes of accounts", lambda: ACTS_KEPT, Act.objects.before),
    Kind("changes under /admin/", lambda: ACTS_KEPT, lambda before: LogEntry.objects.filter(action_time__lt=before)),
    Kind(
        "sign-ins that went wrong",
        lambda: ATTEMPTS_KEPT,
        lambda before: AccessAttempt.objects.filter(attempt_time__lt=before),
    ),
    Kind(
        "lines of the log of wrong sign-ins",
        lambda: ATTEMPTS_KEPT,
        lambda before: AccessFailureLog.objects.filter(attempt_time__lt=before),
    ),
    Kind(
        "lines of the log of sign-ins",
        lambda: ATTEMPTS_KEPT,
        lambda before: AccessLog.objects.filter(attempt_time__lt=before),
    ),
)


def forget_older_than(age: timedelta | None = None, *, dry_run: bool = False) -> dict[str, int]:
    """Delete all that is older, of each kind by its name; without an age, what is older than its kind may become.

    With `dry_run`, only count it.
    """
    return {kind.name: number for kind, number in _numbers(age, dry_run=dry_run) if number}


def forget_due() -> int:
    """The timer's job: delete what is too old; how much it was."""
    return sum(forget_older_than().values())


def _numbers(age: timedelta | None, *, dry_run: bool) -> Iterator[tuple[Kind, int]]:
    now = timezone.now()
    for kind in KINDS:
        before = now - (kind.kept() if age is None else age)
        yield kind, kind.rows(before).count() if dry_run else kind.forget(before)
