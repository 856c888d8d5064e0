"""`manage.py outcomes_report`: what came of walks, problem by problem, for those who write the guides."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from kb.management.arguments import number_from
from troubleshooting.models import Outcome
from troubleshooting.outcomes import learn
from troubleshooting.outcomes.report import ProblemReport, Report, report

MOST_DAYS = learn.OUTCOMES_KEPT.days
SHOWN = 60
KINDS = {"solved": "fixed", "failed": "no help", "skipped": "can't", "escalated": "escalated", "cause": "causes"}
CLICKS = (Outcome.Kind.SOLVED.value, Outcome.Kind.FAILED.value, Outcome.Kind.SKIPPED.value)


class Command(BaseCommand):
    """Tell which problems were solved, which steps did not help or can't be done, and which causes agents found."""

    help = (
        "List the problems that walks came to, those most often spoken of first: in how many walks they were fixed, "
        "did not help, could not be done, were escalated, and were the cause that an agent found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how far to look back and how to tell of it."""
        parser.add_argument(
            "--days",
            type=number_from(1, MOST_DAYS, "a number of days"),
            default=30,
            help=f"Days to look back, up to {MOST_DAYS} (default: 30)",
        )
        parser.add_argument("--learn", action="store_true", help="Have walks go by what was said up to now, at once")
        parser.add_argument("--json", action="store_true", help="Print all of them as JSON, with their steps")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the outcomes, tell."""
        if options["learn"] and not learn.learn():
            self.stderr.write("Somebody is publishing right now, so nothing was learned. Try again.")
        found = report(timezone.now() - timedelta(days=options["days"]))
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(found, options["days"]), indent=2))
        else:
            self._print(found, options["days"])

    def _print(self, found: Report, days: int) -> None:
        if not found.walks:
            self.stdout.write(f"Nothing was said in walks in {days} days.")
            return
        self.stdout.write(f"{found.walks} walks in {days} days in which something was said.\n\n")
        self.stdout.write("  ".join(f"{label:>9}" for label in KINDS.values()) + "  problem")
        for entry in found.problems[:SHOWN]:
            self.stdout.write("  ".join(f"{entry.counts[kind]:9}" for kind in KINDS) + f"  {entry.title}")
        if len(found.problems) > SHOWN:
            self.stdout.write(f"and {len(found.problems) - SHOWN} more; --json lists all")
        if found.unknown_causes:
            self.stdout.write(f"\n{found.unknown_causes} causes that agents found are in no guide.")


def _as_data(found: Report, days: int) -> dict[str, Any]:
    return {
        "days": days,
        "walks": found.walks,
        "causes_without_a_guide": found.unknown_causes,
        "problems": [_problem(entry) for entry in found.problems],
    }


def _problem(entry: ProblemReport) -> dict[str, Any]:
    steps = [
        {"text": step.text, "reliability": round(step.reliability, 3), **{kind: step.counts[kind] for kind in CLICKS}}
        for step in entry.steps.values()
    ]
    counts = {"causes" if kind == "cause" else kind: entry.counts[kind] for kind in KINDS}
    return (
        {"guide": entry.guide, "title": entry.title, "url": entry.url, "lift": round(entry.lift, 3)}
        | counts
        | {"steps": steps}
    )
