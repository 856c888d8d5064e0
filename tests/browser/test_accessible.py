"""Nothing keeps anybody out: axe finds nothing on any page, and pages do with large text, few colours and no motion."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.browser.conftest import PHONE, ROOT, WIDE, DataFolder, serving, until
from tests.browser.windows import Windows
from tests.support.furnished import ROLES, Furnished
from tests.support.page_kinds import NO_PAGES, is_page, page_kinds
from tests.support.rounds import MANY

LOOKS = {
    "wide-light": (WIDE, "light"),
    "phone-dark": (PHONE, "dark"),
    "wide-dark": (WIDE, "dark"),
    "phone-light": (PHONE, "light"),
}
MOST = ["wide-light", "phone-dark"]  # in which nearly all shows that shows in any
ZOOMED = (640, 320)  # CSS pixels: 1280 at 200%, as WCAG 1.4.4 asks for, and at 400%, as 1.4.10 does
MADE_ANEW = re.compile(rb'(name="csrfmiddlewaretoken" value="|name="once" value=")[^"]+|the-[a-z]+')


FURNISH = """
import dataclasses, json
from tests.support.furnished import furnish
print(json.dumps(dataclasses.asdict(furnish())))
"""


@dataclass(frozen=True)
class FurnishedSite:
    """A server with something on every page."""

    address: str
    furnished: Furnished


@pytest.fixture(scope="session")
def furnished_site(data_folder: DataFolder) -> Iterator[FurnishedSite]:
    """One for all tests of the process."""
    folder = data_folder("furnished")
    environment = {**os.environ, "KB_DATA_DIR": str(folder), "KB_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", FURNISH]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with serving(folder) as address:
        yield FurnishedSite(address, Furnished(**json.loads(done.stdout)))


def person(windows: Windows, site: FurnishedSite, role: str) -> Iterator[Page]:
    """A page on which somebody of a role is signed in."""
    with windows.lent(30, base_url=site.address, viewport=WIDE, reduced_motion="reduce") as context:
        if key := site.furnished.sessions.get(role):
            context.add_cookies([{"name": "sessionid", "value": key, "url": site.address}])
        yield context.new_page()


def found_by_axe(page: Page, looks: list[str]) -> list[str]:
    """What keeps people out, in each of the looks."""
    found = []
    for look in looks:
        size, scheme = LOOKS[look]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for violation in Axe().run(page).response["violations"]:
            places = [f"{' '.join(node['target'])}: {node['html'][:160]}" for node in violation["nodes"][:3]]
            found.append(f"{look} {violation['id']}: {violation['help']}: {places}")
    return found


PUBLIC = ("/", "/guides/invalid-api-key/", "/search/?q=conection+timeout", "/troubleshoot/?start=questions")


@pytest.mark.night
@pytest.mark.parametrize("address", PUBLIC)
def test_axe_finds_nothing_on_the_pages_that_are_read_most(page: Page, address: str) -> None:
    page.goto(address)
    assert found_by_axe(page, MOST) == []


def _is_page(response: Response | None) -> bool:
    return response is not None and is_page(response.headers.get("content-type", ""), response.body())


def addresses_for(role: str, furnished: Furnished) -> Iterator[str]:
    """All at which somebody may be shown a page."""
    for kind in page_kinds(furnished.there):
        if kind.route not in NO_PAGES:
            yield from kind.addresses
    if role == "administrator":
        yield from furnished.administration


def pages(page: Page, site: FurnishedSite, role: str) -> Iterator[tuple[str, bytes]]:
    """Each address that shows a person a page, opened on it, with what the page is."""
    for address in addresses_for(role, site.furnished):
        page.goto("about:blank")  # an editor that is left saves first, and its answer comes too late
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        response = page.goto(address)
        if response is not None and _is_page(response):
            yield address, response.body()


TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
MOVES = """[...document.querySelectorAll("*")].filter((element) => {
  const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(element);
  return parseFloat(transitionDuration) > 0.05 || parseFloat(animationDuration) > 0.05 || scrollBehavior === "smooth";
}).map((element) => element.outerHTML.slice(0, 120)).slice(0, 3)"""


def _wrong_on(page: Page, looks: list[str]) -> list[str]:
    """What keeps people out of the page that is open."""
    found = found_by_axe(page, looks)
    for width in ZOOMED:
        page.set_viewport_size({"width": width, "height": 720})
        if page.evaluate(TOO_WIDE):
            found.append(f"it is wider than {width} pixels")
    if moving := page.evaluate(MOVES):
        found.append(f"it moves: {moving}")
    return found


@pytest.mark.slow
def test_no_page_keeps_anybody_out(windows: Windows, furnished_site: FurnishedSite) -> None:
    """In short, each page in one look, as whoever sees most of it; in full, as everybody to whom it is another one."""
    found: dict[str, list[str]] = {}
    seen: set[bytes] = set()
    for role in ("code-due", *reversed(ROLES)):
        for page in person(windows, furnished_site, role):
            for address, html in pages(page, furnished_site, role):
                key = MADE_ANEW.sub(b"", html) if MANY else address.encode()
                if key in seen:
                    continue
                seen.add(key)
                looks = [*LOOKS] if MANY else [MOST[len(seen) % len(MOST)]]
                if wrong := _wrong_on(page, looks):
                    found[f"{role} {address[:80]}"] = wrong
    assert len(seen) > 60
    assert found == {}, json.dumps(found, indent=1)


FOCUSED = """async () => {
  await new Promise((done) => setTimeout(done, 30));  // the editor of texts shows a moment later that it has the focus
  const element = document.activeElement;
  if (element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const shown = element.getBoundingClientRect();
  const around = element.closest("form, label, .cm-editor") ?? element;
  const rings = [element, around, element.parentElement].map((one) => getComputedStyle(one));
  window.focusedBefore ??= [];
  const before = window.focusedBefore.at(-1);
  window.focusedBefore.push(element);
  return {
    html: element.outerHTML.slice(0, 120),
    ringed: rings.some((one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0),
    seen: shown.width > 0 && shown.bottom > 0 && shown.top < innerHeight,
    forward: !before || !!(before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING),
    last: !!element.closest(".site-footer"),
  };
}"""


def tabbed_through(page: Page, most: int = 400) -> list[dict[str, Any]]:
    """What gets the focus, one after the other, until the page is over."""
    steps: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        step = page.evaluate(FOCUSED)
        if step is None or (steps and not step["forward"] and steps[-1]["last"]):
            return steps
        steps.append(step)
    raise AssertionError(f"The focus never leaves the page: {steps[-3:]}")


def expect_a_way_by_keyboard(page: Page, address: str) -> None:
    """From the first thing on a page to its footer, in the order in which they stand, and it shows where one is."""
    page.goto(address)
    begins_at_heading = page.locator("h1[autofocus]").count() > 0
    steps = tabbed_through(page)
    wrong = [step for step in steps if not (step["ringed"] and step["seen"] and step["forward"])]
    assert wrong == [], address
    assert steps[-1]["last"]
    assert begins_at_heading or "skip-link" in steps[0]["html"]


BY_KEYBOARD = {
    "signed-out": ("/search/?q=conection+timeout", "/troubleshoot/?start=questions", "/guides/invalid-api-key/"),
    "support": ("/desk/", "/desk/hand-overs/", "/accounts/two-factor/"),
    "writer": ("/write/", "/write/guides/everything/", "/write/guides/clash/conflict/2/"),
    "administrator": ("/accounts/activity/",),
}


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["none", pytest.param("active", marks=pytest.mark.night)])
@pytest.mark.parametrize(
    ("role", "address"),
    [
        pytest.param(role, address, marks=[pytest.mark.night] if number else [])
        for role, some in BY_KEYBOARD.items()
        for number, address in enumerate(some)
    ],
)
def test_pages_are_gone_through_by_keyboard_also_in_few_colours(
    windows: Windows, furnished_site: FurnishedSite, role: str, address: str, colours: Literal["none", "active"]
) -> None:
    for page in person(windows, furnished_site, role):
        page.emulate_media(forced_colors=colours)
        expect_a_way_by_keyboard(page, address)


def test_a_search_is_made_by_keyboard_and_what_is_suggested_is_told(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("key", delay=50)
    page.locator("main .suggestions:not([hidden]) [role=option]").first.wait_for()
    until(page, "document.querySelector('main [data-search-status]').textContent !== ''")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=key*")
    assert "guide" in page.locator("main [role=status]:not([data-search-status])").first.inner_text()


def test_a_walk_is_walked_by_keyboard_and_each_question_is_told(page: Page) -> None:
    page.goto("/troubleshoot/?start=questions")
    before = page.locator("#walk h1").inner_text()
    page.locator(".answers a").first.focus()
    page.keyboard.press("Enter")
    until(page, "text => document.querySelector('#walk h1').innerText !== text", before)
    told = "document.activeElement.matches('h1, #walk') || !!document.querySelector('#walk').closest('[aria-live]')"
    until(page, told)


def test_single_keys_can_be_turned_off(page: Page) -> None:
    page.goto("/guides/")
    switch = page.locator("[data-keys-switch]")
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false"
    for address in ("/guides/", "/guides/invalid-api-key/"):
        page.goto(address)
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement === document.body")
    page.locator("[data-keys-switch]").click()
    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"


@pytest.mark.slow
def test_flags_by_keys_can_be_turned_off(windows: Windows, furnished_site: FurnishedSite) -> None:
    for page in person(windows, furnished_site, "support"):
        for is_on in (True, False):
            page.goto("/guides/everything/")
            page.keyboard.press("f")
            assert page.locator(".flag[open]").count() == int(is_on)
            page.locator("[data-keys-switch]").click()


@pytest.mark.slow
def test_the_editor_is_no_trap(windows: Windows, furnished_site: FurnishedSite) -> None:
    for page in person(windows, furnished_site, "writer"):
        page.goto("/write/guides/clash/")
        page.locator(".cm-content").focus()
        page.keyboard.press("Tab")
        assert not page.evaluate("!!document.activeElement.closest('.cm-editor')")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("!!document.activeElement.closest('.cm-editor')")
        assert "Tab leaves the text" in page.locator("#page_editor-help").inner_text()


@pytest.mark.slow
def test_what_the_desk_finds_is_told(windows: Windows, furnished_site: FurnishedSite) -> None:
    for page in person(windows, furnished_site, "support"):
        page.goto("/desk/")
        page.keyboard.press("/")
        page.keyboard.type("The printer stops and the lamp blinks, it says E42")
        page.keyboard.press("Control+Enter")
        page.locator("#desk-found [data-desk-result]").first.wait_for()
        until(page, "[...document.querySelectorAll('[role=status], [aria-live]')].some(one => one.textContent.trim())")
