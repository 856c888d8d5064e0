"""Somebody who is signed in at a served site, and sends its forms as a browser does, without scripts."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from html import unescape
from http.cookiejar import CookieJar

_TEXT = re.compile(r'<textarea[^>]*name="text"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


class SignedIn:
    """A person with a password, at the address of a site."""

    def __init__(self, base: str, name: str, password: str) -> None:
        self.base = base
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self.send("/accounts/sign-in/", "/accounts/sign-in/", username=name, password=password)

    def open(self, address: str, data: bytes | None = None) -> str:
        """The page at an address."""
        with self._opener.open(self.base + address, data, timeout=60) as response:
            return str(response.read().decode())

    def send(self, page: str, address: str, **fields: str) -> str:
        """The page that comes of a form of a page, with the hidden fields that it has."""
        text = self.open(page)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
        return self.open(address, urllib.parse.urlencode({**dict(hidden), **fields}).encode())

    def cookies(self) -> str:
        """The header by which the site knows the person."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def text_of(self, slug: str) -> str:
        """What the editor shows of a guide."""
        found = _TEXT.search(self.open(f"/write/guides/{slug}/"))
        assert found
        return unescape(found[1])

    def publish(self, slug: str, old: str, new: str) -> None:
        """Change a guide in the browser, and publish it."""
        text = self.text_of(slug)
        assert old in text
        page, last_look = f"/write/guides/{slug}/", f"/write/guides/{slug}/propose/"
        self.send(page, page, text=text.replace(old, new), action="save")
        self.send(last_look, last_look, action="publish")
        assert new in self.open(f"/guides/{slug}/")
