"""`manage.py restore`: fills an empty data folder and database with what a backup holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.config.backup import alone, making
from kb.config.backup.archive import BackupError
from kb.library import indexing, publication
from kb.management.backups import summary


class Command(BaseCommand):
    """Restore a backup."""

    help = "Fill an empty data folder (KB_DATA_DIR) and an empty database (KB_DATABASE_URL) with what a backup holds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="A file that `backup` wrote")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore it, bring it to this version, and make the search index anew."""
        try:
            with alone.restoring():
                self._restore(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("The tables are those of this version, and the search index is made. Start the server.")

    def _restore(self, file: Path) -> None:
        manifest = making.restore(file)
        self.stdout.write(f"{file} is restored. {summary(manifest)}")
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        publication.settle()
        indexing.catch_up()
