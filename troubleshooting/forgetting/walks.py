"""Deletes all that is stored of one handed-over walk, by its reference."""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Replace

from kb.models.references import read_reference
from troubleshooting.models import Handover, HandoverEvent, Outcome, WalkStep
from troubleshooting.worklist.forgotten import forget_in, rows_about

DELETED_SINCE = "one that is deleted since"


class NoSuchWalkError(ValueError):
    """No walk has this reference."""


def forget_walk(reference: str, *, dry_run: bool = False) -> dict[str, int]:
    """Delete it, with its notes, letters, outcomes and steps: all of it or nothing. How many of each.

    The worklist tells nothing of it any more, nor do other walks that were closed as its duplicates.
    With `dry_run`, the same is done and taken back.
    """
    stored = read_reference(reference)
    handover = Handover.objects.filter(reference=stored).first() if stored else None
    if handover is None:
        raise NoSuchWalkError("There is no walk with this reference. It may be mistyped, or deleted since.")
    deleted: Counter[str] = Counter()
    with transaction.atomic():
        listed = rows_about(handover)
        for rows in (
            handover.letters,
            Outcome.objects.filter(walk=handover.walk_key),
            WalkStep.objects.filter(walk=handover.walk_key),
            Handover.objects.filter(pk=handover.pk),
        ):
            _, by_model = rows.delete()
            deleted.update(by_model)
        named = HandoverEvent.objects.filter(text__contains=handover.shown_reference)
        named.update(text=Replace(F("text"), Value(handover.shown_reference), Value(DELETED_SINCE)))
        deleted["troubleshooting.WorklistItem"] += forget_in(listed)
        transaction.set_rollback(dry_run)
    return {NAMES.get(model, model.rpartition(".")[2].lower()): number for model, number in deleted.items() if number}


NAMES = {
    "kb.Letter": "letters",
    "troubleshooting.Outcome": "outcomes of walks",
    "troubleshooting.WalkStep": "steps of walks",
    "troubleshooting.Handover": "handed-over walks",
    "troubleshooting.HandoverNote": "notes",
    "troubleshooting.HandoverEvent": "events",
    "troubleshooting.DeskLook": "looks at it",
    "troubleshooting.WorklistItem": "rows of the worklist",
}
