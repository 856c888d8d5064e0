"""The knowledge base as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class KbConfig(AppConfig):
    """Guides, pages, search and the API."""

    name = "kb"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        """Have the settings checked at each start, and what is due published and mailed by the timer."""
        from kb import approval, checks, mailing, outbox, timer  # noqa: F401, PLC0415 - models are not there before

        timer.jobs.append(timer.Job("publish", lambda: len(approval.publish_due())))
        outbox.add("mail", mailing.send)
