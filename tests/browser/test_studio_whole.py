"""A guide's whole life, as its writers and readers live it: from a template to readers, and out into files and back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ROOT, WIDE
from tests.browser.writing import PEOPLE, SECONDS, Site, guides_in, signed_in, write

pytestmark = pytest.mark.slow  # minutes of work by two people

SOLUTION = """
## Scanner freezes

**Symptoms:**
- The scanner stands still in the middle of a page (always)

**Cause:** The lamp is too hot.

**Solution:**
1. Switch the scanner off
2. Wait for ten minutes
"""


@pytest.fixture
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("whole")
    site = Site(folder, guides_in(folder))
    site.start()
    site.run(PEOPLE)
    yield site
    site.stop()


def a_browser(browser: Browser, studio: Site) -> BrowserContext:
    context = browser.new_context(base_url=studio.address, viewport=WIDE, reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(SECONDS)
    return context


def replace_text(page: Page, text: str) -> None:
    """Write another text in place of all that is there."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    expect(page.locator("#page_state")).to_contain_text("Saved", timeout=SECONDS)


def propose(page: Page, slug: str, comment: str) -> None:
    page.goto(f"/write/guides/{slug}/propose/")
    page.get_by_label("What you changed, and why").fill(comment)
    page.get_by_role("button", name="Propose for review").click()


def to_review(page: Page, title: str) -> None:
    page.goto("/write/")
    page.get_by_role("region", name="To review").get_by_role("link", name=title).first.click()


def approve(page: Page, title: str) -> None:
    to_review(page, title)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Published: readers see revision")).to_be_visible()


