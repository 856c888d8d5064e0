"""`manage.py refresh_worklist`: count anew what should be written or mended next."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kb.config import timer
from troubleshooting.worklist.refresh import refresh


class Command(BaseCommand):
    """Bring the worklist up to what people searched for, walked, voted and flagged."""

    help = "Count anew what is on the worklist, as `serve` does each hour."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Count, and say how much there is to do."""
        number = refresh()
        timer.done("worklist")
        self.stdout.write(f"{number} {'row is' if number == 1 else 'rows are'} on the worklist.")
