"""The steps of walks are recorded as they were played: once for each walk, and without anything that tells whose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kb.models import Contact
from kb.rate_limits.rules import By, Deed
from tests.conftest import WriteGuides
from tests.support.limited import lowered
from tests.support.walking import HERE, NETWORK, PRINTERS, WALK, answered, answers, press, start
from troubleshooting.models import WalkStep
from troubleshooting.outcomes import step_log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period", "printers")]


@pytest.fixture
def printers(write_guides_once: WriteGuides) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com")
    write_guides_once({"printers.md": PRINTERS, "network.md": NETWORK})


@pytest.fixture
def reader() -> Client:
    """A browser that has been at the start of walks, and keeps what it was given."""
    client = Client()
    client.get(WALK)
    return client


def rows() -> list[tuple[int, str, str]]:
    step_log.flush()
    return [tuple(row) for row in WalkStep.objects.values_list("position", "answer", "shown")]


def test_each_answer_is_a_step_and_the_first_page_is_told_of_by_the_next(reader: Client) -> None:
    fresh = Client()
    page = start(fresh)
    assert rows() == []
    answered(fresh, page, "sheet")
    assert [position for position, _, _ in rows()] == [0, 1]
    begin, end = WalkStep.objects.all()
    assert (begin.shown, begin.question, begin.answer) == ("question", "", "")
    assert (end.question, end.asked) == (begin.next_id, begin.next_text)
    assert end.shown == "solution"
    assert (end.guide.slug, end.category, end.product, end.audience) == ("printers", "Printers", "Jetline 5", "public")


def test_a_page_that_is_kept_by_this_server_or_by_the_browser_is_recorded_for_each(reader: Client) -> None:
    page = start(reader)
    other = Client()
    other.get(WALK)
    again = start(other)
    assert again.headers["Cache-Control"].startswith("public")
    assert len(rows()) == 2
    third = Client()
    third.get(WALK)
    kept = third.get(f"{WALK}?start=questions", headers={"If-None-Match": page.headers["ETag"]})
    assert kept.status_code == 304
    assert len(rows()) == 3


def test_an_answer_that_is_changed_takes_the_place_of_the_first_one(reader: Client) -> None:
    page = start(reader)
    labels = list(answers(page))
    answered(reader, page, labels[0])
    before = rows()
    answered(reader, page, labels[1])
    after = rows()
    assert [row[:1] for row in after] == [row[:1] for row in before]
    assert before[1][1] != after[1][1]
    start(reader)  # going back changes nothing
    assert rows() == after


def test_steps_after_a_changed_answer_go(reader: Client) -> None:
    page = answered(reader, start(reader), "Not sure")
    while answers(page):
        page = answered(reader, page, "Not sure")
    longest = rows()
    assert len(longest) > 2
    answered(reader, start(reader), next(label for label in answers(start(reader)) if label != "Not sure"))
    assert len(rows()) == 2


def test_two_tabs_of_one_walk_are_one_walk_and_other_visits_are_others(reader: Client) -> None:
    for client in (reader, reader, Client(), Client()):
        client.get(WALK)
        start(client)
        start(client)
    rows()
    assert WalkStep.objects.values("walk").distinct().count() == 3


def test_solved_is_what_somebody_pressed_and_not_who_was_sent_the_page(reader: Client) -> None:
    page = answered(reader, start(reader), "sheet")
    page = press(reader, "solved", page)
    assert rows()[-1][2] == "solved"
    WalkStep.objects.all().delete()
    address = page.redirect_chain[-1][0]
    other = Client()
    other.get(WALK)
    assert "Good to hear" in other.get(address).content.decode()
    assert rows() == []


def test_a_walk_that_no_guide_covers_says_so_and_keeps_the_words_masked(reader: Client) -> None:
    words = "coffee machine of ada@example.com leaks"
    reader.post("/troubleshoot/pasted/", {"symptom": words})
    page = reader.get(WALK, {"symptom": words})
    for _ in range(6):
        if not answers(page):
            break
        page = answered(reader, page, "None of these" if "None of these" in answers(page) else "Not sure")
    last = rows()[-1]
    first = WalkStep.objects.get(position=0)
    assert first.words == "coffee machine of [email] leaks"
    assert last[2] in ("not_covered", "escalated")
    assert last[2] == ("not_covered" if "No guide here seems to cover this" in page.content.decode() else "escalated")


def test_a_walk_that_goes_on_under_other_words_is_one_walk(reader: Client) -> None:
    for words, page in (("printer", ""), ("printer is odd", "symptom=printer&change=symptom")):
        sent = {"symptom": words}
        referer = {"Referer": f"http://testserver{WALK}?{page}"}
        reader.post("/troubleshoot/pasted/", sent, headers=referer, follow=True)
        rows()
    assert WalkStep.objects.get(position=0).words == "printer is odd"
    reader.post("/troubleshoot/pasted/", {"symptom": "stripes"}, headers={"Referer": "http://testserver/"}, follow=True)
    rows()
    assert WalkStep.objects.filter(position=0).count() == 2


def test_a_walk_that_came_to_an_end_stays_whatever_is_typed_then(reader: Client) -> None:
    page = press(reader, "solved", answered(reader, start(reader), "sheet"))
    referer = {"Referer": f"http://testserver{page.redirect_chain[-1][0]}"}
    reader.post("/troubleshoot/pasted/", {"symptom": "pale letters"}, headers=referer, follow=True)
    rows()
    assert WalkStep.objects.values("walk").distinct().count() == 2


def test_what_is_typed_at_home_keeps_the_visit_so_that_the_first_page_is_a_step() -> None:
    client = Client()
    client.post("/troubleshoot/pasted/", {"symptom": "a sheet is stuck in the tray"}, follow=True)
    assert len(rows()) == 1


def test_the_script_of_the_first_page_tells_of_it(reader: Client) -> None:
    assert 'data-seen="/troubleshoot/seen/"' in start(Client()).content.decode()
    sent = {"walk": "start=questions"}
    assert reader.post("/troubleshoot/seen/", sent, headers=HERE).status_code == 204
    assert len(rows()) == 1
    assert reader.post("/troubleshoot/seen/", {"walk": "code=E1"}).status_code == 403
    assert Client().post("/troubleshoot/seen/", sent, headers=HERE).status_code == 204
    assert len(rows()) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch"}, {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, {"Sec-GPC": "1"}],
)
def test_no_robot_and_nobody_who_asks_not_to_be_is_recorded(reader: Client, headers: dict[str, str]) -> None:
    reader.get(f"{WALK}?start=questions", headers=headers)
    assert rows() == []
    fresh = Client()
    fresh.get(f"{WALK}?start=questions", headers=headers)
    assert "visit" not in fresh.cookies


def test_the_page_that_brings_the_word_is_for_one_browser_and_kept_here_without() -> None:
    first, second = start(Client()), start(Client())
    for page in (first, second):
        assert page.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert first.cookies["visit"].value != second.cookies["visit"].value
    assert (first.cookies["visit"]["httponly"], first.cookies["visit"]["path"]) == (True, WALK)


def test_nothing_is_recorded_and_no_word_is_kept_when_it_is_off(reader: Client, settings: Settings) -> None:
    settings.WALK_LOG = False
    start(reader)
    assert "visit" not in start(Client()).cookies
    assert rows() == []


def test_a_flood_from_one_network_is_cut(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.WALK, By.NETWORK, 3)
    for number in range(8):
        reader.get(WALK, {"symptom": f"tray {number}"})
    rows()
    assert WalkStep.objects.values("walk").distinct().count() == 3


def test_a_late_page_does_not_undo_a_later_one(reader: Client) -> None:
    page = answered(reader, start(reader), "sheet")
    page = press(reader, "solved", page)
    rows()
    WalkStep.objects.filter(shown="solved").update(shown_at=timezone.now() + timedelta(seconds=5))
    answered(reader, start(reader), "pale")
    assert rows()[-1][2] == "solved"


def test_old_steps_are_deleted(reader: Client) -> None:
    start(reader)
    rows()
    WalkStep.objects.update(shown_at=timezone.now() - step_log.STEPS_KEPT - timedelta(days=1))
    step_log.forget()
    assert rows() == []


def test_staff_walks_are_apart(staff_client: Client) -> None:
    staff_client.get(WALK)
    start(staff_client)
    rows()
    assert WalkStep.objects.get().audience == "staff"
