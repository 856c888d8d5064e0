"""Pages are kept by real proxies between: for those who may have them, and no longer than is right."""

from __future__ import annotations

import contextlib
import http.client
import logging
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from PIL import Image as Picture
from pytest_django import Settings

from kb.library import purging
from tests.conftest import WriteGuide
from tests.support.outside import HOST, NGINX, Person, Proxy, documented, needed, nginx_command, replaced, running
from tests.support.served import GUIDE, ROOT, free_port, prepared_in, served
from tests.support.visitor import password_of

pytestmark = pytest.mark.slow

VARNISH = shutil.which("varnishd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
KEPT_SECONDS = 3
STAFF = "---\naudience: staff\n---\n# Hidden tap\n\nOnly staff read of the quokka.\n"


# What is said to them


@pytest.mark.django_db
def test_a_page_says_how_long_it_may_be_given_without_asking(write_guide: WriteGuide, settings: Settings) -> None:
    settings.SHARED_CACHE_SECONDS = 10
    response = Client().get(write_guide("# Slow mornings\n\nIt is slow.\n").get_absolute_url())
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=10"
    assert response.headers["CDN-Cache-Control"] == "max-age=10, stale-while-revalidate=10, stale-if-error=86400"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in response.headers["Vary"].split(",")}


@pytest.mark.django_db
def test_what_sets_a_cookie_or_is_for_one_person_says_so_to_all_of_them(
    write_guide: WriteGuide, settings: Settings, staff_client: Client
) -> None:
    settings.SHARED_CACHE_SECONDS = 10
    url = write_guide("# Slow mornings\n\n**Symptoms:**\n- It is slow\n\n**Solution:**\n1. Wait\n").get_absolute_url()
    answers = [staff_client.get(url), Client().get("/accounts/sign-in/"), Client().get("/nothing/here/")]
    answers += [Client().get("/troubleshoot/?symptom=slow"), Client().post("/accounts/sign-in/", {})]
    assert [response for response in answers if response.cookies]
    for response in answers:
        assert "CDN-Cache-Control" not in response.headers
        assert "public" not in response.headers["Cache-Control"]
        assert "private" in response.headers["Cache-Control"]


# nginx


@dataclass
class Site:
    """A server behind a proxy that keeps pages."""

    proxy: Proxy
    environment: dict[str, str]
    password: str

    def publish(self, text: str, name: str = "slow.md") -> None:
        """Publish a guide from outside of the server."""
        (Path(self.environment["KB_CONTENT_DIR"]) / name).write_text(text)
        command = [sys.executable, "manage.py", "load_guides"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=False, capture_output=True, timeout=300)

    def staff(self) -> Person:
        """Somebody who has signed in."""
        person = Person(self.proxy)
        person.sign_in("admin", self.password)
        return person

    def reader(self) -> Person:
        """Somebody who has never been here."""
        return Person(self.proxy)


@contextlib.contextmanager
def _cached(folder: Path, environment: dict[str, str], backend: int, output: list[str]) -> Iterator[Site]:
    """A server behind nginx as the documents set it up for several machines."""
    folder.chmod(0o755)
    proxy = Proxy(free_port(), free_port())
    text = documented("nginx", "proxy_cache_path")
    for number in (12, 13):
        text = text.replace(f"    server 10.0.0.{number}:8000 max_fails=1 fail_timeout=5s;\n", "")
    changed = {"10.0.0.11:8000": f"127.0.0.1:{backend}", "/var/cache/nginx/kb": f"{folder}/cache"}
    changed |= {"location / {": "location / {\nadd_header X-Cache $upstream_cache_status;"}
    with running(proxy, nginx_command(folder, text, proxy.port, proxy.plain, changed), folder):
        yield Site(proxy, environment, password_of(output))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    needed(NGINX, "nginx")
    environment = prepared_in(tmp_path_factory.mktemp("site")) | {"KB_HTTPS": "on", "KB_ALLOWED_HOSTS": HOST}
    environment |= {"KB_SHARED_CACHE_SECONDS": str(KEPT_SECONDS)}
    (Path(environment["KB_CONTENT_DIR"]) / "tap.md").write_text(STAFF)
    with (
        served(environment) as (_base, _process, output),
        _cached(tmp_path_factory.mktemp("nginx"), environment, int(environment["PORT"]), output) as made,
    ):
        yield made


def _how(response: http.client.HTTPResponse) -> str:
    """What nginx says of where the answer came from."""
    return response.getheader("X-Cache", "")


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to that")


