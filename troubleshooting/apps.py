"""Walks as a Django application."""

from __future__ import annotations

import gc

from django.apps import AppConfig


class TroubleshootingConfig(AppConfig):
    """Questions, solutions and hand-overs."""

    name = "troubleshooting"

    def ready(self) -> None:
        """Let who loads guides hear what walks can't make of them, and the timer forget and count what is due."""
        from kb.config import timer  # noqa: PLC0415 - the models are there only now
        from kb.library.folders.lints import lints  # noqa: PLC0415 - the models are there only now
        from kb.outbox import letters  # noqa: PLC0415 - the models are there only now
        from troubleshooting.desk.handover import delivery  # noqa: PLC0415
        from troubleshooting.evaluation.checks import run  # noqa: PLC0415
        from troubleshooting.forgetting import kinds  # noqa: PLC0415
        from troubleshooting.worklist import refresh  # noqa: PLC0415

        lints.append(run.as_warnings)
        letters.add_way(delivery.WEBHOOK, delivery.call_webhook)
        letters.when_settled.append(delivery.note_delivery)
        timer.jobs.append(timer.Job("forget", kinds.forget_due, every=3600))
        timer.jobs.append(timer.Job("worklist", refresh.refresh, every=3600))
        # What was imported stays until the end: looking for garbage in it would be a third of a short command's time.
        gc.freeze()
        gc.enable()
