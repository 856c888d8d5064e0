"""The pictures in the documents, taken anew: `python -m tests.browser.pictures`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import QUIET, ROOT, serving
from tests.browser.test_studio_review import Studio

IMAGES = ROOT / "docs" / "images"
READERS = {
    "home": "/",
    "walk": "/troubleshoot/?symptom=requests+fail+with+401+since+this+morning",
    "guide": "/guides/invalid-api-key/",
    "search": "/search/?q=conection+timeout",
}


def take() -> None:
    """Take all pictures of a site with the shipped guides, as people with a desk see it."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, base_url=address)
        for name, path in READERS.items():
            page.goto(path)
            page.screenshot(path=IMAGES / f"{name}.png")
        _prepare(Studio(address, Path(folder)))
        _sign_in(page)
        _studio(page)
        browser.close()


def _prepare(studio: Studio) -> None:
    """Let something wait for review, and two texts have changed the same line."""
    path = next((ROOT / "content").rglob("rate-limiting.md"))
    text, slug = path.read_text(), path.stem
    studio.write({slug: "!" + text.replace("1. ", "1. First of all: ", 1)})
    studio.write({slug: text.replace("1. ", "1. To begin with: ", 1)})


def _sign_in(page: Page) -> None:
    page.goto("/accounts/sign-in/?next=/write/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/write/")


def _studio(page: Page) -> None:
    page.goto("/write/guides/rate-limiting/")
    page.locator("#page_preview .prose").wait_for()
    page.screenshot(path=IMAGES / "editor.png")
    page.goto("/write/guides/rate-limiting/propose/")
    page.get_by_label("What you changed, and why").fill("Say what comes first")
    page.get_by_role("button", name="Propose for review").click()
    page.goto("/write/")
    page.screenshot(path=IMAGES / "studio.png")
    page.get_by_role("region", name="In review").get_by_role("link").first.click()
    page.screenshot(path=IMAGES / "review.png")
    page.goto(f"{page.url.replace('/review/', '/conflict/')}")
    page.screenshot(path=IMAGES / "conflict.png")


if __name__ == "__main__":
    take()
