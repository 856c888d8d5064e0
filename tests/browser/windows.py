"""Browser contexts that are lent to one test after another, each with a window that stays open.

To open a window takes Chromium several times as long as a page in one that is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 40
"""Seconds that a page may take on a machine that is busy; only what fails waits as long."""


@dataclass(frozen=True)
class _Kept:
    context: BrowserContext
    blank: Page
    """Holds the window open."""

    def has_a_clock_of_its_own(self) -> bool:
        """Whether a test set or stopped the clock, which then goes for all later pages of the window as well."""
        return bool(self.blank.evaluate("!/native code/.test(setTimeout)"))

    def clean(self) -> None:
        """Leave nothing of what was done in it."""
        for page in self.context.pages:
            if page is not self.blank:
                page.close()
        self.context.unroute_all()
        self.context.clear_cookies()
        devtools = self.context.new_cdp_session(self.blank)
        devtools.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
        devtools.send("Network.clearBrowserCache")
        devtools.detach()


class Windows:
    """The contexts of one browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, list[_Kept]] = {}

    @contextmanager
    def lent(self, seconds: float = PATIENCE, **options: Any) -> Iterator[BrowserContext]:
        """A context with these options, as if it were new; no other has it meanwhile."""
        idle = self._idle.setdefault(repr(sorted(options.items())), [])
        kept = idle.pop() if idle else self._opened(options)
        kept.context.set_default_timeout(seconds * 1000)
        yield kept.context
        if kept.has_a_clock_of_its_own():
            kept.context.close()
        else:
            kept.clean()
            idle.append(kept)

    def _opened(self, options: dict[str, Any]) -> _Kept:
        context = self._browser.new_context(**options)
        return _Kept(context, context.new_page())
