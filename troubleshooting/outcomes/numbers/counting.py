"""Counts what is stored of searches, walks and reading: each walk once, by the end that it came to.

Nothing is added up beforehand, so no number can drift from what was recorded.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate

from kb.models import Audience, DayCount, Guide, SearchRecord, Section
from kb.models.audience import INSIDERS
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.models import Outcome, WalkStep
from troubleshooting.outcomes.numbers.period import Period

SOLVED, ESCALATED, NOT_COVERED, LEFT = "solved", "escalated", "not_covered", "left"
ENDS = (SOLVED, ESCALATED, NOT_COVERED, LEFT)
MOST_LISTED = 30
Shown = WalkStep.Shown


@dataclass(slots=True)
class Searches:
    """Searches of a day, those of them that found a guide, and those of which one was opened."""

    searches: int = 0
    found: int = 0
    opened: int = 0

    def add(self, other: Searches) -> None:
        """Count the others as well."""
        self.searches += other.searches
        self.found += other.found
        self.opened += other.opened


@dataclass(frozen=True, slots=True)
class Walks:
    """Walks by the end that each came to (one of ENDS): in all, and by day, category, product and guide (its title)."""

    total: Counter[str] = field(default_factory=Counter)
    by_day: dict[dt.date, Counter[str]] = field(default_factory=dict)
    by_category: dict[str, Counter[str]] = field(default_factory=dict)
    by_product: dict[str, Counter[str]] = field(default_factory=dict)
    by_guide: dict[int, Counter[str]] = field(default_factory=dict)
    titles: dict[int, tuple[str, str]] = field(default_factory=dict)
    left_at: Counter[str] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        """How many there were."""
        return self.total.total()


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question: in how many walks it was shown, answered, answered by 'not sure', and was the last page."""

    id: str
    text: str
    asked: int
    answered: int
    unsure: int

    @property
    def left(self) -> int:
        """In how many walks nobody answered it."""
        return self.asked - self.answered


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section of a guide, and how often it was read; `slug` and `anchor` are its address."""

    guide: str
    slug: str
    title: str
    anchor: str
    times: int = 0


def searches_by_day(period: Period) -> dict[dt.date, Searches]:
    """The searches of each day that has any. One query."""
    rows = _of(SearchRecord.objects.order_by(), "searched_at", period).annotate(day=TruncDate("searched_at"))
    is_opened = ~Q(opened="")
    counted = rows.values("day").annotate(
        searches=Count("pk"),
        found=Count("pk", filter=Q(hits__gt=0) | is_opened),
        opened=Count("pk", filter=is_opened),
    )
    return {row["day"]: Searches(row["searches"], row["found"], row["opened"]) for row in counted}


def walks(period: Period) -> Walks:
    """The walks whose last page was shown in the period. Two queries."""
    counted = Walks()
    groups = ended(period).values_list("day", "end", "category", "product", "guide", "shown")
    for day, end, category, product, guide, shown, number in groups.annotate(number=Count("pk")):
        counted.total[end] += number
        counted.by_day.setdefault(day, Counter())[end] += number
        counted.by_category.setdefault(category, Counter())[end] += number
        counted.by_product.setdefault(product, Counter())[end] += number
        if guide is not None:
            counted.by_guide.setdefault(guide, Counter())[end] += number
        if end == LEFT:
            counted.left_at[shown] += number
    counted.titles.update(_titles(commonest(counted.by_guide)))
    return counted


def ended(period: Period) -> QuerySet[Any]:
    """The last step of each walk, with its `day` and the `end` that the walk came to.

    A person's own word that it is solved stands, whichever page they look at afterwards. Who was told of a known
    incident, and said that it is what they see, waits: such a walk is not counted, unless it came to another end.
    """
    later = WalkStep.objects.filter(walk=OuterRef("walk"), position__gt=OuterRef("position"))
    said = Outcome.objects.filter(walk=OuterRef("walk"))
    end = Case(
        When(Q(shown=Shown.SOLVED) | Exists(said.filter(kind=Outcome.Kind.SOLVED)), then=Value(SOLVED)),
        When(shown=Shown.NOT_COVERED, then=Value(NOT_COVERED)),
        When(Q(shown=Shown.ESCALATED) | Exists(said.filter(kind=Outcome.Kind.ESCALATED)), then=Value(ESCALATED)),
        default=Value(LEFT),
        output_field=CharField(),
    )
    rows = _of(WalkStep.objects.order_by(), "shown_at", period)
    last: QuerySet[Any] = rows.filter(~Exists(later)).annotate(end=end, day=TruncDate("shown_at"))
    return last.exclude(Exists(said.filter(kind=Outcome.Kind.INCIDENT)), end=LEFT)


def questions(period: Period) -> list[AskedQuestion]:
    """The questions that were shown in the period, those that most people left at first. One query."""
    following = WalkStep.objects.filter(walk=OuterRef("walk"), question=OuterRef("next_id"))
    rows = _of(WalkStep.objects.order_by(), "shown_at", period).filter(shown__in=(Shown.QUESTION, Shown.CHOICE))
    counted = (
        rows.annotate(is_answered=Exists(following), is_unsure=Exists(following.filter(answer=UNSURE)))
        .values("next_id")
        .annotate(
            text=Max("next_text"),
            asked=Count("pk"),
            answered=Count("pk", filter=Q(is_answered=True)),
            unsure=Count("pk", filter=Q(is_unsure=True)),
        )
        .order_by("answered", "-asked", "next_id")
    )
    found = [AskedQuestion(r["next_id"], r["text"], r["asked"], r["answered"], r["unsure"]) for r in counted]
    return sorted(found, key=lambda question: (-question.left, -question.asked, question.text))[:MOST_LISTED]


def self_service(total: Counter[str]) -> float | None:
    """The share of walks that were solved, of all; None where there were none."""
    return total[SOLVED] / total.total() if total.total() else None


def most_read(period: Period) -> list[ReadSection]:
    """The sections that were read most. Two queries."""
    views = _read(period).filter(kind=DayCount.Kind.VIEW).exclude(section="").order_by()
    rows = views.values_list("guide", "section").annotate(times=Sum("count")).order_by("-times", "guide", "section")
    times = {(guide, key): number for guide, key, number in rows[:MOST_LISTED]}
    wanted = {guide for guide, _ in times}
    sections = Section.objects.for_audiences(INSIDERS).filter(guide__in=wanted, key__in={key for _, key in times})
    rows_of_sections = sections.order_by().values_list("guide", "key", *_SECTION)
    named = {(guide, key): ReadSection(*words) for guide, key, *words in rows_of_sections}
    return [replace(named[place], times=number) for place, number in times.items() if place in named]


def never_read(period: Period) -> tuple[int, list[ReadSection]]:
    """How many sections nobody read in the period, of guides that were there all the time, and the first. Two queries.

    (0, []) where no reading was counted at all.
    """
    read = _read(period).filter(guide=OuterRef("guide"), section=OuterRef("key"))
    sections = (
        Section.objects.for_audiences(INSIDERS)
        .filter(guide__created_at__lt=period.begin, guide__audience__in=period.audiences, level__in=(1, 2))
        .exclude(Q(key="") | Q(text=""))
        .filter(~Exists(read), Exists(_read(period)))
        .order_by("guide__title", "guide", "position")
    )
    return sections.count(), [ReadSection(*row) for row in sections.values_list(*_SECTION)[:MOST_LISTED]]


_SECTION = ("guide__title", "guide__slug", "title", "anchor")


def commonest(counted: dict[Any, Counter[str]]) -> list[Any]:
    """The keys with most walks, the most first; MOST_LISTED at most."""
    return sorted(counted, key=lambda key: (-counted[key].total(), str(key)))[:MOST_LISTED]


def _of(rows: QuerySet[Any], moment: str, period: Period) -> QuerySet[Any]:
    """Those of a period, and of those whose deeds are counted."""
    # Not audience__in: SQLite would go by its index on audiences, and through all of the rows.
    others = set(Audience.values) - period.audiences
    within = rows.filter(**{f"{moment}__gte": period.begin, f"{moment}__lt": period.end})
    return within.exclude(audience__in=others) if others else within


def _read(period: Period) -> QuerySet[Any]:
    return DayCount.objects.for_audiences(INSIDERS).filter(
        day__gte=period.first, day__lte=period.last, audience__in=period.audiences
    )


def _titles(guides: Iterable[int]) -> dict[int, tuple[str, str]]:
    """By guide, its title and slug."""
    rows = Guide.objects.for_audiences(INSIDERS).filter(pk__in=list(guides)).values_list("pk", "title", "slug")
    return {pk: (title, slug) for pk, title, slug in rows}
