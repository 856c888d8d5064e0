"""Files that are dropped on a text or pasted: pictures are asked about one by one, and nothing else comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import writing
from tests.browser.windows import Windows
from tests.browser.writing import SECONDS, Site, editor, expect_state, opened, text_of, write

pytestmark = pytest.mark.slow

GIVEN = """async ([how, where, files, text]) => {
    const data = new DataTransfer();
    for (const [name, type] of files) {
        const canvas = Object.assign(document.createElement("canvas"), { width: 37, height: 21 });
        canvas.getContext("2d").fillRect(name.length, 0, 9, 9);
        const blob = await new Promise((done) => canvas.toBlob(done));
        data.items.add(new File(type === "image/png" ? [blob] : ["kept in a file"], name, { type }));
    }
    if (text) data.setData("text/plain", text);
    const place = document.querySelector(where);
    const { left, top, height } = place.getBoundingClientRect();
    const told = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + height / 2 };
    const event = how === "paste"
        ? new ClipboardEvent("paste", { ...told, clipboardData: data })
        : new DragEvent("drop", { ...told, dataTransfer: data });
    place.dispatchEvent(event);
    return event.defaultPrevented;
}"""
NOTES = ["notes.docx", "application/msword"]
LOG = ["boot log.txt", "text/plain"]
LINE = ".cm-line:nth-child(6)"
ELSEWHERE = [
    pytest.param(*given, marks=pytest.mark.night) for given in (("drop", "#page_preview"), ("paste", ".cm-content"))
]


def picture(name: str) -> list[str]:
    return [name, "image/png"]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with writing.running(tmp_path_factory.mktemp("dropping")) as site:
        yield site


@pytest.fixture
def context(windows: Windows, studio: Site) -> Iterator[BrowserContext]:
    """Ada's browser."""
    with writing.watched(windows, studio) as context:
        yield context


def described(page: Page, words: str) -> None:
    expect(page.get_by_role("dialog").get_by_label("What it shows")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("how", "where"), [("drop", LINE), *ELSEWHERE])
def test_a_file_that_is_no_picture_does_not_come_into_the_text(context: BrowserContext, how: str, where: str) -> None:
    page = editor(context, "paper-jam")
    before = text_of(page)
    assert page.evaluate(GIVEN, [how, where, [NOTES], ""])
    expect(page.locator("#page_offers")).to_contain_text("“notes.docx” is no image")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert text_of(page) == before


@pytest.mark.night
def test_several_pictures_are_asked_about_one_after_the_other(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    write(page, "\n\n")
    files = [picture("one.png"), NOTES, picture("second.png"), picture("the third.png")]
    assert page.evaluate(GIVEN, ["drop", ".cm-line:last-child", files, ""])
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("2 more files wait")
    described(page, "First")
    expect(dialog.get_by_role("status")).to_contain_text("1 more file waits", timeout=SECONDS)
    dialog.get_by_role("button", name="Leave it out").click()
    expect(dialog.get_by_role("button", name="Leave it out")).to_be_hidden()
    described(page, "Third")
    expect(dialog).to_have_count(0, timeout=SECONDS)
    expect(page.locator(".cm-content")).to_contain_text("![Third](images/the-third.png)")
    assert "![First](images/one.png)\n\n![Third](images/the-third.png)" in text_of(page)
    expect(page.locator("#page_offers")).to_contain_text("“notes.docx” is no image")


@pytest.mark.parametrize(("how", "where"), [("drop", LINE), *ELSEWHERE])
def test_a_file_that_readers_may_download_is_named_and_linked(context: BrowserContext, how: str, where: str) -> None:
    page = editor(context, "paper-jam")
    write(page, "\n\n")
    assert page.evaluate(GIVEN, [how, where, [LOG], ""])
    words = page.get_by_role("dialog").get_by_label("Words of the link")
    expect(words).to_be_focused()
    expect(words).to_have_value("boot log.txt")
    label = f"The log {how} {len(where)}"  # another each time: the draft keeps those before
    words.fill(label)
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text(f"[{label}](files/boot-log.txt)", timeout=SECONDS)
    expect(page.locator("#page_preview a", has_text=label)).to_have_attribute(
        "href", re.compile("/attachments/[0-9a-f]{64}/boot-log.txt"), timeout=SECONDS
    )


@pytest.mark.night
def test_pictures_that_were_left_waiting_are_told_of(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    assert page.evaluate(GIVEN, ["drop", LINE, [picture("one.png"), picture("second.png")], ""])
    page.keyboard.press("Escape")
    expect(page.locator("#page_offers")).to_contain_text("2 files were not added")


@pytest.mark.night
def test_text_that_is_dragged_or_pasted_comes_into_the_text(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    page.evaluate(GIVEN, ["drop", LINE, [], "Dragged words"])
    expect(page.locator(".cm-content")).to_contain_text("Dragged words")
    page.evaluate(GIVEN, ["paste", ".cm-content", [picture("a sheet.png")], "Pasted words"])
    expect(page.locator(".cm-content")).to_contain_text("Pasted words")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.night
def test_text_of_the_page_is_moved_with_the_mouse(context: BrowserContext) -> None:
    page = opened(context, "/write/guides/triage/")
    expect(page.locator(".cm-content")).to_contain_text("Printer triage", timeout=SECONDS)
    write(page, "\nmovable")
    expect_state(page, "Saved")
    page.locator(".cm-line", has_text="movable").dblclick(position={"x": 25, "y": 10})
    page.wait_for_timeout(1000)  # a press that follows at once would be a third click
    box = page.locator(".cm-line", has_text="movable").bounding_box()
    goal = page.locator(".cm-line", has_text="# Printer triage").bounding_box()
    assert box
    assert goal
    before = sorted("".join(text_of(page).split()))
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"])
    page.mouse.move(goal["x"] + 300, goal["y"] + goal["height"] / 2)
    page.mouse.move(goal["x"] + 302, goal["y"] + goal["height"] / 2)
    page.mouse.up()
    expect(page.locator(".cm-line", has_text="# Printer triage")).not_to_have_text("# Printer triage")
    assert sorted("".join(text_of(page).split())) == before


@pytest.mark.night
def test_a_file_that_is_dropped_on_a_text_under_review_does_not_come_into_it(
    context: BrowserContext, windows: Windows, studio: Site
) -> None:
    page = editor(context, "long")
    write(page, "\nMore of it.\n")
    page.get_by_role("button", name="Propose…").click()
    page.get_by_role("button", name="Propose for review").click()
    expect(page.get_by_text("It is in review now")).to_be_visible(timeout=SECONDS)
    ((number,),) = studio.asked("SELECT number FROM kb_revision WHERE state = 'in_review'")
    with writing.watched(windows, studio, "eve") as eves:
        page = opened(eves, f"/write/guides/long/review/{number}/edit/")
        for where in (".cm-line", "h1"):
            assert page.evaluate(GIVEN, ["drop", where, [NOTES], ""])
            expect(page.get_by_role("alert")).to_contain_text("Files can't be put into this text")
        expect(page.locator(".cm-content")).not_to_contain_text("kept in a file")
