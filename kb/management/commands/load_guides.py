"""`manage.py load_guides`: loads folders of Markdown, and says what became of the files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from kb.content.findings import as_line, as_lines
from kb.library import contact_publishing
from kb.library.export.export import named
from kb.library.folders import load
from kb.library.folders.load_report import LoadReport
from kb.library.folders.reader import Progress
from kb.management import load_page

LINE_EVERY = 100


class Command(BaseCommand):
    """Load guides and contacts from folders or files."""

    help = (
        "Load the Markdown guides below each PATH (default: KB_CONTENT_DIR); files that are unchanged are left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the paths and what to do with them."""
        parser.add_argument(
            "paths", nargs="*", type=Path, metavar="PATH", help="Folder or file (default: KB_CONTENT_DIR)"
        )
        parser.add_argument("--dry-run", action="store_true", help="Read and check everything, write nothing")
        parser.add_argument("--prune", action="store_true", help="Retire what has no file any more")
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE.html",
            help="Write a page of what was understood, what was left out and why",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, then say what became of the files; exit status 1 when any failed."""
        for path in options["paths"]:
            if not path.exists():
                raise CommandError(f"There is no {path}: give a folder of Markdown files, or one file.")
        page = options["report"]
        if page is not None:
            load_page.check(page)
        with tqdm(unit=" guides", leave=False, disable=not sys.stderr.isatty(), file=sys.stderr) as bar:
            report = load.load(
                options["paths"],
                dry_run=options["dry_run"],
                prune=options["prune"],
                progress=self._advance(bar),
                summarised=page is not None,
            )
        in_full = options["verbosity"] > 1
        lines = [as_line(finding) for finding in report.findings] if in_full else as_lines(report.findings)
        self._tell(report, dry_run=options["dry_run"])
        for line in [*report.not_read, *lines]:
            self.stdout.write(line)
        if report.findings:
            self.stdout.write(_warnings_sentence(report.warnings, len(lines)))
        if page is not None:
            load_page.write(page, report, options["paths"], dry_run=options["dry_run"])
            self.stdout.write(f"The report is in {page}.")
        if report.failed:
            sys.exit(1)

    def _advance(self, bar: tqdm[Any]) -> Progress:
        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)
            if bar.disable and done % LINE_EVERY == 0:
                self.stdout.write(f"{done} of {total} read")

        return advance

    def _tell(self, report: LoadReport, *, dry_run: bool) -> None:
        for refusal in report.failed:
            self.stderr.write(f"{refusal}")
        counts = ("new", "changed", "unchanged", "retired", "failed")
        line = ", ".join(f"{len(getattr(report, name))} {name}" for name in counts)
        self.stdout.write(f"{'Nothing was written. ' if dry_run else ''}Guides: {line}.")
        if report.drafts:
            self.stdout.write(_drafts_sentence(report.drafts))
        if report.in_review:
            self.stdout.write(_in_review_sentence(report.in_review))
        if report.missing:
            self.stdout.write(_missing_sentence(report.missing))
        if not dry_run and (sentence := contact_publishing.missing()):
            self.stdout.write(sentence)


def _warnings_sentence(warnings: list[str], shown: int) -> str:
    open_to_all = sum("everyone can read this guide" in warning for warning in warnings)
    open_note = f", {open_to_all} of them for an audience that is neither 'public' nor 'staff': everyone can read those"
    count = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
    return f"{count}{open_note if open_to_all else ''}.{' Give -v 2 to see each of them.' * (shown < len(warnings))}"


def _drafts_sentence(drafts: list[str]) -> str:

    kept = "as drafts, because they say that they are" if len(drafts) > 1 else "as a draft, because it says that it is"
    return f"{len(drafts)} kept {kept} not for readers ({named(drafts)})."


def _in_review_sentence(in_review: list[str]) -> str:

    them = "they were" if len(in_review) > 1 else "it was"
    return f"{len(in_review)} in review because {them} edited in the browser ({named(in_review)})."


def _missing_sentence(missing: list[str]) -> str:

    if len(missing) == 1:
        return f"1 guide has no file any more ({named(missing)}); --prune retires it."
    return f"{len(missing)} guides have no file any more ({named(missing)}); --prune retires them."
