"""The knowledge base as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class KbConfig(AppConfig):
    """Guides, pages, search and the API."""

    name = "kb"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        """Have the settings checked at each start."""
        from kb import checks  # noqa: F401, PLC0415 - it registers itself; models are not there before
