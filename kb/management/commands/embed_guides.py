"""`manage.py embed_guides`: reads what guides mean, for search by meaning, without waiting for the server to do it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.config import timer
from kb.library import meaning


class Command(BaseCommand):
    """Read all guides that search by meaning does not know yet."""

    help = (
        "Read all guides that search by meaning does not know yet, with the model in KB_SEARCH_MODEL; the server does "
        "so by itself while it runs, some at a time."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Read them, and say after each batch how far it is."""
        if (progress := meaning.progress()) is None:
            raise CommandError("Search by meaning is off: set KB_SEARCH_MODEL to the folder of a model that can run.")
        while not progress.is_complete and meaning.read_some():
            progress = meaning.progress() or progress
            self.stdout.write(f"{progress.read} of {progress.published} guides read")
        timer.done("meaning")
        self.stdout.write(f"Search by meaning knows {progress.read} of {progress.published} guides.")
