"""The page to try the API: for everyone, on a desk and a phone, in light and dark, with and without JavaScript."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE

pytestmark = pytest.mark.slow

TRIED = "/api/v1/docs/?operation=look-up-an-error-code&code=429"


def test_an_operation_can_be_tried(anyone: Page, site: str) -> None:
    asked: list[str] = []
    anyone.on("request", lambda request: asked.append(request.url))
    anyone.goto("/api/v1/docs/")
    expect(anyone.get_by_role("form")).to_have_count(7)
    form = anyone.get_by_role("form", name="Try: Look up an error code")
    form.get_by_label("code").fill("429")
    form.get_by_role("button", name="Try it").click()
    answer = anyone.get_by_role("region", name="Answer", exact=True)
    expect(answer.locator(".api__status")).to_have_text("200 OK")
    expect(answer.locator("pre")).to_contain_text('"entries"')
    expect(answer).to_be_in_viewport()
    assert all(address.startswith((site, "data:")) for address in asked), asked
    answer.get_by_role("link", name="/api/v1/codes/429").click()
    expect(anyone.locator("body")).to_contain_text('"entries"')


@pytest.mark.night
def test_what_is_needed_is_asked_for(anyone: Page) -> None:
    anyone.goto("/api/v1/docs/?operation=search&q=#search")
    field = anyone.get_by_role("form", name="Try: Search").get_by_label("q (needed)")
    expect(field).to_have_accessible_description(re.compile("Give a value to try this."))


def test_the_description_can_be_read_by_anyone(anyone: Page) -> None:
    anyone.goto("/api/v1/docs/")
    expect(anyone.get_by_role("link", name="openapi.json")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(WIDE, "light", id="wide-light"),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(WIDE, "dark", id="wide-dark", marks=pytest.mark.night),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.night),
    ],
)
@pytest.mark.parametrize("address", ["/api/v1/docs/", TRIED])
def test_nothing_of_it_keeps_anybody_out(
    page: Page, address: str, size: dict[str, int], scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert "color-contrast" in {rule["id"] for rule in found.response["passes"]}
    assert "color-contrast" not in {rule["id"] for rule in found.response["incomplete"]}, "its colours can be judged"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
