"""`manage.py check_guides`: print what is wrong with folders of guides, by file and line."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.content.document import ContentError
from kb.content.findings import as_line, as_lines
from kb.content.workers import explain_bounded
from troubleshooting.evaluation.checks import run


class Command(BaseCommand):
    """Check guides, contacts, walks and questions before they are loaded."""

    help = (
        "Check the guides, contacts and walks below each PATH (default: KB_CONTENT_DIR), all together and without "
        "loading them: what a load would refuse, links to nowhere, questions that lead nowhere, symptoms worded twice, "
        "the walks in walks/*.yml, and where the questions of questions.jsonl lead. The exit status is 1 when there is "
        "an error."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the paths and how to tell of them."""
        parser.add_argument(
            "paths", nargs="*", type=Path, metavar="PATH", help="Folder or file (default: KB_CONTENT_DIR)"
        )
        parser.add_argument(
            "--explain",
            type=Path,
            metavar="FILE",
            help="Print what is understood of one guide, by line, or why no problem is found in it, and check nothing",
        )
        parser.add_argument("--json", action="store_true", help="Print a JSON list of {file, line, severity, message}")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, and print the findings; exit status 1 when one of them is an error."""
        if options["explain"] is not None:
            self._explain(options["explain"])
            return
        for path in options["paths"]:
            if not path.exists():
                raise CommandError(f"There is no {path}: give a folder of Markdown files, or one file.")
        findings, totals = run.check_and_count(options["paths"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
        else:
            in_full = options["verbosity"] > 1
            for line in [as_line(finding) for finding in findings] if in_full else as_lines(findings):
                self.stdout.write(line)
            self._count(Counter(finding.severity for finding in findings))
            self.stderr.write(str(totals))
        if any(finding.severity == "error" for finding in findings):
            sys.exit(1)

    def _explain(self, path: Path) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}: give one Markdown file.")
        try:
            explanation = explain_bounded(path.read_bytes(), path.name)
        except ContentError as error:
            raise CommandError(f"{path}:{error.line}: {error.message}") from None
        for line in explanation.as_lines():
            self.stdout.write(line)

    def _count(self, counts: Counter[str]) -> None:
        """The sum, beside the findings, so that each line of the output is one of them, or one kind of them."""
        words = [f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in ("error", "warning")]
        self.stderr.write(", ".join(words) + ".")
