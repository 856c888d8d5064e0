"""A request is read as UTF-8, whatever it says of its characters, and nothing that it says of them makes it fail."""

from __future__ import annotations

import io
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application

from kb.web.wsgi_middleware import settle_charset, utf8_only

pytestmark = pytest.mark.django_db
BAD = ("text/plain; charset=rot13", "text/plain; charset=idna", "x/y; charset*=foo''bar", "x/y;charset", "; charset=\0")


def _asked(method: str, kind: str, query: str = "", body: bytes = b"", length: str | None = None) -> str:
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "CONTENT_TYPE": kind, "QUERY_STRING": query}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": "/search/", "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(body)}
    environ |= {"CONTENT_LENGTH": str(len(body)) if length is None else length}
    told: list[str] = []
    answer = utf8_only(get_wsgi_application())(environ, lambda status, *_: told.append(status))
    b"".join(answer)
    getattr(answer, "close", lambda: None)()
    return told[0][:3]


@pytest.mark.parametrize("kind", BAD)
def test_a_page_is_read_whatever_characters_the_request_names(kind: str) -> None:
    assert _asked("GET", kind, "q=slow") == "200"


@pytest.mark.parametrize("kind", [*BAD[:3], "text/plain; charset=iso-8859-1"])
def test_a_text_in_other_characters_is_refused_and_not_damaged(kind: str) -> None:
    assert _asked("POST", kind, body=b"q=caf\xe9") == "415"


def test_thousands_of_parameters_are_refused_also_with_a_character_set() -> None:
    assert _asked("GET", "text/plain; charset=utf-8", "&".join("a=1" for _ in range(2000))) == "400"


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ("application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded"),
        ("multipart/form-data; boundary=x;charset='us-ascii'", "multipart/form-data; boundary=x"),
        ("", ""),
    ],
)
def test_what_is_utf_8_is_taken(kind: str, left: str) -> None:
    environ = {"CONTENT_TYPE": kind, "REQUEST_METHOD": "POST"}
    assert settle_charset(environ)
    assert environ["CONTENT_TYPE"] == left


@pytest.mark.parametrize("length", ["ten", "-1", "1e3", "\u0661"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    assert _asked("POST", "application/x-www-form-urlencoded", body=b"q=slow", length=length) == "400"
    assert _asked("GET", "", length="") == "200"
