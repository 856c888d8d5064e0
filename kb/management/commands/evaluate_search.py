"""`manage.py evaluate_search`: measures how well and how fast search answers questions whose answers are known."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.management.arguments import number_from
from kb.models import Guide
from kb.models.audience import EVERYONE, INSIDERS
from kb.search import configured
from kb.search.evaluation import CUTS, Answer, Figures, Question, QuestionError, ask, measure, misses, read_questions
from kb.search.index.documents import documents_for
from kb.search.plain import PlainIndex
from kb.search.text.query import parse

SHOWN = 80
WIDTH = 18

Search = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the questions of a file: the figures of all and of each half, and the worst misses."""

    file: Path
    figures: dict[str, Figures]
    plain: Figures | None
    worst: list[Answer]


class Command(BaseCommand):
    """Measure the relevance and the speed of search."""

    help = (
        "Put the questions of each QUERIES.jsonl to the search and measure what it finds. Keep such a file beside your "
        'guides, a line for each question: {"query": "what was asked", "relevant": ["path/of/guide.md"]}; the end of a '
        "guide's path will do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files and how to tell of them."""
        parser.add_argument("queries", type=Path, nargs="+", metavar="QUERIES.jsonl", help="Questions, one a line")
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON")
        parser.add_argument("--limit", type=number_from(1, 100), default=10, help="Misses to list (default: 10)")
        parser.add_argument("--staff", action="store_true", help="Search as staff do, in their guides too")
        parser.add_argument("--plain", action="store_true", help="Ask a plain Whoosh index of the same guides, too")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask all questions once, then print the figures of all, of each half, and the worst misses."""
        audiences = INSIDERS if options["staff"] else EVERYONE
        try:
            files = {path: read_questions(path) for path in options["queries"]}
        except QuestionError as error:
            raise CommandError(str(error)) from error
        rows = Guide.objects.for_audiences(audiences).values_list("pk", "folder", "source", "title")
        titles = {pk: title for pk, _, _, title in rows}
        sources = {pk: f"{folder}/{source}".lstrip("/") for pk, folder, source, _ in rows}
        with ExitStack() as stack:
            searches = [_ours(audiences), *([_plain(audiences, stack)] if options["plain"] else [])]
            reports = [_report(path, asked, sources, searches, options["limit"]) for path, asked in files.items()]
        if options["json"]:
            told = [_as_data(report, titles) for report in reports]
            self.stdout.write(json.dumps(told if len(told) > 1 else told[0], indent=2))
            return
        for report in reports:
            self._tell(report, titles)

    def _tell(self, report: Report, titles: dict[int, str]) -> None:
        head = "".join(f"  recall@{cut:<2}" for cut in CUTS)
        self.stdout.write(f"{report.file.parent.name}/{report.file.name}")
        self.stdout.write(f"{'':<{WIDTH}}queries{head}  MRR@10   p50 ms   p95 ms")
        plain = {"plain Whoosh index": report.plain} if report.plain else {}
        for name, part in (report.figures | plain).items():
            recall = "".join(f"  {part.recall[cut]:9.3f}" for cut in CUTS)
            self.stdout.write(
                f"{name:<{WIDTH}}{part.questions:7}{recall}  {part.mrr:6.3f}  {part.p50:7.1f}  {part.p95:7.1f}"
            )
        for answer in report.worst:
            place = f"at {answer.rank}" if answer.rank else "not found"
            missing = "" if answer.relevant else " (no published guide has this path)"
            text = " ".join(answer.question.text.split())
            self.stdout.write(f"\n{place}: {text if len(text) <= SHOWN else f'{text[: SHOWN - 1]}…'}")
            self.stdout.write(f"  wanted: {', '.join(answer.question.relevant)}{missing}")
            self.stdout.write(f"  first:  {_first(answer, titles)}")


def _ours(audiences: frozenset[str]) -> Search:
    engine = configured.engine()
    engine.repair()
    engine.search(parse("warm up"), audiences)
    return lambda text: [hit.guide_id for hit in engine.search(parse(text), audiences, limit=CUTS[-1]).items]


def _plain(audiences: frozenset[str], stack: ExitStack) -> Search:
    """The search of a plain index of the same guides, which is there until the stack is closed."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kb-plain-index-"))
    documents = (document for document in documents_for() if document.audience in audiences)
    plain = stack.enter_context(closing(PlainIndex(Path(folder), documents)))
    return lambda text: plain.search(text, CUTS[-1])


def _report(
    path: Path, questions: list[Question], sources: dict[int, str], searches: Sequence[Search], limit: int
) -> Report:
    answers, *others = (ask(questions, sources, search) for search in searches)
    parts = {"all": answers, "odd lines": answers[::2], "even lines": answers[1::2]}
    return Report(
        file=path,
        figures={name: measure(part) for name, part in parts.items() if part},
        plain=measure(others[0]) if others else None,
        worst=misses(answers)[:limit],
    )


def _as_data(report: Report, titles: dict[int, str]) -> dict[str, Any]:
    parts = {name: _figures_as_data(part) for name, part in report.figures.items()}
    return {
        "file": str(report.file),
        **parts.pop("all"),
        "halves": list(parts.values()),
        **({"plain": _figures_as_data(report.plain)} if report.plain else {}),
        "misses": [
            {
                "query": answer.question.text,
                "relevant": list(answer.question.relevant),
                "rank": answer.rank,
                "first": _first(answer, titles),
            }
            for answer in report.worst
        ],
    }


def _figures_as_data(part: Figures) -> dict[str, Any]:
    return {
        "queries": part.questions,
        **{f"recall_at_{cut}": round(part.recall[cut], 4) for cut in CUTS},
        "mrr_at_10": round(part.mrr, 4),
        "p50_ms": round(part.p50, 2),
        "p95_ms": round(part.p95, 2),
    }


def _first(answer: Answer, titles: dict[int, str]) -> str:
    return titles.get(answer.found[0], "?") if answer.found else "nothing"
