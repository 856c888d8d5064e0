"""A gap from its first sight to its end: people search in vain, a writer writes the guide, and it is known to help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, expect_no_sideways_scrolling
from tests.browser.windows import Windows
from tests.browser.writing import SECONDS, Site, opened, running, watched

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("worklist")) as site:
        yield site


def counted(page: Page) -> None:
    page.goto("/write/worklist/")
    page.get_by_role("button", name="Count anew").click()


def until_recorded(page: Page, site: Site) -> None:
    """Wait for the log, which is written beside the requests."""
    for _ in range(SECONDS // 100):
        if site.asked("SELECT count(*) FROM kb_searchrecord WHERE hits = 0") == [(2,)]:
            return
        page.wait_for_timeout(100)
    raise AssertionError(site.asked("SELECT text, hits FROM kb_searchrecord"))


@pytest.mark.night
def test_a_writer_meets_a_gap_writes_the_guide_and_marks_it_done(studio: Site, windows: Windows) -> None:
    with windows.lent(SECONDS / 1000, base_url=studio.address) as reader:
        page = reader.new_page()
        for typed in ("purple+smoke", "smoke+is+purple"):
            page.goto(f"/search/?q={typed}")
        until_recorded(page, studio)
    with watched(windows, studio, "eve") as context:
        page = opened(context, "/write/")
        page.get_by_role("navigation", name="Studio").get_by_role("link", name="Worklist").click()
        counted(page)
        row = page.locator(".row", has=page.get_by_role("link", name="purple smoke", exact=True))
        expect(row).to_contain_text("2 searches found nothing.")
        row.get_by_role("button", name="I take it").click()
        expect(row).to_contain_text("eve works on it")
        row.get_by_role("link", name="Write the guide").click()
        expect(page.get_by_label("Title")).to_have_value("Purple smoke")
        expect(page.get_by_label("What people see or say")).to_have_value("Purple smoke\nSmoke is purple")
        page.get_by_role("button", name="Start writing").click()
        expect(page.locator(".cm-content")).to_contain_text("- Purple smoke", timeout=SECONDS)
        page.goto("/write/guides/purple-smoke/propose/")
        page.get_by_role("button", name="Approve it myself").click()
        page.goto("/search/?q=purple+smoke")
        page.get_by_role("main").get_by_role("link", name="Purple smoke").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Purple smoke")
        page.goto("/write/worklist/?mine=1")
        page.get_by_role("link", name="purple smoke", exact=True).click()
        expect(page.get_by_label("The guide that answers it").locator("option:checked")).to_have_text("Purple smoke")
        page.get_by_role("button", name="Mark as done").click()
        expect(page.get_by_role("main")).to_contain_text("Too early to say.")
        page.goto("/write/worklist/")
        expect(page.get_by_role("link", name="purple smoke", exact=True)).to_have_count(0)
        page.set_viewport_size(PHONE)
        expect_no_sideways_scrolling(page, "/write/worklist/", "/write/worklist/?state=done", "/write/worklist/1/")
