"""A real Chromium and the real server, with the shipped guides, for all browser tests of a run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 720}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI"):
        pytest.fail("there is no chromium on this machine, and on CI the browser tests must run")
    if found is None:
        pytest.skip("there is no chromium on this machine; install it to run the browser tests")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    executable = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that serves the shipped guides from a data folder of its own."""
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """The address of a server with these settings, which keeps its data in `folder`."""
    _chromium()
    port = int(settings.get("PORT", free_port()))
    environment = {
        **os.environ,
        "KB_DATA_DIR": str(folder),
        "PORT": str(port),
        "KB_WORKERS": "1",
        "KB_LOG_LEVEL": "INFO",
        **settings,
    }
    log = (folder / "server.log").open("w")
    command = [sys.executable, "manage.py", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, folder / "server.log")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        log.close()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(900):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def _context(browser: Browser, site: str, *, size: dict[str, int], script: bool) -> BrowserContext:
    context = browser.new_context(
        base_url=site,
        viewport=size,  # type: ignore[arg-type]
        java_script_enabled=script,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(15_000)
    return context


@pytest.fixture(params=["wide", "phone", "no-script"])
def anyone(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page as each kind of reader has it: on a desk, on a phone, without JavaScript."""
    size = PHONE if request.param == "phone" else WIDE
    context = _context(browser, site, size=size, script=request.param != "no-script")
    yield from _watched(context)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a desk, with JavaScript."""
    yield from _watched(_context(browser, site, size=WIDE, script=True))


def _watched(context: BrowserContext) -> Iterator[Page]:
    """The page; after the test, nothing may have gone wrong in it that only its console shows."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    unexpected = [text for text in wrong if "404 (Not Found)" not in text]
    assert not unexpected, unexpected
