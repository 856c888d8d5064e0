"""Changes handed-over walks: each change rests on what its author saw, and is kept as an event.

Of two who change the same walk at once the later one is told (ChangedMeanwhileError), and nothing of it is changed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from kb.models.references import read_reference
from kb.models.wording import in_site_language
from troubleshooting.models import Handover, HandoverEvent
from troubleshooting.outcomes.causes import cause_named, note_cause, withdraw_cause
from troubleshooting.outcomes.learn import learn_if_due

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_DUPLICATES_FOLLOWED = 20
Kind = HandoverEvent.Kind
Closing = Handover.Closing


class ChangedMeanwhileError(Exception):
    """Somebody has changed the walk since it was shown."""


class NotPossibleError(ValueError):
    """It can't be changed so; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a walk, and the version of it that they saw."""

    user: User
    seen: int


def assign(handover: Handover, author: Author, to: User | None) -> None:
    """Let somebody have it; None puts it back among the new ones."""
    with _changing(handover, author) as row:
        if row.closed_at:
            raise NotPossibleError(gettext_lazy("It is closed: open it again before you give it to somebody."))
        row.taken_by, row.taken_at = to, timezone.now() if to else None
        given = gettext("Gave it to {to}.").format(to=to) if to else gettext("Put it back among the new ones.")
        _tell(row, author, Kind.ASSIGNED, gettext("Took it over.") if to == author.user else given)


def close_with_cause(handover: Handover, author: Author, problem_id: str, sentence: str, fix: str) -> None:
    """Close it with what it was: a problem, or '' for what no guide covers, which the sentence tells.

    Recorded again, the last word holds. NoSuchProblemError for a problem that no guide tells of.
    """
    problem = cause_named(problem_id) if problem_id else None
    with _changing(handover, author) as row:
        note_cause(row, problem, sentence)
        row.fix, row.duplicate_of, row.closing_reason = fix, None, ""
        _close(row, author, Closing.CAUSE)
        parts = [
            gettext("Closed: {title}.").format(title=problem.title)
            if problem
            else gettext("Closed: no guide covers it."),
            sentence,
        ]
        _tell(
            row,
            author,
            Kind.CLOSED,
            " ".join([*filter(None, parts), *([gettext("Fix: {fix}").format(fix=fix)] if fix else [])]),
        )
    learn_if_due()


def close_as_duplicate(handover: Handover, author: Author, typed: str) -> None:
    """Close it as a duplicate of the walk with this reference, or of what that one is a duplicate of."""
    other = _original(typed)
    if other.pk == handover.pk:
        raise NotPossibleError(gettext("That is this walk itself, or one that is closed as its duplicate."))
    with _changing(handover, author) as row:
        withdraw_cause(row)
        row.fix, row.duplicate_of, row.closing_reason = "", other, ""
        _close(row, author, Closing.DUPLICATE)
        _tell(
            row,
            author,
            Kind.CLOSED,
            gettext("Closed as a duplicate of {reference}.").format(reference=other.shown_reference),
        )


def close_without_cause(handover: Handover, author: Author, reason: str) -> None:
    """Close it without a cause, and say why."""
    with _changing(handover, author) as row:
        withdraw_cause(row)
        row.fix, row.duplicate_of, row.closing_reason = "", None, reason
        _close(row, author, Closing.REASON)
        _tell(row, author, Kind.CLOSED, gettext("Closed without a cause: {reason}").format(reason=reason))


def reopen(handover: Handover, author: Author) -> None:
    """Open it again: what was said to be its cause counts no more, and the event still tells it."""
    with _changing(handover, author) as row:
        if not row.closed_at:
            raise NotPossibleError(gettext_lazy("It is open already."))
        was = row.cause_title or row.cause_note or row.closing_reason
        withdraw_cause(row)
        row.closed_by, row.closed_at, row.closing, row.closing_reason, row.duplicate_of = None, None, "", "", None
        row.fix = ""
        _tell(
            row,
            author,
            Kind.REOPENED,
            gettext("Opened it again. It was closed with: {was}").format(was=was)
            if was
            else gettext("Opened it again."),
        )


def change_answers(handover: Handover, author: Author, walk: str, told: Sequence[str]) -> None:
    """Keep the walk (the query of its address) with answers changed on behalf of its sender; `told` says which."""
    with _changing(handover, author) as row:
        row.changed_walk = walk
        _tell(row, author, Kind.ANSWERS, " ".join([gettext("Changed the answers."), *told]), walk)


@contextlib.contextmanager
def _changing(handover: Handover, author: Author) -> Iterator[Handover]:
    """The row as it is now, for one at a time to change and save; ChangedMeanwhileError for who saw another one.

    What is told of it within is kept for all staff, so it is in the language of the site.
    """
    with in_site_language(), transaction.atomic():
        # The first statement takes the row, so that no other process can come between the look and the change.
        if not Handover.objects.filter(pk=handover.pk, version=author.seen).update(version=author.seen + 1):
            raise ChangedMeanwhileError
        row: Handover = Handover.objects.get(pk=handover.pk)
        yield row
        row.save()


def _close(row: Handover, author: Author, how: Handover.Closing) -> None:
    row.closing, row.closed_by, row.closed_at = how, author.user, timezone.now()


def _tell(row: Handover, author: Author, kind: HandoverEvent.Kind, text: str, walk: str = "") -> None:
    HandoverEvent.objects.create(handover=row, kind=kind, by=author.user, text=text, walk=walk)


def _original(typed: str) -> Handover:
    """The walk with a reference, or the one that it is a duplicate of in the end."""
    reference = read_reference(typed)
    other: Handover | None = Handover.objects.filter(reference=reference).first() if reference else None
    if other is None:
        raise NotPossibleError(gettext("There is no walk with this reference: a reference has 12 letters and digits."))
    for _ in range(MOST_DUPLICATES_FOLLOWED):
        if other.duplicate_of is None:
            break
        other = other.duplicate_of
    return other
