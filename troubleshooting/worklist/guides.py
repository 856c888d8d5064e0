"""Finds what is bad in guides: sections that did not help, flags, broken links, and late reviews by their readers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from kb.library.feedback.tallies import lower_bound
from kb.library.links.report import Found, inventory
from kb.models import DayCount, Guide, Section, SectionFlag, SectionVote
from kb.models.audience import EVERYONE, INSIDERS, PUBLIC, STAFF
from troubleshooting.models import Handover
from troubleshooting.worklist.gaps import (
    BROKEN_LINK,
    FLAGGED,
    NOT_HELPED,
    READ_STALE,
    WINDOW,
    Event,
    Gap,
    Kind,
    faded,
    key_of,
)

MOST_VOTES = 50_000
MOST_FLAGS = 5_000
MOST_GUIDES = 2_000
MOST_LINKS = 20
SHOWN_LINKS = 5
MOST_HANDOVERS = 500
LEAST_BAD = 0.3  # two who were not helped and nobody who was are enough, one is not

Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the titles of rows are made of."""

    guides: Mapping[int, tuple[str, str]]
    sections: Mapping[Place, str]

    def gap(self, kind: Kind, guide: int, section: str = "") -> Gap:
        """A gap in a guide, or in a section of it."""
        title, audience = self.guides[guide]
        part = self.sections.get((guide, section), "")
        name = f"{title}: {part}" if part and part != title else title
        return Gap(kind, [key_of(kind, guide, section)], audience, name, guide=guide, section=section)


def bad_in_guides(now: datetime) -> list[Gap]:
    """All gaps in published guides. Nine queries, and those of the links once for each state of the library."""
    named = _Named(
        {pk: (title, audience) for pk, title, audience in _published().values_list("pk", "title", "audience")},
        {(guide, key): title for guide, key, title in Section.objects.values_list("guide", "key", "title")},
    )
    views = _views(now)
    gaps = [*_votes(named, now), *_flags(named, now), *_links(named, views, now), *_stale(named, views, now)]
    waiting = _waiting()
    slugs = dict(_published().values_list("pk", "slug"))
    for gap in gaps:
        if gap.harmed and gap.guide:
            gap.wait_for(waiting.get(slugs.get(gap.guide, ""), ()))
    return gaps


def _published() -> QuerySet[Guide]:
    guides: QuerySet[Guide] = Guide.objects.for_audiences(INSIDERS).order_by()
    return guides


def _votes(named: _Named, now: datetime) -> Iterator[Gap]:
    """Sections by the votes on what readers see now: a rewrite starts afresh."""
    rows = SectionVote.objects.for_audiences(INSIDERS).filter(revision=F("guide__revision")).order_by("-pk")
    found: dict[Place, list[tuple[bool, datetime, str]]] = defaultdict(list)
    for guide, section, helped, at, reason in rows.values_list("guide", "section", "helped", "voted_at", "reason")[
        :MOST_VOTES
    ]:
        found[guide, section].append((helped, at, reason))
    for (guide, section), votes in found.items():
        if guide not in named.guides:
            continue
        bad = [vote for vote in votes if not vote[0]]
        gap = named.gap(Kind.VOTES, guide, section)
        gap.tried = [Event(at) for _, at, _ in votes]
        sure = lower_bound(len(bad), len(votes))
        gap.harmed = [Event(at, NOT_HELPED) for _, at, _ in bad if at >= now - WINDOW]
        gap.is_listed = sure >= LEAST_BAD
        reasons = Counter(reason for _, _, reason in bad if reason)
        gap.details = {"bad": len(bad), "votes": len(votes), "sure": round(100 * sure), "reasons": dict(reasons)}
        yield gap


