"""Sums up what became of a guide of late: how often it was read and reached, whom it helped, what is flagged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from kb.library.feedback.tallies import VoteTally, tallies, tally_of
from kb.models import DayCount, SectionFlag
from kb.models.audience import STAFF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.models import Guide

DAYS = 30
KINDS = (DayCount.Kind.VIEW, DayCount.Kind.OPENED, DayCount.Kind.REACHED, DayCount.Kind.SOLVED)
NO_VOTES = VoteTally("")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What happened in the last DAYS days, the votes on the text that readers see, and the open flags."""

    views: int = 0
    opened: int = 0
    reached: int = 0
    solved: int = 0
    votes: VoteTally = NO_VOTES
    flags: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.views or self.opened or self.reached or self.votes.votes or self.flags)


def numbers_of(guide: Guide, audiences: frozenset[str]) -> tuple[Numbers, dict[str, Numbers]]:
    """The numbers of a guide, and those of its sections by their keys. Three queries.

    What staff flag is told to those who may see what is for staff.
    """
    counts = _counts(guide)
    current = [guide.revision_id] if guide.revision_id else []
    votes = {tally.section: tally for of_revision in tallies(current).values() for tally in of_revision}
    flags = _flags(guide) if STAFF in audiences else {}
    sections = {
        section: _numbers(counts.get(section, {}), votes.get(section, NO_VOTES), flags.get(section, 0))
        for section in {*counts, *votes, *flags}
    }
    whole = _numbers(counts.get("", {}), tally_of(votes.values()), sum(flags.values()))
    return whole, sections


def _numbers(counts: Mapping[str, int], votes: VoteTally, flags: int) -> Numbers:
    views, opened, reached, solved = (counts.get(kind, 0) for kind in KINDS)
    return Numbers(views, opened, reached, solved, votes, flags)


def _counts(guide: Guide) -> dict[str, dict[str, int]]:
    today = timezone.localdate()
    counts = DayCount.objects.filter(guide=guide).between(today - timedelta(days=DAYS - 1), today)
    return counts.totals_by_section()


def _flags(guide: Guide) -> dict[str, int]:
    rows = SectionFlag.objects.open().filter(guide=guide).order_by().values_list("section")
    return dict(rows.annotate(number=Count("pk")))
