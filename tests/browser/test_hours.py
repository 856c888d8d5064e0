"""Hours of contacts in the reader's own time: by zone, by day of the week, and across the change to summer time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.windows import Windows

pytestmark = pytest.mark.slow

OFFICE = '{"spans":[[540,1020],[1980,2460],[3420,3900],[4860,5340],[6300,6780]],"zone":"Europe/London"}'
NIGHT = '{"spans":[[9960,10440]],"zone":"Europe/London"}'  # Sunday 22:00 to Monday 6:00
ALWAYS = '{"spans":[[0,10080]],"zone":"UTC"}'

Tell = Callable[..., str]


@pytest.fixture
def tell(windows: Windows, site: str) -> Tell:
    """What a reader in a zone is told at a moment of hours, written `09:00`."""

    def told(hours: str, zone: str, now: str) -> str:
        with windows.lent(base_url=site, timezone_id=zone) as context:
            page = context.new_page()
            page.clock.set_fixed_time(now)
            page.route("**/contacts/", lambda route: route.fulfill(body=_page(site, hours), content_type="text/html"))
            page.goto("/contacts/")
            page.wait_for_selector(".hours-now")
            return str(page.locator("dd").inner_text())

    return told


def _page(site: str, hours: str) -> str:
    style = f"<link rel='stylesheet' href='{site}/static/kb.css'>"
    script = f"<script type='module' src='{site}/static/js/hours.js'></script>"
    return f"<!doctype html>{style}<dd data-hours='{hours}'>09:00</dd>{script}"


@pytest.mark.night
def test_who_lives_in_the_contacts_zone_is_told_whether_it_is_open(tell: Tell) -> None:
    assert tell(OFFICE, "Europe/London", "2026-01-14T12:00:00Z") == "09:00\nOpen now, until 17:00"
    assert tell(OFFICE, "Europe/London", "2026-01-14T18:00:00Z") == "09:00\nClosed now, opens Thu 09:00"
    assert tell(OFFICE, "Europe/London", "2026-01-16T17:00:00Z") == "09:00\nClosed now, opens Mon 09:00"


def test_who_lives_elsewhere_is_told_in_their_own_time(tell: Tell) -> None:
    told = tell(OFFICE, "America/New_York", "2026-01-14T08:00:00Z")
    assert told == "09:00\nClosed now, opens Wed 04:00 your time\nMon\u2013Fri 04:00\u201312:00 your time"
    told = tell(OFFICE, "Asia/Tokyo", "2026-01-14T09:30:00Z")
    assert told == "09:00\nOpen now, until Thu 02:00 your time\nMon\u2013Fri 18:00\u201302:00 your time"
    told = tell(OFFICE, "Pacific/Auckland", "2026-01-16T20:00:00Z")
    assert "opens Mon 22:00 your time" in told


@pytest.mark.night
def test_summer_time_that_begins_in_one_place_first_is_told_day_by_day(tell: Tell) -> None:
    """New York changes on 8 March 2026, London on the 29th."""
    assert "opens Mon 04:00 your time" in tell(OFFICE, "America/New_York", "2026-03-01T12:00:00Z")
    assert "opens Mon 05:00 your time" in tell(OFFICE, "America/New_York", "2026-03-08T12:00:00Z")
    assert "opens Mon 04:00 your time" in tell(OFFICE, "America/New_York", "2026-03-29T12:00:00Z")
    over_the_change = tell(OFFICE, "America/New_York", "2026-03-05T12:00:00Z")
    assert "Mon\u2013Wed 05:00\u201313:00; Thu\u2013Fri 04:00\u201312:00 your time" in over_the_change


@pytest.mark.night
def test_a_night_goes_on_from_one_week_into_the_next(tell: Tell) -> None:
    assert tell(NIGHT, "Europe/London", "2026-01-12T05:59:00Z") == "09:00\nOpen now, until 06:00"
    assert tell(NIGHT, "Europe/London", "2026-01-11T23:00:00Z") == "09:00\nOpen now, until Mon 06:00"
    assert tell(NIGHT, "Europe/London", "2026-01-12T06:00:00Z") == "09:00\nClosed now, opens Sun 22:00"


@pytest.mark.night
def test_round_the_clock_is_open_everywhere(tell: Tell) -> None:
    assert tell(ALWAYS, "Asia/Tokyo", "2026-01-14T08:00:00Z") == "09:00\nOpen now"


@pytest.mark.night
def test_pages_of_contacts_and_ends_of_walks_tell_it(page: Page) -> None:
    page.goto("/contacts/")
    assert page.locator("#security-team .hours-now").inner_text() == "Open now"
    page.goto("/troubleshoot/?start=questions")
    page.get_by_text("Is one of these true?").click()
    page.get_by_role("link", name="Security incident").first.click()
    page.locator(".card .hours-now").wait_for()


@pytest.mark.night
def test_without_scripts_the_hours_stand_as_written(windows: Windows, site: str) -> None:
    with windows.lent(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/contacts/")
        assert page.locator("#technical-support [data-hours]").inner_text() == "Mon-Fri 08:00-18:00 UTC"