def _flags(named: _Named, now: datetime) -> Iterator[Gap]:
    """Sections that staff flagged and nobody settled; what staff found is staff's."""
    rows = SectionFlag.objects.for_audiences(INSIDERS).open().order_by("-pk")
    found: dict[Place, list[tuple[str, str, datetime]]] = defaultdict(list)
    columns = ("guide", "section", "kind", "note", "flagged_at")
    for guide, section, kind, note, at in rows.values_list(*columns)[:MOST_FLAGS]:
        found[guide, section].append((kind, note, at))
    for (guide, section), flags in found.items():
        if guide not in named.guides:
            continue
        gap = named.gap(Kind.FLAG, guide, section)
        gap.audience, gap.lasting = STAFF, FLAGGED * len(flags)
        gap.harmed = [Event(min(at, now)) for _, _, at in flags]
        gap.details = {
            "flags": dict(Counter(kind for kind, _, _ in flags)),
            "notes": [note for _, note, _ in flags if note][:5],
        }
        yield gap


def _links(named: _Named, views: Mapping[int, list[Event]], now: datetime) -> Iterator[Gap]:
    """Guides with links and images that lead nowhere; those that a guide shows to staff only are staff's."""
    public, everything = inventory(EVERYONE), inventory(INSIDERS)
    for_everyone = {*public.broken, *public.images}
    found: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for link in (*everything.broken, *everything.images):
        found[link.slug, PUBLIC if link in for_everyone else STAFF].append(link)
    slugs = list(dict.fromkeys(slug for slug, _ in found))[:MOST_GUIDES]
    pks = dict(_published().filter(slug__in=slugs).values_list("slug", "pk"))
    for (slug, audience), links in found.items():
        if slug in pks and pks[slug] in named.guides:
            gap = named.gap(Kind.LINK, pks[slug])
            gap.keys, gap.audience = [key_of(Kind.LINK, pks[slug], audience)], audience
            gap.lasting = BROKEN_LINK * min(len(links), MOST_LINKS) + faded(_read(views.get(pks[slug], ())), now)
            gap.harmed = [Event(now, times=len(links))]
            gap.details = {
                "links": [
                    {"target": link.target[:200], "line": link.line, "reason": link.reason}
                    for link in links[:SHOWN_LINKS]
                ],
                "number": len(links),
            }
            yield gap


def _stale(named: _Named, views: Mapping[int, list[Event]], now: datetime) -> Iterator[Gap]:
    """Guides that were to be checked by now."""
    late = _published().filter(review_by__lt=timezone.localdate(now)).order_by("review_by")
    for pk, review_by in late.values_list("pk", "review_by")[:MOST_GUIDES]:
        if pk not in named.guides or review_by is None:
            continue
        gap = named.gap(Kind.STALE, pk)
        due = timezone.make_aware(datetime.combine(review_by, time.min))
        gap.lasting = READ_STALE
        gap.harmed = [Event(due, times=0), *_read(views.get(pk, ()))]
        gap.details = {"review_by": review_by.isoformat()}
        yield gap


def _read(events: Iterable[Event]) -> list[Event]:
    return [Event(event.at, READ_STALE, event.times) for event in events]


def _views(now: datetime) -> dict[int, list[Event]]:
    """By guide, how often it was read on each day of the window."""
    first = timezone.localdate(now - WINDOW)
    rows = DayCount.objects.filter(kind=DayCount.Kind.VIEW, section="", day__gte=first).order_by()
    found: dict[int, list[Event]] = defaultdict(list)
    for guide, day, count in rows.values_list("guide", "day").annotate(read=Sum("count")):
        noon = timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=12)
        found[guide].append(Event(min(noon, now), times=count))
    return found


def _waiting() -> dict[str, list[str]]:
    """By the address of a guide, the hand-overs that are open and leant on it."""
    rows = Handover.objects.filter(closed_at=None).order_by("-pk").values_list("reference", "guides")[:MOST_HANDOVERS]
    found: dict[str, list[str]] = defaultdict(list)
    for reference, guides in rows:
        for used in guides:
            found[str(used.get("slug", ""))].append(reference)
    return found
