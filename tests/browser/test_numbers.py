"""The numbers, as staff see them: a walk that a customer begins is in them a moment later."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRST_START, WIDE, SharedSite, expect_no_sideways_scrolling
from tests.browser.windows import Windows

pytestmark = pytest.mark.slow

NUMBERS = "/desk/numbers/"


@pytest.fixture
def agent(windows: Windows, shared_site: SharedSite) -> Iterator[Page]:
    password = re.search(r"Password: +(\S+)", (shared_site.folder / FIRST_START).read_text())
    assert password
    with windows.lent(base_url=shared_site.address, viewport=WIDE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"/accounts/sign-in/?next={NUMBERS}")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(password[1])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Numbers")
        yield page


def walks_about(agent: Page, category: str) -> int:
    text = agent.request.get(f"{NUMBERS}categories.csv").text()
    rows = csv.reader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")))
    return sum(int(row[1]) for row in rows if row[0] == category)


def test_the_first_page_of_a_walk_is_in_the_numbers_though_nobody_went_on(agent: Page, page: Page) -> None:
    before = walks_about(agent, "Debugging")
    with page.expect_response("**/troubleshoot/seen/") as told:
        page.goto("/troubleshoot/?category=debugging")
    assert told.value.status == 204
    for _ in range(60):
        if walks_about(agent, "Debugging") > before:
            break
        agent.wait_for_timeout(250)
    assert walks_about(agent, "Debugging") == before + 1
    agent.goto(NUMBERS)
    expect(agent.get_by_role("img", name="Walks by day")).to_be_visible()
    table = agent.get_by_role("region", name="Table: Walks by day")
    table.focus()
    expect(table).to_be_focused()
    expect_no_sideways_scrolling(agent, NUMBERS)
