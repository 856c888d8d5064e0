"""No header but the documented ones changes what a page shows, or what is kept of it for the next reader."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.support.served import prepared_in, served

pytestmark = pytest.mark.slow

GIVEN = (
    "/guides/maintenance",
    "http://evil.example/guides/",
    "evil.example",
    "for=1.2.3.4;host=evil.example",
    "8443",
    "https",
    "DELETE",
    "true",
)
OF_SERVERS = """SCRIPT_NAME Script-Name X-Script-Name SCRIPT_URL
    Script-URL REDIRECT_URL PATH_INFO Path-Info PATH_TRANSLATED
    REQUEST_URI REQUEST_METHOD QUERY_STRING Query-String SERVER_NAME SERVER_PORT SERVER_PROTOCOL REMOTE_ADDR
    Remote-Addr REMOTE_USER Remote-User REMOTE_HOST AUTH_TYPE HTTPS HTTP_HOST HTTP_COOKIE HTTP_HX_REQUEST
    wsgi.url_scheme wsgi.input_terminated Authorization Proxy Proxy-Authorization"""
OF_PROXIES = """X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Protocol X-Forwarded-Scheme X-Forwarded-For
    X-Forwarded-Port
    X-Forwarded-Prefix X-Forwarded-Path X-Forwarded-Server X-Forwarded-By X-Forwarded-Ssl X-Forwarded-Uri
    X-Forwarded-User X-Forwarded-Method Forwarded Via X-Real-IP X-Client-IP True-Client-IP CF-Connecting-IP
    X-Cluster-Client-IP Front-End-Https X-Url-Scheme X-Scheme X-Original-URL X-Original-URI X-Original-Host
    X-Rewrite-URL X-Host X-HTTP-Host-Override X-Sendfile X-Accel-Redirect X-ProxyUser-Ip X-WAP-Profile
    Surrogate-Capability"""
OF_CLIENTS = """X-HTTP-Method X-HTTP-Method-Override X-Method-Override X-Requested-With Accept Accept-Language
    Accept-Charset
    User-Agent Referer Origin Range If-Range If-Match If-Modified-Since If-Unmodified-Since Cache-Control Pragma
    Upgrade TE DNT Upgrade-Insecure-Requests Max-Forwards From Purpose Sec-Purpose Sec-Fetch-Site Sec-Fetch-Mode
    Sec-Fetch-Dest Save-Data X-CSRFToken X-Search-Found HX-Boosted HX-Current-URL HX-History-Restore-Request
    HX-Prompt HX-Target HX-Trigger HX-Trigger-Name HX-Request-URI-AutoEncoded"""
METHODS = """HEAD OPTIONS POST PUT PATCH DELETE TRACE CONNECT PROPFIND PURGE BAN DEBUG TRACK BREW get Get"""
PAGES = ("/guides/slow/", "/", "/search/", "/sitemap.xml", "/api/v1/guides/slow")
number = count()


@dataclass(frozen=True)
class Site:
    """A running site, and what stands before it says of each request."""

    port: int
    always: dict[str, str]

    def ask(self, address: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, str, str]:
        """Status, name and text of what is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, address, headers=self.always | (headers or {}))
            response = connection.getresponse()
            return response.status, response.getheader("ETag", ""), response.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module", params=["off", pytest.param("on", marks=pytest.mark.night)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site by itself, and behind a proxy that speaks HTTPS."""
    environment = prepared_in(tmp_path_factory.mktemp("site")) | {
        "KB_HTTPS": request.param,
        "KB_EMBED_ORIGINS": "https://shop.example",
    }
    (Path(environment["KB_CONTENT_DIR"]) / "maintenance.md").write_text("# Maintenance\n\nWe are back soon.\n")
    always = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"} if request.param == "on" else {}
    with served(environment):
        yield Site(int(environment["PORT"]), always)


def _fresh(address: str) -> str:
    """The address of a page that nobody asked for before."""
    return f"{address}?fresh={next(number)}"


