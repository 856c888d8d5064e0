"""What scripts say is in the language of the page."""

from __future__ import annotations

from playwright.sync_api import Browser, expect


def test_scripts_speak_the_readers_language_and_a_page_from_the_right_is_laid_out_so(
    browser: Browser, site: str
) -> None:
    for language, copy, direction in (("de", "Kopieren", "ltr"), ("ar", "نسخ", "rtl"), ("en", "Copy", "ltr")):
        context = browser.new_context(locale=language, viewport={"width": 375, "height": 800})
        page = context.new_page()
        page.goto(f"{site}/troubleshoot/?help=1")
        expect(page.locator(".handover .copy")).to_have_text(copy)
        expect(page.locator("html")).to_have_attribute("dir", direction)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        box, brand = page.viewport_size, page.locator(".brand").bounding_box()
        assert box
        assert brand
        assert (brand["x"] > box["width"] / 3) == (direction == "rtl")
        context.close()
