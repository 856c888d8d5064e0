"""Writers at work in a real browser: they write, link, draw in pictures and preview, with and without a mouse."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Picture
from playwright.sync_api import BrowserContext, expect

from tests.browser import writing
from tests.browser.conftest import PHONE, expect_no_sideways_scrolling, until
from tests.browser.windows import Windows
from tests.browser.writing import GIVEN, SECONDS, Site, editor, expect_state, opened, text_of, write
from tests.support.doubtful import IN_PROSE, MADE_SURE


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with writing.running(tmp_path_factory.mktemp("studio")) as site:
        yield site


@pytest.fixture
def context(windows: Windows, studio: Site) -> Iterator[BrowserContext]:
    """Ada's browser."""
    with writing.watched(windows, studio) as context:
        yield context


@pytest.fixture
def eves(windows: Windows, studio: Site) -> Iterator[BrowserContext]:
    """Eve's browser."""
    with writing.watched(windows, studio, "eve") as context:
        yield context


@pytest.fixture
def plain(windows: Windows, studio: Site) -> Iterator[BrowserContext]:
    """Ada's browser without JavaScript."""
    with writing.watched(windows, studio, java_script_enabled=False) as context:
        yield context


def test_a_guide_goes_from_its_template_to_readers(eves: BrowserContext) -> None:
    page = opened(eves, "/write/new/")
    page.get_by_label("A problem").check()
    page.get_by_label("Title").fill("Toner runs out")
    page.get_by_label("Category").fill("Printers")
    page.get_by_role("button", name="Start writing").click()
    expect(page.locator("#page_preview .prose ol.steps li")).to_have_count(3, timeout=SECONDS)
    write(page, "4. Tell the [office](missing.md).\n\n![](none.png)\n")
    expect(page.get_by_role("tab", name="Findings (10)")).to_be_visible(timeout=SECONDS)
    expect(page.locator(".cm-lint-marker-warning").first).to_be_visible()
    page.get_by_role("tab", name="Findings (10)").click()
    expect(page.locator("#page_said")).to_contain_text("4 steps")
    page.locator("#page_said").get_by_role("button", name="Line 23").first.click()
    expect(page.locator(".cm-activeLine")).to_contain_text("none.png")
    page.get_by_role("tab", name="Details").click()
    page.get_by_label("Tags").fill("toner, ink")
    page.get_by_label("Tags").blur()
    expect(page.locator(".cm-content")).to_contain_text("tags: [toner, ink]", timeout=SECONDS)
    page.get_by_role("button", name="Propose…").click()
    page.wait_for_url("**/propose/")
    expect(page.get_by_role("main")).to_contain_text("no description")
    page.get_by_label("What you changed").fill("New")
    page.get_by_role("button", name="Approve it myself").click()
    page.wait_for_url("**/guides/toner-runs-out/")
    expect(page.get_by_role("main")).to_contain_text("Tell the office")


