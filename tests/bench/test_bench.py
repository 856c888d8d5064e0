"""The measurement counts what it says it counts, and a page that fails can't pass for a quick one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.bench import addresses, clients, guides, report
from tests.bench.addresses import FirstVisits, Published
from tests.bench.bench_pages import _beside_the_best
from tests.bench.quiet import _used_by_all, _used_by_us, watched
from tests.bench.report import Measured, Visits
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


def test_a_measurement_that_is_started_by_itself_finds_what_tests_make_once() -> None:
    made = "from tests.support.once import made_once; print(made_once('empty', lambda _folder: None).is_dir())"
    environment = {name: value for name, value in os.environ.items() if name != "TESTS_SHARED_FOLDER"}
    command = [sys.executable, "-c", made]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


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


def measured(*, ours: list[float], peer: list[float]) -> Measured:
    first = Visits([50.0] * len(ours), [25.0] * len(ours), "sync")
    return Measured("guide", first, Visits(ours, peer, "threads"))


def test_the_table_gives_first_visits_first_and_medians_with_their_spread_beside_the_peers_better_workers() -> None:
    guide = measured(ours=[700.0, 900.0, 800.0], peer=[100.0, 300.0, 200.0])
    walk = Measured("walk step", Visits([40.0]), Visits([500.0]))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in report.table([guide, walk]).splitlines()]
    spread = ["50 (50-50)", "25 (25-25)", "2.0 (2.0-2.0)", "800 (700-900)", "200 (100-300)", "4.0 (3.0-7.0)"]
    assert rows[2] == ["guide", *spread, "sync, then threads"]
    assert rows[3] == ["walk step", "40 (40-40)", "-", "-", "500 (500-500)", "-", "-", "-"]


def test_a_target_that_is_missed_is_said() -> None:
    missed = measured(ours=[800.0], peer=[200.0])
    assert report.missed([missed]) == ["The guide page is 4.0 times as quick as django-wiki's, not 8.0."]
    assert report.missed([measured(ours=[900.0], peer=[100.0])]) == []


def test_a_busy_machine_gives_no_figures() -> None:
    busy = measured(ours=[900.0], peer=[1.0])
    busy.busy = 0.31
    assert "900" not in report.table([busy])
    assert "no figures: others took 31% of the machine" in report.table([busy])
    assert report.missed([busy]) == ["The guide page has no figures: others took 31% of the machine."]


def test_what_others_use_of_the_machine_is_seen_and_what_a_child_of_ours_uses_is_not() -> None:
    spin = "import time\nend = time.process_time() + 1\nwhile time.process_time() < end: pass"
    other = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {spin!r}], start_new_session=True)"
    before = _used_by_us()
    subprocess.run([sys.executable, "-c", spin], check=True)
    assert _used_by_us() - before > 0.9
    before, busy = _used_by_us(), _used_by_all()
    subprocess.run([sys.executable, "-c", other], check=True)
    while _used_by_all() - busy < 1.0:
        time.sleep(0.05)
    assert _used_by_us() - before < 0.9
    with watched() as watch:
        time.sleep(0.1)
    assert 0 <= watch.others <= 1.5


def test_visits_of_a_first_time_share_no_address() -> None:
    rotation = addresses.home(FirstVisits(80, runs=7))
    pages = [page for pages in rotation.ours_first for page in pages]
    assert len(rotation.ours_first) == 7
    assert len(set(pages)) == len(pages) == 560


def guides_named(number: int) -> list[Published]:
    return [Published(f"slug-{n}", f"Guide number{chr(97 + n % 26)} about printers", "a/b", "") for n in range(number)]


def test_runs_of_first_visits_are_as_long_as_there_are_guides_for() -> None:
    for number, size in ((700, 80), (100, 12)):
        rotation = addresses.guides(guides_named(number), 30, FirstVisits(80, runs=8))
        for parts in (rotation.ours_first, rotation.peers_first):
            assert [len(pages) for pages in parts] == [size] * 8
            assert len({page for pages in parts for page in pages}) == 8 * size


def test_both_sites_are_asked_for_the_same_guides() -> None:
    rotation = addresses.guides(guides_named(50), 10, FirstVisits(5, runs=3))
    for ours, peers in zip(rotation.ours_first, rotation.peers_first, strict=True):
        assert [address.split("/")[2] for address, _ in ours] == [address.split("/")[2] for address, _ in peers]


@pytest.mark.night
def test_each_side_is_tried_once_and_the_peer_is_measured_with_the_workers_that_suit_it_better() -> None:
    calls: list[str] = []

    def rate(kind: str) -> float:
        calls.append(kind)
        return {"": 90.0, "threads": 10.0, "sync": 20.0}[kind]

    visits = _beside_the_best(["", "threads", "sync"], rate, 4, spare=1000)
    assert set(calls[: calls.index("sync")]) == {"", "threads"}
    assert "threads" not in calls[calls.index("sync") :]
    assert (visits.ours, visits.peer, visits.workers) == ([90.0] * 4, [20.0] * 4, "sync")


@pytest.mark.night
def test_ours_is_measured_alone_where_the_peer_has_no_such_page() -> None:
    visits = _beside_the_best([""], lambda _kind: 1.0, 2, spare=1000)
    assert (visits.ours, visits.peer, visits.workers) == ([1.0, 1.0], [], "")
