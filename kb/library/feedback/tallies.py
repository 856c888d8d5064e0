"""Adds up the votes on sections of one text, with how surely they helped."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from kb.models import SectionVote

if TYPE_CHECKING:
    from collections.abc import Iterable

SURE = 1.96  # of a normal distribution: 95 per cent lie within so many deviations


@dataclass(frozen=True, slots=True)
class VoteTally:
    """The votes on a section (its key) of one revision: how many there are, and how many say that it helped."""

    section: str
    helped: int = 0
    votes: int = 0

    @property
    def at_least(self) -> float:
        """The share of readers whom it surely helps: the lower bound by Wilson (95 %). 0 without votes."""
        return lower_bound(self.helped, self.votes)

    @property
    def fails_at_least(self) -> float:
        """The share of readers whom it surely does not help."""
        return lower_bound(self.votes - self.helped, self.votes)

    @property
    def percent(self) -> int:
        """The surely helped, of a hundred."""
        return round(100 * self.at_least)


def lower_bound(hits: int, tries: int) -> float:
    """The lower bound of the share that so many hits of so many tries speak for (Wilson, 1927), at 95 per cent."""
    if tries <= 0:
        return 0.0
    share, spread = hits / tries, SURE * SURE / tries
    centre = share + spread / 2
    margin = SURE * sqrt((share * (1 - share) + spread / 4) / tries)
    return max(0.0, (centre - margin) / (1 + spread))


def tallies(revisions: Iterable[int]) -> dict[int, list[VoteTally]]:
    """By revision (pk), the tally of each section with votes, the worst first. One query."""
    rows = SectionVote.objects.filter(revision__in=revisions).order_by().values_list("revision", "section")
    found: dict[int, list[VoteTally]] = {}
    for revision, section, votes, helped in rows.annotate(votes=Count("pk"), yes=Count("pk", filter=Q(helped=True))):
        found.setdefault(revision, []).append(VoteTally(section, helped, votes))
    for of_revision in found.values():
        of_revision.sort(key=lambda tally: (-tally.fails_at_least, tally.section))
    return found


def tally_of(tallies_of_sections: Iterable[VoteTally]) -> VoteTally:
    """The votes on several sections together."""
    listed = list(tallies_of_sections)
    return VoteTally("", sum(tally.helped for tally in listed), sum(tally.votes for tally in listed))
