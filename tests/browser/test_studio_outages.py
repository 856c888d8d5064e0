"""Writers whose server stops under them, whose session ends and who have two tabs open: no word is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser import writing
from tests.browser.windows import Windows
from tests.browser.writing import (
    GIVEN,
    SECONDS,
    WRITTEN,
    Site,
    editor,
    expect_state,
    signed_in,
    wait_until_written,
    write,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with writing.running(tmp_path_factory.mktemp("studio")) as site:
        yield site


@pytest.fixture
def context(windows: Windows, studio: Site) -> Iterator[BrowserContext]:
    """Ada's browser."""
    with writing.watched(windows, studio) as context:
        yield context


def test_what_is_typed_while_the_server_is_down_is_saved_when_it_is_back(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "paper-jam")
    write(page, "\nBefore the server stops.\n")
    expect_state(page, "Saved")
    studio.stop()
    write(page, "\nWhile it is down.\n")
    expect_state(page, "no connection; your text is kept in this browser")
    write(page, "\nAnd still down.\n")
    studio.start()
    expect_state(page, "Saved")
    draft = studio.draft("paper-jam")
    assert "Before the server stops." in draft
    assert "While it is down." in draft
    assert "And still down." in draft


@pytest.mark.night
def test_a_tab_that_is_closed_while_the_server_is_down_loses_nothing(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "triage")
    expect_state(page, "Not changed")
    studio.stop()
    write(page, "\nTyped and then closed.\n")
    page.close(run_before_unload=False)
    studio.start()
    page = context.new_page()
    page.goto("/write/guides/triage/")
    offer = page.get_by_role("alert").filter(has_text="A text that was not saved was found in this browser")
    expect(offer).to_be_visible(timeout=SECONDS)
    offer.get_by_role("button", name="Show the difference").click()
    expect(page.get_by_role("dialog")).to_contain_text("Typed and then closed.")
    page.keyboard.press("Escape")
    offer.get_by_role("button", name="Take it").click()
    expect_state(page, "Saved")
    assert "Typed and then closed." in studio.draft("triage")
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("Typed and then closed.")
    expect(page.get_by_text("was found in this browser")).to_have_count(0)


def test_a_session_that_ends_loses_nothing(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "long")
    studio.sign_all_out()
    write(page, "\nTyped after the session had ended.\n")
    expect_state(page, "Sign in again in another tab: your text is kept in this browser")
    expect(page.locator("#page_told")).to_contain_text("Sign in again")
    other = signed_in(context, "/write/new/")
    other.close()
    expect_state(page, "Saved")
    assert "Typed after the session had ended." in studio.draft("long")


@pytest.mark.night
def test_somebody_else_who_signs_in_saves_nothing_of_it(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "long")
    studio.sign_all_out()
    write(page, "\nThis is by Ada.\n")
    expect_state(page, "Sign in again")
    signed_in(context, "/write/new/", "eve").close()
    expect_state(page, "Somebody else (eve) is signed in here")
    assert studio.asked(WRITTEN, "long", "eve") == []


def test_leaving_the_page_saves_what_was_just_typed(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "triage")
    write(page, "\nThe last words before leaving.\n")
    page.goto("/guides/")
    wait_until_written(page, studio, "triage", "The last words before leaving.")
    page.goto("/write/guides/triage/")
    expect(page.locator(".cm-content")).to_contain_text("The last words before leaving.", timeout=SECONDS)


@pytest.mark.night
def test_leaving_the_page_while_it_saves_saves_what_was_typed_since(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "long")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)  # on its way, and never there

    page.route("**/write/guides/long/draft/", hold, times=1)
    write(page, "\nOn its way.\n")
    expect_state(page, "Saving")
    while not held:
        page.wait_for_timeout(50)
    write(page, "\nThe very last words.\n")
    page.goto("/guides/")
    wait_until_written(page, studio, "long", "The very last words.")
    assert "The very last words." in studio.draft("long")
    page.unroute_all(behavior="ignoreErrors")


def test_two_tabs_keep_both_texts_and_go_on_with_either(context: BrowserContext, studio: Site) -> None:
    first = editor(context, "paper-jam")
    second = context.new_page()
    second.goto("/write/guides/paper-jam/")
    write(first, "\nFrom the first tab.\n")
    expect_state(first, "Saved")
    write(second, "\nFrom the second tab.\n")
    offer = second.get_by_role("alert").filter(has_text="changed in another tab")
    expect(offer).to_be_visible(timeout=SECONDS)
    offer.get_by_role("button", name="Show both").click()
    expect(second.get_by_role("dialog")).to_contain_text("From the first tab.")
    expect(second.get_by_role("dialog")).to_contain_text("unchanged lines")
    second.keyboard.press("Escape")
    offer.get_by_role("button", name="Go on with this text").click()
    expect(second.get_by_text("You go on with this draft now")).to_be_visible(timeout=SECONDS)
    assert "From the second tab." in studio.draft("paper-jam")
    expect(second.get_by_text("Another text of yours is kept aside").first).to_be_visible()


@pytest.mark.night
def test_a_session_that_was_renewed_elsewhere_takes_images_and_details(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "triage")
    studio.sign_all_out()
    signed_in(context, "/write/new/").close()
    page.get_by_role("tab", name="Details").click()
    page.get_by_label("Summary").fill("After another sign-in")
    expect(page.locator(".cm-content")).to_contain_text("summary: After another sign-in", timeout=SECONDS)
    studio.sign_all_out()
    signed_in(context, "/write/new/").close()
    assert page.evaluate(GIVEN, ["drop", ".cm-line:first-child", "yellow"])
    page.get_by_role("dialog").get_by_label("What it shows").fill("All yellow")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text("![All yellow](images/drop-here", timeout=SECONDS)


@pytest.mark.night
def test_details_that_were_just_typed_are_saved_on_leaving(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "long")
    page.get_by_role("tab", name="Details").click()
    page.get_by_label("Summary").press_sequentially("Typed and left at once")
    page.goto("/guides/")
    wait_until_written(page, studio, "long", "summary: Typed and left at once")
    page.goto("/write/guides/long/")
    expect(page.locator(".cm-content")).to_contain_text("summary: Typed and left at once", timeout=SECONDS)
    expect(page.get_by_text("was found in this browser")).to_have_count(0)


@pytest.mark.night
def test_details_that_were_typed_while_the_server_was_down_are_kept(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "triage")
    studio.stop()
    page.get_by_role("tab", name="Details").click()
    page.get_by_label("Owner").fill("Grace")
    told = page.get_by_role("alert").filter(has_text="The details are not in the text yet: there is no connection")
    expect(told).to_be_visible(timeout=SECONDS)
    studio.start()
    expect(page.locator(".cm-content")).to_contain_text("owner: Grace", timeout=SECONDS)
    expect(told).to_have_count(0)
    expect_state(page, "Saved")
    studio.stop()
    page.get_by_label("Owner").fill("Hopper")
    page.close(run_before_unload=False)
    studio.start()
    page = context.new_page()
    page.goto("/write/guides/triage/")
    offer = page.get_by_role("alert").filter(has_text="A text that was not saved was found in this browser")
    offer.get_by_role("button", name="Take it").click(timeout=SECONDS)
    expect(page.locator(".cm-content")).to_contain_text("owner: Hopper")
    expect_state(page, "Saved")
