"""Deletes handed-over walks that are too old, with their notes and what is still to be sent of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kb.models import Letter
from kb.models.references import in_groups
from troubleshooting.models import Handover

AT_ONCE = 200


def forget_older_than(before: datetime) -> int:
    """Delete the walks that were handed over before a moment, a few at a time; how many they were."""
    number = 0
    while references := list(Handover.objects.before(before).values_list("reference", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Letter.objects.filter(key__in=[in_groups(reference) for reference in references]).delete()
            Handover.objects.filter(reference__in=references).delete()
        number += len(references)
    return number
