"""The page to try the API works under the site's own security policy, with nothing from elsewhere."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_an_operation_can_be_tried(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/v1/docs/")
    expect(page.locator(".opblock")).to_have_count(5)
    page.locator(".opblock", has_text="/api/v1/codes/{code}").locator(".opblock-summary-control").click()
    page.get_by_placeholder("code").fill("429")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text('"entries"')
    assert all(address.startswith((site, "data:")) for address in asked), asked


def test_the_description_can_be_read_by_anyone(anyone: Page) -> None:
    anyone.goto("/api/v1/docs/")
    expect(anyone.get_by_role("link", name="openapi.json")).to_be_visible()
