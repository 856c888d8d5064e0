"""Screenshots of every page, compared pixel by pixel: `python -m tests.browser.screenshots FOLDER [--against BEFORE]`.

Each page is taken wide and as on a phone, in the light and in the dark, without JavaScript and as it is printed;
with `--widths 600,768,1024` the main pages are taken at these widths instead.
What differs from one run to the next is set to something fixed: the clock, dates, references of hand-overs.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import QUIET, serving
from tests.browser.pictures import prepare_drafts
from tests.browser.shots import EDITORS, LOOKS, MAIN, Shot, looks_at, shots_of
from tests.browser.test_studio_review import GUIDE, Studio, propose

NOW = "2026-01-05T10:00:00Z"
NOISE = 8  # of 255: the edges of letters are not drawn the same each time
# CodeMirror measures its lines once they are seen, and what sticks to the window belongs at its top.
SEEN = """async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  scrollTo(0, document.body.scrollHeight);
  await drawn();
  scrollTo(0, 0);
  await drawn();
}"""
MASK = """() => {
  const months = "January|February|March|April|May|June|July|August|September|October|November|December";
  const masks = [
    [new RegExp(`\\\\b\\\\d{1,2} (${months})( \\\\d{4})?(, \\\\d\\\\d:\\\\d\\\\d)?`, "g"), "1 March 2026"],
    [/\\b\\d{4}-\\d\\d-\\d\\d\\b/g, "2026-03-01"],
    [/\\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\\b/g, "0000-0000-0000"],
    [/127\\.0\\.0\\.1:\\d+/g, "127.0.0.1:8000"],
  ];
  const masked = (text) => masks.reduce((done, [pattern, fixed]) => done.replace(pattern, fixed), text);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (masked(text.data) !== text.data) text.data = masked(text.data);
  }
  document.querySelectorAll("input[type=text], textarea").forEach((field) => {
    if (masked(field.value) !== field.value) field.value = masked(field.value);
  });
}"""


def _prepare(browser: Browser, address: str, data: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """Let people work on the site; gives the addresses that came of it, and who is signed in by name."""
    studio = Studio(address, data)
    prepare_drafts(studio)
    for slug in ("proposed", "clash"):
        guide = GUIDE.replace("Paper", slug.title())
        studio.write({slug: guide})
        studio.write({slug: "!" + guide.replace("flap", "lid")})
    studio.write({"clash": GUIDE.replace("Paper", "Clash").replace("flap", "door")})
    password = re.search(r"Password: +(\S+)", (data / "server.log").read_text())
    assert password
    passwords = {"ada": "correct horse battery", "eve": "correct horse battery", "admin": password[1]}
    signed_in: dict[str, Any] = {"": None}
    for name, word in passwords.items():
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("/accounts/sign-in/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(word)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        if name == "ada":
            propose(page, "proposed", "It is a lid")
            page.wait_for_url("**/write/")
        if name == "eve":
            page.goto(EDITORS["review-source"])
            page.get_by_role("textbox", name="Comment at line 7").fill("Which lid?")
            page.get_by_role("button", name="Comment", exact=True).click()
            page.wait_for_load_state()
        signed_in[name] = context.storage_state()
        context.close()
    found = _walk(browser.new_context(base_url=address, java_script_enabled=False))
    found |= {"desk": "/desk/", "desk-list": "/desk/hand-overs/", "desk-closed": "/desk/hand-overs/?state=closed"}
    return found, signed_in


def _walk(context: BrowserContext) -> dict[str, str]:
    """Walk to a solution, to a contact and to a hand-over; gives their addresses."""
    page, found = context.new_page(), {}
    page.goto("/troubleshoot/?symptom=the+error+code+is+KEY_REVOKED+and+it+worked+before")
    for _ in range(12):
        if page.get_by_text("Did this fix it?").is_visible():
            break
        told = page.locator(".answers a", has_text="KEY_REVOKED")
        told.or_(page.locator(".answers a", has_text="Not sure")).first.click()
    found["walk-solution"] = page.url
    page.get_by_role("button", name="Did not help", exact=True).click()
    found["walk-after-a-try"] = page.url
    page.goto(found["walk-solution"])
    page.get_by_role("button", name="Fixed it", exact=True).click()
    found["walk-solved"] = page.url
    page.goto("/troubleshoot/?start=questions")
    page.get_by_text("Is one of these true?").click()
    page.get_by_role("link", name="Security incident").first.click()
    found["walk-contact"] = page.url
    page.get_by_role("link", name="Send to Security team").click()
    found["hand-over-to"] = page.url
    page.get_by_label("Anything to add?").fill("Since this morning, all of us")
    page.get_by_label("Your e-mail address").fill("me@example.org")
    page.get_by_role("button", name="Send to Security team").click()
    for _ in range(60):
        if not page.get_by_role("link", name="look again").is_visible():
            break
        page.wait_for_timeout(250)
        page.get_by_role("link", name="look again").click()
    found["handed-over"] = page.url
    reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.locator("#reference").inner_text())
    assert reference
    found["desk-handover"] = f"/desk/{reference[0]}/"
    context.close()
    return found


def _take(page: Page, shot: Shot, look: str, folder: Path) -> None:
    page.goto(shot.path)
    if page.locator(".editor, .merge-form, [data-editor]").count() and look != "no-script":
        page.wait_for_load_state("networkidle")
    if shot.act:
        shot.act(page)
    page.evaluate(MASK)
    if look != "no-script" and not page.locator("dialog[open]").count():
        page.evaluate(SEEN)
    page.screenshot(
        path=folder / f"{shot.name}.{look}.png",
        full_page=not page.locator("dialog[open]").count(),
        animations="disabled",
        caret="hide",
    )


def take(folder: Path, only: str = "", widths: Sequence[int] = ()) -> None:
    """Take the screenshots whose names fit, of a site of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        data, mails = Path(temporary) / "data", Path(temporary) / "mails"
        data.mkdir()
        mails.mkdir()
        mail = {"KB_EMAIL_URL": f"file://{mails}", "KB_EMAIL_FROM": "help@example.com"}
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        with serving(data, KB_EMBED_ORIGINS="https://shop.example", **mail) as address:
            found, signed_in = _prepare(browser, address, data)
            shots = [shot for shot in shots_of(found) if re.search(only, shot.name)]
            for look, options in (looks_at(widths) if widths else LOOKS).items():
                for who, state in signed_in.items():
                    given = {"base_url": address, "reduced_motion": "reduce", "timezone_id": "Europe/Berlin", **options}
                    context = browser.new_context(storage_state=state, **given)
                    context.clock.set_fixed_time(NOW)
                    for shot in shots:
                        if shot.who == who and (shot.name in MAIN if widths else look in shot.looks):
                            page = context.new_page()
                            page.emulate_media(media="print" if look == "print" else "screen")
                            _take(page, shot, look, folder)
                            page.close()
                    context.close()
        browser.close()


