"""Somebody with a browser of their own who reads the pages of a real server, signs in and sends forms."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

SIGN_IN = "/accounts/sign-in/"


class Visitor:
    """One who keeps cookies; `host` is the name that they know the site by."""

    def __init__(self, base: str, headers: dict[str, str] | None = None) -> None:
        self.base = base
        self.jar = CookieJar()
        self.headers = headers or {}
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, address: str, form: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
        """The status, the text and the headers of a page, or of what a form leads to."""
        headers = self.headers | {"Referer": f"{self.base}{address}"}
        body = urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(f"{self.base}{address}", body, headers)
        try:
            with self._opener.open(request, timeout=90) as response:
                return response.status, response.read().decode(), _lowered(response.headers.items())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), _lowered(error.headers.items())

    def get(self, address: str) -> str:
        """The text of a page that is there."""
        status, text, _headers = self.ask(address)
        assert status == 200, (address, status, text[:500])
        return text

    def send(self, page: str, address: str, **form: str) -> tuple[int, str, dict[str, str]]:
        """Send a form that stands on a page, with the token that stands in it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page))
        assert token, page
        return self.ask(address, {"csrfmiddlewaretoken": token[1]} | form)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in."""
        status, text, _headers = self.send(SIGN_IN, SIGN_IN, username=name, password=password)
        assert status == 200, text[:500]
        assert "sessionid" in self.cookies

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser keeps."""
        return {cookie.name: cookie.value or "" for cookie in self.jar}


def _lowered(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def password_of(output: list[str]) -> str:
    """The password of the administrator that a first start has printed."""
    (found,) = [line.split()[1] for line in output if line.strip().startswith("Password:")]
    return found
