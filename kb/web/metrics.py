"""Tells a monitoring system how the site does, in the form of Prometheus; only whoever has the token may read it.

Counts of all processes of a machine are added up by the library, which keeps them in files in the data folder.
"""

from __future__ import annotations

import hmac
import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import product

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from kb.config import replica, timer
from kb.models import Guide, Letter
from kb.outbox.letters import ways
from kb.search import configured
from kb.search.index import documents
from kb.search.log import record
from kb.web import page_cache
from kb.web.request_kinds import reads_only

METHODS = ("GET", "HEAD", "POST")
DATABASE_UP = "Whether the database answers, the primary where there are replicas"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

requests = Counter("kb_requests_total", "Requests that were answered", ("method", "route", "status"))
seconds = Histogram("kb_request_seconds", "Seconds that answers took", ("method", "route"), buckets=BUCKETS)

# Figures of other applications: each gives metrics when it is asked.
more: list[Callable[[], Iterator[Metric]]] = []


@reads_only
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, as text that Prometheus reads; 404 without the token of KB_METRICS_TOKEN.

    At `/metrics`, for everyone.
    """
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    now = CollectorRegistry()
    now.register(_Now())
    return HttpResponse(generate_latest(_counted()) + generate_latest(now), CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    """What all processes of this machine counted; of this process alone where they share no folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _Now:
    """What is so at the moment, looked up when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        """The figures; those of the database are left out while it is away."""
        yield _gauge("kb_disk_free_bytes", "Room left for the data folder", shutil.disk_usage(settings.DATA_DIR).free)
        yield _gauge("kb_pages_kept_bytes", "Pages that the answering process keeps", page_cache.PAGES.bytes_kept())
        yield _gauge("kb_searches_waiting", "Searches that are not recorded yet", len(record.waiting()))
        ages = GaugeMetricFamily("kb_job_age_seconds", "Seconds since a job of the timer was done", labels=["job"])
        for job in timer.jobs:
            if (done_at := timer.done_at(job)) is not None:
                ages.add_metric([job.name], time.time() - done_at)
        yield ages
        try:
            with replica.asking_the_primary():  # a replica that answers is no database to write to
                yield from self._of_database()
                for figures in more:
                    yield from figures()
        except (DatabaseError, InterfaceError):
            yield _gauge("kb_database_up", DATABASE_UP, 0)
        else:
            yield _gauge("kb_database_up", DATABASE_UP, 1)

    def _of_database(self) -> Iterator[Metric]:
        guides = GaugeMetricFamily("kb_guides", "Guides", labels=["state", "audience"])
        counted = Guide.objects.order_by().values_list("state", "audience").annotate(number=Count("pk"))
        for state, audience, number in counted:
            guides.add_metric([state, audience], number)
        yield guides
        letters = GaugeMetricFamily("kb_letters", "Mails and calls", labels=["way", "state"])
        for (way, state), number in _letters().items():
            letters.add_metric([way, state], number)
        yield letters
        yield _gauge("kb_index_is_current", "Whether the search index has what is published", _index_is_current())


def _letters() -> dict[tuple[str, str], int]:
    """How many there are by way and state; 0 is told as well, or nobody would see the first one come."""
    counted = Letter.objects.order_by().values_list("way", "state").annotate(number=Count("pk"))
    return dict.fromkeys(product(ways, Letter.State.values), 0) | {(way, state): n for way, state, n in counted}


def _index_is_current() -> int:
    published = documents.digests_for()
    try:
        return int(configured.engine().digests() == published)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not current
        return 0


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
