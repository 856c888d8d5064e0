"""Walks as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class TroubleshootingConfig(AppConfig):
    """Questions, solutions and hand-overs."""

    name = "troubleshooting"

    def ready(self) -> None:
        """Let who loads guides hear what walks can't make of them."""
        from kb import loading  # noqa: PLC0415 - the models are there only now
        from troubleshooting import checking  # noqa: PLC0415

        loading.lints.append(checking.as_warnings)
