"""Writers at work in a real browser, on a server that is stopped under them and signs them out: no word is lost."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Picture
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PHONE, ROOT, WIDE, free_port, serving

JAM = """---
title: Paper jam
category: Printers
---
# Paper jam

**Symptoms:**
- The printer stops (always)

**Solution:**
1. Open the flap
2. Pull the sheet out
"""
TRIAGE = """# Printer triage

## Decision tree
- Is there paper in it?
  - Yes: [Jam](paper-jam.md)
  - No: [Night shift](contacts/night-shift.md)
"""
LONG = "# A long guide\n\n" + "".join(f"## Part {number}\n\n{'Words of it. ' * 60}\n\n" for number in range(12))
CONTACT = "---\nname: Night shift\nrole: Printers after hours\n---\nCall them.\n"
PEOPLE = """
from django.contrib.auth.models import Group, User
for name, group in (("ada", "writers"), ("eve", "editors")):
    user = User.objects.create_user(name, password="correct horse battery")
    user.groups.add(Group.objects.get(name=group))
"""
SIGN_OUT = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
EXPECTED = (
    "ERR_CONNECTION_REFUSED",
    "401 (Unauthorized)",
    "403 (Forbidden)",
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION_RESET",
)
SECONDS = 40_000


class Site:
    """A server that can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.data, self.content, self.port = folder / "data", folder / "guides", free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._running = contextlib.ExitStack()
        (self.content / "contacts").mkdir(parents=True)
        self.data.mkdir()
        for name, text in {"paper-jam": JAM, "triage": TRIAGE, "long": LONG, "contacts/night-shift": CONTACT}.items():
            (self.content / f"{name}.md").write_text(text)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._running.enter_context(serving(self.data, KB_CONTENT_DIR=str(self.content), PORT=str(self.port)))

    def stop(self) -> None:
        """Stop it."""
        self._running.close()

    def run(self, code: str) -> str:
        """What a bit of Python prints that knows the site's database."""
        environment = {**os.environ, "KB_DATA_DIR": str(self.data), "KB_CONTENT_DIR": str(self.content)}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    def draft(self, slug: str, author: str = "ada") -> str:
        """What the server has of an author's draft."""
        names = f"guide__slug={slug!r}, author__username={author!r}, state='draft', aside=False"
        return self.run(f"from kb.models import Revision; print(Revision.objects.get({names}).text)")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("studio"))
    site.start()
    site.run(PEOPLE)
    yield site
    site.stop()


@pytest.fixture
def context(browser: Browser, studio: Site) -> Iterator[BrowserContext]:
    """Ada's browser; after the test, nothing may have gone wrong in it that only its console shows."""
    yield from _watched(browser, studio)


@pytest.fixture
def plain(browser: Browser, studio: Site) -> Iterator[BrowserContext]:
    """Ada's browser without JavaScript."""
    yield from _watched(browser, studio, java_script_enabled=False)


def _watched(browser: Browser, studio: Site, **options: bool) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=studio.address, viewport=WIDE, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.set_default_timeout(SECONDS)
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield context
    context.close()
    unexpected = [text for text in wrong if not any(known in text for known in EXPECTED)]
    assert not unexpected, unexpected


def signed_in(context: BrowserContext, path: str, name: str = "ada") -> Page:
    page = context.new_page()
    page.goto(f"/accounts/sign-in/?next={path}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")
    return page


def editor(context: BrowserContext, slug: str, name: str = "ada") -> Page:
    page = signed_in(context, f"/write/guides/{slug}/", name)
    expect(page.locator("#page_preview .prose")).to_be_attached(timeout=SECONDS)
    return page


