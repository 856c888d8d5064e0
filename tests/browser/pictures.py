"""The pictures in the documents, taken anew: `python -m tests.browser.pictures`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.conftest import QUIET, ROOT, serving
from tests.browser.test_studio_review import Studio

DESK: ViewportSize = {"width": 1280, "height": 860}
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
        page = browser.new_page(viewport=DESK, base_url=address)
        for name, path in READERS.items():
            page.goto(path)
            page.screenshot(path=IMAGES / f"{name}.png")
        prepare_drafts(Studio(address, Path(folder)))
        _signed_in(page, "ada")
        _as_writer(page)
        _as_reviewer(_signed_in(browser.new_page(viewport=DESK, base_url=address), "eve"))
        browser.close()


def prepare_drafts(studio: Studio) -> None:
    """Let a writer have a draft with something to mend, and another whose line an editor has changed as well."""
    mended = text_of("slow-responses").replace("1. ", "1. First of all: ", 1)
    text = text_of("rate-limiting")
    drafts = {"slow-responses": mended.replace("\n\n## ", "\n\n![](dashboard.png)\n\n## ", 1)}
    drafts["rate-limiting"] = text.replace("1. ", "1. First of all: ", 1)
    studio.write({slug: f"!{draft}" for slug, draft in drafts.items()})
    studio.write({"rate-limiting": text.replace("1. ", "1. To begin with: ", 1)})


def text_of(slug: str) -> str:
    """The text of a shipped guide."""
    return next((ROOT / "content").rglob(f"{slug}.md")).read_text()


def _signed_in(page: Page, name: str) -> Page:
    page.goto("/accounts/sign-in/?next=/write/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/write/")
    return page


def _as_writer(page: Page) -> None:
    page.goto("/write/guides/slow-responses/")
    page.get_by_role("tab", name="Findings (1)").wait_for()
    page.locator(".cm-content").focus()
    page.keyboard.press("F8")
    page.locator(".cm-lint-marker-warning").wait_for()
    page.wait_for_timeout(500)  # the preview scrolls along
    page.screenshot(path=IMAGES / "editor.png")
    _propose(page, "rate-limiting")
    page.goto("/write/")
    page.screenshot(path=IMAGES / "studio.png")
    page.get_by_role("region", name="In review").get_by_role("link").first.click()
    page.goto(f"{page.url.replace('/review/', '/conflict/')}")
    page.screenshot(path=IMAGES / "conflict.png")
    _propose(page, "slow-responses")


def _propose(page: Page, slug: str) -> None:
    page.goto(f"/write/guides/{slug}/propose/")
    page.get_by_label("What you changed, and why").fill("Say what comes first")
    page.get_by_role("button", name="Propose for review").click()
    page.wait_for_url("**/write/")


def _as_reviewer(page: Page) -> None:
    page.get_by_role("region", name="To review").get_by_role("link", name="Slow responses").click()
    page.get_by_role("button", name="Approve", exact=True).wait_for()
    page.screenshot(path=IMAGES / "review.png")


if __name__ == "__main__":
    take()
