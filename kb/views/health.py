"""What whoever watches the server is told of its health: the database, the search index, the disk and the timer."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from kb import timer
from kb.outages import FULL
from kb.search import documents, engines
from kb.views.methods import reads_only

LEAST_FREE = 100_000_000
PROBE = 4096

logger = logging.getLogger(__name__)


@reads_only
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """200 with a word for each of the four, or 503 when the database does not answer.

    Only the database takes a server out of service: readers are served without the index, from a full disk, and
    without the timer, and taking all servers away for these would take from readers what still works.
    """
    health = {"database": "ok", "index": "unknown", "disk": _disk_state(), "timer": _timer_state()}
    try:
        published = documents.digests_for()
    except (DatabaseError, InterfaceError):
        logger.exception("The database does not answer")
        return JsonResponse(health | {"database": "failed"}, status=503)
    return JsonResponse(health | {"index": _index_state(published)})


def _index_state(published: dict[int, str]) -> str:
    try:
        return "ok" if engines.engine().digests() == published else "behind"
    except Exception:
        logger.exception("The search index does not answer")
        return "failed"


def _disk_state() -> str:
    """Whether the data folder can be written, and for how long: 'full' comes while there is a little room left."""
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(bytes(PROBE))
        return "ok" if shutil.disk_usage(folder).free >= LEAST_FREE else "full"
    except OSError as error:
        logger.exception("The data folder can't be written")
        return "full" if error.errno in FULL else "read-only"


def _timer_state() -> str:
    try:
        return "late" if timer.is_late() else "ok"
    except OSError:
        return "late"
