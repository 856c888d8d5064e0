"""`manage.py forget_handovers`: the former name of `forget` without an age, which tells of handed-over walks alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kb.config import timer
from troubleshooting.forgetting.kinds import forget_older_than


class Command(BaseCommand):
    """Forget all that is too old; of people's hand-overs the transcripts and notes with it, not what was learned."""

    help = "Delete what is too old, as forget does; handed-over walks that are older than KB_HANDOVER_DAYS are told of."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Delete them, and say how many."""
        number = forget_older_than().get("handed-over walks", 0)
        timer.done("forget")
        if number:
            walks = "walk was" if number == 1 else "walks were"
            self.stdout.write(f"{number} handed-over {walks} older than {settings.HANDOVER_DAYS} days and deleted.")
