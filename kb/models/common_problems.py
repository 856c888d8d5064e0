"""Chooses the problems that come up most often, by what readers and walks use and by what writers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Case, Q, QuerySet, Value, When

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_USED = 3.0
COMMON_COUNTS = 10.0
WHOLE_GUIDE_COUNTS = 0.25  # who reads a guide need not have read of this problem in it
GUIDES_LOOKED_AT = 3
PROBLEMS_LOOKED_AT = 12
SHOWN = ("anchor", "key", "title", "guide__slug", "guide__title", "guide__category", "guide__audience")


class UseOfGuides(Protocol):
    """How often guides (by pk) and sections (by pk and key) were used of late; see `kb.search.index.used.Use`."""

    @property
    def guides(self) -> Mapping[int, float]:
        """By guide."""

    @property
    def sections(self) -> Mapping[tuple[int, str], float]:
        """By guide and key."""

    def most_used(self, most: int, least: float) -> tuple[list[int], list[tuple[int, str]]]:
        """The guides and the sections that are used most."""


def commonest(problems: QuerySet[Any], use: UseOfGuides, limit: int) -> list[Any]:
    """Of some rows of problems those that people read and walks reach, and those that writers call common. One query.

    The word of a writer counts as COMMON_COUNTS times. A problem of which neither is known is left out.
    """
    guides, sections = use.most_used(limit * GUIDES_LOOKED_AT, LEAST_USED)
    used = Q(*(Q(guide=guide, key=key) for guide, key in sections), _connector=Q.OR) if sections else Q(pk__in=())
    known = Q(guide__prevalence="common") | Q(guide__in=guides)
    rank = Case(When(used, then=Value(0)), default=Value(1)) if sections else Value(0)
    rows = problems.filter(used | known).order_by(rank, "position", "guide__title", "pk")
    best: dict[int, tuple[float, Any]] = {}
    for problem in rows.only(*SHOWN, "guide__prevalence")[: limit * PROBLEMS_LOOKED_AT]:
        times = use.sections.get((problem.guide_id, problem.key), 0.0)
        times += WHOLE_GUIDE_COUNTS * use.guides.get(problem.guide_id, 0.0)
        times += COMMON_COUNTS * (problem.guide.prevalence == "common")
        if problem.guide_id not in best or times > best[problem.guide_id][0]:
            best[problem.guide_id] = times, problem
    return [problem for _, problem in sorted(best.values(), key=lambda found: -found[0])][:limit]
