"""Readers say whether a section helped, staff flag it by one key, and the page tells that it was read."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRST_START, SharedSite

pytestmark = pytest.mark.slow

GUIDE = "/guides/connection-timeouts/"


def test_anyone_says_whether_a_section_helped_and_why(anyone: Page) -> None:
    anyone.goto(GUIDE)
    anyone.get_by_role("button", name="No, “Request times out after connecting” did not help").click()
    anyone.get_by_role("radio", name="Something is missing").check()
    anyone.get_by_role("textbox", name="In a sentence").fill("Which proxy?")
    anyone.get_by_role("button", name="Send to the writers").click()
    expect(anyone.get_by_text("The writers will read it")).to_be_visible()
    again = anyone.get_by_role("button", name="No, “Request times out after connecting” did not help")
    expect(again).to_have_attribute("aria-pressed", "true")


@pytest.mark.night
def test_the_keyboard_stays_where_it_was_after_an_answer(page: Page) -> None:
    page.goto(GUIDE)
    yes = page.get_by_role("button", name="Yes, “Connection attempt times out” helped")
    yes.focus()
    page.keyboard.press("Enter")
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(yes).to_be_focused()


def test_a_page_tells_once_that_it_was_read_and_at_which_section(page: Page) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # it stands still but where it is moved, however long the page takes to load
    told: list[dict[str, list[str]]] = []
    page.on(
        "request",
        lambda sent: (
            told.append(parse_qs(sent.post_data or "", keep_blank_values=True))
            if sent.url.endswith("/reading/viewed/")
            else None
        ),
    )
    page.goto(f"{GUIDE}#timeouts-that-we-recommend")
    page.clock.run_for(2000)
    assert told == []
    with page.expect_request("**/reading/viewed/"):
        page.clock.run_for(2000)
    page.clock.run_for(60_000)
    (sent,) = told
    assert sent["guide"] == ["connection-timeouts"]
    assert "" in sent["section"]
    assert "timeouts-that-we-recommend" in sent["section"]
    assert "connection-attempt-times-out" not in sent["section"]


@pytest.mark.night
def test_who_asks_for_privacy_tells_nothing(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.clock.install()
    page.on("request", lambda sent: pytest.fail(sent.url) if sent.url.endswith("/reading/viewed/") else None)
    page.goto(GUIDE)
    page.clock.run_for(10_000)


def test_staff_flag_what_they_are_reading_by_one_key(page: Page, shared_site: SharedSite) -> None:
    password = re.search(r"Password: +(\S+)", (shared_site.folder / FIRST_START).read_text())
    assert password
    page.goto(f"/accounts/sign-in/?next={GUIDE}%23request-times-out-after-connecting")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(password[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Connection timeouts")).to_be_visible()
    page.goto(f"{GUIDE}#request-times-out-after-connecting")
    page.keyboard.press("f")
    page.keyboard.press("3")
    flagged = page.get_by_role("group", name="What is wrong with “Request times out after connecting”?")
    expect(flagged.get_by_role("button", name="Outdated")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(flagged).to_be_hidden()
    page.keyboard.press("f")
    page.get_by_role("button", name="Take back the flag").click()
    expect(flagged.get_by_role("button", name="Outdated")).to_have_attribute("aria-pressed", "false")
