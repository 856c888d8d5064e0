"""Measures what a page of hits costs with each search engine, in one library of many guides in PostgreSQL.

It counts the processor time of the process that answers, that of PostgreSQL for it, and the queries, not the clock.
Run it with `make bench-engines`, with KB_TEST_POSTGRES_URL as for the tests; `docs/scale.md` has its figures.
"""

# ruff: noqa: PLC0415 - Django has to be set up before its models are imported
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench import guides
from tests.support import postgres
from tests.support.served import ROOT, prepare

ENGINES = ("whoosh", "postgres")
GUIDES, SEARCHES = 700, 200
TABLE = "| engine | processor time | of PostgreSQL for it | queries |\n| --- | ---: | ---: | ---: |\n"


def main(number: int) -> None:
    """Measure each engine in a process of its own, and print a table."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch, postgres.database() as url:
        folder = Path(scratch)
        guides.gather(folder / "guides", number, corpora=folder / "none", shipped=ROOT / "content")
        prepare(folder / "data")
        ours = {"KB_DATA_DIR": str(folder / "data"), "KB_CONTENT_DIR": str(folder / "guides"), "KB_DATABASE_URL": url}
        rows = [_row(engine, os.environ | ours | {"KB_SEARCH_ENGINE": engine}) for engine in ENGINES]
    sys.stdout.write(f"{number} guides, {SEARCHES} searches of which no two are the same\n\n{TABLE}" + "".join(rows))


def _row(engine: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "tests.bench.bench_engines", "--of", engine]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return f"| {engine} | {told['own']:.1f} ms | {told['database']:.1f} ms | {told['queries']:.0f} |\n"


def measure() -> None:
    """Load what is not loaded yet, search, and print what a search took, as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from kb.library import indexing
    from kb.library.folders import load
    from kb.models import Guide

    call_command("migrate", interactive=False, verbosity=0)
    load.load([settings.CONTENT_DIR])
    indexing.catch_up()
    client = Client(SERVER_NAME="localhost")
    titles = list(Guide.objects.filter(state="published").order_by("pk").values_list("title", flat=True)[:SEARCHES])
    for title in titles[:10]:
        client.get("/search/", {"q": title})
    with connection.cursor() as cursor:
        server = psutil.Process(cursor.execute("SELECT pg_backend_pid()").fetchone()[0])
    before, began = server.cpu_times(), time.process_time()
    for number, title in enumerate(titles):
        assert client.get("/search/", {"q": f"{title} {number}"}).status_code == 200
    own, after = time.process_time() - began, server.cpu_times()
    with CaptureQueriesContext(connection) as asked:  # apart, as to note them takes time
        for number, title in enumerate(titles, len(titles)):
            client.get("/search/", {"q": f"{title} {number}"})
    database = after.user + after.system - before.user - before.system
    each = {"own": own * 1000, "database": database * 1000, "queries": len(asked)}
    sys.stdout.write(json.dumps({name: value / len(titles) for name, value in each.items()}) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=GUIDES)
    parser.add_argument("--of", choices=ENGINES, help="measure the engine of the settings, in this process")
    options = parser.parse_args()
    measure() if options.of else main(options.guides)
