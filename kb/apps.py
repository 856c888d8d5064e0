"""The knowledge base as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class KbConfig(AppConfig):
    """Guides, pages, search and the API."""

    name = "kb"
    verbose_name = "Knowledge base"
