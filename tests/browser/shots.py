"""The pages that screenshots are taken of: their addresses, who sees them, and what is done on them first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE

LOOKS: dict[str, dict[str, Any]] = {
    "wide-light": {"viewport": WIDE, "color_scheme": "light"},
    "wide-dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone-light": {"viewport": PHONE, "color_scheme": "light", "has_touch": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "has_touch": True},
    "no-script": {"viewport": WIDE, "color_scheme": "light", "java_script_enabled": False},
    "print": {"viewport": WIDE, "color_scheme": "light"},
}
MAIN = (
    "home",
    "guide",
    "search-hits",
    "walk-question",
    "walk-solution",
    "hand-over",
    "desk",
    "studio-guides",
    "editor",
    "review",
)
LIVE = tuple(look for look in LOOKS if look not in ("no-script", "print"))


def looks_at(widths: Iterable[int]) -> dict[str, dict[str, Any]]:
    """The looks of pages at these widths, in CSS pixels."""
    return {str(width): {**LOOKS["wide-light"], "viewport": {**WIDE, "width": width}} for width in widths}


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
    "code": "/codes/KEY_INVALID/",
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
    "studio-worklist": "/write/worklist/",
    "studio-contacts": "/write/contacts/",
    "contact-editor": "/write/contacts/technical-support/",
    "contact-history": "/write/contacts/technical-support/history/",
    "contact-new": "/write/contacts/new/",
    "review": "/write/guides/proposed/review/2/",
    "review-lines": "/write/guides/proposed/review/2/?view=lines&line=7",
    "review-source": "/write/guides/proposed/review/2/?view=source&line=7",
    "edit-approve": "/write/guides/proposed/review/2/edit/",
    "history": "/write/guides/rate-limiting/history/",
    "compare": "/write/guides/rate-limiting/compare/1/3/",
    "compare-source": "/write/guides/rate-limiting/compare/1/3/?view=source",
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
        if name == "Tree":
            page.locator("#page_tree > *").first.wait_for()

    return shown


def _tool(name: str) -> Callable[[Page], None]:
    def opened(page: Page) -> None:
        if page.get_by_role("tab", name="Text").is_visible():
            page.get_by_role("tab", name="Text").click()
        page.locator(f"[data-tool^='{name}']").click()
        page.locator("dialog[open]").wait_for()
        page.wait_for_load_state("networkidle")

    return opened


def shots_of(found: dict[str, str]) -> Iterator[Shot]:
    """All pages; `found` are the addresses that only work on the site gives."""
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
