"""The picture of the questions: seen, scrolled and read, on a desk, on a phone, without JavaScript, in the dark."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EACH_WIDTH, PHONE, until

pytestmark = pytest.mark.slow

TREES = ["", "?category=licences", "?category=authentication", "?guide=connection-triage"]
CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = rgb(text).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(".tree-box")].map((box) => {
    const text = box.parentElement.querySelector("tspan") ?? box.nextElementSibling.querySelector("tspan");
    const [a, b] = [light(getComputedStyle(text).fill), light(getComputedStyle(box).fill)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
}"""


@pytest.mark.parametrize("anyone", EACH_WIDTH, indirect=True)
def test_the_picture_scrolls_in_its_place_and_the_page_does_not(anyone: Page) -> None:
    for query in TREES:
        anyone.goto(f"/troubleshoot/tree/{query}")
        picture = anyone.get_by_role("region", name="Picture of the tree")
        expect(picture).to_be_visible()
        assert anyone.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
        assert picture.locator("svg").bounding_box()


@pytest.mark.night
def test_every_text_of_the_picture_lies_within_its_box(page: Page) -> None:
    """As the browser's own font draws it, not as it was reckoned."""
    for query in TREES:
        page.goto(f"/troubleshoot/tree/{query}")
        outside = page.evaluate("""() => [...document.querySelectorAll("rect.tree-box")].flatMap((box) => {
            const text = box.nextElementSibling.getBBox(), own = box.getBBox();
            return text.x + text.width > own.x + own.width || text.y + text.height > own.y + own.height
              ? [box.nextElementSibling.textContent] : [];
        })""")
        assert outside == []


@pytest.mark.night
def test_the_picture_is_scrolled_by_keys(page: Page) -> None:
    page.goto("/troubleshoot/tree/")
    picture = page.get_by_role("region", name="Picture of the tree")
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    until(page, "document.querySelector('.tree__scroll').scrollLeft > 0")


@pytest.mark.night
def test_the_same_is_there_in_words_with_links(anyone: Page) -> None:
    anyone.goto("/troubleshoot/tree/?guide=connection-triage")
    words = anyone.locator(".tree__outline")
    expect(words.get_by_text("Does an HTTP status come back?")).to_be_visible()
    words.get_by_role("link", name="Too many requests").click()
    expect(anyone.get_by_role("heading", name="Too many requests").first).to_be_visible()


@pytest.mark.night
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.night)])
def test_the_text_stands_out_from_its_box(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    page.goto("/troubleshoot/tree/")
    assert min(page.evaluate(CONTRAST)) >= 4.5


@pytest.mark.night
def test_in_print_the_words_stand_for_the_picture(page: Page) -> None:
    page.goto("/troubleshoot/tree/?category=licences")
    page.emulate_media(media="print")
    expect(page.locator(".tree__scroll")).to_be_hidden()
    expect(page.locator(".tree__outline")).to_be_visible()
