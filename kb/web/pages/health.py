"""Tells monitoring whether the database, the search index, the disk and the timer work."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from kb.config import replica, timer
from kb.config.outages import FULL, disk
from kb.config.shipped import PROGRAM
from kb.search import configured
from kb.search.index import documents
from kb.search.meaning import part
from kb.web.request_kinds import reads_only

LEAST_FREE = 100_000_000
PROBE = 4096
NOT_MIGRATED = f"The tables are not those of this version yet: run {PROGRAM} migrate, or start {PROGRAM} serve."
AWAY = "The database does not answer: pages that are kept are served, and all others wait."
ONLY_REPLICA = "Only the replica of the database answers: readers are served, and nothing can be sent."
ONLY_READING = {
    "read-only": "The data folder can't be written: readers are served, and what is sent may not be kept.",
    "full": "The disk of the data folder is full, or nearly: readers are served, and what is sent may not be kept.",
}

logger = logging.getLogger(__name__)


class _Troubles:
    """What went wrong at the last look, by its part: the log is told when that begins, not at each look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def is_new(self, part: str, state: str) -> bool:
        """Whether it was otherwise the last time."""
        with self._lock:
            before, self._known[part] = self._known.get(part, "ok"), state
        return before != state


troubles = _Troubles()


@reads_only
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """200 with a word for each of the four, or 503 and a sentence when the database does not answer.

    A fifth, `meaning`, is there where search by meaning is on. While only the replica of the database answers, readers
    are served from that, and `database` is `replica`.

    Only the database takes a server out of service: readers are served without the index, from a full disk, and
    without the timer, and taking all servers away for these would take from readers what still works.

    At `/healthz`, for everyone.
    """
    health = {"database": "ok", "index": "unknown", "disk": _disk_state(), "timer": _timer_state()}
    try:
        with replica.asking_the_primary():
            published = documents.digests_for()
    except (DatabaseError, InterfaceError):
        if replica.is_configured() and replica.watch.may_be_read(0):
            return JsonResponse(health | {"database": "replica", "detail": ONLY_REPLICA})
        if troubles.is_new("database", "failed"):
            logger.exception("The database does not answer")
        return JsonResponse(health | {"database": "failed", "detail": AWAY}, status=503)
    troubles.is_new("database", "ok")
    health["index"] = _index_state(published)
    if meaning := part.configured():
        health["meaning"] = meaning.state(published)
    return JsonResponse(health)


@reads_only
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """200 when this process can answer readers, 503 with what is missing when it can't.

    It can when the database, or its replica, answers, has the tables of this version, and search has an index to ask.
    `database` and `disk` say whether it can also take what readers send, as at `/healthz`.

    At `/readyz`, for everyone.
    """
    state = _disk_state()
    told = {"database": "ok", "disk": state} | ({"detail": ONLY_READING[state]} if state in ONLY_READING else {})
    try:
        with replica.asking_the_primary():
            return _readiness(told)
    except (DatabaseError, InterfaceError):
        if replica.is_configured() and replica.watch.may_be_read(0):
            return JsonResponse({"ready": True} | told | {"database": "replica", "detail": ONLY_REPLICA})
        return JsonResponse({"ready": False, "database": "failed", "disk": state, "detail": AWAY}, status=503)


def _readiness(told: dict[str, str]) -> JsonResponse:
    is_migrated = _migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    if not is_migrated:
        return JsonResponse({"ready": False} | told | {"detail": NOT_MIGRATED}, status=503)
    index = _index_state(documents.digests_for())
    return JsonResponse({"ready": index != "failed", "index": index} | told, status=503 if index == "failed" else 200)


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """All migrations of this version, (application, name); to read them takes as long as many pages."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _index_state(published: dict[int, str]) -> str:
    try:
        state = "ok" if configured.engine().digests() == published else "behind"
    except Exception:
        if troubles.is_new("index", "failed"):
            logger.exception("The search index does not answer")
        return "failed"
    troubles.is_new("index", "ok")
    return state


def _disk_state() -> str:
    """Whether the data folder can be written, and for how long: 'full' comes while there is a little room left."""
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(bytes(PROBE))
        state = "ok" if shutil.disk_usage(folder).free >= LEAST_FREE else "full"
    except OSError as error:
        state = "full" if error.errno in FULL else "read-only"
        if troubles.is_new("disk", state):
            logger.error("The data folder can't be written: %s", error)  # noqa: TRY400 - what it says is all there is
        return state
    troubles.is_new("disk", "ok")
    disk.look()
    return state


def _timer_state() -> str:
    try:
        return "late" if timer.is_late() else "ok"
    except OSError:
        return "late"
