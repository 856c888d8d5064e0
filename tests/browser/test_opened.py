"""What is opened of a search is counted, in browsers that run JavaScript."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


def test_opening_a_hit_is_counted_with_its_place(page: Page) -> None:
    page.goto("/search/?q=my+access+token+stopped+working+after+a+day")
    link = page.locator(".hit").nth(1).locator(".hit__guide a")
    address = link.get_attribute("href")
    with page.expect_request("**/search/opened/") as sending:  # the answer may come when the page is gone already
        link.click()
    sent = parse_qs(sending.value.post_data or "")
    assert sent["q"] == ["my access token stopped working after a day"]
    assert sent["opened"] == [address]
    assert sent["position"] == ["2"]
    assert int(sent["hits"][0]) >= 2
    expect(page).to_have_url(address or "")
