"""`manage.py evaluate_walks`: measure how soon walks find problems, and what that costs people."""

from __future__ import annotations

import json
import random
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.models.audience import INSIDERS
from kb.search.evaluation import QuestionError
from troubleshooting.catalogue import build
from troubleshooting.evaluation import simulation, typed_questions
from troubleshooting.evaluation.cases import BadFileError, people_of, read_cases, read_catalogue
from troubleshooting.evaluation.measures import Evaluation, Person, Report
from troubleshooting.planning.planner import Planner

SIMULATED_PEOPLE = 300
LEAST_WRONG = 0.02


class Command(BaseCommand):
    """Measure how well walks work, on the published guides or on any catalogue."""

    help = (
        "Measure how soon walks find the true problem: on the published guides with simulated people, with questions "
        'that people typed (--questions; a line each: {"query": "what was typed", "relevant": ["path/of/guide.md"]}, '
        "nothing in relevant when no guide answers it), or on a catalogue and cases from files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What can be asked for."""
        parser.add_argument("cases", nargs="?", type=Path, metavar="CASES.jsonl", help="cases, one a line")
        parser.add_argument(
            "--catalogue", type=Path, metavar="FILE", help="a catalogue instead of the published guides"
        )
        parser.add_argument("--questions", type=Path, metavar="FILE", help="walk with what people typed, as they do")
        parser.add_argument(
            "--uncovered", action="store_true", help="with --questions: no guide answers any of them, whatever they say"
        )
        parser.add_argument("--policy", choices=("planner", "file", "random"), default="planner", help="how to ask")
        parser.add_argument("--wrong", type=_share, default=0.0, metavar="P", help="share of wrong answers")
        parser.add_argument("--unsure", type=_share, default=0.0, metavar="P", help="share of 'not sure'")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same people")
        parser.add_argument("--limit", type=int, metavar="N", help="at most so many cases")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Evaluate, and print the figures."""
        if (options["cases"] is None) != (options["catalogue"] is None):
            raise CommandError("Give cases and --catalogue together, or neither to use the published guides.")
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit must be at least 1.")
        if options["questions"]:
            self._typed(options)
            return
        if options["uncovered"]:
            raise CommandError("--uncovered goes with --questions.")
        try:
            planner, people = (_from_files if options["cases"] else _from_guides)(options)
        except BadFileError as error:
            raise CommandError(str(error)) from None
        if not people:
            raise CommandError("There is no case to evaluate: load guides first, or give a file with cases.")
        report = Evaluation(planner, options["policy"], seed=options["seed"]).report(people)
        self.stdout.write(json.dumps(_as_json(report)) if options["json"] else _as_text(report))

    def _typed(self, options: dict[str, Any]) -> None:
        if options["cases"]:
            raise CommandError("Give either cases and --catalogue, or --questions.")
        try:
            report = typed_questions.report(options["questions"], options["limit"], uncovered=options["uncovered"])
        except QuestionError as error:
            raise CommandError(str(error)) from None
        for line, path in report.unknown:
            self.stderr.write(f"{options['questions']}:{line}: no guide that everybody may read has the path {path}")
        if not report.parts:
            raise CommandError("No published guide has a path that the questions name: load the guides first.")
        self.stdout.write(json.dumps(report.as_data()) if options["json"] else report.as_text())


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise ArgumentTypeError(f"{text} is not a share: it is from 0 up to, but not, 1")
    return share


def _from_files(options: dict[str, Any]) -> tuple[Planner, list[Person]]:
    """The planner allows for a few wrong answers even when none are made on purpose: the cases may hold some."""
    table = read_catalogue(options["catalogue"])
    cases = read_cases(options["cases"], table)[: options["limit"]]
    planner = Planner(table, wrong=max(options["wrong"], LEAST_WRONG), unsure=options["unsure"])
    rng = random.Random(options["seed"])  # noqa: S311 - repeatable, not secret
    return planner, list(people_of(cases, table, wrong=options["wrong"], unsure=options["unsure"], rng=rng))


def _from_guides(options: dict[str, Any]) -> tuple[Planner, list[Person]]:
    published = build.read(INSIDERS)
    problems = tuple(problem for problem in published.table.problems if problem.id in published.problems)
    table = replace(published.table, problems=problems)
    planner = Planner(
        table,
        wrong=max(options["wrong"], LEAST_WRONG),
        unsure=options["unsure"],
        escalation=build.ESCALATION_COST,
    )
    if not problems:
        return planner, []
    rng = random.Random(options["seed"])  # noqa: S311 - repeatable, not secret
    number = options["limit"] or SIMULATED_PEOPLE
    wrong, unsure = options["wrong"], options["unsure"]
    return planner, list(simulation.people(published, planner, number, wrong=wrong, unsure=unsure, rng=rng))


def _as_json(report: Report) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "problems": report.problems,
        "questions": report.questions,
        "cases": report.cases,
        "entropy_bits": report.entropy_bits,
        "after": {str(depth): asdict(standing) for depth, standing in report.after.items()},
        "stop": {"questions": report.stop_questions, "cost": report.stop_cost},
        "no_questions": {"cost": report.no_questions_cost},
    }
    if report.tell_apart is not None:
        figures["tell_apart"] = {"questions": report.tell_apart}
    return figures


def _as_text(report: Report) -> str:
    lines = [
        f"{report.problems} problems, {report.questions} questions, {report.cases} cases",
        f"entropy of the prior: {report.entropy_bits:.3f} bits",
        "",
        "after questions     top 1     top 3      rank",
        *(f"{d:15d} {s.top1:9.3f} {s.top3:9.3f} {s.rank:9.3f}" for d, s in report.after.items()),
        "",
        f"with the stop rule: {report.stop_questions:.3f} questions, cost {report.stop_cost:.3f}",
        f"asking nothing:     cost {report.no_questions_cost:.3f}",
    ]
    if report.tell_apart is not None:
        lines.append(f"to tell all apart:  {report.tell_apart:.3f} questions expected")
    return "\n".join(lines)