@pytest.mark.slow
def test_typed_front_matter_comes_into_the_details(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    page.locator(".cm-line", has_text="category: Printers").click()
    page.keyboard.press("End")
    page.keyboard.insert_text("\nowner: Office\naudience: staff")
    page.get_by_role("tab", name="Details").click()
    expect(page.get_by_label("Owner")).to_have_value("Office", timeout=SECONDS)
    expect(page.get_by_label("Who may see it")).to_have_value("staff")
    expect(page.locator("#page_preview .badge--staff")).to_be_attached()


def test_a_link_is_picked_with_the_keyboard_alone(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    write(page, "\nAsk ")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("night shift")
    wanted = page.get_by_role("option", name="Contact Night shift")
    expect(wanted).to_be_visible(timeout=SECONDS)
    for _ in range(page.get_by_role("option").count() - 1):
        page.keyboard.press("ArrowDown")
    expect(wanted).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-activeLine")).to_have_text("Ask [Night shift](contacts/night-shift.md)")
    expect(page.locator(".cm-content")).to_be_focused()
    expect(page.locator('#page_preview a[href="/contacts/#night-shift"]')).to_be_attached(timeout=SECONDS)


def test_the_keys_for_findings_and_indents_do_what_the_page_says(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    write(page, "\n\n![](none.png)\n\nThe last line.")
    expect(page.locator(".cm-lint-marker-warning").first).to_be_visible(timeout=SECONDS)
    expect(page.locator(".cm-activeLine")).to_have_text("The last line.")
    page.keyboard.press("Control+]")
    until(page, "document.querySelector('.cm-activeLine').textContent.startsWith('  The last')")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("none.png")
    page.keyboard.press("Control+f")
    expect(page.locator(".cm-search")).to_be_visible()
    page.keyboard.press("Escape")


def test_buttons_and_keys_write_the_markdown(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    write(page, "\n\nword")
    page.keyboard.press("Shift+Control+ArrowLeft")
    page.keyboard.press("Control+b")
    expect(page.locator(".cm-activeLine")).to_have_text("**word**")
    page.keyboard.press("Control+b")
    page.get_by_role("button", name="Numbered steps").click()
    expect(page.locator(".cm-activeLine")).to_have_text("1. word")
    page.get_by_role("button", name="Heading 2").click()
    page.get_by_label("Alert").press("ArrowDown")
    expect(page.get_by_label("Alert")).to_be_focused()
    expect(page.locator(".cm-content")).not_to_contain_text("> [!NOTE]")
    page.keyboard.press("Escape")
    page.get_by_label("Alert").select_option("WARNING")
    expect(page.locator(".cm-content")).to_contain_text("> [!WARNING]")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".cm-content")).to_be_focused()


def test_an_image_is_described_sent_and_shown(context: BrowserContext, tmp_path: Path) -> None:
    page = editor(context, "paper-jam")
    out = io.BytesIO()
    Picture.new("RGB", (40, 30), (200, 30, 30)).save(out, "PNG")
    write(page, "\n\n")
    page.get_by_role("button", name="Image").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Image (PNG").set_input_files({"name": "notes.docx", "mimeType": "text/plain", "buffer": b"x"})
    expect(dialog.get_by_role("alert")).to_contain_text("no PDF")
    picture = {"name": "Flap open.png", "mimeType": "image/png", "buffer": out.getvalue()}
    dialog.get_by_label("Image (PNG").set_input_files(picture)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("what the image shows")
    dialog.get_by_label("What it shows").fill("The open flap")
    dialog.get_by_role("button", name="Add it").click()
    expect(page.locator(".cm-content")).to_contain_text("![The open flap](images/flap-open.png)", timeout=SECONDS)
    shown = page.locator('#page_preview img[alt="The open flap"]')
    expect(shown).to_be_attached(timeout=SECONDS)
    until(page, "image => image.complete && image.naturalWidth === 40", shown.element_handle())


@pytest.mark.parametrize(
    ("how", "where", "colour"),
    [
        ("paste", ".cm-content", "red"),
        pytest.param("drop", ".cm-line:first-child", "green", marks=pytest.mark.night),
        pytest.param("drop", "#page_preview", "blue", marks=pytest.mark.night),
    ],
)
def test_a_picture_that_is_pasted_or_dropped_is_described_stored_and_shown(
    context: BrowserContext, studio: Site, how: str, where: str, colour: str
) -> None:
    page = editor(context, "paper-jam")
    write(page, "\n\n")
    assert page.evaluate(GIVEN, [how, where, colour])
    described = page.get_by_role("dialog").get_by_label("What it shows")
    expect(described).to_be_focused()
    described.fill(f"All {colour}")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text(f"![All {colour}](images/{how}-here", timeout=SECONDS)
    expect(page.locator(".cm-content")).to_be_focused()
    shown = page.locator(f'#page_preview img[alt="All {colour}"]')
    expect(shown).to_be_attached(timeout=SECONDS)
    until(page, "image => image.complete && image.naturalWidth === 37", shown.element_handle())
    expect_state(page, "Saved")
    saved = studio.draft("paper-jam")
    assert f"![All {colour}](images/{how}-here" in saved
    assert saved.startswith("---\ntitle: Paper jam\n")


def test_the_preview_scrolls_along_and_the_tree_is_drawn(context: BrowserContext) -> None:
    page = editor(context, "long")
    page.locator(".cm-content").focus()
    page.mouse.move(200, 500)
    page.keyboard.press("Control+End")
    until(page, "() => document.getElementById('page_preview').scrollTop > 1000")
    page.goto("/write/guides/triage/")
    page.get_by_role("tab", name="Tree").click()
    expect(page.locator("#page_tree svg")).to_contain_text("Is there paper in it?", timeout=SECONDS)
    expect(page.locator("#page_tree svg")).to_contain_text("Ask: Night shift")


def test_on_a_phone_one_part_is_shown_at_a_time(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("tab", name="Text").click()
    expect(page.locator("#page_preview")).to_be_hidden()
    page.get_by_role("tab", name="Preview").click()
    expect(page.locator(".cm-content")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.slow
def test_what_makes_it_sure_is_put_in_and_taken_out_again(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(IN_PROSE)
    page.get_by_role("tab", name="Findings").click()
    said = page.locator("#page_said")
    expect(said).to_contain_text('is "An update of the agent is out." (line 5) one?', timeout=SECONDS)
    said.locator(".doubt").get_by_role("button", name="Line 5", exact=True).click()
    expect(page.locator(".cm-activeLine")).to_contain_text("An update")
    said.get_by_role("button", name='Put "### Solution" before line 5').click()
    assert text_of(page) == MADE_SURE
    expect(page.locator(".cm-activeLine")).to_have_text("### Solution")
    expect(said).to_contain_text("1 symptom, 1 step", timeout=SECONDS)
    expect(said).not_to_contain_text("No problem was found")
    page.get_by_role("button", name="Take it out again").click()
    assert text_of(page) == IN_PROSE
    expect(page.get_by_role("button", name="Take it out again")).to_have_count(0)
    expect(said).to_contain_text("No problem was found", timeout=SECONDS)
    said.get_by_role("button", name='Put "### Solution" before line 5').click()
    page.keyboard.press("Control+z")
    assert text_of(page) == IN_PROSE


@pytest.mark.night
def test_without_javascript_a_label_is_put_in_and_taken_out_again(plain: BrowserContext) -> None:
    page = opened(plain, "/write/guides/triage/")
    text = page.get_by_label("Text of the guide, in Markdown")
    text.fill(IN_PROSE)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name='Put "### Solution" before line 5').click()
    assert text.input_value() == MADE_SURE
    page.get_by_role("link", name="take the label out again").click()
    assert text.input_value() == IN_PROSE
    page.get_by_role("button", name='Put "### Solution" before line 5').click()
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_text("Your draft is saved.")).to_be_visible()
    assert text.input_value() == MADE_SURE


@pytest.mark.slow
def test_no_page_of_the_studio_scrolls_sideways(eves: BrowserContext) -> None:
    page = editor(eves, "paper-jam")
    own = ("", "guides/", "attention/", "links/", "contacts/", "contacts/night-shift/", "new/")
    of_a_guide = ("", "history/", "rename/", "retire/", "revisions/1/", "revisions/1/?view=source")
    addresses = [f"/write/{path}" for path in own] + [f"/write/guides/paper-jam/{path}" for path in of_a_guide]
    expect_no_sideways_scrolling(page, "/", "/guides/paper-jam/", *addresses)


@pytest.mark.slow
def test_without_javascript_a_form_previews_saves_and_proposes(plain: BrowserContext, studio: Site) -> None:
    page = opened(plain, "/write/guides/long/")
    page.get_by_label("Text of the guide, in Markdown").fill("# A plain guide\n\nBy hand.\n")
    page.get_by_label("Owner").fill("Office")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#page_preview")).to_contain_text("By hand.")
    assert "owner: Office" in studio.draft("long")
    page.get_by_role("button", name="Propose…").click()
    page.get_by_label("What you changed").fill("Shorter")
    page.get_by_role("button", name="Propose for review").click()
    expect(page.get_by_text("It is in review now")).to_be_visible()


@pytest.mark.night
def test_the_panel_that_looks_for_words_speaks_the_readers_language(windows: Windows, studio: Site) -> None:
    with writing.watched(windows, studio, locale="de") as context:
        page = opened(context, "/write/guides/paper-jam/")
        page.locator(".cm-content").click()
        page.keyboard.press("Control+f")
        expect(page.locator(".cm-search").get_by_placeholder("Suchen")).to_be_visible()
        expect(page.locator(".cm-search").get_by_role("button", name="alle ersetzen")).to_be_visible()
