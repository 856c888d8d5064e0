"""The three buttons under a step, with and without JavaScript: what they count, and where the walk goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import KINDS, DataFolder, OpenPage, serving
from troubleshooting.catalogue.questions import short_id

PROBLEM = short_id("connection-timeouts", "connection-attempt-times-out")
START = f"/troubleshoot/?code=CONN_TIMEOUT&try={PROBLEM}"


@pytest.fixture(scope="module")
def folder(data_folder: DataFolder) -> Path:
    """The data folder of the server, so that what it recorded can be read."""
    return data_folder("outcomes")


@pytest.fixture(scope="module")
def counting_site(folder: Path) -> Iterator[str]:
    """A server of its own: what others press is not counted here."""
    with serving(folder) as address:
        yield address


@pytest.fixture(params=KINDS)
def reader(request: pytest.FixtureRequest, open_page: OpenPage, counting_site: str) -> Iterator[Page]:
    yield from open_page(counting_site, request.param)


@pytest.fixture(autouse=True)
def nothing_said(counting_site: str, folder: Path) -> None:
    with sqlite3.connect(folder / "kb.sqlite3") as database:
        database.execute("DELETE FROM troubleshooting_outcome")


def said(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "kb.sqlite3") as database:
        return [kind for (kind,) in database.execute("SELECT kind FROM troubleshooting_outcome ORDER BY id")]


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_each_of_the_three_buttons_counts_and_leads_on(reader: Page, folder: Path) -> None:
    reader.goto(START)
    expect(reader.get_by_text("Step 1 of ")).to_be_visible()
    problem = reader.get_by_role("heading", level=1).inner_text()
    press(reader, "Did not help")
    expect(reader.get_by_text("Step 2 of ")).to_be_visible()
    assert "tried=" in reader.url
    press(reader, "Can\u2019t do this")
    expect(reader.get_by_text("Step 3 of ")).to_be_visible()
    assert "skipped=" in reader.url
    expect(reader.get_by_text("Can\u2019t be done: 1 step of")).to_be_visible()
    expect(reader.get_by_role("heading", level=1)).to_have_text(problem)
    press(reader, "Fixed it")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")
    assert "fixed=" in reader.url
    assert said(folder) == ["failed", "skipped", "solved"]


def test_going_back_and_pressing_again_counts_once(reader: Page, folder: Path) -> None:
    reader.goto(START)
    for _ in range(2):
        press(reader, "Did not help")
        expect(reader.get_by_text("Step 2 of ")).to_be_visible()
        reader.go_back()
        expect(reader.get_by_text("Step 1 of ")).to_be_visible()
    assert said(folder) == ["failed"]
    press(reader, "Fixed it")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")
    reader.reload()
    assert said(folder) == ["solved"]


def test_a_double_click_counts_once(reader: Page, folder: Path) -> None:
    reader.goto(START)
    reader.get_by_role("button", name="Did not help", exact=True).dblclick()
    expect(reader.get_by_text("Step 1 of ")).to_be_hidden()
    assert set(said(folder)) == {"failed"}
    assert len(said(folder)) <= 2


def test_all_steps_at_once_have_buttons_of_their_own(reader: Page, folder: Path) -> None:
    reader.goto(f"{START}&steps=all")
    reader.get_by_role("button", name="Can\u2019t do this (step 1)").click()
    expect(reader.get_by_text("Can\u2019t be done", exact=True)).to_be_visible()
    reader.get_by_role("button", name="This fixed it (step 2)").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")
    assert said(folder) == ["skipped", "solved"]


def test_the_buttons_work_by_keyboard(reader: Page) -> None:
    reader.goto(START)
    reader.get_by_role("button", name="Fixed it", exact=True).focus()
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("button", name="Did not help", exact=True)).to_be_focused()
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("Step 2 of ")).to_be_visible()
