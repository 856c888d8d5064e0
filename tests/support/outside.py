"""What stands in front of the server, as docs/operators.md sets it up, with other ports and folders."""

from __future__ import annotations

import contextlib
import getpass
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.served import ROOT

HOST = "help.example.com"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def documented(language: str, part: str = "") -> str:
    """The one block of a language in docs/operators.md that has these words, or the first one."""
    text = (ROOT / "docs" / "operators.md").read_text()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    found = [block for of, block in blocks if of == language and part in block]
    assert found, (language, part)
    return str(found[0])


def replaced(text: str, changed: Mapping[str, str]) -> str:
    """A configuration with other words for some, each of which must be in it."""
    for old, new in changed.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def needed(program: str | None, name: str) -> str:
    """The path of a program; skips the test where it is not installed, and fails it on CI."""
    if program:
        return program
    missing = f"{name} is not installed here; install it to try its configuration in docs/operators.md"
    assert not os.environ.get("CI"), missing
    pytest.skip(missing)


def nginx_command(folder: Path, text: str, port: int, plain: int, changed: Mapping[str, str]) -> list[str]:
    """What starts nginx with servers of the documents, for HTTPS on one port and HTTP on another."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", f"/CN={HOST}", "-days", "2", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    own = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{plain}",
        f"/etc/ssl/{HOST}.pem": str(certificate),
        f"/etc/ssl/{HOST}.key": str(key),
    }
    written = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in written)
    start = f"daemon off; user {getpass.getuser()}; pid {folder}/pid; error_log stderr; events {{}}"
    head = f"{start}\nhttp {{ access_log off; {paths}\n"
    (folder / "nginx.conf").write_text(f"{head}{replaced(text, {**own, **changed})}}}\n")
    return [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: where it speaks HTTPS, and where HTTP."""

    port: int
    plain: int

    def ask(
        self, address: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[http.client.HTTPResponse, str]:
        """What comes of a request over HTTPS."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPConnection(HOST)
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain:
            connection.sock = trusting.wrap_socket(plain, server_hostname=HOST)
        with contextlib.closing(connection):
            connection.request("POST" if body is not None else "GET", address, body, {"Host": HOST} | (headers or {}))
            response = connection.getresponse()
            return response, response.read().decode(errors="replace")


@dataclass
class Person:
    """Somebody with a browser of their own, who comes through a proxy."""

    proxy: Proxy
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, address: str, form: dict[str, str] | None = None) -> tuple[http.client.HTTPResponse, str]:
        """What comes of a request; what it leads to is not asked for."""
        headers = {"Referer": f"https://{HOST}{address}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        response, text = self.proxy.ask(address, headers, body)
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return response, text

    def send(self, page: str, address: str, **form: str) -> tuple[http.client.HTTPResponse, str]:
        """Send a form that stands on a page, with the token that stands in it."""
        _response, text = self.ask(page)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        assert token, text[:1000]
        return self.ask(address, {"csrfmiddlewaretoken": token[1]} | form)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in."""
        response, text = self.send("/accounts/sign-in/", "/accounts/sign-in/", username=name, password=password)
        assert response.status == 302, text[:1000]
        assert self.cookies["sessionid"]


@contextlib.contextmanager
def running(proxy: Proxy, command: list[str], folder: Path) -> Iterator[Proxy]:
    """The proxy, until it answers and while it runs."""
    with (folder / "log").open("w") as log:
        environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        _wait_for(proxy, process, folder / "log")
        yield proxy
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(proxy: Proxy, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError, http.client.HTTPException):
            proxy.ask("/healthz")
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())
