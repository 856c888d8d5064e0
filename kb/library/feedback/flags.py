"""Keeps what staff flag in sections until a writer settles it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kb.library.feedback.votes import masked_sentence
from kb.models import SectionFlag

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from kb.library.feedback.sections import Place

FLAGS_KEPT = timedelta(days=730)  # when they are settled; what is open stays


def flag(place: Place, kind: str, note: str, by: User) -> SectionFlag:
    """Flag a section. The same person flags it once for the same thing; a later note stands in place of the first."""
    note = masked_sentence(note)
    found, is_new = SectionFlag.objects.get_or_create(
        guide=place.guide,
        section=place.key,
        kind=kind,
        flagged_by=by,
        settled_at=None,
        defaults={"revision": place.revision, "note": note, "flagged_at": timezone.now()},
    )
    if not is_new and note and note != found.note:
        found.note = note
        found.save(update_fields=["note"])
    return found


def take_back(place: Place, kind: str, by: User) -> bool:
    """Delete one's own open flag; whether there was one."""
    own = SectionFlag.objects.open().filter(guide=place.guide, section=place.key, kind=kind, flagged_by=by)
    deleted, _ = own.delete()
    return bool(deleted)


def settle(flag: SectionFlag, by: User) -> bool:
    """Say that a flag is seen to; False when somebody did before."""
    return bool(SectionFlag.objects.open().filter(pk=flag.pk).update(settled_by=by, settled_at=timezone.now()))


def settle_section(guide: int, section: str, by: User) -> int:
    """Settle all open flags of a section (its key) of a guide (its pk); how many there were."""
    flags = SectionFlag.objects.open().filter(guide=guide, section=section)
    return int(flags.update(settled_by=by, settled_at=timezone.now()))


def forget_settled_before(moment: datetime) -> int:
    """Delete flags that were settled before; how many there were."""
    deleted, _ = SectionFlag.objects.filter(settled_at__lt=moment).delete()
    return int(deleted)
