"""The knowledge base as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class KbConfig(AppConfig):
    """Guides, pages, search and the API."""

    name = "kb"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        """Have the settings checked at each start, and what is due published, mailed and pruned by the timer."""
        from kb import approval, checks, limits, mailing, outbox, timer  # noqa: F401, PLC0415 - models are not there before

        timer.jobs.append(timer.Job("publish", lambda: len(approval.publish_due())))
        timer.jobs.append(timer.Job("prune", limits.prune))
        outbox.add("mail", mailing.send)