def compare(before: Path, after: Path) -> list[str]:
    """Say of each screenshot of both folders how many pixels differ; pictures of them come into `after/differing`."""
    differing = after / "differing"
    shutil.rmtree(differing, ignore_errors=True)
    differing.mkdir()
    lines = []
    for name in sorted({path.name for path in after.glob("*.png")}):
        if not (before / name).exists():
            lines.append(f"{name}: new")
            continue
        old, new = (Image.open(folder / name).convert("RGB") for folder in (before, after))
        if old.size != new.size:
            lines.append(f"{name}: {old.width}x{old.height} has become {new.width}x{new.height}")
        size = (max(old.width, new.width), max(old.height, new.height))
        whole = [Image.new("RGB", size) for _ in range(2)]
        for canvas, picture in zip(whole, (old, new), strict=True):
            canvas.paste(picture)
        difference = ImageChops.difference(*whole).convert("L").point(lambda value: 255 if value > NOISE else 0)
        count = difference.histogram()[255]
        if count:
            lines.append(f"{name}: {count} pixels differ, within {difference.getbbox()}")
            difference.save(differing / name)
    return lines


def main() -> None:
    """Take them, and compare them with former ones where a folder of such is given."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--against", type=Path, help="a folder with former screenshots to compare with")
    options.add_argument("--only", default="", help="a regular expression that the names of pages fit")
    options.add_argument("--compare-only", action="store_true", help="take none, compare those that are there")
    options.add_argument("--widths", default="", help="take the main pages alone, at these widths: 600,768,1024")
    given = options.parse_args()
    if not given.compare_only:
        take(given.folder, given.only, [int(width) for width in given.widths.split(",") if width])
    if given.against:
        lines = compare(given.against, given.folder)
        sys.stdout.write("".join(f"{line}\n" for line in lines) or "No pixel differs.\n")


if __name__ == "__main__":
    main()
