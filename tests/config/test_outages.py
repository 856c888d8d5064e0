"""What is around the program goes away and comes back: it says so, serves what it can, and needs no hand to go on."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client
from pytest_django import Settings

from kb.config import outages, timer
from kb.config.postgresql.base import PATIENCE_SECONDS
from kb.config.silence import Silence
from kb.web.errors import UNWRITABLE
from tests.support import postgres
from tests.support.proxies import Proxy
from tests.support.served import ROOT, environment_in, get, prepare, served

TROUBLES = (OperationalError, InterfaceError)
MOST_TOLD = 3  # by a thread that still waited for an answer when others had one again
ADDRESSES = ("/", "/guides/", "/search/?q=slow", "/troubleshoot/?symptom=slow", "/accounts/sign-in/", "/admin/login/")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_in(tmp_path)


def _away(error: type[Exception]) -> Any:
    def broken(*_args: Any) -> None:
        raise error("the secret host db7 is down")

    return connection.execute_wrapper(broken)


@pytest.mark.night
@pytest.mark.parametrize("error", TROUBLES)
@pytest.mark.parametrize(
    "address", ["/guides/", "/search/?q=slow", "/codes/", "/write/", "/desk/hand-overs/", "/admin/"]
)
def test_while_the_database_is_away_pages_say_so_with_503(
    staff_client: Client, address: str, error: type[Exception]
) -> None:
    staff_client.raise_request_exception = False
    with _away(error):
        response = staff_client.get(address)
    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "20")
    assert "We are back in a moment" in page
    assert "db7" not in page
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/api/v1/guides", "/api/v1/search?q=slow", "/api/v1/codes/429", "/api/v1/walk"])
def test_the_api_says_so_as_json(client: Client, db: None, address: str) -> None:
    client.raise_request_exception = False
    with _away(OperationalError):
        response = client.get(address)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "20")
    assert response.json() == {"detail": outages_sentence()}


def outages_sentence() -> str:
    return "The database can't be reached just now. Nothing is wrong with what you sent: try again in a moment."


def test_a_failure_of_ours_is_json_for_programs_too(client: Client, db: None) -> None:
    client.raise_request_exception = False
    with _away(DatabaseError):
        response = client.get("/api/v1/guides")
    assert response.status_code == 500
    assert response.json() == {"detail": "Something broke on our side. It has been noted."}


def test_a_form_that_could_not_be_kept_is_told_that_it_still_has_what_was_typed(staff_client: Client) -> None:
    staff_client.raise_request_exception = False
    with _away(OperationalError):
        response = staff_client.post("/desk/CDFGHJKM3479/notes/", {"text": "It was the door."})
    assert response.status_code == 503
    assert "Go back in your browser, where what you typed still is" in response.content.decode()


def test_who_signs_in_while_the_database_is_away_keeps_the_name_that_was_typed(client: Client, db: None) -> None:
    client.raise_request_exception = False
    with _away(OperationalError):
        response = client.post("/accounts/sign-in/", {"username": "ada", "password": "x"})
    assert (response.status_code, "Retry-After" in response.headers) == (503, True)
    assert 'value="ada"' in response.content.decode()


def test_suggestions_get_a_sentence_and_no_page(staff_client: Client) -> None:
    staff_client.raise_request_exception = False
    with _away(OperationalError):
        response = staff_client.get("/search/suggest/?q=slow", headers={"HX-Request": "true"})
        followed = staff_client.get("/search/?q=slow", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert (response.status_code, response.headers["Content-Type"]) == (503, "text/plain")
    assert (followed.status_code, "<h1>" in followed.content.decode()) == (503, True)


def test_a_script_of_the_studio_is_told_as_json(staff_client: Client) -> None:
    staff_client.raise_request_exception = False
    with _away(OperationalError):
        response = staff_client.get("/write/session/", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["state"]) == (503, "failed")


@pytest.mark.slow
def test_what_is_kept_is_served_on_while_the_database_is_away(client: Client, shipped: None) -> None:
    assert client.get("/guides/").status_code == 200
    with _away(OperationalError):
        assert client.get("/guides/").status_code == 200


def test_the_log_tells_of_an_outage_in_one_line(caplog: pytest.LogCaptureFixture, client: Client, db: None) -> None:
    client.raise_request_exception = False
    for error, lines in ((OperationalError, 1), (DatabaseError, 20)):
        caplog.clear()
        with _away(error):
            client.get("/guides/")
        record = caplog.records[-1]
        assert outages.OneLine().filter(record)
        told = logging.Formatter().format(record)
        assert "the secret host db7 is down" in told
        assert min(len(told.splitlines()), 20) == lines


# A real server and a real PostgreSQL behind it


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    postgres.needed()
    info = psycopg.conninfo.conninfo_to_dict(postgres.URL)
    made = Proxy(str(info.get("host", "127.0.0.1")), int(info.get("port") or 5432))
    yield made
    made.cut()


@pytest.fixture
def emptied() -> Iterator[str]:
    """The name of a database of its own."""
    name = f"kb_outage_{os.getpid()}"
    with psycopg.connect(postgres.needed(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
def test_a_server_outlives_its_database(
    environment: dict[str, str],
    proxy: Proxy,
    emptied: str,
) -> None:
    user = psycopg.conninfo.conninfo_to_dict(postgres.URL).get("user", "postgres")
    environment["KB_DATABASE_URL"] = f"postgres://{user}@127.0.0.1:{proxy.port}/{emptied}"
    environment |= {"KB_LOG_LEVEL": "WARNING", "KB_SLOW_MS": "600000"}  # a busy machine's pages are no news
    prepare(Path(environment["KB_DATA_DIR"]))
    with served(environment) as (base, _process, output):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        assert get(f"{base}/guides/slow/")[0] == 200
        odd = urllib.request.Request(f"{base}/search/?q=slow", headers={"Content-Type": "text/plain; charset=rot13"})
        assert opener.open(odd, timeout=30).status == 200
        for number in range(1, 3):
            proxy.cut()
            time.sleep(1.1)  # now the server would ask whether another machine has published
            assert get(f"{base}/guides/slow/")[0] == 200
            for _ in range(5):
                assert get(f"{base}/healthz")[0] == 503
            for address in ("/contacts/", "/codes/4/", f"/api/v1/guides?limit={number}"):
                with pytest.raises(urllib.error.HTTPError) as refused:
                    opener.open(f"{base}{address}", timeout=30)
                assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "20")
                refused.value.close()
            proxy.reopen()
            assert get(f"{base}/api/v1/guides?limit={number}")[0] == 200
            assert get(f"{base}/healthz")[0] == 200
    _is_told_of_its_begin_and_end(output[-1], times=2)


def _is_told_of_its_begin_and_end(told: str, times: int) -> None:
    """Whether a log has two lines for each outage, and no others."""
    lines = [line for line in told.splitlines() if re.match(r"\d{4}-.* (WARNING|ERROR) ", line)]
    assert len([line for line in lines if outages.UNTIL_THEN in line]) == times, told
    assert len([line for line in lines if line.endswith("The database answers again")]) == times, told
    assert len(lines) == 2 * times, told


@pytest.fixture
def behind_the_proxy(environment: dict[str, str], proxy: Proxy, emptied: str) -> Iterator[str]:
    """The address of a server whose database is behind the proxy."""
    user = psycopg.conninfo.conninfo_to_dict(postgres.URL).get("user", "postgres")
    environment["KB_DATABASE_URL"] = f"postgres://{user}@127.0.0.1:{proxy.port}/{emptied}"
    environment["KB_LOG_LEVEL"] = "WARNING"
    prepare(Path(environment["KB_DATA_DIR"]))
    with served(environment) as (base, _process, output):
        assert get(f"{base}/guides/slow/")[0] == 200
        yield base
        proxy.cut()
    told = output[-1].splitlines()
    assert not [line for line in told if "Traceback" in line]
    begun = [line for line in told if outages.UNTIL_THEN in line]
    assert 1 <= len(begun) <= MOST_TOLD
    assert not [
        line for line in told if re.search("Service Unavailable|Internal Server Error", line) and line not in begun
    ]


def _until_it_answers(address: str) -> None:
    for _ in range(100):
        if get(address)[0] == 200:
            return
        time.sleep(0.1)
    raise AssertionError("it did not go on by itself")


def _is_told_to_come_back(address: str) -> str:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address, timeout=30)
    with refused.value:
        assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "20")
        return refused.value.read().decode()


@pytest.mark.night
def test_a_silent_database_is_asked_by_one_and_keeps_nobody_else_waiting(behind_the_proxy: str, proxy: Proxy) -> None:
    proxy.hush()
    time.sleep(1.1)  # now the server would ask whether another machine has published
    assert get(f"{behind_the_proxy}/guides/slow/")[0] == 200
    _is_told_to_come_back(f"{behind_the_proxy}/contacts/")
    before, many = proxy.taken, 40
    for number in range(many):
        assert "We are back in a moment" in _is_told_to_come_back(f"{behind_the_proxy}/search/?q={number}")
        assert "can't be reached" in _is_told_to_come_back(f"{behind_the_proxy}/api/v1/guides?limit={number + 1}")
        assert get(f"{behind_the_proxy}/guides/slow/")[0] == 200
        status, health = get(f"{behind_the_proxy}/healthz")
        assert (status, json.loads(health)["database"]) == (503, "failed")
        assert json.loads(health)["detail"].startswith("The database does not answer")
    assert proxy.taken - before < many
    proxy.speak()
    for address in ("healthz", "contacts/", "api/v1/guides?limit=1", "search/?q=slow"):
        _until_it_answers(f"{behind_the_proxy}/{address}")


@pytest.mark.night
def test_a_question_on_the_way_is_given_up_with_its_database_and_waited_for_otherwise(
    behind_the_proxy: str, proxy: Proxy, emptied: str
) -> None:
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(postgres.needed(), dbname=emptied) as holding,
    ):
        holding.execute("LOCK TABLE kb_contact")
        slow = pool.submit(get, f"{behind_the_proxy}/contacts/")
        time.sleep(2 * PATIENCE_SECONDS)
        assert get(f"{behind_the_proxy}/api/v1/guides?limit=1")[0] == 200
        holding.rollback()
        assert slow.result()[0] == 200
        holding.execute("LOCK TABLE kb_contact")
        lost = pool.submit(get, f"{behind_the_proxy}/contacts/?again")
        time.sleep(1)
        proxy.hush()
        holding.rollback()
        assert lost.result()[0] == 503
        proxy.speak()
        _until_it_answers(f"{behind_the_proxy}/contacts/?again")


@pytest.mark.parametrize(
    ("error", "seconds", "is_silent"),
    [
        (psycopg.OperationalError("Connection refused"), 2.0, False),  # as on a machine that is busy
        (psycopg.OperationalError("Connection refused"), 20.0, True),
        (psycopg.errors.ConnectionTimeout("connection timeout expired"), 1.0, True),
    ],
)
def test_who_is_refused_has_had_an_answer(error: Exception, seconds: float, *, is_silent: bool) -> None:
    silence, answered = Silence(), threading.Event()
    silence.tried_in_vain(error, seconds, answered.wait)
    assert silence.is_known is is_silent
    answered.set()


# The start, and every command


NO_DATABASE, DAMAGED_DATABASE = b"no database at all" * 99, b"SQLite format 3\0" + b"\xff" * 5000
DAMAGED_ELSEWHERE = [
    (("serve", "--prepare-only"), DAMAGED_DATABASE),
    (("load_guides",), NO_DATABASE),
    *product([("export_guides", "x"), ("migrate",)], [NO_DATABASE, DAMAGED_DATABASE]),
]


def _command(environment: dict[str, str], *words: str) -> tuple[int, str]:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stderr


def _is_one_sentence(outcome: tuple[int, str], *words: str) -> None:
    status, told = outcome
    assert status == 1, told
    assert "Traceback" not in told
    assert len(told.strip().splitlines()) == 1, told
    for word in words:
        assert word in told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "content"),
    [
        (("serve", "--prepare-only"), NO_DATABASE),
        (("load_guides",), DAMAGED_DATABASE),
        *(pytest.param(*each, marks=pytest.mark.night) for each in DAMAGED_ELSEWHERE),
    ],
)
def test_a_damaged_database_is_a_sentence(
    environment: dict[str, str],
    tmp_path: Path,
    words: tuple[str, ...],
    content: bytes,
) -> None:
    (tmp_path / "data" / "kb.sqlite3").write_bytes(content)
    _is_one_sentence(_command(environment, *words), "The database is damaged", "backup", "kb.sqlite3")


@pytest.mark.slow
@pytest.mark.parametrize("words", [("serve", "--prepare-only"), ("load_guides",)])
def test_a_database_that_can_not_be_reached_is_a_sentence(
    environment: dict[str, str],
    words: tuple[str, ...],
) -> None:
    environment["KB_DATABASE_URL"] = "postgres://kb@127.0.0.1:9/kb"
    _is_one_sentence(_command(environment, *words), "The database can't be used (see KB_DATABASE_URL)", "refused")


@pytest.mark.night
def test_a_database_that_was_never_set_up_is_a_sentence(environment: dict[str, str]) -> None:
    _is_one_sentence(_command(environment, "load_guides"), "The database is not set up", "manage.py migrate")


@pytest.mark.night
def test_an_account_without_rights_is_a_sentence(environment: dict[str, str], emptied: str) -> None:
    role = f"kb_powerless_{os.getpid()}"
    info = psycopg.conninfo.conninfo_to_dict(postgres.URL)
    with psycopg.connect(postgres.needed(), autocommit=True, dbname=emptied) as server:
        server.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'powerless'")
        try:
            environment["KB_DATABASE_URL"] = (
                f"postgres://{role}:powerless@{info.get('host', '127.0.0.1')}:{info.get('port') or 5432}/{emptied}"
            )
            told = _command(environment, "serve", "--prepare-only")
        finally:
            server.execute(f"DROP ROLE {role}")
    _is_one_sentence(told, "may not be changed by this account", "permission denied")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with hardly any room."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "kb-test", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False) if os.geteuid() == 0 else None
    if done is None or done.returncode:
        pytest.skip("only root can mount a small disk to try a full one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_full_is_a_sentence(environment: dict[str, str], small_disk: Path) -> None:
    environment["KB_DATA_DIR"] = str(small_disk)
    _is_one_sentence(_command(environment, "serve", "--prepare-only"), "full", "make room")
    (small_disk / "secret_key").unlink()
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "rest").write_bytes(bytes(400_000))
    _is_one_sentence(_command(environment, "load_guides"), "No space left", "Make room there")
    assert not list(small_disk.glob("secret_key*"))


def test_a_disk_that_can_only_be_read_is_a_sentence(environment: dict[str, str], small_disk: Path) -> None:
    environment["KB_DATA_DIR"] = str(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    _is_one_sentence(_command(environment, "serve", "--prepare-only"), "KB_DATA_DIR can't be used", "not writable")


def test_a_fault_of_ours_stays_to_be_seen_whole() -> None:
    assert outages.sentence(ValueError("no")) is None
    assert outages.sentence(FileNotFoundError(errno.ENOENT, "none", "x")) is None
    assert outages.sentence(DatabaseError("syntax error")) is None


def test_what_an_account_may_not_use_is_a_sentence_wherever_it_lies(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    for number, place, words in (
        (errno.EACCES, "/root/guides", "/root/guides can't be used (Permission denied): let this account read it"),
        (errno.EROFS, "/mnt/guides", "/mnt/guides can't be used (Read-only file system)"),
        (errno.EACCES, str(tmp_path / "index"), "let this account write below KB_DATA_DIR"),
        (errno.EROFS, None, "let this account write below KB_DATA_DIR"),
    ):
        assert words in (outages.sentence(OSError(number, os.strerror(number), place)) or "")
    assert outages.sentence(PermissionError(errno.EPERM, "no")) is None


# What is told of health


def test_health_tells_of_a_full_disk_and_serves_on(
    client: Client, db: None, small_disk: Path, settings: Settings
) -> None:
    assert client.get("/healthz").json()["disk"] == "ok"
    (small_disk / "generation").write_text("x")
    settings.DATA_DIR = small_disk
    assert client.get("/healthz").json()["disk"] == "full"
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "rest").write_bytes(bytes(400_000))
    response = client.get("/healthz")
    assert (response.status_code, response.json()["disk"]) == (200, "full")
    (small_disk / "rest").unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert client.get("/healthz").json()["disk"] == "read-only"


def test_a_server_is_ready_for_readers_on_a_disk_that_can_only_be_read_and_says_so(
    client: Client, shipped: None, small_disk: Path, settings: Settings
) -> None:
    settings.DATA_DIR = small_disk
    told = client.get("/readyz").json()
    assert (told["ready"], told["disk"]) == (True, "full")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    response = client.get("/readyz")
    told = response.json()
    assert (response.status_code, told["ready"], told["disk"]) == (200, True, "read-only")
    assert "readers are served" in told["detail"]


def test_the_log_tells_once_that_a_disk_is_full(
    client: Client, db: None, small_disk: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (small_disk / "generation").write_text("x")
    settings.DATA_DIR = small_disk
    for _ in range(2):
        assert client.get("/healthz").json()["database"] == "ok"
        caplog.clear()
        with pytest.raises(OSError, match="No space left"):
            (small_disk / "rest").write_bytes(bytes(400_000))
        for _ in range(3):
            assert client.get("/healthz").json()["disk"] == "full"
        told = [logging.Formatter().format(record) for record in caplog.records if "data folder" in record.msg]
        assert len(told) == 1
        assert len(told[0].splitlines()) == 1
        assert "No space left" in told[0]
        (small_disk / "rest").unlink()


def test_jobs_that_fail_for_a_disk_are_told_once_until_it_can_be_written_again(
    db: None, small_disk: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DATA_DIR = small_disk
    caplog.set_level(logging.WARNING, "kb.config")
    caplog.handler.addFilter(outages.OneLine())
    outages.disk.look()
    for _ in range(2):
        caplog.clear()
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        for _ in range(3):
            timer.tick()
            outages.disk.look()
        (told,) = [logging.Formatter().format(record) for record in caplog.records]
        assert outages.UNTIL_WRITABLE in told
        assert "Read-only file system" in told
        assert len(told.splitlines()) == 1
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        outages.disk.look()
        assert caplog.records[-1].getMessage() == "The disk can be written again"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_who_asks_for_what_a_disk_can_not_keep_is_not_told_to_wait(staff_client: Client, number: int) -> None:
    def broken(*_args: Any) -> None:
        raise OSError(number, os.strerror(number))

    staff_client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        page = staff_client.get("/codes/")
        api = staff_client.get("/api/v1/guides")
        htmx = staff_client.get("/search/suggest/?q=slow", headers={"HX-Request": "true"})
        german = staff_client.get("/codes/", headers={"Accept-Language": "de"})
    assert [answer.status_code for answer in (page, api, htmx, german)] == [503] * 4
    assert api.json() == {"detail": str(UNWRITABLE)}
    assert htmx.content.decode() == str(UNWRITABLE)
    assert "waiting does not help" in page.content.decode()
    assert "Warten hilft nicht" in german.content.decode()
    assert "Retry-After" not in page.headers


@pytest.mark.parametrize("address", ["/reading/helped/", "/reading/why/", "/reading/viewed/"])
def test_who_is_not_counted_for_want_of_a_disk_is_not_told_to_wait(client: Client, db: None, address: str) -> None:
    def broken(*_args: Any) -> None:
        raise OperationalError("unwritable") from OSError(errno.EROFS, os.strerror(errno.EROFS))

    with connection.execute_wrapper(broken):
        answer = client.post(address, {"guide": "slow", "section": ""}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers
    if address != "/reading/viewed/":
        assert str(UNWRITABLE) in answer.content.decode()


def test_health_tells_of_a_timer_that_is_late(client: Client, db: None, data_dir: Path) -> None:
    assert client.get("/healthz").json()["timer"] == "late"
    timer.tick()
    assert client.get("/healthz").json()["timer"] == "ok"
    long_ago = time.time() - timer.LATE_SECONDS - 1
    os.utime(data_dir / "timer-publish", (long_ago, long_ago))
    response = client.get("/healthz")
    assert (response.status_code, response.json()["timer"]) == (200, "late")


def test_a_timer_is_not_late_when_it_has_just_begun(data_dir: Path) -> None:
    timer.watch(lambda _seconds: True)
    assert not timer.is_late()


def test_the_page_asks_for_nothing_that_may_be_away(client: Client, db: None) -> None:
    client.raise_request_exception = False
    with _away(OperationalError):
        page = client.get("/guides/").content.decode()
    assert not re.search("<script|<style| style=", page)
