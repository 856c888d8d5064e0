"""Walks as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class TroubleshootingConfig(AppConfig):
    """Questions, solutions and hand-overs."""

    name = "troubleshooting"

    def ready(self) -> None:
        """Let who loads guides hear what walks can't make of them, and the timer send and forget hand-overs."""
        from kb import loading, outbox, timer  # noqa: PLC0415 - the models are there only now
        from troubleshooting import checking, forgetting, sending  # noqa: PLC0415

        loading.lints.append(checking.as_warnings)
        outbox.add(sending.WEBHOOK, sending.call_webhook)
        outbox.when_settled.append(sending.note_delivery)
        timer.jobs.append(timer.Job("forget", forgetting.forget_old, every=3600))