def test_a_page_is_given_to_the_next_reader_without_asking(site: Site) -> None:
    site.reader().ask("/guides/slow/?first")
    response, text = site.reader().ask("/guides/slow/?first")
    assert (response.status, _how(response), "Slow mornings" in text) == (200, "HIT", True)
    again, _text = site.proxy.ask("/guides/slow/?first", {"If-None-Match": response.getheader("ETag", "")})
    assert again.status == 304


def test_a_part_of_a_page_is_never_given_in_place_of_the_page(site: Site) -> None:
    address = "/search/suggest/?q=slow"
    part, whole = site.proxy.ask(address, {"HX-Request": "true"}), site.reader().ask(address)
    assert (part[0].status, "<html" in part[1]) == (200, False)
    assert whole[0].status == 302
    again = site.proxy.ask(address, {"HX-Request": "true"})
    assert (_how(again[0]), again[1]) == ("HIT", part[1])


def test_what_people_see_who_are_signed_in_is_never_given_to_others(site: Site) -> None:
    staff = site.staff()
    for address in ("/guides/tap/", "/guides/", "/search/?q=quokka", "/write/", "/"):
        response, text = staff.ask(address)
        assert (response.status, _how(response)) == (200, "MISS"), address
        assert "quokka" in text or address not in {"/guides/tap/", "/search/?q=quokka"}
        response, text = staff.ask(address)
        assert _how(response) == "MISS", address
        response, text = site.reader().ask(address)
        assert "Hidden tap" not in text, address
        assert (
            "quokka" not in text.replace("q=quokka", "").replace('value="quokka"', "") or address == "/search/?q=quokka"
        )
    assert site.reader().ask("/guides/tap/")[0].status == 404


def test_what_was_kept_for_others_is_not_given_to_those_who_are_signed_in(site: Site) -> None:
    assert "Hidden tap" not in site.reader().ask("/search/?q=tap")[1]
    assert "Hidden tap" in site.staff().ask("/search/?q=tap")[1]


def test_forms_work_each_with_a_token_of_its_own(site: Site) -> None:
    pages = {site.reader().ask("/accounts/sign-in/")[1] for _ in range(3)}
    assert len(pages) == 3
    staff = site.staff()
    assert staff.ask("/write/")[0].status == 200
    response, _text = staff.send("/write/", "/accounts/sign-out/")
    assert response.status == 302
    del staff.cookies["sessionid"]
    assert staff.ask("/write/")[0].status == 302


def test_a_walk_counts_each_reader_by_a_word_of_their_own(site: Site) -> None:
    words = set()
    for _ in range(3):
        reader = site.reader()
        response, _text = reader.ask("/troubleshoot/?symptom=slow")
        assert _how(response) != "HIT"
        words.add(reader.cookies["visit"])
    assert len(words) == 3


@pytest.mark.slow
def test_a_publication_is_seen_soon_by_those_who_were_given_the_old_page(site: Site) -> None:
    assert "It is slow" in site.reader().ask("/guides/slow/")[1]
    site.publish(GUIDE.replace("It is slow", "It is quick"))
    began = time.monotonic()
    _until(lambda: "It is quick" in site.reader().ask("/guides/slow/")[1])
    assert time.monotonic() - began < 60
    _until(lambda: _how(site.reader().ask("/guides/slow/")[0]) == "HIT")


@pytest.mark.slow
def test_what_is_for_staff_now_is_given_to_nobody_any_more(site: Site) -> None:
    Picture.new("RGB", (4, 4)).save(Path(site.environment["KB_CONTENT_DIR"]) / "snail.png")
    text = "# Snails\n\nThey are slow.\n\n![A snail](snail.png)\n"
    site.publish(text, "snails.md")
    image = site.reader().ask("/guides/snails/")[1].partition('src="/images/')[2].partition('"')[0]
    addresses = ("/guides/snails/", "/api/v1/guides/snails", f"/images/{image}")
    _until(lambda: {_how(site.reader().ask(address)[0]) for address in addresses} == {"HIT"})
    site.publish(f"---\naudience: staff\n---\n{text}", "snails.md")
    time.sleep(KEPT_SECONDS + 1)
    # Also the first who asks after a long time, and all after them.
    assert {site.reader().ask(address)[0].status for address in addresses * 2} == {404}
    site.publish(text, "snails.md")
    assert {site.reader().ask(address)[0].status for address in addresses} == {200}


