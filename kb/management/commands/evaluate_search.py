"""`manage.py evaluate_search`: measures how well and how fast search answers questions whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.management.arguments import number_from
from kb.models import Guide
from kb.models.audience import EVERYONE, INSIDERS
from kb.search import configured
from kb.search.evaluation import CUTS, Answer, Figures, QuestionError, ask, measure, misses, read_questions
from kb.search.text.query import parse

SHOWN = 80


class Command(BaseCommand):
    """Measure the relevance and the speed of search."""

    help = (
        "Put the questions of QUERIES.jsonl to the search and measure what it finds. Keep such a file beside your "
        'guides, a line for each question: {"query": "what was asked", "relevant": ["path/of/guide.md"]}; the end of a '
        "guide's path will do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and how to tell of it."""
        parser.add_argument("queries", type=Path, metavar="QUERIES.jsonl", help="File of questions, one a line")
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON")
        parser.add_argument("--limit", type=number_from(1, 100), default=10, help="Misses to list (default: 10)")
        parser.add_argument("--staff", action="store_true", help="Search as staff do, in their guides too")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask all questions once, then print the figures of all, of each half, and the worst misses."""
        audiences = INSIDERS if options["staff"] else EVERYONE
        try:
            questions = read_questions(options["queries"])
        except QuestionError as error:
            raise CommandError(str(error)) from error
        rows = Guide.objects.for_audiences(audiences).values_list("pk", "folder", "source", "title")
        titles = {pk: title for pk, _, _, title in rows}
        sources = {pk: f"{folder}/{source}".lstrip("/") for pk, folder, source, _ in rows}
        engine = configured.engine()
        engine.repair()
        engine.search(parse("warm up"), audiences)

        def search(text: str) -> list[int]:
            return [hit.guide_id for hit in engine.search(parse(text), audiences, limit=CUTS[-1]).items]

        answers = ask(questions, sources, search)
        parts = {"all": answers, "odd lines": answers[::2], "even lines": answers[1::2]}
        figures = {name: measure(part) for name, part in parts.items() if part}
        worst = misses(answers)[: options["limit"]]
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(figures, worst, titles), indent=2))
        else:
            self._tell(figures, worst, titles)

    def _tell(self, figures: dict[str, Figures], worst: list[Answer], titles: dict[int, str]) -> None:
        head = "".join(f"  recall@{cut:<2}" for cut in CUTS)
        self.stdout.write(f"{'':<12}queries{head}  MRR@10   p50 ms   p95 ms")
        for name, part in figures.items():
            recall = "".join(f"  {part.recall[cut]:9.3f}" for cut in CUTS)
            self.stdout.write(
                f"{name:<12}{part.questions:7}{recall}  {part.mrr:6.3f}  {part.p50:7.1f}  {part.p95:7.1f}"
            )
        for answer in worst:
            place = f"at {answer.rank}" if answer.rank else "not found"
            missing = "" if answer.relevant else " (no published guide has this path)"
            text = " ".join(answer.question.text.split())
            self.stdout.write(f"\n{place}: {text if len(text) <= SHOWN else f'{text[: SHOWN - 1]}…'}")
            self.stdout.write(f"  wanted: {', '.join(answer.question.relevant)}{missing}")
            self.stdout.write(f"  first:  {_first(answer, titles)}")


def _as_data(figures: dict[str, Figures], worst: list[Answer], titles: dict[int, str]) -> dict[str, Any]:
    parts = {
        name: {
            "queries": part.questions,
            **{f"recall_at_{cut}": round(part.recall[cut], 4) for cut in CUTS},
            "mrr_at_10": round(part.mrr, 4),
            "p50_ms": round(part.p50, 2),
            "p95_ms": round(part.p95, 2),
        }
        for name, part in figures.items()
    }
    return {
        **parts.pop("all"),
        "halves": list(parts.values()),
        "misses": [
            {
                "query": answer.question.text,
                "relevant": list(answer.question.relevant),
                "rank": answer.rank,
                "first": _first(answer, titles),
            }
            for answer in worst
        ],
    }


def _first(answer: Answer, titles: dict[int, str]) -> str:
    return titles.get(answer.found[0], "?") if answer.found else "nothing"
