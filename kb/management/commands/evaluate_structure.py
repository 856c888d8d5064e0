"""`manage.py evaluate_structure`: measures how well structure is found in guides that a person has read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.content.gold import GoldError, read_gold
from kb.content.scoring import score
from kb.management.structure_figures import as_data, lines, remarks


class Command(BaseCommand):
    """Measure what is found in guides against what stands in them."""

    help = (
        "Read the guides of GOLD.jsonl and measure how much of their problems, symptoms, causes, steps and codes is "
        "found, and how much of what is found is right. docs/structure.md says how such a file is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, which part of it, and how to tell of it."""
        parser.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="Guides and what stands in them, one a line")
        parser.add_argument("--json", action="store_true", help="Print the figures and all that was wrong as JSON")
        parser.add_argument("--verbose", action="store_true", help="List all that was missed or wrong")
        parser.add_argument("--only", default="", metavar="SOURCE", help="Measure the guides of one source")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, judge, and print."""
        try:
            verdicts = score(read_gold(options["gold"], options["only"]))
        except GoldError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_data(verdicts), indent=2, ensure_ascii=False))
            return
        remark_lines = [*remarks(verdicts), ""] if options["verbose"] else []
        self.stdout.write("\n".join([*remark_lines, *lines(verdicts)]))