@pytest.mark.night
def test_a_page_that_is_still_right_is_kept_on_without_being_sent_again(site: Site) -> None:
    site.reader().ask("/guides/slow/?right")
    time.sleep(KEPT_SECONDS + 1)
    _until(lambda: _how(site.reader().ask("/guides/slow/?right")[0]) == "HIT")


# Those that can be told to forget


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What comes to a proxy that notes it."""
    found: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_PURGE(self) -> None:
            found.append(self.path)
            self.send_response(200 if self.path == "/" else 500)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.append(f"http://127.0.0.1:{server.server_port}")
    yield found
    server.shutdown()
    server.server_close()


def test_each_is_asked_and_one_that_is_away_keeps_none_from_it(
    told: list[str], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    base = told.pop()
    settings.PURGE_URLS = [f"http://127.0.0.1:{free_port()}/", f"{base}/broken", f"{base}/"]
    with caplog.at_level(logging.WARNING):
        assert purging.purge() == 1
    assert told == ["/broken", "/"]
    assert [record.name for record in caplog.records] == ["kb.library.purging"] * 2


@pytest.mark.slow
def test_a_command_that_publishes_tells_them_once(told: list[str], tmp_path: Path) -> None:
    base = told.pop()
    environment = prepared_in(tmp_path) | {"KB_PURGE_URLS": f"{base}/"}
    (Path(environment["KB_CONTENT_DIR"]) / "other.md").write_text("# Other\n\nText.\n")
    command = [sys.executable, "manage.py", "load_guides"]
    subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, timeout=300)
    assert told == ["/"]


@contextlib.contextmanager
def _varnish(folder: Path, site: int) -> Iterator[int]:
    """The port of Varnish as the documents set it up, before one server."""
    port = free_port()
    lines = documented("vcl").splitlines(keepends=True)
    text = "".join(line for line in lines if "10.0.0.12" not in line and "kb2" not in line)
    text = replaced(text, {'.host = "10.0.0.11"; .port = "8000"': f'.host = "127.0.0.1"; .port = "{site}"'})
    (folder / "kb.vcl").write_text(replaced(text, {'"10.0.0.11"': '"127.0.0.1"'}))
    command = [str(VARNISH), "-F", "-n", str(folder / "work"), "-a", f"127.0.0.1:{port}", "-f", str(folder / "kb.vcl")]
    command += ["-s", "malloc,32M", "-j", "none"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                _asked(port, "/healthz")
                break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _asked(
    port: int, address: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, str]:
    """What comes of a request that nginx hands on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        own = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"} | (headers or {})
        if form is not None:
            own["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", address, urlencode(form) if form else None, own)
        response = connection.getresponse()
        return response, response.read().decode()


@pytest.mark.slow
def test_a_publication_is_seen_at_once_where_the_proxy_is_told_to_forget(tmp_path: Path) -> None:
    needed(VARNISH, "varnish")
    environment = prepared_in(tmp_path) | {"KB_HTTPS": "on", "KB_ALLOWED_HOSTS": HOST}
    environment |= {"KB_SHARED_CACHE_SECONDS": "3600"}
    (tmp_path / "varnish").mkdir()
    with (
        served(environment) as (_base, _process, output),
        _varnish(tmp_path / "varnish", int(environment["PORT"])) as port,
    ):
        site = Site(Proxy(0, 0), environment | {"KB_PURGE_URLS": f"http://127.0.0.1:{port}/"}, password_of(output))
        for _ in range(2):
            response, text = _asked(port, "/guides/slow/")
        assert "It is slow" in text
        assert int(response.getheader("X-Varnish", "").split()[-1]) > 0
        assert len(response.getheader("X-Varnish", "").split()) == 2  # the second is the request that it was kept of
        site.publish(GUIDE.replace("It is slow", "It is quick"))
        assert "It is quick" in _asked(port, "/guides/slow/")[1]
        statuses = [_guessed(port, f"198.51.100.{number}") for number in range(7)]
        assert statuses == [200] * 7
        statuses = [_guessed(port, "198.51.100.99") for _ in range(7)]
        assert statuses[-1] == 429


def _guessed(port: int, address: str) -> int:
    """The status that a wrong password gets from somebody at an address."""
    from_there = {"X-Forwarded-For": address, "Referer": f"https://{HOST}/accounts/sign-in/"}
    response, page = _asked(port, "/accounts/sign-in/", from_there)
    cookie = response.getheader("Set-Cookie", "").partition(";")[0]
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"csrfmiddlewaretoken": token, "username": "guessed", "password": "wrong"}
    return _asked(port, "/accounts/sign-in/", from_there | {"Cookie": cookie}, form)[0].status
