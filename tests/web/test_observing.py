"""Operators see how the site does, and nothing of who uses it."""

from __future__ import annotations

import gzip
import http.server
import json
import logging
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kb.config import timer
from kb.config.logs import OfRequest, logging_settings, request_id
from kb.models import Letter
from tests.support.served import ROOT, get, prepared_in, served

TOKEN = "a token that is long enough"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "kept"), [("abc-12345", True), ("short", False), ("a b\ncdefgh", False), ("x" * 65, False)]
)
def test_each_answer_has_the_id_of_its_request(client: Client, shipped: None, given: str, kept: bool) -> None:
    ids = [client.get("/guides/", headers={"X-Request-ID": given}).headers["X-Request-ID"] for _ in range(2)]
    assert (ids == [given, given]) == kept
    assert all(re.fullmatch(r"[A-Za-z0-9-]{8,64}", own) for own in ids)
    if not kept:
        assert ids[0] != ids[1]
    assert request_id.get() == "-"


@pytest.mark.slow
def test_slow_requests_are_logged_by_their_kind_alone(
    client: Client, shipped: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SLOW_MS = 0
    caplog.set_level(logging.INFO, "kb.requests")
    client.get("/search/", {"q": "my secret words"})
    client.get("/guides/no-such-guide/")
    client.get("/nowhere/ann@example.com/")
    lines = [record.getMessage() for record in caplog.records if record.name == "kb.requests"]
    assert [re.sub(r"\d+ ms", "N ms", line) for line in lines] == [
        "GET /search/ 200 in N ms",
        "GET /guides/<path:address>/ 404 in N ms",
        "GET (no such page) 404 in N ms",
    ]
    caplog.clear()
    settings.SLOW_MS = 600_000
    client.get("/guides/")
    assert [record for record in caplog.records if record.name == "kb.requests"] == []
    settings.LOG_REQUESTS = True
    client.get("/guides/")
    assert caplog.records[-1].levelname == "INFO"
    assert caplog.records[-1].getMessage().startswith("GET (kept page) 200")


LOG = """
import logging.config, sys
from kb.config import timer
from kb.config.logs import OfRequest, logging_settings, request_id
logging.config.dictConfig(logging_settings("INFO", sys.argv[1]))
request_id.set("abcdef12")
logging.getLogger("kb.requests").info("%(method)s done", {"method": "GET"}, extra={"route": "/x/"})
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("kb").exception("It failed")
"""


def test_logs_are_lines_for_people_or_json_for_programs() -> None:
    def told(kind: str) -> list[str]:
        command = [sys.executable, "-c", LOG, kind]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.splitlines()

    assert "INFO kb.requests [abcdef12]: GET done" in told("text")[0]
    done, failed = map(json.loads, told("json"))
    assert done.pop("time")
    assert done == {
        "level": "INFO",
        "logger": "kb.requests",
        "message": "GET done",
        "request_id": "abcdef12",
        "route": "/x/",
    }
    assert "ZeroDivisionError" in failed["exc_info"]
    assert logging_settings("INFO", "json")["root"]["level"] == "INFO"


REFUSALS = """
import logging, logging.config
from kb.config import timer
from kb.config.logs import logging_settings
logging.config.dictConfig(logging_settings("INFO", "text"))
for second in (0, 0, 59, 60, 61, 200):
    for status in (404, 429):
        fields = {"name": "django.request", "levelno": logging.WARNING, "levelname": "WARNING", "created": second}
        record = logging.makeLogRecord(fields | {"msg": f"{status} after {second}", "status_code": status})
        logging.getLogger("django.request").handle(record)
"""


def test_a_flood_that_is_refused_is_logged_once_a_minute() -> None:
    command = [sys.executable, "-c", REFUSALS]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.splitlines()
    assert [line.split(": ")[1] for line in lines if "429" in line] == ["429 after 0", "429 after 60", "429 after 200"]
    assert sum("404" in line for line in lines) == 6


STRANGERS = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("serve", prepare_only=True)
client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
for _ in range(3):
    assert client.get("/", headers={"host": "ann@example.com"}).status_code == 400
    assert client.get("/guides/", headers={"host": "ann.example.com"}).status_code == 400
    assert client.get("/search/?" + "&".join(f"ann{n}" for n in range(2000))).status_code == 400
    assert client.post("/troubleshoot/hand-over/", headers={"origin": "https://ann.example.com"}).status_code == 403
    referring = {"referer": "https://elsewhere.example/?ann"}
    assert client.post("/troubleshoot/hand-over/", secure=True, headers=referring).status_code == 403
"""


@pytest.mark.slow
def test_what_strangers_send_is_logged_by_its_kind_once_a_minute_and_not_in_their_words(tmp_path: Path) -> None:
    folders = {"KB_DATA_DIR": str(tmp_path / "data"), "KB_CONTENT_DIR": str(tmp_path / "none")}
    environment = os.environ | folders | {"DJANGO_SETTINGS_MODULE": "kb.settings"}
    command = [sys.executable, "-c", STRANGERS]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.partition("django.security.")[2] for line in done.stderr.splitlines() if "django.security" in line]
    assert [line.split("]: ")[1] for line in lines if "csrf" not in line] == [
        "Refused: a host was asked for that KB_ALLOWED_HOSTS does not have",
        "Refused: TooManyFieldsSent",
    ]
    assert {line.split("]: ")[1] for line in lines if "csrf" in line} == {
        "Forbidden (Origin checking failed - another site): /troubleshoot/hand-over/",
        "Forbidden (Referer checking failed - another site): /troubleshoot/hand-over/",
    }
    for word in ("ann", "ERROR", "Traceback"):
        assert word not in done.stderr


ADDRESSES = """
import logging, logging.config, sys
from kb.config import timer
from kb.config.logs import logging_settings
logging.config.dictConfig(logging_settings("INFO", sys.argv[1]))
logging.getLogger("kb").warning("Not taken: %s", {"ann@example.com": (550, b"<ann.b@mail.example.co.uk>: unknown")})
try:
    raise RuntimeError("Key (username)=(\u00e4nn+kb@example.com) already exists")
except RuntimeError:
    logging.getLogger("kb").exception("It failed")
"""


@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_line_of_the_log_has_an_email_address(kind: str) -> None:
    command = [sys.executable, "-c", ADDRESSES, kind]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    assert told.count("(an e-mail address)") == 3
    assert "@" not in told
    assert "already exists" in told


@pytest.mark.parametrize("address", ["/nowhere/ann@example.com/", "/guides/ann@example.com/"])
def test_what_django_logs_of_a_request_has_no_address(
    client: Client, shipped: None, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.handler.addFilter(OfRequest())
    answer = client.get(address)
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert "ann@example" not in record.getMessage()
    assert "request" not in vars(record)
    assert vars(record)["request_id"] == answer.headers["X-Request-ID"]


def test_metrics_are_for_whoever_has_the_token(client: Client, shipped: None, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    client.get("/search/", {"q": "some secret"})
    for wrong in ("", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ä"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'kb_requests_total{method="GET",route="/search/",status="200"}' in text
    assert 'kb_guides{audience="public",state="published"}' in text
    assert "kb_index_is_current 1.0" in text
    assert "kb_database_up 1.0" in text
    assert "secret" not in text
    assert "no-store" in answer.headers["Cache-Control"]


def test_metrics_say_that_the_database_is_away(client: Client, shipped: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN

    def broken(*_args: Any) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(broken):
        text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert "kb_database_up 0.0" in text


def test_a_process_is_ready_when_it_has_its_tables_and_an_index(client: Client, shipped: None) -> None:
    assert client.get("/readyz").json() == {"ready": True, "index": "ok", "database": "ok", "disk": "ok"}
    newest = MigrationRecorder.Migration.objects.filter(app="kb").order_by("-pk").first()
    assert newest
    newest.delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "manage.py migrate" in answer.json()["detail"]


@pytest.mark.slow
def test_metrics_of_all_processes_are_added_up(tmp_path: Path) -> None:
    environment = prepared_in(tmp_path) | {"KB_METRICS_TOKEN": TOKEN, "KB_WORKERS": "2"}
    with served(environment) as (base, _, _):
        for _ in range(40):
            get(f"{base}/guides/")
        asked = urllib.request.Request(f"{base}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        text = urllib.request.urlopen(asked).read().decode()
    counted = re.findall(r'kb_requests_total\{method="GET",route="(?:/guides/|.kept page.)",status="200"\} (\d+)', text)
    assert sum(map(int, counted)) == 40


class _Collector(http.server.BaseHTTPRequestHandler):
    bodies: list[bytes] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None: ...


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes reports of errors, and what it got."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Collector.bodies.clear()
    yield f"http://key@127.0.0.1:{server.server_port}/1", _Collector.bodies
    server.shutdown()
    server.server_close()


FAIL = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from kb.web.pages import feeds
from kb import urls
call_command("migrate", verbosity=0)
def broken(request):
    typed = request.GET["q"]
    raise RuntimeError(f"it broke for {typed}")
urls.pages[0].callback = broken
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
answer = client.get("/", {"q": "ann@example.com"}, headers={"cookie": "a=secretcookie", "user-agent": "Nosy/1"})
assert answer.status_code == 500
import sentry_sdk
sentry_sdk.flush(10)
"""


FAIL_BESIDE_REQUESTS = """
import django
django.setup()
import logging
import sentry_sdk
from django.core.management import call_command
from django.db import OperationalError
from kb.config import timer
call_command("migrate", verbosity=0)
def broken():
    typed = "ann@example.com"
    raise RuntimeError("the job broke")
def away():
    raise OperationalError("the database of ann@example.com is away")
timer.jobs[:] = [timer.Job("mends", broken), timer.Job("asks", away)]
timer.tick()
logging.getLogger("kb").error("%s was given up: %s", "ann@example.com", "secretcookie", extra={"typed": "Nosy"})
logging.getLogger("django.security.DisallowedHost").error("Invalid host: ann@example.com")
logging.getLogger("kb").warning("only a warning")
sentry_sdk.flush(10)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "told"),
    [
        (FAIL, ["it broke"]),
        (
            FAIL_BESIDE_REQUESTS,
            ["the job broke", "The timer's job %s failed", "OperationalError", "%s was given up: %s"],
        ),
    ],
)
def test_errors_are_reported_without_whose_they_were(
    tmp_path: Path, collector: tuple[str, list[bytes]], program: str, told: list[str]
) -> None:
    address, bodies = collector
    environment = os.environ | {
        "KB_DATA_DIR": str(tmp_path / "data"),
        "KB_SENTRY_DSN": address,
        "DJANGO_SETTINGS_MODULE": "kb.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    sent = b"\n".join(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body for body in bodies).decode()
    assert [words for words in told if words not in sent] == []
    assert "only a warning" not in sent
    for secret in ("ann@example", "secretcookie", "Nosy", str(tmp_path)):
        assert secret not in sent


def test_alerts_and_the_dashboard_ask_for_metrics_that_there_are(
    client: Client, shipped: None, settings: Settings
) -> None:
    settings.METRICS_TOKEN = TOKEN
    client.get("/guides/")
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    there = set(re.findall(r"^# TYPE (kb_\w+)", text, re.MULTILINE)) | {"kb_request_seconds_bucket"}
    docs = ROOT / "docs"
    files = [docs / "monitoring" / "alerts.yml", docs / "monitoring" / "dashboard.json", docs / "observing.md"]
    for file in files:
        asked = set(re.findall(r"\bkb_[a-z_]+", file.read_text()))
        assert asked
        assert asked <= there
    alerts = {rule["alert"] for rule in yaml.safe_load(files[0].read_text())["groups"][0]["rules"]}
    assert alerts == set(re.findall(r"^\| `(\w+)` \|", files[2].read_text().partition("| alert |")[2], re.MULTILINE))
    assert json.loads(files[1].read_text())["panels"]


def test_an_alert_tells_that_a_machine_gives_no_figures_or_that_none_is_known() -> None:
    (rule,) = [rule for rule in rules() if rule["alert"] == "SiteAway"]
    jobs = re.findall(r'up{job="(\w+)"}', rule["expr"])
    assert re.fullmatch(r"up{\S+} == 0 or absent\(up{\S+}\)", rule["expr"])
    assert set(jobs) == {scraped["job_name"] for example in examples() for scraped in example["scrape_configs"]}
    assert rule["labels"]["severity"] == "page"


def rules() -> list[dict[str, Any]]:
    """The rules of the alerts that are shipped."""
    file = ROOT / "docs" / "monitoring" / "alerts.yml"
    return list(yaml.safe_load(file.read_text())["groups"][0]["rules"])


def examples() -> list[dict[str, Any]]:
    """How the documents have Prometheus ask."""
    text = (ROOT / "docs" / "observing.md").read_text()
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def test_each_machine_of_several_answers_who_watches_it_under_its_own_address(
    client: Client, shipped: None, settings: Settings
) -> None:
    text = (ROOT / "docs" / "operators.md").read_text()
    (hosts,) = re.findall(r"^export KB_ALLOWED_HOSTS=(\S+,\S+)$", text, re.MULTILINE)
    settings.ALLOWED_HOSTS, settings.METRICS_TOKEN = hosts.split(","), TOKEN
    targets = examples()[-1]["scrape_configs"][0]["static_configs"][0]["targets"]
    assert len(targets) == len(set(re.findall(r"server (10\.\S+:8000)", text))) == 3
    for target, address in product(targets, ("/metrics", "/readyz", "/healthz")):
        answer = client.get(address, headers={"Host": target, "Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, (target, address)


def test_a_rule_asks_of_each_figure_what_its_kind_can_tell_and_of_a_gauge_that_there_is_before_anything_happens(
    client: Client, db: None, settings: Settings
) -> None:
    settings.METRICS_TOKEN = TOKEN
    timer.tick()
    client.get("/guides/")
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    gauges = set(re.findall(r"^# TYPE (kb_\w+) gauge", text, re.MULTILINE))
    for rule in rules():
        for of_counters in re.findall(r"\b(?:rate|irate|increase)\((\w+)", rule["expr"]):
            assert of_counters not in gauges, f"{rule['alert']}: what goes makes it look as if all had come"
        for of_gauges in re.findall(r"\b(?:delta|deriv)\((\w+)", rule["expr"]):
            assert of_gauges in gauges, rule["alert"]
        for name, label in re.findall(r"\b(kb_\w+)(?:\{([^}]*)\})?", rule["expr"]):
            if name in gauges:
                samples = [line for line in text.splitlines() if line.startswith(name) and label in line]
                assert samples, f"{rule['alert']}: nothing to compare the first one with"


def test_letters_are_counted_from_nought_on_each_way(client: Client, db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN

    def given_up() -> dict[str, str]:
        text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
        return dict(re.findall(r'^kb_letters\{state="given_up",way="(\w+)"\} (\d+)', text, re.MULTILINE))

    assert given_up() == {"mail": "0", "webhook": "0"}
    now = timezone.now()
    Letter.objects.create(key="a", way="mail", state=Letter.State.GIVEN_UP, since=now, due_at=now)
    assert given_up() == {"mail": "1", "webhook": "0"}
