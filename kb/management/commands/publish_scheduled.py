"""`manage.py publish_scheduled`: publishes what is approved and whose time has come."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kb.config import timer
from kb.editorial import approval
from kb.editorial.decisions import Published
from kb.library import synonyms
from kb.library.feedback import expiry
from kb.rate_limits import limiter


class Command(BaseCommand):
    """Publish what is approved and due."""

    help = "Publish the approved guides whose time has come; the server does so by itself while it runs."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Publish, then say how many went out and what went back to review."""
        decisions = approval.publish_due()
        limiter.prune()
        expiry.forget_old()
        synonyms.follow()
        timer.done("publish", "prune", "forget-counts", "synonyms")
        published = [decision for decision in decisions if isinstance(decision, Published)]
        back = len(decisions) - len(published)
        for decision in published:
            self.stdout.write(f"published: {decision.guide.title}")
        self.stdout.write(f"{len(published)} published, {back} back in review.")
