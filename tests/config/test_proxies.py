"""The configurations of nginx and Caddy in docs/operators.md, with the real server behind them.

Only ports, the certificate and the folders that the proxy writes to are others.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.outside import HOST, NGINX, Proxy, documented, needed, nginx_command, replaced, running
from tests.support.served import free_port, prepared_in, served

pytestmark = pytest.mark.slow

CADDY = shutil.which("caddy")


def _nginx(folder: Path, port: int, plain: int, site: int) -> list[str]:
    """What starts nginx with the servers of the documents."""
    return nginx_command(folder, documented("nginx"), port, plain, {"127.0.0.1:8000": f"127.0.0.1:{site}"})


def _caddy(folder: Path, port: int, plain: int, site: int) -> list[str]:
    """What starts Caddy with the site of the documents; nobody outside would give this name a certificate."""
    ports = f"http_port {plain}\n https_port {port}\n default_bind 127.0.0.1"
    own = f"admin off\n local_certs\n skip_install_trust\n storage file_system {folder}/storage"
    text = replaced(documented("caddy"), {"127.0.0.1:8000": f"127.0.0.1:{site}"})
    (folder / "Caddyfile").write_text(f"{{\n {ports}\n {own}\n}}\n{text}")
    return [str(CADDY), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a site behind a proxy."""
    environment = prepared_in(tmp_path_factory.mktemp("site")) | {"KB_HTTPS": "on", "KB_ALLOWED_HOSTS": HOST}
    with served(environment):
        yield int(environment["PORT"])


@pytest.fixture(scope="module", params=["nginx", pytest.param("caddy", marks=pytest.mark.slow)])
def proxy(request: pytest.FixtureRequest, site: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The site through each proxy, as the documents set it up."""
    path, start = {"nginx": (NGINX, _nginx), "caddy": (CADDY, _caddy)}[request.param]
    needed(path, request.param)
    folder = tmp_path_factory.mktemp(request.param)
    folder.chmod(0o755)
    found = Proxy(free_port(), free_port())
    with running(found, start(folder, found.port, found.plain, site), folder):
        yield found


def test_pages_come_through(proxy: Proxy) -> None:
    response, text = proxy.ask("/guides/slow/")
    assert (response.status, "Slow mornings" in text) == (200, True)
    assert response.getheader("Strict-Transport-Security")
    again, _text = proxy.ask("/guides/slow/", {"If-None-Match": response.getheader("ETag", "")})
    assert again.status == 304


def test_whoever_speaks_http_is_led_to_https(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=60)
    connection.request("GET", "/guides/slow/?a=b", headers={"Host": HOST})
    response = connection.getresponse()
    assert response.status in (301, 308)
    assert response.getheader("Location") == f"https://{HOST}/guides/slow/?a=b"
    connection.close()


def test_readers_can_not_speak_as_the_proxy(proxy: Proxy) -> None:
    _response, right = proxy.ask("/sitemap.xml")
    assert f"<loc>https://{HOST}/guides/slow/</loc>" in right
    for name in ("Proto", "Host", "For", "Port", "Prefix"):
        response, text = proxy.ask("/sitemap.xml", {f"X-Forwarded-{name}": "http"})
        assert (response.status, text) == (200, right), name
    assert proxy.ask("/guides/slow/", {"SCRIPT_NAME": "/guides/maintenance"})[1] == proxy.ask("/guides/slow/")[1]


def test_who_guesses_passwords_is_known_by_the_address_that_the_proxy_saw(proxy: Proxy) -> None:
    statuses = [_sign_in(proxy, f"guessed-{proxy.port}", f"192.0.2.{number}") for number in range(6)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def _sign_in(proxy: Proxy, name: str, claimed: str) -> int:
    """The status that a wrong password gets from somebody who claims to be elsewhere."""
    response, page = proxy.ask("/accounts/sign-in/")
    cookie = response.getheader("Set-Cookie", "")
    assert "Secure" in cookie
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    form = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": "wrong"}).encode()
    headers = {"Cookie": cookie.partition(";")[0], "Referer": f"https://{HOST}/accounts/sign-in/"}
    headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": claimed}
    return proxy.ask("/accounts/sign-in/", headers, form)[0].status


def test_static_files_and_large_forms_come_through(proxy: Proxy) -> None:
    _response, page = proxy.ask("/")
    (style,) = re.findall(r'href="(/static/kb\.[0-9a-f]+\.css)"', page)
    response, _text = proxy.ask(style, {"Accept-Encoding": "identity"})
    assert (response.status, response.getheader("Content-Type")) == (200, 'text/css; charset="utf-8"')
    assert proxy.ask("/accounts/sign-in/", body=b"x" * 10_000_000)[0].status == 403


def test_a_reader_is_answered_while_many_sockets_dawdle(proxy: Proxy) -> None:
    with contextlib.ExitStack() as dawdling:
        for _ in range(100):
            one = dawdling.enter_context(socket.create_connection(("127.0.0.1", proxy.plain), timeout=60))
            one.sendall(b"POST / HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\nContent-Length: 9\r\n\r\nhalf")
        assert "Slow mornings" in proxy.ask("/guides/slow/")[1]
