"""`manage.py backup`: writes all that the product holds into one file, while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.config import kept_files
from kb.config.backup import making
from kb.config.backup.archive import BackupError
from kb.management.backups import lost_files, summary


class Command(BaseCommand):
    """Write a backup."""

    help = "Write all guides, revisions, images, people, outcomes and keys into a new file, while the server runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="The file to write; it must not be there yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it, then say what is in it."""
        try:
            manifest = making.backup(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['file']} is written. {summary(manifest)}")
        if lost := lost_files(manifest):
            self.stderr.write(
                f"{len(lost)} images or attachments of the library are not in it, as they are not in "
                f"{kept_files.place().address}: {lost[0]} is the first. If that is a folder which machines share, look "
                "whether it is mounted here, and make the backup again."
            )
