"""Screenshots of every page, compared pixel by pixel: `python -m tests.browser.screenshots FOLDER [--against BEFORE]`.

Each page is taken wide and as on a phone, in the light and in the dark, without JavaScript and as it is printed.
What differs from one run to the next is set to something fixed: the clock, dates, references of hand-overs.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import PHONE, QUIET, WIDE, serving
from tests.browser.pictures import prepare_drafts
from tests.browser.test_studio_review import GUIDE, Studio, propose

NOW = "2026-01-05T10:00:00Z"
NOISE = 8  # of 255: the edges of letters are not drawn the same each time
LOOKS: dict[str, dict[str, Any]] = {
    "wide-light": {"viewport": WIDE, "color_scheme": "light"},
    "wide-dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone-light": {"viewport": PHONE, "color_scheme": "light", "has_touch": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "has_touch": True},
    "no-script": {"viewport": WIDE, "color_scheme": "light", "java_script_enabled": False},
    "print": {"viewport": WIDE, "color_scheme": "light"},
}
LIVE = tuple(look for look in LOOKS if look not in ("no-script", "print"))
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


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it, after something was done on it."""

    name: str
    path: str
    who: str = ""
    act: Callable[[Page], object] | None = None
    looks: tuple[str, ...] = tuple(LOOKS)


READERS = {
    "home": "/",
    "guides": "/guides/",
    "guide": "/guides/connection-timeouts/",
    "guide-key": "/guides/invalid-api-key/",
    "guide-codes": "/guides/error-code-reference/",
    "guide-limits": "/guides/plans-and-limits/",
    "guide-escalation": "/guides/when-and-how-to-escalate/",
    "guide-tree": "/guides/connection-triage/",
    "categories": "/categories/",
    "category": "/categories/network/",
    "codes": "/codes/",
    "code": "/codes/INVALID_API_KEY/",
    "contacts": "/contacts/",
    "search-start": "/search/",
    "search-hits": "/search/?q=conection+timeout",
    "search-code": "/search/?q=401",
    "search-nothing": "/search/?q=xylophone+zebra",
    "search-long": f"/search/?q={'+'.join(['word'] * 700)}",
    "not-found": "/nothing/here/",
    "sign-in": "/accounts/sign-in/",
    "password-forgotten": "/accounts/password/forgotten/",
    "api": "/api/v1/docs",
    "walk-start": "/troubleshoot/",
    "walk-question": "/troubleshoot/?start=questions",
    "walk-symptom": "/troubleshoot/?symptom=requests+fail+with+401+since+this+morning",
    "walk-embedded": "/troubleshoot/?embed=1",
    "walk-embedded-question": "/troubleshoot/?start=questions&embed=1",
    "tree": "/troubleshoot/tree/",
    "tree-guide": "/troubleshoot/tree/?guide=connection-triage",
    "hand-over": "/troubleshoot/hand-over/?start=questions",
}
WRITERS = {
    "studio": "/write/",
    "new-guide": "/write/new/",
    "studio-links": "/write/links/",
    "pick": "/write/pick/?guide=rate-limiting&q=key",
    "propose": "/write/guides/slow-responses/propose/",
    "editor": "/write/guides/slow-responses/",
    "conflict": "/write/guides/rate-limiting/conflict/3/",
    "clash": "/write/guides/clash/conflict/2/",
    "proposed": "/write/guides/proposed/review/2/",
    "home-of-writer": "/",
    "password-change": "/accounts/password/",
}
EDITORS = {
    "overview": "/write/",
    "studio-guides": "/write/guides/",
    "studio-attention": "/write/attention/",
    "studio-contacts": "/write/contacts/",
    "contact-editor": "/write/contacts/technical-support/",
    "contact-history": "/write/contacts/technical-support/history/",
    "contact-new": "/write/contacts/new/",
    "review": "/write/guides/proposed/review/2/",
    "review-lines": "/write/guides/proposed/review/2/?view=lines&line=7",
    "review-source": "/write/guides/proposed/review/2/?view=source&line=7",
    "edit-approve": "/write/guides/proposed/review/2/edit/",
    "history": "/write/guides/rate-limiting/history/",
    "compare": "/write/guides/rate-limiting/compare/1/2/",
    "compare-source": "/write/guides/rate-limiting/compare/1/2/?view=source",
    "revision": "/write/guides/rate-limiting/revisions/1/",
    "revision-source": "/write/guides/rate-limiting/revisions/1/?view=source",
    "old-revision": "/guides/rate-limiting/revisions/1/",
    "rename": "/write/guides/rate-limiting/rename/",
    "retire": "/write/guides/rate-limiting/retire/",
}


def _suggesting(page: Page) -> None:
    page.locator("main [data-search] input[type=search]").press_sequentially("key")
    page.locator("main .suggestions:not([hidden]) [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")


def _ticked(page: Page) -> None:
    page.locator(".step-tick input").first.check(force=True)


def _tab(name: str) -> Callable[[Page], None]:
    def shown(page: Page) -> None:
        page.locator(".finding__place").first.wait_for(state="attached")
        page.get_by_role("tab", name=re.compile(name)).click()
        page.wait_for_load_state("networkidle")

    return shown


def _tool(name: str) -> Callable[[Page], None]:
    def opened(page: Page) -> None:
        if page.get_by_role("tab", name="Text").is_visible():
            page.get_by_role("tab", name="Text").click()
        page.locator(f"[data-tool^='{name}']").click()
        page.locator("dialog[open]").wait_for()
        page.wait_for_load_state("networkidle")

    return opened


def _shots(found: dict[str, str]) -> Iterator[Shot]:
    for name, path in READERS.items():
        yield Shot(name, path)
    for name, path in found.items():
        yield Shot(name, path, "admin" if name.startswith("desk") else "")
    for name, path in WRITERS.items():
        yield Shot(name, path, "ada")
    for name, path in EDITORS.items():
        yield Shot(name, path, "eve")
    yield Shot("home-suggesting", "/", "", _suggesting, LIVE)
    yield Shot("guide-ticked", "/guides/invalid-api-key/", "", _ticked, LIVE)
    for tab in ("Text", "Findings", "Details", "Tree"):
        looks = ("phone-light", "phone-dark") if tab == "Text" else LIVE
        yield Shot(f"editor-{tab.lower()}", WRITERS["editor"], "ada", _tab(tab), looks)
    for tool in ("Link", "Image"):
        yield Shot(f"editor-{tool.lower()}", WRITERS["editor"], "ada", _tool(tool), LIVE)


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
    found |= {"desk": "/desk/", "desk-closed": "/desk/?state=closed"}
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
    page.screenshot(
        path=folder / f"{shot.name}.{look}.png",
        full_page=not page.locator("dialog[open]").count(),
        animations="disabled",
        caret="hide",
    )


def take(folder: Path, only: str = "") -> None:
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
            shots = [shot for shot in _shots(found) if re.search(only, shot.name)]
            for look, options in LOOKS.items():
                for who, state in signed_in.items():
                    given = {"base_url": address, "reduced_motion": "reduce", "timezone_id": "Europe/Berlin", **options}
                    context = browser.new_context(storage_state=state, **given)
                    context.clock.set_fixed_time(NOW)
                    for shot in shots:
                        if shot.who == who and look in shot.looks:
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
    given = options.parse_args()
    if not given.compare_only:
        take(given.folder, given.only)
    if given.against:
        lines = compare(given.against, given.folder)
        sys.stdout.write("".join(f"{line}\n" for line in lines) or "No pixel differs.\n")


if __name__ == "__main__":
    main()
