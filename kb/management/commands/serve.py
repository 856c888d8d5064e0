"""`manage.py serve`: everything that a first start needs, then the production server."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.config import startup
from kb.config.backup import alone, unfinished, upgrades
from kb.config.backup.archive import BackupError
from kb.config.locks import database_lock
from kb.config.shipped import PROGRAM
from kb.library import indexing, publication

STARTING = 0x6B62_0003  # the key of the advisory lock: 'kb', and a number


class Command(BaseCommand):
    """Migrate, load the guides, make the first administrator, and serve."""

    help = "Set up what is missing (database, guides, index, administrator) and serve the site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one option."""
        parser.add_argument("--prepare-only", action="store_true", help="Set up what is missing, then stop")
        parser.add_argument("--no-backup", action="store_true", help="Change the tables without a backup before")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, then become the server."""
        environment = settings.ENVIRONMENT
        if not options["prepare_only"] and (trouble := startup.why_not_listen(environment.host, environment.port)):
            raise CommandError(trouble)
        try:
            with alone.starting():
                self._start(has_backup=not options["no_backup"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        if options["prepare_only"]:
            return
        self.stdout.write(f"Serving at http://{environment.host}:{environment.port} - stop with Ctrl-C")
        self.stdout.flush()
        command = startup.server_command()
        os.execv(command[0], command)  # noqa: S606 - the server takes this process's place

    def _start(self, *, has_backup: bool) -> None:
        if why := unfinished.why_not("serve"):
            raise CommandError(why)
        with database_lock(STARTING, wait=True):  # machines that start together do this one after the other
            if has_backup:
                self._back_up()
            self._prepare()

    def _back_up(self) -> None:
        """Back up a library whose tables are about to change, and say how to go back to it."""
        try:
            path = upgrades.before_upgrade()
        except (BackupError, OSError) as error:
            raise CommandError(
                f"The tables have to change for this version, and no backup could be made before: {error} "
                f"Make room for it, or start with `{PROGRAM} serve --no-backup`."
            ) from None
        if path:
            self.stdout.write(
                f"The tables change for this version. All that was there before is in {path}.\n"
                f"To go back: `{PROGRAM} restore {path}` with the former version, into a new KB_DATA_DIR."
            )

    def _prepare(self) -> None:
        startup.forget_metrics()
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        upgrades.when_upgraded()
        publication.settle()
        if startup.collect_static_files():
            self.stdout.write("Static files are in place.")
        self._load()
        call_command("forget_handovers", stdout=self.stdout)
        if password := startup.make_first_administrator():
            self.stdout.write(f"\n  Administrator: {startup.ADMINISTRATOR}\n  Password:      {password}")
            self.stdout.write("  It is shown this once; change it under /admin/ after you sign in.\n\n")

    def _load(self) -> None:
        if not settings.CONTENT_DIR.is_dir():
            self.stdout.write(f"There is no folder {settings.CONTENT_DIR}: no guides are loaded (see KB_CONTENT_DIR).")
            indexing.catch_up()
            return
        try:
            call_command("load_guides", stdout=self.stdout, stderr=self.stderr)
        except SystemExit:
            self.stderr.write("Some guides could not be loaded; they are listed above. The others are served.")
