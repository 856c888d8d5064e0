"""Walking: from what a person sees to the steps, to the next problem, and to a contact with all that was tried."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WITHOUT_SCRIPT_TOO

MOST_PAGES = 60


@pytest.mark.parametrize("anyone", WITHOUT_SCRIPT_TOO, indirect=True)
def test_a_symptom_leads_by_questions_to_a_solution_that_fixes_it(anyone: Page) -> None:
    anyone.goto("/troubleshoot/")
    anyone.get_by_label("What you see").fill("the error code is KEY_REVOKED and it worked before")
    anyone.get_by_role("button", name="Start").first.click()
    for _ in range(12):
        if anyone.get_by_text("Did this fix it?").is_visible():
            break
        revoked = anyone.locator(".answers a", has_text="Revoked API key")
        answer = revoked.or_(anyone.locator(".answers a", has_text="Not sure"))
        done = anyone.get_by_role("link", name="Done, next")
        _follow(anyone, answer.or_(done).first.get_attribute("href"))
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Revoked API key")
    anyone.get_by_role("button", name="Fixed it", exact=True).click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Good to hear that it works again")


def test_an_earlier_answer_can_be_changed_without_losing_the_later_ones(anyone: Page) -> None:
    anyone.goto("/troubleshoot/?start=questions")
    first = anyone.get_by_role("heading", level=1).inner_text()
    _answer(anyone, 0)
    _answer(anyone, 0)
    given = anyone.locator(".said__item").count()
    assert given == 2
    anyone.locator(".said__change").first.click()
    expect(anyone.get_by_text("Changing an answer")).to_be_visible()
    expect(anyone.get_by_role("heading", level=1)).to_have_text(first)
    anyone.get_by_role("link", name="Not sure").click()
    expect(anyone.get_by_text("Changing an answer")).to_be_hidden()
    assert anyone.locator(".said__item").count() == given


def test_when_nothing_helps_the_walk_ends_at_a_contact_with_the_transcript(anyone: Page) -> None:
    anyone.goto("/troubleshoot/?symptom=certificate+not+trusted")
    for _ in range(MOST_PAGES):
        if anyone.get_by_role("textbox", name="Summary of this walk").is_visible():
            break
        failed = anyone.get_by_role("button", name="Did not help", exact=True)
        if failed.is_visible():
            before = anyone.url
            failed.click()
            anyone.wait_for_url(lambda url, before=before: url != before)
        else:
            unsure = anyone.locator(".answers a", has_text="Not sure")
            _follow(anyone, unsure.or_(anyone.get_by_role("link", name="Done, next")).first.get_attribute("href"))
    transcript = anyone.get_by_role("textbox", name="Summary of this walk").input_value()
    assert "certificate not trusted" in transcript
    expect(anyone.get_by_role("link", name="support@meridian.example").first).to_be_visible()


def test_a_card_is_picked_by_keyboard_and_leads_to_its_steps(anyone: Page) -> None:
    anyone.goto("/troubleshoot/?symptom=requests+fail+with+a+revoked+key")
    card = anyone.locator(".walk-card a").first
    title = card.inner_text()
    anyone.locator(".walk-card").first.scroll_into_view_if_needed()
    card.focus()
    assert anyone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    anyone.keyboard.press("Enter")
    expect(anyone.get_by_role("heading", level=1)).to_have_text(title)
    expect(anyone.get_by_text("Is it one of these?").or_(anyone.get_by_text("Is it this?")).first).to_be_visible()


def test_more_words_lead_from_a_weak_fit_to_cards(anyone: Page) -> None:
    anyone.goto("/troubleshoot/?symptom=my+cat+is+odd+today")
    expect(anyone.get_by_role("heading", level=1)).to_have_text("I need more to go on")
    anyone.get_by_label("Say more about it").fill("every request fails with KEY_REVOKED")
    anyone.get_by_role("button", name="Go on").click()
    expect(anyone.locator(".walk-card").first).to_be_visible()
    expect(anyone.get_by_role("heading", level=1)).not_to_have_text("I need more to go on")


def test_going_back_and_starting_over_work(anyone: Page) -> None:
    anyone.goto("/troubleshoot/?start=questions")
    first = anyone.get_by_role("heading", level=1).inner_text()
    _answer(anyone, 0)
    anyone.go_back()
    expect(anyone.get_by_role("heading", level=1)).to_have_text(first)
    _answer(anyone, 1)
    anyone.get_by_role("link", name="Start over").click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("What do you see?")


def test_an_urgent_trigger_goes_straight_to_its_contact(anyone: Page) -> None:
    anyone.goto("/troubleshoot/?start=questions")
    anyone.get_by_text("Is one of these true?").click()
    anyone.get_by_role("link", name="Security incident").first.click()
    expect(anyone.get_by_role("heading", name="Security team")).to_be_visible()


def test_the_summary_is_copied_by_a_button_after_a_step_and_after_going_back(page: Page) -> None:
    page.goto("/troubleshoot/?start=questions")
    page.get_by_text("Is one of these true?").click()
    page.get_by_role("link", name="Security incident").first.click()
    _copies(page)
    page.go_back()
    expect(page.get_by_text("Question 1")).to_be_visible()
    page.go_forward()
    _copies(page)
    page.reload()
    _copies(page)


def _copies(page: Page) -> None:
    """The page has one button for its summary, which puts all of it on the clipboard."""
    button = page.get_by_role("button", name="Copy the summary")
    expect(button).to_have_count(1)
    page.evaluate("navigator.clipboard.writeText('')")
    button.click()
    expect(button).to_have_text("Copied")
    summary = page.get_by_role("textbox", name="Summary of this walk").input_value()
    assert "Security incident" in summary
    assert page.evaluate("navigator.clipboard.readText()") == summary


@pytest.mark.slow
def test_the_focus_follows_the_step(page: Page) -> None:
    page.goto("/troubleshoot/?start=questions")
    expect(page.get_by_text("Question 1")).to_be_visible()
    page.locator(".answers a").first.press("Enter")
    expect(page.get_by_text("Question 1")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def _answer(page: Page, number: int) -> None:
    before = page.get_by_role("heading", level=1).inner_text() + str(page.locator(".said__item").count())
    page.locator(".answers a").nth(number).click()
    for _ in range(100):
        if page.get_by_role("heading", level=1).inner_text() + str(page.locator(".said__item").count()) != before:
            return
        page.wait_for_timeout(50)


def _follow(page: Page, address: str | None) -> None:
    assert address
    page.goto(address)
