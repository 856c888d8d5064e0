"""A site on which writers work in a real browser, and what they do there over and over."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError, expect

from tests.browser.conftest import ROOT, WIDE, free_port, serving, start_first
from tests.browser.windows import Windows
from tests.support.once import made_once

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
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
sessions = {}
for name, group in (("ada", "writers"), ("eve", "editors")):
    user = User.objects.create_user(name, password="correct horse battery")
    user.groups.add(Group.objects.get(name=group))
    session = {SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash()}
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    sessions[name] = SessionStore().encode(session)
print(json.dumps(sessions))
"""
SESSIONS = "sessions.json"
WRITTEN = """
SELECT text FROM kb_revision JOIN kb_guide ON kb_guide.id = guide_id JOIN auth_user ON auth_user.id = author_id
WHERE slug = ? AND username = ?
"""
EXPECTED = (
    "ERR_CONNECTION_REFUSED",
    "401 (Unauthorized)",
    "403 (Forbidden)",
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION_RESET",
)
SECONDS = 40_000
GIVEN = """async ([how, where, colour]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 37, height: 21 });
    canvas.getContext("2d").fillStyle = colour;
    canvas.getContext("2d").fillRect(0, 0, 37, 21);
    const blob = await new Promise((done) => canvas.toBlob(done));
    const data = new DataTransfer();
    data.items.add(new File([blob], `${how} here.png`, { type: "image/png" }));
    const place = document.querySelector(where);
    const { left, top } = place.getBoundingClientRect();
    const told = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5 };
    const event = how === "paste"
        ? new ClipboardEvent("paste", { ...told, clipboardData: data })
        : new DragEvent("drop", { ...told, dataTransfer: data });
    place.dispatchEvent(event);
    return event.defaultPrevented;
}"""


class Site:
    """A server that can be stopped and started again at the same address."""

    def __init__(self, folder: Path, content: Path) -> None:
        self.data, self.content, self.port = folder / "data", content, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._running = contextlib.ExitStack()
        self.data.mkdir(exist_ok=True)

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
        ((text,),) = self.asked(f"{WRITTEN} AND kb_revision.state = 'draft' AND NOT aside", slug, author)
        return str(text)

    def asked(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """What its database answers."""
        with contextlib.closing(sqlite3.connect(self.data / "kb.sqlite3", timeout=20)) as database, database:
            return list(database.execute(statement, values))

    def session_of(self, name: str) -> str:
        """The key of a new session, as if somebody had signed in."""
        key = secrets.token_hex(16)
        data = json.loads((self.content.parent / SESSIONS).read_text())[name]
        self.asked("INSERT INTO django_session VALUES (?, ?, '2999-01-01')", key, data)
        return key

    def sign_all_out(self) -> None:
        """End the sessions of all people."""
        self.asked("DELETE FROM django_session")


def guides_in(folder: Path) -> Path:
    """A folder with the guides that people work on."""
    content = folder / "guides"
    (content / "contacts").mkdir(parents=True)
    for name, text in {"paper-jam": JAM, "triage": TRIAGE, "long": LONG, "contacts/night-shift": CONTACT}.items():
        (content / f"{name}.md").write_text(text)
    return content


def prepare(folder: Path) -> None:
    """Load the guides and sign the people up."""
    site = Site(folder, guides_in(folder))
    start_first(site.data, KB_CONTENT_DIR=str(site.content))
    (folder / SESSIONS).write_text(site.run(PEOPLE))


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Site]:
    """A site on which nobody has written yet."""
    prepared = made_once("studio", prepare)
    shutil.copytree(prepared / "data", folder / "data")
    site = Site(folder, prepared / "guides")
    site.start()
    yield site
    site.stop()


@contextlib.contextmanager
def watched(windows: Windows, site: Site, name: str = "ada", **options: bool | str) -> Iterator[BrowserContext]:
    """A browser in which somebody is signed in; nothing may go wrong in it that only its console shows."""
    wrong: list[str] = []

    def failed(error: WebError) -> None:
        wrong.append(str(error.error))

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"{message.text} at {message.location['url']}")

    given = {"base_url": site.address, "viewport": WIDE, "reduced_motion": "reduce", **options}
    with windows.lent(SECONDS / 1000, **given) as context:
        context.add_cookies([{"name": "sessionid", "value": site.session_of(name), "url": site.address}])
        context.on("weberror", failed)
        context.on("console", told)
        yield context
        context.remove_listener("weberror", failed)
        context.remove_listener("console", told)
    unexpected = [text for text in wrong if not any(known in text for known in EXPECTED) and not _is_of_the_crowd(text)]
    assert not unexpected, unexpected


def _is_of_the_crowd(text: str) -> bool:
    """Whether a look at what was typed was told to come again, as others read texts: the editor asks once more."""
    return "503 (Service Unavailable)" in text and text.endswith("/check/")


def signed_in(context: BrowserContext, path: str, name: str = "ada") -> Page:
    """A page to which the form for signing in has led."""
    page = context.new_page()
    page.goto(f"/accounts/sign-in/?next={path}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")
    return page


def opened(context: BrowserContext, path: str) -> Page:
    """A page of whoever is signed in."""
    page = context.new_page()
    page.goto(path)
    return page


def editor(context: BrowserContext, slug: str) -> Page:
    page = opened(context, f"/write/guides/{slug}/")
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


def wait_until_written(page: Page, site: Site, slug: str, words: str) -> None:
    """Wait until the server has some words of Ada's: a browser sends what a page has left when it is gone already."""
    for _ in range(SECONDS // 100):
        if words in str(site.asked(WRITTEN, slug, "ada")):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{words!r} never came to the server")
