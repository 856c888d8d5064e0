"""The numbers say what was played: walks by their ends, searches by their success, and nothing twice."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from kb.models import Contact, DayCount, Guide, SearchRecord
from tests.conftest import WriteGuides
from tests.support.walking import NETWORK, PRINTERS, WALK, answered, answers, press, start
from troubleshooting.models import Outcome, WalkStep, WorklistItem
from troubleshooting.outcomes import step_log
from troubleshooting.outcomes.numbers import counting
from troubleshooting.outcomes.numbers.period import Period, usual

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period", "library")]

NUMBERS = "/desk/numbers/"


@pytest.fixture
def library(write_guides_once: WriteGuides) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com")
    write_guides_once({"printers.md": PRINTERS, "network.md": NETWORK})


def reader() -> Client:
    client = Client()
    client.get(WALK)
    return client


def solve() -> Client:
    client = reader()
    press(client, "solved", answered(client, start(client), "sheet"))
    return client


def escalate() -> Client:
    client = reader()
    answered(client, start(client), "pale")
    client.get(f"{WALK}?start=questions&help=1")
    return client


def find_nothing() -> Client:
    client = reader()
    page = client.get(WALK, {"symptom": "the coffee machine leaks brown water on the floor"})
    while answers(page):
        labels = answers(page)
        page = answered(client, page, next((label for label in labels if "None of these" in label), "Not sure"))
    assert "No guide here seems to cover this" in page.content.decode()
    return client


def leave() -> Client:
    client = reader()
    start(client)
    return client


def counted(period: Period | None = None) -> counting.Walks:
    step_log.flush()
    return counting.walks(period or usual())


def rows_of(client: Client, table: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"{NUMBERS}{table}.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_walks_are_counted_by_the_end_that_each_came_to(staff_client: Client) -> None:
    for _ in range(2):
        solve()
    escalate()
    find_nothing()
    for _ in range(3):
        leave()
    walks = counted()
    assert walks.total == {"solved": 2, "escalated": 1, "not_covered": 1, "left": 3}
    assert list(walks.by_day) == [timezone.localdate()]
    assert walks.by_category["Printers"] == {"solved": 2}
    assert walks.left_at == {"question": 3}
    assert counting.self_service(walks.total) == pytest.approx(2 / 7)
    page = staff_client.get(NUMBERS).content.decode()
    assert "<dd>29%</dd>" in page
    assert ["Printer trouble", "2", "2", "0", "0", "0", "100"] in rows_of(staff_client, "guides")


def test_a_changed_answer_two_tabs_and_going_back_are_one_walk() -> None:
    client = solve()
    start(client)
    start(client)
    assert counted().total == {"solved": 1}
    client = reader()
    first = start(client)
    answered(client, first, "pale")
    answered(client, first, "sheet")
    walks = counted()
    assert walks.total == {"solved": 1, "left": 1}
    assert counting.questions(usual())[0].asked == 2


def test_a_walk_that_is_handed_over_is_escalated_and_what_is_pressed_again_is_the_last_word() -> None:
    client = reader()
    page = answered(client, start(client), "pale")
    press(client, "solved", page)
    assert counted().total == {"solved": 1}
    press(client, "failed", page)
    assert counted().total == {"left": 1}
    walk = WalkStep.objects.values_list("walk", flat=True)[0]
    Outcome.objects.create(walk=walk, kind="escalated", audience="public", said_at=timezone.now())
    assert counted().total == {"escalated": 1}


def test_questions_say_how_often_people_answered_left_and_were_not_sure() -> None:
    leave()
    client = reader()
    answered(client, start(client), "Not sure")
    solve()
    step_log.flush()
    asked = counting.questions(usual())
    first = next(question for question in asked if question.asked == 3)
    assert (first.answered, first.unsure, first.left) == (2, 1, 1)
    assert all(question.left >= 0 for question in asked)


def test_a_walk_over_midnight_makes_no_number_negative() -> None:
    client = reader()
    answered(client, start(client), "Not sure")
    step_log.flush()
    yesterday = timezone.now() - timedelta(days=1)
    WalkStep.objects.filter(position=0).update(shown_at=yesterday)
    for day in (timezone.localdate(), timezone.localdate(yesterday)):
        asked = counting.questions(Period(day, day))
        assert all(question.left >= 0 and question.answered >= 0 for question in asked)
    assert counted(Period(timezone.localdate(yesterday), timezone.localdate(yesterday))).number == 0


def test_robots_and_those_who_keep_nothing_are_in_no_number() -> None:
    for headers in ({"User-Agent": "Googlebot/2.1"}, {}):
        client = Client(headers=headers)
        for _ in range(2):
            client.cookies.clear()
            start(client)
    assert counted().number == 0


def test_staff_and_customers_are_counted_apart(staff_client: Client) -> None:
    leave()
    staff_client.get(WALK)
    start(staff_client)
    today = timezone.localdate()
    assert [counted(Period(today, today, who)).number for who in ("public", "staff", "both")] == [1, 1, 2]


def test_days_are_those_of_the_sites_time_zone(settings: Settings) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    with timezone.override(ZoneInfo("Pacific/Auckland")):
        moment = datetime(2030, 6, 1, 13, tzinfo=ZoneInfo("UTC"))
        SearchRecord.objects.create(text="a", hits=0, audience="public", searched_at=moment)
        day = date(2030, 6, 2)
        assert list(counting.searches_by_day(Period(day, day))) == [day]
        assert not counting.searches_by_day(Period(day - timedelta(days=1), day - timedelta(days=1)))


def test_searches_are_counted_by_their_success(staff_client: Client) -> None:
    now = timezone.now()
    for hits, opened in ((0, ""), (3, ""), (3, "printers"), (0, "codes/E1")):
        SearchRecord.objects.create(text="a", hits=hits, opened=opened, audience="public", searched_at=now)
    assert rows_of(staff_client, "searches", "?days=7")[-1][1:] == ["4", "3", "2", "75", "50"]


def test_sections_that_are_read_most_and_never(staff_client: Client) -> None:
    guide = Guide.objects.get(slug="printers")
    today = timezone.localdate()
    assert rows_of(staff_client, "unread") == [["Section", "Guide"]]  # nothing was counted: nothing is said
    count = DayCount(day=today, kind="view", guide=guide, section="paper-jam", audience="public", count=5)
    count.save()
    Guide.objects.update(created_at=timezone.now() - timedelta(days=99))
    assert rows_of(staff_client, "read")[1:] == [["Paper jam", "Printer trouble", "5"]]
    unread = {row[0] for row in rows_of(staff_client, "unread")[1:]}
    assert {"Faint print", "Time-out"} <= unread
    assert "Paper jam" not in unread


def test_a_gap_is_as_long_as_from_the_first_look_in_vain_to_the_guide(staff_client: Client) -> None:
    published = Guide.objects.get(slug="printers").revision.published_at
    common = {"kind": "nothing_found", "audience": "public", "last_seen": published, "counted_at": published}
    for key, guide, days, state in (
        ("a", "printers", 12, "done"),
        ("b", "network", 3, "done"),
        ("c", "network", -1, "done"),
        ("d", "network", 9, "open"),
    ):
        WorklistItem.objects.create(
            key=key,
            title=f"gap {key}",
            guide=Guide.objects.get(slug=guide),
            first_seen=published - timedelta(days=days),
            state=state,
            **common,
        )
    found = {row[0]: row[3:] for row in rows_of(staff_client, "gaps")[1:]}
    assert found == {"gap a": ["12", "Printer trouble"], "gap b": ["3", "Network trouble"]}
    assert "<dd>8 days</dd>" in staff_client.get(NUMBERS).content.decode()


def test_a_file_opens_safely_in_a_spreadsheet(staff_client: Client) -> None:
    for number, start_of_formula in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1")):
        WalkStep.objects.create(
            walk=f"w{number}", position=0, shown="question", category=start_of_formula, shown_at=timezone.now()
        )
    WalkStep.objects.update(audience="public")
    cells = [row[0] for row in rows_of(staff_client, "categories")[1:]]
    assert len(cells) == 7
    assert all(cell.startswith("'") for cell in cells)
    assert rows_of(staff_client, "categories")[1][1] == "1"
    assert staff_client.get(f"{NUMBERS}nothing.csv").status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2030-02-02&to=2030-02-01", "swap them"),
        ("from=yesterday", "Give the first day as"),
        ("to=2030-99-99", "Give the last day as"),
        ("from=2001-01-01", "more than 366 days"),
        ("from=0001-01-01&to=0001-01-02", "a day of this century"),
        ("to=9999-12-31", "a day of this century"),
        ("days=8", "Choose 7, 30 or 90 days"),
        ("who=me", "Choose customers, staff, or both"),
    ],
)
def test_days_that_make_no_sense_are_told_and_shown_again(staff_client: Client, query: str, sentence: str) -> None:
    answer = staff_client.get(f"{NUMBERS}?{query}")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Shown are the usual 30 days" in answer.content.decode()
    assert query.partition("=")[2].partition("&")[0] in answer.content.decode() or query.startswith(("days", "who"))
    assert staff_client.get(f"{NUMBERS}walks.csv?{query}").status_code == 422


def test_only_staff_see_numbers(client: Client) -> None:
    for address in (NUMBERS, f"{NUMBERS}walks.csv"):
        assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("bob"))
    assert client.get(NUMBERS).status_code == 403


def test_the_page_asks_the_same_few_queries_however_much_was_recorded(
    staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        staff_client.get(NUMBERS)
    guides = list(Guide.objects.all())
    now = timezone.now()
    for number in range(120):
        WalkStep.objects.create(
            walk=f"w{number}",
            position=0,
            shown="solution",
            guide=guides[number % 2],
            category=f"c{number}",
            next_id="x",
            audience="public",
            shown_at=now,
        )
    with django_assert_max_num_queries(12):
        page = staff_client.get(NUMBERS).content.decode()
    assert "90 more are not listed" in page
    assert page.count('role="img"') >= 3
    assert "style=" not in page
