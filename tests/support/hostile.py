"""Every address of the site with everything that may be sent to it, and the values that break what is careless.

What a view reads is taken from its source, so that a parameter which is new tomorrow is asked with these values, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote_from_bytes, quote_plus

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver

from kb.web import wsgi_middleware
from tests.support.parameters import names_of

VALUES: tuple[bytes, ...] = (
    b"\0",
    b"a\0b",
    b"\xff\xfe",
    b"\xed\xa0\x80",  # half of a character of UTF-16, as a careless program sends it
    b"9" * 4400,
    b"000001" + b"9" * 4400,
    "²".encode(),
    "٣".encode(),
    "１".encode(),  # noqa: RUF001 - a digit that is as wide as a letter of Japanese
    b"0",
    b"-1",
    b"1_000",
    b"2147483648",
    b"9223372036854775808",
    b"1e999",
    b"NaN",
    b"",
    b"   ",
    b"x" * 3000,
    "é".encode() * 300,
    b'{"a":[',
    b"[" * 3000,
    b"9999-12-31T23:59",
    b"0001-01-01T00:00",
    b"10000-01-01 00:00",
    b"%",
    b"../../etc/passwd",
    b"http://[",
    b"//evil.example",
    b"'; DROP TABLE kb_guide; --",
    b"\r\nSet-Cookie: a=b",
    "\N{RIGHT-TO-LEFT OVERRIDE}a\N{LINE SEPARATOR}".encode(),
)
IN_HEADERS = tuple(value for value in VALUES if not {0, 10, 13} & set(value))  # servers refuse these three
TYPES = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/json",
    "text/plain; charset=rot13",
    "text/plain; charset=utf-16",
    "text/plain; charset=utf-8",
    "text/plain; charset*=foo''bar",
    "text/plain; charset=unicode_escape",
    "application/x-www-form-urlencoded; charset=idna",
    "nonsense",
    "",
)
HEADERS = (
    "If-None-Match",
    "If-Modified-Since",
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "Origin",
    "Referer",
    "Range",
    "User-Agent",
    "Host",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "Sec-Fetch-Site",
    "Sec-Fetch-Dest",
    "Sec-Purpose",
    "HX-Request",
    "HX-Target",
    "HX-Current-URL",
    "HX-Current-URL-URI-AutoEncoded",
    "HX-Prompt",
    "HX-Trigger-Name",
    "HX-Boosted",
    "Content-Length",
)
COOKIES = ("sessionid", "csrftoken", "messages", "visit", "other")
SANE = {
    "text": b"# Paper jam\n\n## Why\n\nIt is wet.\n",
    "q": b"printer",
    "page": b"1",
    "symptom": b"The printer stops",
    "username": b"ada",
    "password": b"wrong",
    "action": b"delete_selected",
    "publish_at": b"2030-01-31T09:00",
    "opened": b"/guides/paper-jam/",
    "app_label": b"auth",
    "model_name": b"user",
    "field_name": b"groups",
    "guide": b"paper-jam",
    "once": b"a" * 16,
    "saved": b"1",
    "outcome": b"failed.x",
    "do": b"publish",
    "line": b"1",
    "number": b"1",
}
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Place:
    """An address of the root URL configuration: its `route`, with parameters in it, and its view."""

    route: str
    view: Any = field(repr=False)

    def __str__(self) -> str:
        return f"/{self.route}"

    @property
    def names(self) -> tuple[str, ...]:
        """What its view reads. It takes reading sources to know, so that only tests ask, and no collection of tests."""
        return names_of(self.view, self.route)

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the address holds."""
        return tuple(found[1] for found in _PARAMETER.findall(self.route))

    def path(self, values: dict[str, bytes]) -> str:
        """The address with these values in place of its parameters."""
        return "/" + _PARAMETER.sub(lambda found: quote_from_bytes(values[found[2]], safe="/"), self.route)


@cache
def places() -> tuple[Place, ...]:
    """All addresses, those of the API and of the administration among them."""
    found = {place.route: place for place in _places(get_resolver().url_patterns, "")}
    return tuple(found.values())


def _places(patterns: list[Any], above: str) -> Iterator[Place]:
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _places(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield Place(_without_patterns(route), pattern.callback)


def _without_patterns(route: str) -> str:
    """A route whose parts are regular expressions as one that is to be filled in."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<path:\1>", route).replace("^", "").replace("$", "")


class _Handler(ClientHandler):
    """The way of a request through `kb.wsgi`, for a client of tests."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        if wsgi_middleware.settle_charset(environ) and wsgi_middleware.is_length(environ):
            return super().__call__(environ)
        refused = HttpResponse(status=415)
        refused.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined]  # what a client looks for
        return refused


class Browser(Client):
    """One that is told of failures, and sees what the server's application answers."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        self.handler = _Handler(enforce_csrf_checks=False)


@dataclass(frozen=True)
class Asked:
    """One request, as a server hands it to the application."""

    path: str
    method: str = "GET"
    query: tuple[tuple[str, bytes], ...] = ()
    form: tuple[tuple[str, bytes], ...] = ()
    headers: tuple[tuple[str, bytes], ...] = ()
    cookies: tuple[tuple[str, bytes], ...] = ()
    content_type: str = TYPES[0]

    def by(self, client: Client) -> Any:
        """The answer, read to its end."""
        told = {_variable(name): value.decode("latin-1") for name, value in self.headers}
        own = client.cookies.output(header="", sep="; ")
        cookies = [f'{name}="{_in_cookie(value)}"' for name, value in self.cookies]
        told |= {"HTTP_COOKIE": "; ".join(filter(None, [own.strip(), *cookies]))}
        told |= {"QUERY_STRING": "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in self.query)}
        answer = client.generic(self.method, self.path, self._body(), self.content_type, **told)
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer

    def _body(self) -> bytes:
        if self.content_type.startswith("multipart"):
            parts = [
                f'--x\r\nContent-Disposition: form-data; name="{name}"'.encode()
                + (b'; filename="' + value[:80] + b'"' if name in {"image", "file"} else b"")
                + b"\r\n\r\n"
                + value
                for name, value in self.form
            ]
            return b"\r\n".join([*parts, b"--x--\r\n"])
        if self.content_type == "application/json":
            return b"".join(value for _, value in self.form)
        return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in self.form).encode()


def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_LENGTH" else f"HTTP_{name}"


def _in_cookie(value: bytes) -> str:
    """A value in quotation marks: Django reads what stands behind a backslash as the number of a byte."""
    return "".join(chr(byte) if 32 < byte < 127 and byte not in b'";,\\' else f"\\{byte:03o}" for byte in value)
