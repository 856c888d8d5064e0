"""The JSON API below `/api/v1/`, described by OpenAPI, which writes nothing."""

from __future__ import annotations

from kb.web.api.endpoints import api

__all__ = ["api"]
