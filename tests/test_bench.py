"""The measurement counts what it says it counts, and a page that fails can't pass for a quick one."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.bench import clients, guides, report
from tests.bench.report import Measured
from tests.bench.servers import PEER_FOLDER, ROOT


class Site(BaseHTTPRequestHandler):
    """A site whose pages say their own path; those below /broken/ fail."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the path."""
        body = f"this is {self.path}".encode()
        self.send_response(500 if self.path.startswith("/broken/") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_each_page_is_visited_once(port: int) -> None:
    counted = clients.visit(port, [(f"/{number}", f"this is /{number}") for number in range(100)], None)
    assert (counted["requests"], counted["errors"]) == (100, [])


def test_pages_are_visited_in_turn_for_a_while(port: int) -> None:
    counted = clients.visit(port, [("/a", "/a"), ("/b", "/b")], 0.2)
    assert counted["requests"] > 2
    assert counted["errors"] == []


def test_a_page_that_fails_or_shows_something_else_is_an_error(port: int) -> None:
    counted = clients.visit(port, [("/broken/", "this"), ("/fine", "this"), ("/fine", "what is not there")], None)
    assert sorted(counted["errors"]) == [
        "/broken/: status 500, with what it must show",
        "/fine: status 200, without what it must show",
    ]


def test_a_server_that_is_gone_is_an_error() -> None:
    counted = clients.visit(1, [("/", "")] * 3, None)
    assert len(counted["errors"]) == 3


def test_the_shipped_guides_are_copied_under_new_names_and_titles_until_there_are_enough(tmp_path: Path) -> None:
    shipped = tmp_path / "content"
    (shipped / "contacts").mkdir(parents=True)
    (shipped / "contacts" / "ada.md").write_text("---\nname: Ada\n---\n")
    (shipped / "a").mkdir()
    (shipped / "a" / "one.md").write_text(
        "---\ntags: [b]\naliases: [uno]\naudience: staff\n---\n# One\n\n[Ada](../contacts/ada.md)\n"
    )
    (shipped / "a" / "two.md").write_text("# Two\n\nText.\n")
    assert guides.gather(tmp_path / "into", 5, corpora=tmp_path / "none", shipped=shipped) == 0
    into = tmp_path / "into" / "copies"
    copies = {path.relative_to(into).as_posix(): path.read_text() for path in into.rglob("*.md")}
    assert copies.keys() == {"contacts/ada.md", "1/a/one.md", "2/a/one.md", "3/a/one.md", "1/a/two.md", "2/a/two.md"}
    head = yaml.safe_load(copies["2/a/one.md"].split("---")[1])
    assert head == {"category": "a", "tags": ["b"], "title": "One (2)", "audience": "public", "aliases": []}
    assert guides.without_head(copies["2/a/one.md"]) == "# One\n\n[Ada](../../contacts/ada.md)\n"
    assert guides.without_head(copies["1/a/two.md"]) == "# Two\n\nText.\n"


def test_the_corpora_come_first(tmp_path: Path) -> None:
    corpora = tmp_path / "corpora"
    (corpora / "outlook").mkdir(parents=True)
    for number in range(3):
        (corpora / "outlook" / f"{number}.md").write_text("# Guide\n")
    assert guides.gather(tmp_path / "into", 2, corpora=corpora, shipped=tmp_path / "none") == 2
    assert {path.name for path in (tmp_path / "into" / "outlook").iterdir()} == {"0.md", "1.md"}


def test_both_sites_run_on_the_same_server_and_framework() -> None:
    ours = _pinned((ROOT / "requirements.txt").read_text())
    peers = _pinned((PEER_FOLDER / "requirements.txt").read_text())
    assert {name: peers[name] for name in ("django", "gunicorn")} == {
        name: ours[name] for name in ("django", "gunicorn")
    }


def _pinned(requirements: str) -> dict[str, str]:
    return {name.lower(): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", requirements, re.MULTILINE)}


def test_the_table_gives_medians_and_ratios_and_says_which_target_is_missed() -> None:
    guide = Measured("guide", ours=[700.0, 900.0, 800.0], peers=[100.0, 300.0, 200.0], ours_fresh=50, peers_fresh=9)
    walk = Measured("walk step", ours=[500.0], ours_fresh=40)
    lines = report.table([guide, walk]).splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == ["guide", "800", "200", "4.0", "50", "9"]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == ["walk step", "500", "-", "-", "40", "-"]
    assert report.missed([guide, walk]) == ["The guide page is 4.0 times as quick as django-wiki's; the target is 8.0."]
    assert report.missed([Measured("guide", ours=[900.0], peers=[100.0])]) == []
