"""A walk that did not help: the customer sends it, an agent opens it by its reference and records the cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRST_START, KINDS, PHONE, WIDE, SharedSite, expect_no_sideways_scrolling
from tests.browser.windows import Windows

pytestmark = pytest.mark.slow

REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class MailingSite:
    """A site that sends mail into a folder, and its administrator's password."""

    address: str
    password: str
    mails: Path


@pytest.fixture(scope="module")
def mailing(shared_site: SharedSite) -> MailingSite:
    password = re.search(r"Password: +(\S+)", (shared_site.folder / FIRST_START).read_text())
    assert password
    return MailingSite(shared_site.address, password[1], shared_site.mails)


@pytest.fixture(params=KINDS)
def customer(request: pytest.FixtureRequest, windows: Windows, mailing: MailingSite) -> Iterator[Page]:
    """A reader of that site, as in the fixture `anyone`."""
    size = PHONE if request.param == "phone" else WIDE
    script = request.param != "no-script"
    with windows.lent(
        base_url=mailing.address, viewport=size, java_script_enabled=script, reduced_motion="reduce"
    ) as context:
        yield context.new_page()


@pytest.fixture
def agent(windows: Windows, mailing: MailingSite) -> Iterator[Page]:
    """Someone who is signed in to that site as staff."""
    with windows.lent(base_url=mailing.address, viewport=WIDE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/accounts/sign-in/?next=/desk/hand-overs/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(mailing.password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hand-overs")
        yield page


def escalate(page: Page) -> None:
    """Walk to the contacts."""
    page.goto("/troubleshoot/?start=questions")
    page.get_by_text("Is one of these true?").click()
    page.get_by_role("link", name="Security incident").first.click()
    expect(page.get_by_text("Escalate now")).to_be_visible()


def reference_of(page: Page) -> str:
    """The reference that the customer sees."""
    shown = REFERENCE.search(page.locator("#reference").inner_text())
    assert shown
    return shown[0]


def look_again_until_sent(page: Page) -> None:
    """Follow the link of the page for as long as it is there; with JavaScript, the page does so by itself."""
    for _ in range(60):
        if not page.get_by_role("link", name="look again").is_visible():
            return
        page.get_by_role("link", name="look again").click()
        page.wait_for_timeout(250)


def test_a_walk_is_sent_taken_over_and_its_cause_recorded(
    customer: Page, agent: Page, mailing: MailingSite, request: pytest.FixtureRequest
) -> None:
    before = set(mailing.mails.iterdir())
    escalate(customer)
    customer.get_by_role("link", name="Send to Security team").click()
    expect(customer.get_by_role("textbox", name="This is sent")).to_have_value(re.compile("Security incident"))
    customer.get_by_label("Anything to add?").fill("Since this morning, all of us")
    customer.get_by_label("Your e-mail address").fill("me@example.org")
    customer.get_by_role("button", name="Send to Security team").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text(re.compile("(On its way|Sent) to Security team"))
    reference = reference_of(customer)
    if "no-script" in request.node.name:
        look_again_until_sent(customer)
    expect(customer.get_by_role("heading", level=1)).to_have_text("Sent to Security team")
    (mail,) = set(mailing.mails.iterdir()) - before
    assert f"({reference})" in mail.read_text()
    assert "Since this morning, all of us" in mail.read_text()

    agent.get_by_label("Words, or a reference").fill(reference.lower())
    agent.get_by_role("button", name="Show").click()
    expect(agent.get_by_text("Since this morning, all of us")).to_be_visible()
    expect(agent.get_by_text("Mail: sent on")).to_be_visible()
    agent.get_by_role("button", name="Take over").click()
    expect(agent.get_by_text("admin has it since")).to_be_visible()
    expect(agent.get_by_text("Took it over.")).to_be_visible()
    agent.get_by_label("A note for your colleagues").fill("Called them")
    agent.get_by_role("button", name="Add the note").click()
    expect(agent.locator(".desk__note", has_text="Called them")).to_be_visible()
    agent.get_by_role("link", name="Go on with the walk").click()
    expect(agent.get_by_text("Escalate now")).to_be_visible()
    agent.goto(f"/search/?q={reference}")
    # A page may be loaded before it is drawn, and only then the box has the focus.
    expect(agent.get_by_label("The problem, or what it was")).to_be_focused()
    agent.keyboard.type("revoked key")
    expect(agent.get_by_text("Problems that fit “revoked key”")).to_be_visible()
    agent.keyboard.press("ArrowDown")
    expect(agent.get_by_role("radio", name=re.compile("Revoked API key"))).to_be_checked()
    agent.keyboard.press("Enter")
    expect(agent.get_by_text("Closed by admin on")).to_be_visible()
    expect(agent.get_by_text("It was Revoked API key")).to_be_visible()


def test_a_reference_alone_is_for_staff_only(customer: Page, agent: Page) -> None:
    escalate(customer)
    customer.get_by_role("link", name="Get a reference").click()
    customer.get_by_role("button", name="Get a reference").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Your reference")
    reference = reference_of(customer)
    customer.goto(f"/desk/{reference}/")
    expect(customer.get_by_role("heading", level=1)).to_have_text("Sign in")
    agent.goto(f"/desk/{reference}/")
    expect(agent.get_by_text("Nobody has taken it over yet.")).to_be_visible()
    agent.keyboard.press("ArrowUp")
    expect(agent.get_by_role("radio", name=re.compile("No guide covers this"))).to_be_checked()
    agent.get_by_role("button", name="Record the cause").click()
    expect(agent.get_by_text("Say in a sentence what it was")).to_be_visible()


@pytest.mark.parametrize("customer", ["wide"], indirect=True)
def test_no_page_of_the_desk_scrolls_sideways(customer: Page, agent: Page) -> None:
    escalate(customer)
    customer.get_by_role("link", name="Get a reference").click()
    customer.get_by_role("button", name="Get a reference").click()
    handed_over = f"/desk/{reference_of(customer)}/"
    expect_no_sideways_scrolling(agent, "/desk/hand-overs/", "/desk/hand-overs/?state=closed", handed_over)
