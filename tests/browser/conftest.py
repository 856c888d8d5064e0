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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright
from playwright.sync_api import Error as PageError

from tests.browser.windows import PATIENCE, Windows
from tests.support.once import made_once
from tests.support.served import prepare

ROOT = Path(__file__).resolve().parent.parent.parent
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 720}
NARROW = (320, 768)  # CSS pixels: the least that WCAG 1.4.10 asks for, and a tablet, whose header has the least room
KINDS = ["wide", *(pytest.param(kind, marks=pytest.mark.night) for kind in ("phone", "no-script"))]
EACH_WIDTH = ["wide", "phone", pytest.param("no-script", marks=pytest.mark.night)]  # for what depends on the width
# For what most come for.
WITHOUT_SCRIPT_TOO = [
    "wide",
    pytest.param("phone", marks=pytest.mark.night),
    pytest.param("no-script", marks=pytest.mark.slow),
]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",  # a process less for each window
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
]
FIRST_START = "first-start.log"

DataFolder = Callable[[str], Path]
OpenPage = Callable[[str, str], Iterator[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """The program; skipped with a sentence where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI"):
        pytest.fail("there is no chromium on this machine, and on CI the browser tests must run")
    if found is None:
        pytest.skip("there is no chromium on this machine; install it to run the browser tests")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    executable = chromium()
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield browser
        browser.close()


def start_first(folder: Path, **settings: str) -> str:
    """Do what a first start does with a data folder that has its tables, and give back what it prints."""
    prepare(folder)
    environment = {**os.environ, "KB_DATA_DIR": str(folder), **settings}
    command = [sys.executable, "manage.py", "serve", "--prepare-only"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def first_start() -> Path:
    """What a first start leaves in a data folder, and prints."""

    def start(folder: Path) -> None:
        (folder / FIRST_START).write_text(start_first(folder))

    return made_once("first-start", start)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory, first_start: Path) -> DataFolder:
    """Make a data folder in which the first start is over: the guides are loaded, nothing else has happened."""

    def made(name: str) -> Path:
        return Path(shutil.copytree(first_start, tmp_path_factory.mktemp(name), dirs_exist_ok=True))

    return made


@dataclass(frozen=True)
class SharedSite:
    """A server with the shipped guides that sends mail into a folder and lets one other site frame its walks."""

    address: str
    folder: Path
    mails: Path
    framing_port: int
    """The other site is at this port of localhost."""


@pytest.fixture(scope="session")
def shared_site(data_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSite]:
    """The one server for all tests of this process that neither stop it nor write guides."""
    folder, mails, port = data_folder("site"), tmp_path_factory.mktemp("mails"), free_port()
    mail = {"KB_EMAIL_URL": f"file://{mails}", "KB_EMAIL_FROM": "help@example.com"}
    with serving(folder, KB_EMBED_ORIGINS=f"http://localhost:{port}", **mail) as address:
        yield SharedSite(address, folder, mails, port)


@pytest.fixture(scope="session")
def site(shared_site: SharedSite) -> str:
    """The address of that server."""
    return shared_site.address


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """The address of a server with these settings, which keeps its data in `folder`."""
    chromium()
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


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    """The windows of Chromium that tests share."""
    return Windows(browser)


@pytest.fixture(scope="session")
def open_page(windows: Windows) -> OpenPage:
    """Open a page of a site in a browser of a kind."""

    def opened(site: str, kind: str) -> Iterator[Page]:
        given = {
            "base_url": site,
            "viewport": PHONE if kind == "phone" else WIDE,
            "java_script_enabled": kind != "no-script",
            "reduced_motion": "reduce",
            "permissions": ["clipboard-read", "clipboard-write"],
        }
        with windows.lent(**given) as context:
            yield from _watched(context.new_page())

    return opened


@pytest.fixture(params=KINDS)
def anyone(request: pytest.FixtureRequest, open_page: OpenPage, site: str) -> Iterator[Page]:
    """A page as each kind of reader has it: on a desk, on a phone, without JavaScript."""
    yield from open_page(site, request.param)


@pytest.fixture
def page(open_page: OpenPage, site: str) -> Iterator[Page]:
    """A page on a desk, with JavaScript."""
    yield from open_page(site, "wide")


def until(page: Page | Frame, condition: str, given: object = None) -> None:
    """Wait until it is so; the page itself may not, since it evaluates no text that comes later."""
    for _ in range(PATIENCE * 10):
        with contextlib.suppress(PageError):  # the page may just be changing
            if page.evaluate(condition, given):
                return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def expect_no_sideways_scrolling(page: Page, *addresses: str) -> None:
    """No page is wider than a narrow window; parts of it may scroll for themselves."""
    for address in addresses:
        page.goto(address)
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": PHONE["height"]})
            until(page, "width => innerWidth === width", width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


def _watched(page: Page) -> Iterator[Page]:
    """The page; nothing may have gone wrong by the end of the test that only its console shows."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    unexpected = [text for text in wrong if "404 (Not Found)" not in text]
    assert not unexpected, unexpected