def _without_number(answer: tuple[int, str, str]) -> tuple[int, str]:
    return answer[0], re.sub(r"fresh=\d+", "fresh", answer[2])


def _names(site: Site, group: str) -> list[str]:
    return [name for name in group.split() if name not in site.always]


@pytest.mark.parametrize("group", [OF_SERVERS, OF_PROXIES, OF_CLIENTS], ids=["of servers", "of proxies", "of clients"])
@pytest.mark.parametrize("page", PAGES)
def test_no_headers_together_change_what_is_shown_or_kept(site: Site, page: str, group: str) -> None:
    right = _without_number(site.ask(_fresh(page)))
    assert right[0] == 200
    for value in GIVEN:
        address = _fresh(page)
        shown = site.ask(address, dict.fromkeys(_names(site, group), value))
        assert _without_number(shown) == right, value
        assert site.ask(address) == shown, value


def test_no_header_alone_changes_what_is_shown_or_kept(site: Site) -> None:
    right = _without_number(site.ask(_fresh("/guides/slow/")))
    for name in _names(site, f"{OF_SERVERS} {OF_PROXIES} {OF_CLIENTS}"):
        address = _fresh("/guides/slow/")
        shown = site.ask(address, {name: GIVEN[0]})
        assert _without_number(shown) == right, name
        assert site.ask(address) == shown, name


def test_a_page_in_a_frame_is_led_to_its_framed_form_and_keeps_nobody_elses(site: Site) -> None:
    address = _fresh("/troubleshoot/")
    right = _without_number(site.ask(_fresh("/troubleshoot/")))
    assert site.ask(address, {"Sec-Fetch-Dest": "iframe"})[0] == 302
    assert _without_number(site.ask(address)) == right


def test_a_method_that_a_page_does_not_know_keeps_nothing(site: Site) -> None:
    for page in PAGES:
        right = _without_number(site.ask(_fresh(page)))
        for method in METHODS.split():
            address = _fresh(page)
            assert site.ask(address, method=method)[0] in (200, 204, 400, 403, 405), (page, method)
            assert _without_number(site.ask(address)) == right, (page, method)


def test_only_true_asks_for_a_fragment(site: Site) -> None:
    page = site.ask("/search/?q=slow")
    for value in ("false", "True", "TRUE", "1", "yes", "true, true", "x" * 1000):
        assert site.ask("/search/?q=slow", {"HX-Request": value}) == page, value
    assert site.ask("/search/?q=slow", {"HX-Request": "true"})[1] != page[1]
    assert site.ask("/search/suggest/?q=slow", {"HX-Request": "false"})[0] == 302
    assert site.ask("/search/suggest/?q=slow", {"HX-Request": "true"})[0] == 200


def test_the_address_of_another_site_in_the_request_line_is_not_shown(site: Site) -> None:
    for line in (
        "http://evil.example/guides/slow/",
        "//evil.example/guides/slow/",
        "/guides/slow/#/guides/maintenance/",
    ):
        site.ask(line)
    assert site.ask("/guides/slow/")[2] == site.ask(_fresh("/guides/slow/"))[2]
    assert "evil.example" not in site.ask("/sitemap.xml")[2]


def test_a_host_that_is_not_ours_is_turned_away(site: Site) -> None:
    for host in ("evil.example", "127.0.0.1, evil.example", "evil.example:80@127.0.0.1"):
        assert site.ask("/guides/slow/", {"Host": host})[0] == 400, host


def test_a_proxy_is_believed_only_when_there_is_one(site: Site) -> None:
    """With KB_HTTPS, the proxy says which protocol was spoken; without it, nobody does."""
    status, _name, sitemap = site.ask("/sitemap.xml")
    assert status == 200
    assert f"<loc>{'https' if site.always else 'http'}://127.0.0.1:{site.port}/" in sitemap
    if site.always:
        assert site.ask("/guides/slow/", {"X-Forwarded-Proto": "http"})[0] == 301
