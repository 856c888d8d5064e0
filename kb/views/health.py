"""A question of a load balancer in, whether this process can serve readers out."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from kb.search import documents, engines
from kb.views.methods import reads_only

logger = logging.getLogger(__name__)


@reads_only
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """200 and `{"database": "ok", "index": "ok" | "behind" | "failed"}`, or 503 when the database does not answer.

    Search answers without its index as well, so the index never takes a server out of service.
    """
    try:
        published = documents.digests_for()
    except DatabaseError:
        logger.exception("The database does not answer")
        return JsonResponse({"database": "failed", "index": "unknown"}, status=503)
    return JsonResponse({"database": "ok", "index": _index_state(published)})


def _index_state(published: dict[int, str]) -> str:
    try:
        return "ok" if engines.engine().digests() == published else "behind"
    except Exception:
        logger.exception("The search index does not answer")
        return "failed"
