"""Searching: a sentence, a mistyped word, a code, nothing found, and suggestions while typing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EACH_WIDTH, WITHOUT_SCRIPT_TOO


def _search(page: Page, text: str) -> None:
    page.goto("/")
    box = page.locator("#home-search")
    box.fill(text)
    box.press("Enter")


@pytest.mark.parametrize("anyone", WITHOUT_SCRIPT_TOO, indirect=True)
def test_a_sentence_finds_the_section(anyone: Page) -> None:
    _search(anyone, "my access token stopped working after a day")
    first = anyone.get_by_role("main").get_by_role("link", name="Expired access token").first
    first.click()
    expect(anyone).to_have_url("/guides/token-expiry-and-refresh/#expired-access-token")


def test_a_mistyped_word_is_corrected_and_said_so(anyone: Page) -> None:
    _search(anyone, "conection timeout")
    expect(anyone.get_by_text("Showing results for")).to_be_visible()
    anyone.get_by_role("link", name="Search instead for").click()
    expect(anyone.get_by_text("Showing results for")).to_be_hidden()


def test_a_code_typed_alone_leads_straight_to_it(anyone: Page) -> None:
    _search(anyone, "conn_timeout")
    expect(anyone).to_have_url("/codes/CONN_TIMEOUT/")


@pytest.mark.slow
@pytest.mark.parametrize("anyone", EACH_WIDTH, indirect=True)
def test_a_long_word_in_a_snippet_widens_no_page(anyone: Page) -> None:
    for text in ("python", "http", "export"):
        anyone.goto(f"/search/?q={text}")
        beyond = anyone.locator(".hits .hit__snippet").evaluate_all(
            "snippets => snippets.filter((it) => it.getBoundingClientRect().right > innerWidth).length"
        )
        assert beyond == 0, text


def test_nothing_found_leads_on(anyone: Page) -> None:
    _search(anyone, "zzzzqqqq")
    anyone.get_by_role("main").get_by_role("link", name="Guide me").first.click()
    expect(anyone).to_have_url("/troubleshoot/?symptom=zzzzqqqq")


def test_the_second_page_can_be_reached_and_shared(anyone: Page) -> None:
    _search(anyone, "request")
    anyone.get_by_role("link", name="Next").click()
    expect(anyone.get_by_text("Page 2 of")).to_be_visible()
    assert "page=2" in anyone.url


def test_suggestions_are_reached_by_the_arrow_keys(page: Page) -> None:
    page.goto("/")
    box = page.locator("#home-search")
    box.press_sequentially("revok", delay=30)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).not_to_have_url("/")


def test_a_suggestion_says_the_guide_and_softly_the_section_behind_it(page: Page) -> None:
    page.goto("/")
    page.locator("#home-search").fill("tim")  # at once: no later answer takes the place of this one
    option = page.get_by_role("option", name="Connection timeouts Request times out after connecting")
    expect(option).to_be_visible()
    title, note = option.locator(".suggestion__title"), option.locator(".suggestion__note")
    assert title.bounding_box()["x"] < note.bounding_box()["x"]  # type: ignore[index]
    colour, weight = "element => getComputedStyle(element).color", "element => getComputedStyle(element).fontWeight"
    assert title.evaluate(colour) != note.evaluate(colour)
    assert note.evaluate(weight) == "400"


@pytest.mark.slow
def test_a_slash_goes_to_the_search_box(page: Page) -> None:
    page.goto("/guides/")
    page.keyboard.press("/")
    page.keyboard.type("rate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=rate*")


def test_a_staff_guide_is_found_by_staff_only(page: Page, site: str) -> None:
    _search(page, "customer request logs")
    expect(page.get_by_text("Reading customer request logs")).to_be_hidden()
