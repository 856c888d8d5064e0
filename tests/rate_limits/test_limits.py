"""One limiter for all: exact over all processes, blind to who is counted, bounded, and harmless when it can't count."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from kb.config import timer
from kb.models import Tally
from kb.rate_limits import limiter, network, rules
from kb.rate_limits.limiter import BUCKETS, Sender
from kb.rate_limits.rules import LIMITS, By, Deed
from tests.conftest import WriteGuide
from tests.support.limited import lowered
from tests.support.tables import with_tables

ROOT = Path(__file__).resolve().parent.parent.parent
NOON = 1_800_000_000.0
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]


def from_network(name: str) -> Sender:
    return Sender().also(By.NETWORK, name)


def let_through(deed: Deed, sender: Sender, tries: int, now: float = NOON) -> int:
    return sum(not limiter.take_for(deed, sender, now).is_refused for _ in range(tries))


# Counting


def _run(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.counting_together", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _said(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    return out


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of several processes with one database."""
    url = with_tables(request.param, tmp_path)
    return os.environ | {"KB_DATA_DIR": str(tmp_path / "shared"), "KB_DATABASE_URL": url}


@pytest.mark.slow
def test_processes_let_through_together_exactly_what_the_limit_says(shared: dict[str, str]) -> None:
    deed, most = Deed.VOTE, LIMITS[Deed.VOTE].limits[0].most
    workers = [_run(shared, deed, "27", str(NOON)) for _ in range(3)]
    assert sum(int(_said(worker)) for worker in workers) == most


def test_what_nobody_waits_for_is_counted_also_while_others_write_and_refused_only_beyond_its_limit(
    tmp_path: Path,
) -> None:
    environment = os.environ | {
        "KB_DATA_DIR": str(tmp_path / "own"),
        "KB_DATABASE_URL": with_tables("sqlite", tmp_path),
    }
    told = json.loads(_said(_run(environment, "busy")))
    assert told["busy"] == [True] * (told["most"] - 2)
    assert told["kept"] == 0
    assert told["after"] == [True, True, False, False]
    assert told["count"] == told["most"]


@pytest.mark.slow
def test_processes_keep_together_no_more_searches_than_the_log_holds(shared: dict[str, str]) -> None:
    workers = [_run(shared, "search", str(number), "12", "50") for number in range(3)]
    for worker in workers:
        _said(worker)
    url = shared["KB_DATABASE_URL"]
    asked = "SELECT text FROM kb_searchrecord ORDER BY id"
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            rows = database.execute(asked).fetchall()
    else:
        with psycopg.connect(url) as server:
            rows = server.execute(asked).fetchall()
    assert 30 < len(rows) <= 50
    assert any(" 11 " in text for (text,) in rows)


def test_each_period_and_each_network_is_counted_anew() -> None:
    most = LIMITS[Deed.PASTE].limits[0].most
    assert let_through(Deed.PASTE, from_network("a"), most + 5) == most
    assert let_through(Deed.PASTE, from_network("b"), 1) == 1
    assert let_through(Deed.PASTE, from_network("a"), 1, NOON + 60) == 1


def test_what_is_taken_back_may_be_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.PASTE, By.NETWORK, 1)
    turn = limiter.take_for(Deed.PASTE, from_network("a"), NOON)
    assert let_through(Deed.PASTE, from_network("a"), 1) == 0
    limiter.give_back(turn)
    limiter.forget_full_buckets()
    assert let_through(Deed.PASTE, from_network("a"), 2) == 1


def test_who_has_used_their_own_up_uses_up_nothing_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.HAND_OVER, By.NETWORK, 2)
    lowered(monkeypatch, Deed.HAND_OVER, By.ALL, 3)
    everybody = Sender(((By.ALL, ""),))
    assert let_through(Deed.HAND_OVER, everybody.also(By.NETWORK, "a"), 50) == 2
    assert let_through(Deed.HAND_OVER, everybody.also(By.NETWORK, "b"), 50) == 1


