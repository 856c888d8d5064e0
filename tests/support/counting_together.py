"""One of several processes that all want the same turn; it prints how many it got.

python -m tests.support.counting_together search NUMBER ROUNDS MOST
python -m tests.support.counting_together post
python -m tests.support.counting_together busy
python -m tests.support.counting_together DEED TRIES MOMENT
"""

# ruff: noqa: PLC0415 - Django has to be set up before its models are imported
from __future__ import annotations

import json
import os
import sys


def _start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()


def work(deed: str, tries: int, moment: float) -> int:
    """Ask for turns from one network, from threads as a server has them; how many were let through."""
    from concurrent.futures import ThreadPoolExecutor

    from kb.rate_limits import limiter, rules

    sender = limiter.Sender().also(rules.By.NETWORK, "192.0.2.0/24")

    def ask(_number: int) -> bool:
        turn = limiter.take_for(rules.Deed(deed), sender, moment)
        assert not turn.is_away
        return not turn.is_refused

    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(ask, range(tries)))


def search(number: int, rounds: int, most: int) -> int:
    """Record searches round after round, each from networks of its own, in a log that keeps few; how many rows."""
    from kb.models import SearchRecord
    from kb.models.audience import EVERYONE
    from kb.rate_limits import limiter, rules
    from kb.search.log import record

    record.MOST_ROWS = most
    for turn in range(rounds):
        for text in range(10):
            sender = limiter.Sender().also(rules.By.NETWORK, f"{number}.{turn}.{text}.0/24")
            record.record(f"word {number} {turn} {text}", 0, EVERYONE, sender=sender)
        record.flush()
    return int(SearchRecord.objects.count())


def post() -> dict[str, tuple[int, str | None, bool]]:
    """Send forms to a site whose database is in trouble: by address, the status, when to try again, what is kept."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = 0.2
    forms = {
        "/search/pasted/": {"q": "typed@example.com"},
        "/accounts/sign-in/": {"username": "typed@example.com", "password": "x"},
        "/accounts/password/forgotten/": {"email": "typed@example.com"},
        "/search/opened/": {"q": "x", "hits": "1", "opened": "/guides/x/", "position": "1"},
    }
    told = {}
    for address, form in forms.items():
        answer = Client().post(address, form, headers={"Sec-Fetch-Site": "same-origin"})
        is_kept = b"typed@example.com" in answer.content
        told[address] = (answer.status_code, answer.headers.get("Retry-After"), is_kept)
    return told


def busy() -> dict[str, object]:
    """Count openings of hits while another connection writes to SQLite, and after: what came of each, and the count."""
    import sqlite3

    from django.conf import settings

    from kb.models import Tally
    from kb.rate_limits import counting, limiter, rules

    counting.MOMENT_MS = 20
    deed = rules.Deed.OPENED
    most, sender = rules.LIMITS[deed].limits[0].most, limiter.Sender().also(rules.By.NETWORK, "192.0.2.0/24")

    def ask(times: int) -> list[bool]:
        return [not limiter.take_for(deed, sender, 1_800_000_000.0).is_refused for _ in range(times)]

    with sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        while_busy = ask(most - 2)
        of_it = Tally.objects.count()
        other.execute("ROLLBACK")
    after = ask(4)
    return {"busy": while_busy, "kept": of_it, "after": after, "count": Tally.objects.get().count, "most": most}


if __name__ == "__main__":
    _start()
    if sys.argv[1] == "busy":
        sys.stdout.write(json.dumps(busy()))
    elif sys.argv[1] == "post":
        sys.stdout.write(json.dumps(post()))
    elif sys.argv[1] == "search":
        sys.stdout.write(str(search(*map(int, sys.argv[2:]))))
    else:
        sys.stdout.write(str(work(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
