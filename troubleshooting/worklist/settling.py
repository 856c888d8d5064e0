"""What writers do with a row: take it, say that it is done, dismiss it, or open it once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from kb.library.feedback import flags
from kb.models import Guide, roles
from kb.models.audience import STAFF
from troubleshooting.models import WorklistItem

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_WRITERS = 200

State = WorklistItem.State


class ChangedMeanwhile(Exception):  # noqa: N818  # a state, said in its own words
    """Somebody else changed the row since the page was shown."""


def standing(item: WorklistItem) -> str:
    """What a page remembers of a row, so that two who change it at once do not write over each other."""
    return f"{item.state}:{item.assignee_id or ''}"


def writers_for(item: WorklistItem) -> QuerySet[User]:
    """Who may work on a row: writers who may see it. One query."""
    people = User.objects.with_perm(roles.PROPOSE, backend=_BACKEND).filter(is_active=True)
    is_for_staff = STAFF in {item.audience, item.guide.audience if item.guide else ""}
    if is_for_staff:
        readers = User.objects.with_perm(roles.SEE_STAFF_GUIDES, backend=_BACKEND)
        people = people.filter(Q(is_staff=True) | Q(pk__in=readers.values("pk")))
    return people.order_by("username")[:MOST_WRITERS]


_BACKEND = "django.contrib.auth.backends.ModelBackend"


def assign(item: WorklistItem, to: User | None, seen: str) -> None:
    """Have somebody work on it, or nobody."""
    _change(item, seen, assignee=to)


def finish(item: WorklistItem, by: User, seen: str, answer: Guide | None = None) -> None:
    """Say that it is done: what is counted from now on tells whether it helped. Flags of the section are settled.

    Of what people missed, `answer` is the guide that has it now.
    """
    with transaction.atomic():
        _settle(item, by, seen, state=State.DONE, reason="")
        if item.is_missing:
            WorklistItem.objects.filter(pk=item.pk).update(guide=answer)
        if item.kind == WorklistItem.Kind.FLAG and item.guide_id:
            flags.settle_section(item.guide_id, item.section, by)
            WorklistItem.objects.filter(pk=item.pk).update(harm=0)


def dismiss(item: WorklistItem, by: User, reason: str, seen: str) -> None:
    """Have it stay away, unless it becomes ten times as much, or somebody flags it once more."""
    _settle(item, by, seen, state=State.DISMISSED, reason=reason)


def open_again(item: WorklistItem, seen: str) -> None:
    """Have it in the list once more."""
    _change(item, seen, state=State.OPEN, reason="", done_at=None, done_by=None, came_back=False)


def _settle(item: WorklistItem, by: User, seen: str, *, state: WorklistItem.State, reason: str) -> None:
    fields = {"times_before": F("times"), "tries_before": F("tries"), "came_back": False}
    if state == State.DONE:
        fields |= {"times": 0, "tries": 0}
    _change(item, seen, state=state, reason=reason, done_at=timezone.now(), done_by=by, **fields)


def _change(item: WorklistItem, seen: str, **fields: object) -> None:
    """Write, unless the row is not as it was seen any more."""
    rows = WorklistItem.objects.filter(pk=item.pk, state=item.state, assignee=item.assignee_id)
    if seen != standing(item) or not rows.update(**fields):
        raise ChangedMeanwhile
