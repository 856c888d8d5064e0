"""The desk in a narrow window beside a ticket, by keyboard: paste, pick, reply, copy, pin; and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRST_START, NARROW, SharedSite, until
from tests.browser.windows import Windows

BESIDE = {"width": 420, "height": 900}
TICKET = """Our import fails at night: HTTP/1.1 429 Too Many Requests, code RATE_LIMITED.
Also, our credential is exposed: Quaxly found it."""


@pytest.fixture(params=["script", "no-script"])
def desk(request: pytest.FixtureRequest, windows: Windows, shared_site: SharedSite) -> Iterator[Page]:
    """The desk of a member of staff, in a window beside a ticket."""
    password = re.search(r"Password: +(\S+)", (shared_site.folder / FIRST_START).read_text())
    assert password
    with windows.lent(
        base_url=shared_site.address,
        viewport=BESIDE,
        java_script_enabled=request.param == "script",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    ) as context:
        page = context.new_page()
        page.goto("/accounts/sign-in/?next=/desk/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(password[1])
        page.get_by_role("button", name="Sign in").click()
        if request.param == "script":
            expect(page.get_by_role("button", name="Keys")).to_be_visible()
        yield page


def copied(page: Page, kind: str = "text/plain") -> str:
    """What is on the clipboard in a form, '' for nothing."""
    read = """async kind => {
        const [item] = await navigator.clipboard.read();
        return item.types.includes(kind) ? (await item.getType(kind)).text() : "";
    }"""
    return str(page.evaluate(read, kind))


@pytest.mark.parametrize("desk", ["script"], indirect=True)
def test_an_agent_pastes_picks_replies_copies_and_pins_by_keyboard(desk: Page) -> None:
    desk.evaluate("text => navigator.clipboard.writeText(text)", TICKET)
    desk.keyboard.press("/")
    expect(desk.get_by_label("What the ticket says")).to_be_focused()
    desk.keyboard.press("Control+V")
    found = desk.locator("#desk-found")
    expect(found.get_by_role("heading", level=2).first).to_have_text("Is this so? Then escalate at once")
    expect(desk).to_have_url(re.compile(r"/desk/$"))

    desk.keyboard.press("j")  # into the box: it has the focus
    expect(desk.get_by_label("What the ticket says")).to_have_value(f"{TICKET}j")
    desk.get_by_role("heading", name="What it may be").click()
    desk.keyboard.press("j")
    first = found.get_by_role("link", name="Too many requests").first
    expect(first).to_be_focused()
    desk.keyboard.press("1")
    desk.keyboard.press("2")
    expect(desk.get_by_text("2 picked")).to_be_visible()

    desk.keyboard.press("c")
    until(desk, "() => document.querySelector('[data-desk-said]').textContent.startsWith('Copied')")
    assert copied(desk).endswith("/guides/rate-limiting/#too-many-requests")
    desk.keyboard.press("p")
    expect(desk.get_by_role("complementary").get_by_role("link", name="Too many requests").first).to_be_attached()
    expect(found.get_by_role("button", name="Pinned: Too many requests")).to_be_visible()
    first.focus()
    desk.keyboard.press("f")
    desk.keyboard.press("3")
    expect(found.get_by_text("Flagged for the writers: outdated.")).to_be_visible()
    first.focus()
    desk.keyboard.press("k")
    expect(first).to_be_focused()
    desk.keyboard.press("Enter")
    shown = desk.locator("#desk-shown").get_by_role("link", name="Too many requests").first
    expect(shown).to_be_focused()
    expect(desk.locator("#desk-shown").get_by_role("checkbox", name=re.compile("Pick step 1"))).not_to_be_checked()

    desk.keyboard.press("r")
    plain = desk.get_by_label("Plain text")
    expect(plain).to_have_value(re.compile(r"^Too many requests\nhttp.*\n\n1\. Wait for .*\n2\. Retry ", re.DOTALL))
    plain.fill("1. My own words")
    desk.get_by_role("combobox", name="Reply").select_option("Steps to try")
    desk.get_by_role("button", name="Fill it in").click()
    desk.get_by_label("Customer's name").fill("Jane")
    desk.get_by_role("button", name="Add it to the reply").click()
    expect(plain).to_have_value(re.compile(r"^Hello Jane,.*\n\n1\. My own words\n\nIf none of them", re.DOTALL))
    desk.locator("[data-desk-form=html]").get_by_role("button", name="Copy").click()
    expect(desk.locator("[data-desk-form=html]").get_by_role("button", name="Copied")).to_be_visible()
    assert "<li>" in copied(desk, "text/html")
    assert "1. My own words" in copied(desk)
    for width in (BESIDE["width"], *NARROW):
        desk.set_viewport_size({"width": width, "height": BESIDE["height"]})
        until(desk, "width => innerWidth === width", width)
        assert desk.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["script"], indirect=True)
def test_a_reply_that_was_worked_on_is_written_anew_only_when_asked(desk: Page) -> None:
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    desk.get_by_label("What the ticket says").fill(TICKET)
    desk.get_by_role("button", name="Look at it").click()
    desk.get_by_role("heading", name="What it may be").click()
    desk.keyboard.press("j")
    desk.keyboard.press("1")
    desk.keyboard.press("r")
    plain, title = desk.get_by_label("Plain text"), desk.get_by_role("heading", name="Reply", exact=True)
    expect(title).to_be_focused()
    desk.locator("#desk-found [data-desk-result]").first.get_by_role("checkbox").nth(1).check()
    title.click()
    desk.keyboard.press("r")
    expect(plain).to_have_value(re.compile("2. Retry"))
    assert asked == []

    plain.fill("My own words")
    title.click()
    desk.keyboard.press("r")
    assert len(asked) == 1
    expect(plain).to_have_value("My own words")
    desk.get_by_role("button", name="Fill it in").click()  # the page is sent, and shown with these words
    expect(desk.get_by_role("button", name="Leave it")).to_be_visible()
    title.click()
    desk.keyboard.press("r")
    assert len(asked) == 2
    expect(plain).to_have_value("My own words")

    desk.get_by_role("button", name="Untick all").click()
    title.click()
    desk.keyboard.press("r")
    expect(desk.get_by_role("alert").filter(has_text="Nothing is picked, so the reply stays")).to_be_visible()
    expect(plain).to_have_value("My own words")


@pytest.mark.night
@pytest.mark.parametrize("desk", ["script"], indirect=True)
def test_after_a_flag_the_keys_go_on_with_the_result_that_was_flagged(desk: Page) -> None:
    desk.get_by_label("What the ticket says").fill(TICKET)
    desk.get_by_role("button", name="Look at it").click()
    heading = desk.get_by_role("heading", name="What it may be")
    heading.click()
    second = desk.locator("#desk-found [data-desk-result]").nth(1)
    for key in "jjf2":
        desk.keyboard.press(key)
    expect(second.get_by_text("Flagged for the writers: unclear.")).to_be_visible()
    expect(second.locator("[data-desk-open]")).to_be_focused()
    desk.keyboard.press("1")  # the menu is open still
    expect(second.get_by_role("checkbox").first).to_be_checked()
    heading.click()  # takes the focus away
    desk.keyboard.press("p")
    expect(second.get_by_role("button", name=re.compile("^Pinned: "))).to_be_visible()


@pytest.mark.night
@pytest.mark.parametrize("desk", ["script"], indirect=True)
def test_keys_can_be_turned_off_and_stay_off(desk: Page) -> None:
    desk.keyboard.press("?")
    desk.get_by_role("checkbox", name="Use these keys on the desk").uncheck()
    desk.get_by_role("button", name="Close").click()
    desk.reload()
    desk.keyboard.press("/")
    expect(desk.get_by_label("What the ticket says")).not_to_be_focused()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["no-script"], indirect=True)
def test_the_desk_works_without_javascript(desk: Page) -> None:
    desk.get_by_label("What the ticket says").fill(TICKET)
    desk.get_by_role("button", name="Look at it").click()
    result = desk.locator("article").filter(has_text="Too many requests").first
    result.get_by_role("checkbox").nth(1).check()
    with desk.expect_popup() as reply:
        desk.get_by_role("button", name="Write a reply").click()
    expect(reply.value.get_by_label("Plain text")).to_have_value(re.compile(r"\n\n1\. Retry "))
    with desk.expect_popup() as copy:
        result.get_by_role("link", name="Markdown").last.click()
    expect(copy.value.get_by_role("textbox", name="Markdown")).to_have_value(re.compile(r"^## Too many requests\n"))
