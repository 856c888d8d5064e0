"""Searches are recorded without personal data, and the report tells what people looked for in vain."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from kb.config import background
from kb.models import SearchRecord
from kb.rate_limits.rules import LIMITS, By, Deed
from kb.search.log import record
from tests.conftest import WriteGuide
from tests.support.limited import lowered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]
with_guides = pytest.mark.usefixtures("library")

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def library(folder: Path, write_guide: WriteGuide) -> None:
    """Three guides: one that everyone may read, one for staff, one with an error code."""
    (folder / "slow.md").write_text("# Slow mornings\n\n## Fix\n\nRestart the gateway, then wait.\n")
    (folder / "vault.md").write_text("---\naudience: staff\n---\n# Vault\n\n## Fix\n\nTurn the zirconium key.\n")
    write_guide("# Codes\n\n## Error codes\n\n| Code | Meaning |\n| --- | --- |\n| `E4711` | Broken |\n", "codes.md")


def look(text: str, client: Client | None = None, **more: str) -> None:
    (client or Client()).get("/search/", {"q": text, **more})


def recorded() -> list[tuple[str, int, str, str, int | None]]:
    record.flush()
    rows = SearchRecord.objects.order_by("pk")
    return list(rows.values_list("text", "hits", "audience", "opened", "position"))


def beacon(client: Client | None = None, headers: dict[str, str] = HERE, **sent: object) -> int:
    values = {"q": "gateway", "hits": "1", "opened": "/guides/slow/#fix", "position": "1"} | sent
    body = "&".join(f"{key}={value}".replace("#", "%23") for key, value in values.items())
    posted = (client or Client(enforce_csrf_checks=True)).post(
        "/search/opened/", body, content_type="application/x-www-form-urlencoded", headers=headers
    )
    return posted.status_code


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("search_report", *arguments, stdout=out)
    return out.getvalue()


@with_guides
def test_a_search_is_recorded_with_its_hits() -> None:
    look("Gateway")
    look("xylophone")
    assert recorded() == [("gateway", 1, "public", "", None), ("xylophone", 0, "public", "", None)]


@with_guides
def test_a_kept_page_counts_as_well_and_costs_no_query() -> None:
    look("gateway")
    with CaptureQueriesContext(connection) as queries:
        look("gateway")
    assert len(queries) == 0
    assert [row[:2] for row in recorded()] == [("gateway", 1), ("gateway", 1)]


@with_guides
def test_a_reader_gets_no_header_of_the_record() -> None:
    for _ in range(2):
        response = Client().get("/search/", {"q": "gateway"})
        assert not [name for name in response.headers if name.lower().startswith("x-search")]


def test_what_is_stored_was_masked_before() -> None:
    look("gateway of ada@example.com card 4111 1111 1111 1111")
    assert "4111" not in repr(record.waiting())
    assert "ada" not in repr(record.waiting())
    assert recorded()[0][0] == "gateway of [email] card [number]"


@with_guides
def test_a_code_typed_alone_was_found_and_opened() -> None:
    look("E4711")
    assert recorded() == [("e4711", 1, "public", "codes/E4711", 1)]


@with_guides
def test_further_pages_filters_and_what_is_fetched_ahead_are_no_new_searches() -> None:
    look("gateway", literal="1")
    look("gateway", category="network")
    look("gateway", page="2")
    look("")
    Client().head("/search/?q=gateway")
    Client().get("/search/?q=gateway", headers={"Sec-Purpose": "prefetch"})
    assert recorded() == []


@with_guides
def test_searches_of_staff_are_recorded_apart(staff_client: Client) -> None:
    look("zirconium", staff_client)
    look("zirconium")
    assert [row[:3] for row in recorded()] == [("zirconium", 1, "staff"), ("zirconium", 0, "public")]
    report = json.loads(told("--json"))
    assert [(group["text"], group["audience"]) for group in report["nothing_found"]] == [("zirconium", "public")]
    assert [(group["text"], group["audience"]) for group in report["nothing_opened"]] == [("zirconium", "staff")]


@with_guides
def test_nothing_is_recorded_when_it_is_turned_off(settings: Settings) -> None:
    settings.SEARCH_LOG = False
    look("gateway")
    assert beacon() == 204
    assert recorded() == []
    assert b"data-opened-at" not in Client().get("/search/?q=gateway").content


@with_guides
def test_an_opened_hit_is_put_to_its_search() -> None:
    look("Gateway")
    assert beacon() == 204
    assert recorded() == [("gateway", 1, "public", "slow#fix", 1)]


@with_guides
def test_each_opening_is_put_to_a_search_of_its_own_audience(staff_client: Client) -> None:
    look("gateway", staff_client)
    assert beacon() == 204
    assert beacon(staff_client, opened="/guides/vault/", position="2") == 204
    assert sorted(recorded()) == [
        ("gateway", 1, "public", "slow#fix", 1),
        ("gateway", 1, "staff", "vault", 2),
    ]


@with_guides
def test_what_nobody_could_have_opened_is_not_recorded() -> None:
    assert beacon(opened="/guides/vault/") == 204
    assert beacon(opened="/guides/absent/") == 204
    assert recorded() == []


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        ({}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, {}, 403),
        ({}, {"Origin": "https://evil.example"}, 403),
        ({}, {"Origin": "null"}, 403),
        ({}, {"Origin": "http://testserver"}, 204),
        ({"opened": "/admin/"}, HERE, 400),
        ({"opened": "/guides/a/b/"}, HERE, 400),
        ({"opened": "https://evil.example/"}, HERE, 400),
        ({"hits": "-1"}, HERE, 400),
        ({"hits": "9" * 30}, HERE, 400),
        ({"position": "0"}, HERE, 400),
        ({"position": "5000"}, HERE, 400),
        ({"q": "x" * 50_000}, HERE, 413),
    ],
)
def test_only_what_a_page_of_this_site_sends_is_counted(
    sent: dict[str, str], headers: dict[str, str], status: int
) -> None:
    assert beacon(headers=headers, **sent) == status


def test_other_methods_are_refused() -> None:
    assert Client().get("/search/opened/").status_code == 405


def test_a_flood_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.OPENED, By.NETWORK, 2)
    monkeypatch.setattr(record, "MOST_WAITING", 3)
    assert [beacon() for _ in range(3)] == [204, 204, 429]
    for _ in range(5):
        look("gateway")
    assert len(record.waiting()) == 3


def test_the_log_keeps_the_newest_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST_ROWS", 3)
    for text in ("one", "two", "three", "four", "five"):
        look(text)
        recorded()
    assert [row[0] for row in recorded()] == ["three", "four", "five"]


def test_a_flood_from_one_network_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST_WAITING_OF_ONE", 4)
    monkeypatch.setattr(record, "MOST_WAITING", 5)
    lowered(monkeypatch, Deed.SEARCH, By.NETWORK, 6)

    def flood() -> None:
        for number in range(8):
            Client().get("/search/", {"q": f"flood {number}"}, REMOTE_ADDR=f"2001:db8::{number}")

    flood()
    Client().get("/search/", {"q": "gateway"}, REMOTE_ADDR="192.0.2.1")
    assert [row[0] for row in recorded()] == ["flood 0", "flood 1", "flood 2", "flood 3", "gateway"]
    flood()
    flood()
    assert len(recorded()) == 7


def test_one_network_alone_needs_longer_to_fill_the_log_than_it_is_kept() -> None:
    by_day = [limit.most for limit in LIMITS[Deed.SEARCH].limits if limit.seconds == 86_400]
    assert len(by_day) == 2
    assert max(by_day) * record.KEPT.days < record.MOST_ROWS


def test_old_records_are_forgotten() -> None:
    long_ago = timezone.now() - record.KEPT - timedelta(days=1)
    SearchRecord.objects.create(text="old", hits=0, audience="public", searched_at=long_ago)
    look("gateway")
    assert [row[0] for row in recorded()] == ["gateway"]


def test_what_can_not_be_written_is_dropped_and_no_page_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(SearchRecord.objects, "bulk_create", lambda *_, **__: 1 / 0)
    look("gateway")
    record.flush()
    assert "could not be recorded" in caplog.text
    assert not record.waiting()


def test_where_nothing_waits_nobody_is_told_that_a_search_was_lost(caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_args: Any) -> None:
        raise OperationalError("no such table: kb_searchrecord")

    with connection.execute_wrapper(broken):
        with pytest.raises(OperationalError):
            call_command("search_report", stdout=StringIO())
        assert not caplog.records
        record.flush()
    assert "could not be recorded" not in caplog.text
    assert "Old searches could not be deleted" in caplog.text


def test_each_search_has_the_writer_of_a_server_look(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr(background.Writer, "wake", lambda writer: woken.append(writer.name))
    look("gateway")
    look("xylophone")
    assert woken == ["search-log", "search-log"]


@with_guides
def test_the_report_groups_searches_by_their_words() -> None:
    for text in ("printer jams", "jam printers", "the printer jams", "toner"):
        look(text)
    look("gateway")
    look("gateways")
    report = told()
    assert report.splitlines()[0] == "6 searches in 30 days."
    assert "Nothing was found: 2\n     3  jam printers\n     1  toner" in report
    assert "Nothing was opened: 1\n     2  gateway" in report


@with_guides
def test_what_was_opened_once_is_not_in_the_report() -> None:
    look("gateway")
    beacon()
    look("gateway")
    assert "Nothing was opened: none" in told()


def test_the_report_marks_what_staff_searched_for(staff_client: Client) -> None:
    look("xylophone", staff_client)
    assert "     1  xylophone  (staff)" in told()


def test_the_report_is_cut_and_json_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.management.commands.search_report.SHOWN", 1)
    for text in ("toner", "printer"):
        look(text)
    assert "and 1 more; --json lists all" in told()
    report = json.loads(told("--json", "--days", "7"))
    assert report["days"] == 7
    assert [group["words"] for group in report["nothing_found"]] == [["printer"], ["toner"]]


def test_the_report_looks_back_as_far_as_it_is_told() -> None:
    then = timezone.now() - timedelta(days=10)
    SearchRecord.objects.create(text="old", hits=0, audience="public", searched_at=then)
    assert "Nothing was searched for in 7 days" in told("--days", "7")
    assert "old" in told("--days", "11")


@pytest.mark.parametrize("days", ["0", "91", "x"])
def test_the_report_takes_days_that_are_kept(days: str) -> None:
    with pytest.raises(Exception, match="give a number of days from 1 to 90"):
        told("--days", days)


def test_a_record_is_named_by_its_text() -> None:
    assert str(SearchRecord(text="printer")) == "printer"


def test_text_of_stop_words_or_marks_only_is_grouped_too() -> None:
    SearchRecord.objects.create(text="the", hits=0, audience="public", searched_at=timezone.now())
    SearchRecord.objects.create(text="?!", hits=0, audience="public", searched_at=timezone.now())
    found: Any = json.loads(told("--json"))
    assert {group["text"] for group in found["nothing_found"]} == {"the", "?!"}


@with_guides
def test_signing_in_does_not_make_a_reader_staff() -> None:
    client = Client()
    client.force_login(User.objects.create_user("bob"))
    look("zirconium", client)
    assert recorded() == [("zirconium", 0, "public", "", None)]
