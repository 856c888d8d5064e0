"""The JSON API: a GET under /api/v1/ in, what its reader may see out, described by OpenAPI; nothing is ever written."""

from __future__ import annotations

from kb.web.api.endpoints import api

__all__ = ["api"]
