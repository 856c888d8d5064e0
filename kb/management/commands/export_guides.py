"""`manage.py export_guides`: a folder in, the library as files in it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.exporting import NAMED, ExportError, Report, export


class Command(BaseCommand):
    """Write the library as files."""

    help = "Write guides, contacts, images, synonyms and walks into DIR, as load_guides reads them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="Folder to write into; it is made if need be")
        parser.add_argument("--prune", action="store_true", help="Remove the files of what was retired")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export, then say what was written."""
        folder: Path = options["folder"]
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file: give a folder.")
        try:
            report = export(folder, prune=options["prune"])
        except ExportError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{folder} can't be used: {error.strerror}. Give a folder to write in.") from None
        self._tell(report)

    def _tell(self, report: Report) -> None:
        counts = ("written", "unchanged", "removed")
        self.stdout.write(f"Files: {', '.join(f'{len(getattr(report, name))} {name}' for name in counts)}.")
        for source in report.missing:
            self.stderr.write(f"{source}: the image is lost from the data folder; upload it again.")
        if report.others:
            self.stderr.write(_others_sentence(report.others))
        if len(report.folders) > 1:
            names = " ".join(str(folder) for folder in report.folders)
            self.stdout.write(f"To load it again: manage.py load_guides {names}")


def _others_sentence(others: list[str]) -> str:
    names = ", ".join(others[:NAMED]) + (", ..." if len(others) > NAMED else "")
    return (
        f"Files there that belong to nothing that is published: {len(others)} ({names}). A load of the folder makes "
        "guides of them: remove what is left from an earlier export; --prune removes the files of what was retired."
    )
