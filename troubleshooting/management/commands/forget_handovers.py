"""`manage.py forget_handovers`: delete the handed-over walks that are older than they may become."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kb.config import timer
from troubleshooting.handover import expiry


class Command(BaseCommand):
    """Forget what people handed over, transcripts and notes with it; what was learned of it stays."""

    help = "Delete handed-over walks that are older than KB_HANDOVER_DAYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Delete them, and say how many."""
        number = expiry.forget_old()
        timer.done("forget")
        if number:
            walks = "walk was" if number == 1 else "walks were"
            self.stdout.write(f"{number} handed-over {walks} older than {settings.HANDOVER_DAYS} days and deleted.")
