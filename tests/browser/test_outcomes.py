"""The three buttons under a step, with and without JavaScript: what they count, and where the walk goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SharedSite
from troubleshooting.catalogue.identifiers import short_id

pytestmark = pytest.mark.slow

PROBLEM = short_id("connection-timeouts", "connection-attempt-times-out")
START = f"/troubleshoot/?code=CONN_TIMEOUT&try={PROBLEM}"


@pytest.fixture(scope="module")
def folder(shared_site: SharedSite) -> Path:
    """The data folder of the server, so that what it recorded can be read."""
    return shared_site.folder


@pytest.fixture(autouse=True)
def nothing_said(folder: Path) -> None:
    """What earlier tests pressed is not counted here."""
    with sqlite3.connect(folder / "kb.sqlite3") as database:
        database.execute("DELETE FROM troubleshooting_outcome")


def said(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "kb.sqlite3") as database:
        return [kind for (kind,) in database.execute("SELECT kind FROM troubleshooting_outcome ORDER BY id")]


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def go_to_the_end(page: Page) -> int:
    """Do step after step, until it is asked whether it helped; how many steps there are."""
    number = page.locator("#walk-step-title")
    for _ in range(20):
        before = number.inner_text()
        if page.get_by_text("Did this fix it?").is_visible():
            break
        page.get_by_role("link", name="Done, next").click()
        expect(number).not_to_have_text(before)
    return int(number.inner_text().split()[-1])


def test_each_of_the_three_buttons_counts_and_leads_on(anyone: Page, folder: Path) -> None:
    anyone.goto(START)
    expect(anyone.get_by_text("Step 1 of ")).to_be_visible()
    problem = anyone.get_by_role("heading", level=1).inner_text()
    press(anyone, "Can\u2019t do this")
    expect(anyone.get_by_text("Step 2 of ")).to_be_visible()
    assert "skipped=" in anyone.url
    expect(anyone.get_by_text("Can\u2019t be done: 1 step of")).to_be_visible()
    steps = go_to_the_end(anyone)
    expect(anyone.get_by_role("heading", level=1)).to_have_text(problem)
    assert "done=" in anyone.url
    assert said(folder) == ["skipped"]
    press(anyone, "Did not help")
    expect(anyone.get_by_text("Did not help:")).to_be_visible()
    assert "tried=" in anyone.url
    assert said(folder) == ["skipped"] + ["failed"] * (steps - 1)
    anyone.go_back()
    press(anyone, "Fixed it")
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")
    assert "fixed=" in anyone.url
    assert sorted(said(folder)) == ["failed"] * (steps - 2) + ["skipped", "solved"]


@pytest.mark.night
def test_going_back_and_pressing_again_counts_once(anyone: Page, folder: Path) -> None:
    anyone.goto(START)
    for _ in range(2):
        press(anyone, "Can\u2019t do this")
        expect(anyone.get_by_text("Step 2 of ")).to_be_visible()
        anyone.go_back()
        expect(anyone.get_by_text("Step 1 of ")).to_be_visible()
    assert said(folder) == ["skipped"]
    press(anyone, "It\u2019s fixed already")
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")
    anyone.reload()
    assert said(folder) == ["solved"]


@pytest.mark.night
def test_a_double_click_counts_once(anyone: Page, folder: Path) -> None:
    anyone.goto(START)
    anyone.get_by_role("button", name="Can\u2019t do this", exact=True).dblclick()
    expect(anyone.get_by_text("Step 1 of ")).to_be_hidden()
    assert set(said(folder)) == {"skipped"}
    assert len(said(folder)) <= 2


@pytest.mark.night
def test_all_steps_at_once_have_buttons_of_their_own(anyone: Page, folder: Path) -> None:
    anyone.goto(f"{START}&steps=all")
    anyone.get_by_role("button", name="Can\u2019t do this (step 1)").click()
    expect(anyone.get_by_text("Can\u2019t be done", exact=True)).to_be_visible()
    anyone.get_by_role("button", name="This fixed it (step 2)").click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")
    assert said(folder) == ["skipped", "solved"]


@pytest.mark.night
def test_the_buttons_work_by_keyboard(anyone: Page) -> None:
    anyone.goto(START)
    anyone.get_by_role("link", name="Done, next").focus()
    anyone.keyboard.press("Tab")
    expect(anyone.get_by_role("button", name="It\u2019s fixed already", exact=True)).to_be_focused()
    anyone.keyboard.press("Tab")
    expect(anyone.get_by_role("button", name="Can\u2019t do this", exact=True)).to_be_focused()
    anyone.keyboard.press("Enter")
    expect(anyone.get_by_text("Step 2 of ")).to_be_visible()
