"""`manage.py verify`: reads a backup to its end and says what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.config.backup import making
from kb.config.backup.archive import BackupError
from kb.management.backups import summary, table_lines


class Command(BaseCommand):
    """Check a backup."""

    help = "Read a backup to its end, and say what is in it, or what is wrong with it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="A file that `backup` wrote")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read it, then say what is in it."""
        try:
            manifest = making.verify(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['file']} is whole. {summary(manifest)}")
        for line in table_lines(manifest):
            self.stdout.write(line)