def manage(data: Path, content: Path, *command: str) -> str:
    environment = {**os.environ, "KB_DATA_DIR": str(data), "KB_CONTENT_DIR": str(content)}
    line = [sys.executable, "manage.py", *command]
    return subprocess.run(line, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def test_a_guide_lives_from_its_template_to_an_export_that_is_loaded(
    browser: Browser, studio: Site, tmp_path: Path
) -> None:
    ada = signed_in(a_browser(browser, studio), "/write/new/")
    ada.get_by_label("A problem").check()
    ada.get_by_label("Title").fill("Scanner freezes")
    ada.get_by_label("Category").fill("Scanners")
    ada.get_by_role("button", name="Start writing").click()
    ada.wait_for_url("**/write/guides/scanner-freezes/")
    head = "---\ntitle: Scanner freezes\ncategory: Scanners\n---\n"
    expect(ada.locator("#page_preview .prose")).to_be_attached(timeout=SECONDS)
    replace_text(ada, head + "\n![](lamp.png)\n" + SOLUTION)
    expect(ada.get_by_role("tab", name="Findings (2)")).to_be_visible(timeout=SECONDS)
    expect(ada.locator("#page_preview")).to_contain_text("Wait for ten minutes")
    first = head + SOLUTION
    replace_text(ada, first)
    propose(ada, "scanner-freezes", "A new guide")

    eve = signed_in(a_browser(browser, studio), "/write/", "eve")
    first = asked_to_change(ada, eve, first)
    approve(eve, "Scanner freezes")

    reader = a_browser(browser, studio).new_page()
    reader.goto("/guides/")
    reader.locator("#header-search").fill("scanner stands still")
    reader.locator("#header-search").press("Enter")
    expect(reader.get_by_role("main").get_by_role("link", name="Scanner freezes").first).to_be_visible()
    reader.goto("/troubleshoot/?symptom=the+scanner+stands+still+in+the+middle+of+a+page")
    reader.locator(".walk-card a").first.click()
    expect(reader.get_by_role("main")).to_contain_text("Switch the scanner off")

    at_once(ada, eve)
    reader.goto("/guides/scanner-freezes/")
    expect(reader.get_by_role("main")).to_contain_text("Wait for twenty minutes")
    expect(reader.get_by_role("main")).to_contain_text("Open the lid of the scanner")

    eve.goto("/write/guides/scanner-freezes/history/")
    eve.get_by_role("link", name="Revision 2", exact=True).click()
    eve.get_by_role("button", name="Publish it again").click()
    expect(eve.get_by_text("Published: readers see revision")).to_be_visible()
    eve.goto("/write/guides/scanner-freezes/rename/")
    eve.get_by_label("Address").fill("scanner-stands-still")
    eve.get_by_role("button", name="Rename").click()
    reader.goto("/guides/scanner-freezes/")
    expect(reader).to_have_url(f"{studio.address}/guides/scanner-stands-still/")
    expect(reader.get_by_role("main")).to_contain_text("Wait for ten minutes")

    exported_and_loaded(studio, first, tmp_path)


def asked_to_change(ada: Page, eve: Page, text: str) -> str:
    """A reviewer comments at a line and asks for changes; the author's next text is in review, and given."""
    to_review(eve, "Scanner freezes")
    eve.get_by_role("link", name="As written", exact=True).click()
    line = text.splitlines().index("2. Wait for ten minutes") + 1
    eve.get_by_role("link", name=f"Comment at line {line}", exact=True).click()
    eve.get_by_role("textbox", name=f"Comment at line {line}").fill("What for?")
    eve.get_by_role("button", name="Comment", exact=True).click()
    eve.get_by_label("What is to be changed, or a remark").fill("Say why")
    eve.get_by_role("button", name="Ask for changes").click()
    ada.goto("/write/")
    ada.get_by_role("region", name="My drafts").get_by_role("link", name="Scanner freezes").click()
    expect(ada.locator("#page_editor")).to_contain_text("Say why")
    expect(ada.locator("#page_editor")).to_contain_text("What for?")
    expect(ada.locator("#page_preview .prose")).to_be_attached(timeout=SECONDS)
    changed = text.replace("Wait for ten minutes", "Wait for ten minutes, until it is cool")
    replace_text(ada, changed)
    propose(ada, "scanner-freezes", "Why to wait")
    return changed


def at_once(ada: Page, eve: Page) -> None:
    """Both edit the guide at the same time; what they changed is merged, and neither loses a word."""
    for page in (ada, eve):
        page.goto("/write/guides/scanner-freezes/")
        expect(page.locator("#page_preview .prose")).to_be_attached(timeout=SECONDS)
    eve.locator(".cm-line", has_text="Switch the scanner off").click()
    eve.keyboard.press("Home")
    eve.keyboard.insert_text("1. Open the lid of the scanner\n")
    expect(eve.locator("#page_state")).to_contain_text("Saved", timeout=SECONDS)
    write(ada, "3. Wait for twenty minutes\n")
    expect(ada.locator("#page_state")).to_contain_text("Saved", timeout=SECONDS)
    propose(ada, "scanner-freezes", "Longer")
    eve.goto("/write/guides/scanner-freezes/propose/")
    eve.get_by_label("What you changed, and why").fill("The lid")
    eve.get_by_role("button", name="Approve it myself").click()
    to_review(eve, "Scanner freezes")
    eve.get_by_role("link", name="Look at both, merged").click()
    expect(eve.get_by_text("merged without a conflict")).to_be_visible()
    eve.get_by_role("button", name="Publish the merged text").click()
    expect(eve.get_by_text("Published: readers see revision")).to_be_visible()


def exported_and_loaded(studio: Site, text: str, folder: Path) -> None:
    """What was published is in the files, and an empty library that loads them says the same."""
    out, empty = folder / "out", folder / "empty"
    empty.mkdir(mode=0o700)
    before = {p.relative_to(studio.content): p.read_bytes() for p in studio.content.rglob("*.md")}
    manage(studio.data, studio.content, "export_guides", str(out))
    after = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.md")}
    assert {path: after[path] for path in before} == before
    (new,) = after.keys() - before.keys()
    assert after[new].decode() == text
    manage(empty, out, "migrate", "-v", "0")
    assert f"{len(after)} new" in manage(empty, out, "load_guides")
    guides = "print(sorted(Guide.objects.values_list('slug', 'title', 'html', 'category')))"
    addresses = "print(sorted(FormerAddress.objects.values_list('address', 'guide__slug')))"
    said = f"from kb.models import FormerAddress, Guide; {guides}; {addresses}"
    loaded = manage(empty, out, "shell", "--no-imports", "-c", said)
    assert "('scanner-freezes', 'scanner-stands-still')" in loaded
    assert loaded == studio.run(said)
