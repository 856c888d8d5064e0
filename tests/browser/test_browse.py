"""Browsing: from the home page by a category to a guide, its steps, its links and its contacts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from kb.content.rendering import render_fragment
from tests.browser.conftest import EACH_WIDTH, expect_no_sideways_scrolling

WALKS = ("/troubleshoot/?symptom=requests+fail+with+401", "/troubleshoot/?trigger=q233yzz", "/troubleshoot/tree/")
PAGES = [
    "/",
    "/guides/",
    "/guides/invalid-api-key/",
    "/guides/error-code-reference/",
    "/categories/network/",
    "/codes/",
    "/codes/429/",
    "/contacts/",
    "/search/?q=timeout",
    "/search/?q=zzzzqqqq",
    "/troubleshoot/",
    "/troubleshoot/?start=questions",
    "/accounts/sign-in/",
    "/guides/nowhere/",
]


def test_a_reader_finds_a_guide_by_its_category(anyone: Page) -> None:
    anyone.goto("/")
    anyone.get_by_role("link", name="Authentication", exact=True).click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Authentication")
    anyone.get_by_role("link", name="API key problems").first.click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("API key problems")
    expect(anyone.get_by_role("heading", name="Revoked API key")).to_be_visible()
    expect(anyone.get_by_role("link", name="Guide me").last).to_be_visible()


def test_an_error_code_leads_to_its_meaning_and_to_the_problem(anyone: Page) -> None:
    anyone.goto("/codes/")
    anyone.get_by_role("link", name="KEY_REVOKED").first.click()
    expect(anyone.get_by_role("heading", level=1)).to_contain_text("KEY_REVOKED")
    anyone.get_by_role("link", name="Revoked API key").first.click()
    expect(anyone).to_have_url("/guides/invalid-api-key/#revoked-api-key")


@pytest.mark.parametrize("anyone", EACH_WIDTH, indirect=True)
def test_no_page_is_wider_than_the_window(anyone: Page) -> None:
    for address in PAGES:
        anyone.goto(address)
        boxes = anyone.locator("html").bounding_box()
        assert boxes is not None
        width = anyone.viewport_size["width"] if anyone.viewport_size else 0
        assert anyone.locator("body").evaluate("body => body.scrollWidth") <= width, address


@pytest.mark.slow
def test_no_page_scrolls_sideways(page: Page) -> None:
    expect_no_sideways_scrolling(page, *PAGES, *WALKS, "/troubleshoot/hand-over/?start=questions")


def test_a_list_with_tasks_and_a_table_written_as_html_are_shown_as_others_are(page: Page) -> None:
    cells = "".join(f"<td>Valve_{number}_of_the_pump</td>" for number in range(20))
    html = render_fragment(f"1. a\n2. [x] b\n\n<table><tr>{cells}</tr></table>")
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto("/guides/invalid-api-key/")
    page.locator(".prose").first.evaluate("(prose, html) => { prose.innerHTML = html }", html)
    items = page.locator(".prose ol.task-list > li")
    styles = [item.evaluate("item => getComputedStyle(item).listStyleType") for item in items.all()]
    assert styles == ["decimal", "decimal"]
    assert page.locator("body").evaluate("body => body.scrollWidth") <= 375


def test_ticked_steps_are_remembered(page: Page) -> None:
    page.goto("/guides/invalid-api-key/")
    first = page.locator("ol.steps").first.get_by_role("checkbox").first
    expect(first).not_to_be_checked()
    first.check()
    page.reload()
    expect(page.locator("ol.steps").first.get_by_role("checkbox").first).to_be_checked()


def test_the_address_of_a_section_can_be_copied(page: Page) -> None:
    page.goto("/guides/invalid-api-key/")
    heading = page.locator("#revoked-api-key")
    heading.hover()
    heading.get_by_role("button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert str(copied).endswith("/guides/invalid-api-key/#revoked-api-key")


def test_the_keyboard_alone_reaches_the_content(page: Page) -> None:
    page.goto("/guides/invalid-api-key/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_address_that_is_nowhere_offers_a_search(anyone: Page) -> None:
    response = anyone.goto("/guides/nowhere/")
    assert response is not None
    assert response.status == 404
    anyone.get_by_role("main").get_by_role("searchbox").or_(
        anyone.get_by_role("main").get_by_role("combobox")
    ).first.fill("expired token")
    anyone.get_by_role("main").get_by_role("button", name="Search").first.click()
    expect(anyone.get_by_role("link", name="Expired access token").first).to_be_visible()
