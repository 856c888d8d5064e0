"""Measures the published library's walks with the questions of a file, and tells of it as text or as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kb.models import Guide
from kb.models.audience import EVERYONE
from kb.search.evaluation import read_questions
from troubleshooting.catalogue import build
from troubleshooting.evaluation.asking import Asked, Measured, measure, reliability
from troubleshooting.evaluation.own_words import facts_of, sort_out, steps_in
from troubleshooting.evaluation.people import KNOWS, SAYS

COVERED, UNCOVERED = "covered", "uncovered"
TITLES = {COVERED: "answered by a guide", UNCOVERED: "answered by none"}
TABLES = {
    "belief": ("belief in the first candidate before any question", "right"),
    "covered": ("chance that any guide tells of it", "covered"),
}


@dataclass(frozen=True, slots=True)
class TypedReport:
    """What came of the questions: those that guides answer, and those that none does; paths that are no guide's."""

    parts: dict[str, Measured]
    unknown: list[tuple[int, str]]

    def as_data(self) -> dict[str, Any]:
        """All figures; those of questions that no guide answers by themselves where there are both."""
        figures = {name: part.figures() for name, part in self.parts.items()}
        tables = {key: [asdict(one) for one in bins] for key, bins in reliability(self.parts.values()).items()}
        first, *others = figures
        return {**figures[first], **{name: figures[name] for name in others}, "reliability": tables}

    def as_text(self) -> str:
        """The same, as tables to read."""
        lines: list[str] = []
        for name, part in self.parts.items():
            figures = part.figures()
            lines += [f"{TITLES[name]:<22}{KNOWS:>8}{SAYS:>8}"]
            lines += [f"{key:<22}{value:8}{figures[SAYS][key]:8}" for key, value in figures[KNOWS].items()]
            lines.append("")
        for key, bins in reliability(self.parts.values()).items():
            title, true = TABLES[key]
            lines += [title, f"{'from':>6}{'to':>6}{'number':>8}{'mean':>8}{true:>9}"]
            lines += [f"{b.low:6.1f}{b.low + 0.1:6.1f}{b.number:8}{b.believed:8.3f}{b.true:9.3f}" for b in bins]
            lines.append("")
        return "\n".join(lines).rstrip()


def report(path: Path, limit: int | None = None, *, uncovered: bool = False) -> TypedReport:
    """Walk with the first questions of a file (all of them without a limit); QuestionError for what is no such file."""
    questions = read_questions(path, also_uncovered=True)[:limit]
    catalogue = build.current(EVERYONE)
    guides = {guide.pk: guide for guide in Guide.objects.for_audiences(EVERYONE).select_related("revision")}
    sources = {pk: f"{guide.folder}/{guide.source}".lstrip("/") for pk, guide in guides.items()}
    facts = {
        pk: facts_of(
            guide.slug,
            guide.title,
            guide.revision.text if guide.revision else "",
            guide.category,
            guide.applies_to,
            has_problem=guide.slug in catalogue.published.of_guide,
        )
        for pk, guide in guides.items()
    }
    if uncovered:
        nobody = [Asked(question.text, line=question.line) for question in questions]
        sorted_out = {UNCOVERED: nobody}
        unknown: list[tuple[int, str]] = []
    else:
        answered, unanswered, unknown = sort_out(questions, sources, facts.__getitem__)
        sorted_out = {COVERED: answered, UNCOVERED: unanswered}
    step_of = steps_in(catalogue, EVERYONE)
    return TypedReport({name: measure(asked, step_of) for name, asked in sorted_out.items() if asked}, unknown)
