"""Pasting: a message or a log of 10,000 characters is searched for, whatever the browser can do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

LINE = "2024-01-02 10:00:00 INFO worker took 12 ms & said ok\n"
LOG = f"{LINE * 180}CONN_TIMEOUT while connecting\n{LINE * 10}"[:10_000]


@pytest.mark.parametrize(("address", "box"), [("/", "#home-search"), ("/search/", "#search")])
def test_a_log_in_the_search_box_finds_what_it_is_about(anyone: Page, address: str, box: str) -> None:
    anyone.goto(address)
    anyone.locator(box).fill(LOG.replace("\n", " "))
    anyone.locator(box).press("Enter")
    anyone.wait_for_url("**/search/?q=*")
    expect(anyone.get_by_role("main").get_by_text("CONN_TIMEOUT").first).to_be_visible()


@pytest.mark.night
def test_the_small_box_takes_a_log_too(anyone: Page) -> None:
    anyone.goto("/guides/")
    box = anyone.locator("#header-search")
    if not box.is_visible():
        return  # on a phone, a link leads to the page of the large one
    box.fill(LOG.replace("\n", " "))
    box.press("Enter")
    anyone.wait_for_url("**/search/?q=*")
    expect(anyone.get_by_role("main").get_by_text("CONN_TIMEOUT").first).to_be_visible()


@pytest.mark.night
def test_a_log_can_be_pasted_with_its_lines(anyone: Page) -> None:
    anyone.goto("/search/")
    anyone.get_by_text("Paste a whole log").click()
    anyone.get_by_label("The message, log or stack trace").fill(LOG * 3)
    anyone.get_by_role("button", name="Search for it").click()
    anyone.wait_for_url("**/search/?q=*")
    expect(anyone.get_by_role("main").get_by_text("CONN_TIMEOUT").first).to_be_visible()