def test_a_flood_that_is_refused_costs_no_query(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.PASTE, By.NETWORK, 1)
    let_through(Deed.PASTE, from_network("a"), 2)
    with CaptureQueriesContext(connection) as queries:
        assert let_through(Deed.PASTE, from_network("a"), 100) == 0
    assert len(queries) == 0


def test_a_count_is_one_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        let_through(Deed.PASTE, from_network("a"), 3)
    assert len(queries) == 3


# What is kept


def test_no_address_is_kept_and_a_flood_of_networks_fills_no_more_than_the_buckets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limiter, "BUCKETS", 16)
    for number in range(200):
        limiter.take_for(Deed.PASTE, from_network(f"192.0.{number}.0/24"), NOON)
    assert Tally.objects.count() <= 16
    assert {field.name for field in Tally._meta.fields} == {"id", "name", "ends", "bucket", "count"}
    assert set(Tally.objects.values_list("name", flat=True)) == {"paste/network/60"}
    assert BUCKETS <= 1 << 16  # more would tell addresses apart, which is what is not wanted


def test_a_network_has_another_bucket_in_each_period_and_under_each_key(settings: Settings) -> None:
    def buckets() -> set[int]:
        Tally.objects.all().delete()
        for day in range(5):
            limiter.take_for(Deed.PASTE, from_network("192.0.2.0/24"), NOON + day * 86_400)
        return set(Tally.objects.values_list("bucket", flat=True))

    before = buckets()
    assert len(before) == 5
    settings.SECRET_KEY = "another key of at least thirty-two characters"
    assert before.isdisjoint(buckets())


def test_counts_that_are_over_are_dropped_by_the_servers_timer() -> None:
    limiter.take_for(Deed.PASTE, from_network("a"), NOON)
    limiter.take_for(Deed.RESET, from_network("a"))
    assert Tally.objects.count() == 2
    Tally.objects.filter(name__startswith="paste").update(ends=1_000)
    timer.tick()
    assert [name.partition("/")[0] for name in Tally.objects.values_list("name", flat=True)] == ["reset"]


# Who is counted


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_who_is_signed_out_is_counted_by_network(address: str, counted: str) -> None:
    assert network.network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("10.9.9.9, 203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.7:4711", "203.0.113.0/24"),
        ("[2001:db8::1]:4711", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("no address", "127.0.0.0/24"),
    ],
)
def test_behind_a_proxy_its_own_word_counts_and_no_forged_one(forwarded: str, counted: str, settings: Settings) -> None:
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    assert network.network_of(request) == "127.0.0.0/24"
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"https": True})
    assert network.network_of(request) == counted


def test_the_address_that_stands_for_another_tells_nothing_of_it() -> None:
    def hidden(address: str) -> str:
        return network.hidden_address(RequestFactory().get("/", REMOTE_ADDR=address))

    assert hidden("192.0.2.1") != hidden("192.0.2.2")
    assert hidden("192.0.2.1") == hidden("::ffff:192.0.2.1")
    assert hidden("2001:db8::1") == hidden("2001:db8::2") != hidden("2001:db8:0:1::1")
    assert hidden("192.0.2.1").startswith("fd")
    assert "192" not in hidden("192.0.2.1")


# What is answered


