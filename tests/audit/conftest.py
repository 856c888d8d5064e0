"""The browser that looks at hostile texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import QUIET, chromium
from tests.support.watching import Watcher


@pytest.fixture(scope="session")
def watcher() -> Iterator[Watcher]:
    """Chromium, told to look."""
    found = Watcher(chromium(), QUIET)
    yield found
    found.close()