def write(page: Page, text: str) -> None:
    """Type at the end of the text."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def text_of(page: Page) -> str:
    lines: list[str] = page.locator(".cm-content .cm-line").all_inner_texts()
    return "\n".join(line.rstrip("\n") for line in lines)


def expect_state(page: Page, words: str) -> None:
    expect(page.locator("#page_state")).to_contain_text(words, timeout=SECONDS)


def test_a_guide_goes_from_its_template_to_readers(context: BrowserContext) -> None:
    page = signed_in(context, "/write/new/", "eve")
    page.get_by_label("A problem").check()
    page.get_by_label("Title").fill("Toner runs out")
    page.get_by_label("Category").fill("Printers")
    page.get_by_role("button", name="Start writing").click()
    expect(page.locator("#page_preview .prose ol.steps li")).to_have_count(3, timeout=SECONDS)
    write(page, "4. Tell the [office](missing.md).\n\n![](none.png)\n")
    expect(page.get_by_role("tab", name="Findings (1)")).to_be_visible(timeout=SECONDS)
    expect(page.locator(".cm-lint-marker-warning")).to_be_visible()
    page.get_by_role("tab", name="Findings (1)").click()
    expect(page.locator("#page_said")).to_contain_text("4 steps")
    page.locator("#page_said").get_by_role("button", name="Line 23").click()
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


def test_typed_front_matter_comes_into_the_details(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    page.locator(".cm-line", has_text="category: Printers").click()
    page.keyboard.press("End")
    page.keyboard.insert_text("\nowner: Office\naudience: staff")
    page.get_by_role("tab", name="Details").click()
    expect(page.get_by_label("Owner")).to_have_value("Office", timeout=SECONDS)
    expect(page.get_by_label("Who may see it")).to_have_value("staff")
    expect(page.locator("#page_preview .badge--staff")).to_be_attached()


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
    studio.run(SIGN_OUT)
    write(page, "\nTyped after the session had ended.\n")
    expect_state(page, "Sign in again in another tab: your text is kept in this browser")
    expect(page.locator("#page_told")).to_contain_text("Sign in again")
    other = signed_in(context, "/write/new/")
    other.close()
    expect_state(page, "Saved")
    assert "Typed after the session had ended." in studio.draft("long")


def test_somebody_else_who_signs_in_saves_nothing_of_it(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "long")
    studio.run(SIGN_OUT)
    write(page, "\nThis is by Ada.\n")
    expect_state(page, "Sign in again")
    signed_in(context, "/write/new/", "eve").close()
    expect_state(page, "Somebody else (eve) is signed in here")
    drafts = "Revision.objects.filter(author__username='eve', guide__slug='long').count()"
    assert studio.run(f"from kb.models import Revision; print({drafts})").strip() == "0"


def test_leaving_the_page_saves_what_was_just_typed(context: BrowserContext, studio: Site) -> None:
    page = editor(context, "triage")
    write(page, "\nThe last words before leaving.\n")
    page.goto("/guides/")
    for _ in range(20):  # the browser sends it when the page is gone already
        if "The last words before leaving." in studio.draft("triage"):
            break
    page.goto("/write/guides/triage/")
    expect(page.locator(".cm-content")).to_contain_text("The last words before leaving.", timeout=SECONDS)


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
    second.keyboard.press("Escape")
    offer.get_by_role("button", name="Go on with this text").click()
    expect(second.get_by_text("You go on with this draft now")).to_be_visible(timeout=SECONDS)
    assert "From the second tab." in studio.draft("paper-jam")
    expect(second.get_by_text("Another text of yours is kept aside").first).to_be_visible()


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
    dialog.get_by_label("Image (PNG").set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(dialog.get_by_role("alert")).to_contain_text("save it as PNG")
    picture = {"name": "Flap open.png", "mimeType": "image/png", "buffer": out.getvalue()}
    dialog.get_by_label("Image (PNG").set_input_files(picture)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("what the image shows")
    dialog.get_by_label("What it shows").fill("The open flap")
    dialog.get_by_role("button", name="Add it").click()
    expect(page.locator(".cm-content")).to_contain_text("![The open flap](images/flap-open.png)", timeout=SECONDS)
    shown = page.locator('#page_preview img[alt="The open flap"]')
    expect(shown).to_be_attached(timeout=SECONDS)
    page.wait_for_function("image => image.complete && image.naturalWidth === 40", arg=shown.element_handle())


def test_a_picture_that_is_pasted_asks_for_its_description(context: BrowserContext) -> None:
    page = editor(context, "paper-jam")
    page.locator(".cm-content").focus()
    page.evaluate(
        """async () => {
            const canvas = document.createElement("canvas");
            const blob = await new Promise((done) => canvas.toBlob(done));
            const data = new DataTransfer();
            data.items.add(new File([blob], "shot.png", { type: "image/png" }));
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.querySelector(".cm-content").dispatchEvent(event);
        }"""
    )
    expect(page.get_by_role("dialog").get_by_label("What it shows")).to_be_focused()


def test_the_preview_scrolls_along_and_the_tree_is_drawn(context: BrowserContext) -> None:
    page = editor(context, "long")
    page.locator(".cm-content").focus()
    page.mouse.move(200, 500)
    page.keyboard.press("Control+End")
    page.wait_for_function("() => document.getElementById('page_preview').scrollTop > 1000")
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


def test_without_javascript_a_form_previews_saves_and_proposes(plain: BrowserContext, studio: Site) -> None:
    page = signed_in(plain, "/write/guides/long/")
    page.get_by_label("Text of the guide, in Markdown").fill("# A plain guide\n\nBy hand.\n")
    page.get_by_label("Owner").fill("Office")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#page_preview")).to_contain_text("By hand.")
    assert "owner: Office" in studio.draft("long")
    page.get_by_role("button", name="Propose…").click()
    page.get_by_label("What you changed").fill("Shorter")
    page.get_by_role("button", name="Propose for review").click()
    expect(page.get_by_text("It is in review now")).to_be_visible()
