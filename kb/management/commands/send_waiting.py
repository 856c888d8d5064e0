"""`manage.py send_waiting`: send the mails and webhook calls whose time has come, where no server runs that does so."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kb.config import timer
from kb.models import Letter
from kb.outbox import letters


class Command(BaseCommand):
    """Send what waits in the outbox and is due."""

    help = "Send the mails and webhook calls that wait and are due; the server does so by itself while it runs."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Try each that is due once, then say how many there were, and what became of those that stay."""
        tried = sum(letters.send_due(way) for way in letters.ways)
        timer.done(*letters.ways)
        waiting = Letter.objects.filter(state=Letter.State.WAITING)
        for letter in waiting.exclude(trouble=""):
            self.stdout.write(
                f"{letter}: try {letter.tries} failed, next at {letter.due_at:%Y-%m-%d %H:%M}. {letter.trouble}"
            )
        self.stdout.write(f"{tried} tried, {waiting.count()} waiting.")
