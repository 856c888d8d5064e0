"""Walks as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class TroubleshootingConfig(AppConfig):
    """Questions, solutions and hand-overs."""

    name = "troubleshooting"
