"""`manage.py export_guides`: writes the library into a folder as files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.config.shipped import PROGRAM
from kb.library.export.export import ExportError, ExportReport, export, named
from kb.library.export.public import export_public


class Command(BaseCommand):
    """Write the library as files."""

    help = "Write guides, contacts, images, synonyms, products and walks into DIR, as load_guides reads them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="Folder to write into; it is made if need be")
        parser.add_argument("--prune", action="store_true", help="Remove the files of what was retired")
        parser.add_argument(
            "--public",
            action="store_true",
            help="Write what customers may read, and nothing for staff, into an empty folder",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="Write over files that were never loaded or wait in review, and write again what was deleted",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export, then say what was written; exit status 1 when a file was left as it is."""
        folder: Path = options["folder"]
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file: give a folder.")
        if options["public"] and (options["prune"] or options["force"]):
            raise CommandError("--public writes into an empty folder: leave out --prune and --force.")
        try:
            if options["public"]:
                report = export_public(folder)
            else:
                report = export(folder, prune=options["prune"], force=options["force"])
        except ExportError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{folder} can't be used: {error.strerror}. Give a folder to write in.") from None
        self._tell(report)
        if report.left:
            sys.exit(1)

    def _tell(self, report: ExportReport) -> None:
        counts = ("written", "unchanged", "removed")
        self.stdout.write(f"Files: {', '.join(f'{len(getattr(report, name))} {name}' for name in counts)}.")
        for source in report.missing:
            self.stderr.write(f"{source}: the image is lost from the data folder; upload it again.")
        for line in _left_lines(report):
            self.stderr.write(line)
        if report.overwritten:
            self.stdout.write(f"Written over or again by --force: {named(report.overwritten)}.")
        if report.others:
            self.stderr.write(_others_sentence(report.others))
        if len(report.folders) > 1:
            names = " ".join(str(folder) for folder in report.folders)
            self.stdout.write(f"To load it again: {PROGRAM} load_guides {names}")


def _left_lines(report: ExportReport) -> Iterator[str]:
    """What was left as it is, and what to do about it."""
    if report.waiting:
        yield (
            f"Left as they are, because what they say waits in review: {len(report.waiting)} "
            f"({named(report.waiting)}). Approve, merge or set it aside in the studio and export again; or write over "
            "them with --force."
        )
    if report.deleted:
        yield (
            f"Not written again, because they were deleted there: {len(report.deleted)} ({named(report.deleted)}). "
            "Retire what they said with load_guides --prune, after their links and images are taken out of other "
            "guides; or write them again with --force."
        )
    if report.unknown:
        yield (
            f"Not removed, because they say what was never loaded: {len(report.unknown)} ({named(report.unknown)}). "
            "Load them first with load_guides."
        )


def _others_sentence(others: list[str]) -> str:
    return (
        f"Files there that belong to nothing that is published: {len(others)} ({named(others)}). A load of the folder "
        "makes guides of them: remove what is left from an earlier export; --prune removes the files of what was "
        "retired."
    )
