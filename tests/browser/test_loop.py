"""The whole loop: a customer finds nothing, an agent learns why, a writer writes it, and the next customer finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import Windows
from tests.browser.writing import SECONDS, Site, opened, running, watched

pytestmark = pytest.mark.slow

REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
FIX = "Clean the fuser"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("loop")) as site:
        yield site


def until(page: Page, site: Site, statement: str, wanted: int) -> None:
    """Wait for what is recorded beside the requests."""
    for _ in range(SECONDS // 100):
        if site.asked(statement) == [(wanted,)]:
            return
        page.wait_for_timeout(100)
    raise AssertionError(site.asked(statement))


def searched_and_walked_in_vain(page: Page) -> str:
    """The reference that a customer gets whom neither search nor a walk could help."""
    for typed in ("purple+smoke", "smoke+is+purple"):
        page.goto(f"/search/?q={typed}")
        expect(page.get_by_role("main")).to_contain_text("No")
    page.goto("/troubleshoot/")
    page.get_by_label("What you see").fill("Purple smoke rises")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("I need more to go on")
    page.get_by_role("main").get_by_role("link", name="Not sure").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No guide here seems to cover this")
    page.get_by_role("link", name="Get a reference").click()
    page.get_by_role("button", name="Get a reference").click()
    shown = REFERENCE.search(page.locator("#reference").inner_text())
    assert shown
    return shown[0]


def test_what_a_customer_missed_is_there_for_the_next_one(studio: Site, windows: Windows) -> None:
    with windows.lent(SECONDS / 1000, base_url=studio.address) as customer:
        page = customer.new_page()
        reference = searched_and_walked_in_vain(page)
        until(page, studio, "SELECT count(*) FROM kb_searchrecord WHERE hits = 0", 2)
        until(page, studio, "SELECT count(*) FROM troubleshooting_walkstep WHERE shown = 'not_covered'", 1)
    with watched(windows, studio, "eve") as context:
        agent = opened(context, f"/desk/{reference}/")
        expect(agent.get_by_role("main")).to_contain_text("Purple smoke rises")
        agent.get_by_role("button", name="Take over").click()
        expect(agent.get_by_text("eve has it since")).to_be_visible()
        agent.get_by_label("Their words").fill("Purple smoke rises from the fuser")
        agent.get_by_role("button", name="Save the answers").click()
        expect(agent.get_by_text("Its answers were changed here.")).to_be_visible()
        agent.get_by_label("The problem, or what it was in a sentence").fill("Paper dust burns in the fuser")
        agent.get_by_label(re.compile("What helped")).fill(FIX)
        agent.get_by_role("radio", name=re.compile("No guide covers this")).check()
        agent.get_by_role("button", name="Record the cause").click()
        expect(agent.get_by_text("No guide covers it. Paper dust burns in the fuser", exact=True)).to_be_visible()

        writer = opened(context, "/write/worklist/")
        writer.get_by_role("button", name="Count anew").click()
        expect(writer.get_by_role("main")).to_contain_text("Paper dust burns in the fuser")
        row = writer.locator(".row", has=writer.get_by_role("link", name="purple smoke", exact=True))
        row.get_by_role("link", name="Write the guide").click()
        writer.get_by_role("button", name="Start writing").click()
        expect(writer.locator(".cm-content")).to_contain_text("- Purple smoke", timeout=SECONDS)
        writer.goto("/write/guides/purple-smoke/propose/")
        writer.get_by_role("button", name="Approve it myself").click()
        expect(writer.get_by_role("main")).to_contain_text("Purple smoke")
    with windows.lent(SECONDS / 1000, base_url=studio.address) as customer:
        page = customer.new_page()
        page.goto("/search/?q=purple+smoke")
        expect(page.get_by_role("main").get_by_role("link", name="Purple smoke").first).to_be_visible()
        page.goto("/troubleshoot/")
        page.get_by_label("What you see").fill("Purple smoke")
        page.get_by_role("button", name="Start").click()
        page.get_by_role("main").get_by_role("link", name="Purple smoke").first.click()
        page.get_by_role("button", name=re.compile("fixed|^Yes", re.IGNORECASE)).first.click()
        expect(page.get_by_role("main")).to_contain_text("fixed")
        until(page, studio, "SELECT count(*) FROM troubleshooting_outcome WHERE kind = 'solved'", 1)
        until(page, studio, "SELECT count(DISTINCT walk) FROM troubleshooting_walkstep", 2)
    with watched(windows, studio, "eve") as context:
        numbers = opened(context, "/desk/numbers/?range=7")
        expect(numbers.get_by_role("main")).to_contain_text(
            re.compile(r"Walks\s*2\s*1 solved, 0 escalated, 1 not covered")
        )
