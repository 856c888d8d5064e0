"""`manage.py train_structure`: learns what the evidence for problems, symptoms, causes and steps weighs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from kb.content.gold import GoldError, read_gold
from kb.content.learned import WEIGHTS
from kb.content.training import left_out, samples_of, train
from kb.management.structure_figures import lines


class Command(BaseCommand):
    """Learn the weights by which structure is found, or say how well such weights do on what they were not made for."""

    help = (
        "Learn from the guides of GOLD.jsonl how structure is recognised, and write the weights. The same guides give "
        "the same file. With --leave-out nothing is written: each repository is read with weights that were learned "
        "from all others, which is how well weights are expected to do on guides that nobody has seen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, where the weights go, and whether to hold them against guides that were left out."""
        parser.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="Guides and what stands in them, one a line")
        parser.add_argument("--out", type=Path, default=WEIGHTS, help="File to write (default: the one that is used)")
        parser.add_argument("--leave-out", action="store_true", help="Learn once for each repository that is left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Learn, then write or print figures."""
        try:
            samples = [samples_of(guide) for guide in read_gold(options["gold"])]
            if options["leave_out"]:
                rounds = tqdm(left_out(samples), total=len({each.guide.repository for each in samples}), disable=None)
                verdicts = [verdict for verdicts in rounds for verdict in verdicts]
                self.stdout.write("\n".join(lines(verdicts)))
                return
        except GoldError as error:
            raise CommandError(str(error)) from error
        weights = train(samples)
        try:
            options["out"].write_text(f"{json.dumps(weights, indent=1, sort_keys=True)}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']} can't be written: {error}") from error
        sizes = ", ".join(f"{len(table)} for {name}s" for name, table in weights.items())
        self.stdout.write(f"Wrote {options['out']}: {sizes}, learned from {len(samples)} guides.")