def test_who_pastes_too_much_is_told_when_to_go_on_and_finds_the_text_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lowered(monkeypatch, Deed.PASTE, By.NETWORK, 1)
    for address, field in (("/troubleshoot/pasted/", "symptom"), ("/search/pasted/", "q")):
        limiter.forget_full_buckets()
        Tally.objects.all().delete()
        assert client.post(address, {field: "it fails"}).status_code == 302
        answer = client.post(address, {field: "Still <here>", "embed": "1"})
        page = answer.content.decode()
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 61
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Still &lt;here&gt;</textarea>" in page
        assert f'action="{address}"' in page
        assert 'name="embed" value="1"' in page
        assert client.post(address, {field: "x"}, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_a_program_is_told_in_its_own_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, write_guide: WriteGuide
) -> None:
    lowered(monkeypatch, Deed.PREVIEW, By.ACCOUNT, 1)
    client.force_login(User.objects.create_superuser("root"))
    guide = write_guide("# Jam\n\n## Fix\n\nWait.\n")
    address = f"/write/guides/{guide.slug}/check/"
    assert client.post(address, {"text": "x"}).status_code == 200
    answer = client.post(address, {"text": "x"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["state"]) == (429, "too-much")
    assert "Try again in" in answer.json()["message"]
    fragment = client.post(f"/troubleshoot/tree/text/{guide.slug}/", {"text": "x"}, headers={"HX-Request": "true"})
    assert fragment.status_code == 429
    assert fragment.content.startswith(b'<div class="form-error" role="alert">')


def test_a_draft_that_comes_too_often_is_given_back_whole(
    client: Client, monkeypatch: pytest.MonkeyPatch, write_guide: WriteGuide
) -> None:
    lowered(monkeypatch, Deed.OTHER, By.ACCOUNT, 1)
    client.force_login(User.objects.create_superuser("root"))
    guide = write_guide("# Jam\n\n## Fix\n\nWait.\n")
    form = {"text": "# Jam\n\nAll that I wrote.\n", "saved": "0", "based_on": "1"}
    client.post(f"/write/guides/{guide.slug}/", form)
    page = client.post(f"/write/guides/{guide.slug}/", form).content.decode()
    assert "All that I wrote.\n</textarea>" in page
    assert 'name="based_on" value="1"' in page


@pytest.mark.night
@pytest.mark.parametrize("trouble", ["locked", "away"])
def test_a_database_that_can_not_count_stops_no_reader_and_sends_no_mail(tmp_path: Path, trouble: str) -> None:
    url = with_tables("sqlite", tmp_path)
    environment = os.environ | {"KB_DATA_DIR": str(tmp_path / "own"), "KB_DATABASE_URL": url}
    environment |= {"KB_EMAIL_URL": f"file://{tmp_path}/mails", "KB_EMAIL_FROM": "help@example.com"}
    if trouble == "away":
        environment["KB_DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/nothing"
    with sqlite3.connect(tmp_path / "kb.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        told = json.loads(_said(_run(environment, "post")))
    assert told["/search/pasted/"] == [302, None, False]
    assert told["/accounts/sign-in/"] == [503, "30", True]
    assert told["/accounts/password/forgotten/"] == [503, "30", True]
    assert told["/search/opened/"] == ([503, "30", False] if trouble == "away" else [204, None, False])
    assert not (tmp_path / "mails").exists()


def test_who_only_reads_is_never_counted(client: Client, shipped: None) -> None:
    for address in ("/", "/search/?q=time", "/search/suggest/?q=time", "/troubleshoot/", "/api/v1/search?q=time"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert not [query for query in queries if "kb_tally" in query["sql"]], address


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield str(pattern.lookup_str), pattern.callback


def test_a_view_counts_by_itself_only_where_this_is_known() -> None:
    """Whatever takes a form is limited without a word; who takes the limit away must be written down here."""
    own = {name for name, view in _views(get_resolver().url_patterns) if getattr(view, "limit", "") is None}
    assert {name.rpartition(".")[2] for name in own} == {
        "sign_in",
        "sign_in_to_admin",
        "sign_in_code",
        "confirm_app",
        "renew_recovery_codes",
        "turn_codes_off",
        "change_password",
        "forgotten_password",
        "search_opened",
        "helped",
        "why",
        "viewed",
        "walk_outcome",
        "walk_seen",
        "hand_over",
    }


def test_the_documents_show_the_limits_as_they_are() -> None:
    assert rules.as_markdown() in (ROOT / "docs/operators.md").read_text()
