"""Reports to writers what came of each problem and each of its steps since a given day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count

from kb.models import Guide
from kb.models.audience import INSIDERS
from troubleshooting.catalogue import build
from troubleshooting.models import Outcome

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Published

Kind = Outcome.Kind


@dataclass(slots=True)
class StepReport:
    """What came of a step, by kind; `reliability` is what walks go by now."""

    text: str
    reliability: float
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class ProblemReport:
    """In how many walks what came of a problem, by kind. `lift` is by which factor its prior changed.

    A problem that is gone has the title of its guide and no steps.
    """

    guide: str
    title: str
    url: str
    lift: float
    counts: Counter[str] = field(default_factory=Counter)
    steps: dict[str, StepReport] = field(default_factory=dict)

    @property
    def walks(self) -> int:
        """How much was said of it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Report:
    """The problems, those that most was said of first; `unknown_causes` counts those that no guide tells of."""

    walks: int
    problems: list[ProblemReport]
    unknown_causes: int


def report(since: datetime) -> Report:
    """What was said since then. Three queries, and four more after a publication."""
    outcomes = Outcome.objects.filter(said_at__gte=since).order_by()
    published = build.current(INSIDERS).published
    lifts = build.lifts(published.problems.values())
    guides = dict(Guide.objects.filter(outcomes__in=outcomes).distinct().values_list("pk", "title"))
    reports: dict[str, ProblemReport] = {}
    unknown = 0
    rows = outcomes.values_list("guide", "problem", "step", "kind").annotate(walks=Count("walk", distinct=True))
    for guide, problem, step, kind, walks in rows:
        if not problem:
            unknown += walks if kind == Kind.CAUSE else 0
            continue
        entry = reports.get(problem) or _problem(published, lifts, problem, guides.get(guide, ""))
        reports[problem] = entry
        entry.counts[kind] += walks
        if step in entry.steps:
            entry.steps[step].counts[kind] += walks
    ordered = sorted(reports.values(), key=lambda entry: (-entry.walks, entry.title))
    return Report(outcomes.values("walk").distinct().count(), ordered, unknown)


def _problem(published: Published, lifts: dict[str, float], key: str, guide: str) -> ProblemReport:
    problem = published.named(key)
    if problem is None:
        return ProblemReport(guide, f"{guide} (a problem that is gone)", "", 1.0)
    steps = {step.id: StepReport(step.text, step.reliability) for step in problem.steps}
    return ProblemReport(problem.guide.title, problem.title, problem.url, lifts[key], steps=steps)
