"""Wraps Django's WSGI application: a request is read as UTF-8, whatever it says, and an answer to HEAD has no body.

Django reads the address of a request in the character set that its Content-Type names, before any middleware of
Django's is asked, and fails when that is none, or no set of characters at all (`rot13`). So the name is taken away in
front of Django; a text that is said to be in another one is refused, since read as UTF-8 it would be damaged.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from kb.content.numbers import whole_number

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
NO_LENGTH = b"The length of this request is no number. Send it again.\n"
NOT_UTF8 = b"This site reads UTF-8 only. Send it again as UTF-8.\n"
WITHOUT_BODY = ("GET", "HEAD")


def utf8_only(application: Application) -> Application:
    """The application, for requests that can be read as UTF-8 (others: 415), with a length that is a number (400)."""

    def wrapper(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not settle_charset(environ):
            return _refused(start_response, "415 Unsupported Media Type", NOT_UTF8)
        if not is_length(environ):
            return _refused(start_response, "400 Bad Request", NO_LENGTH)
        return application(environ, start_response)

    return wrapper


def _refused(start_response: Callable[..., Any], status: str, words: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words)))])
    return [words]


def is_length(environ: Environ) -> bool:
    """Whether the Content-Length of a request is a number (RFC 9110, section 8.6): Django fails at any other."""
    return whole_number(environ.get("CONTENT_LENGTH") or "0") is not None


def settle_charset(environ: Environ) -> bool:
    """Take the character set out of the Content-Type; whether what is sent can be read as UTF-8."""
    kind, *parameters = environ.get("CONTENT_TYPE", "").split(";")
    by_name = [(parameter.partition("=")[0].strip().lower(), parameter) for parameter in parameters]
    # `charset*` is the same parameter in the extended notation of RFC 2231.
    charsets = [parameter.partition("=")[2] for name, parameter in by_name if name.rstrip("*") == "charset"]
    other = [parameter for name, parameter in by_name if name.rstrip("*") != "charset" and "*" not in name]
    environ["CONTENT_TYPE"] = ";".join([kind, *other])
    return environ.get("REQUEST_METHOD") in WITHOUT_BODY or all(map(_is_utf8, charsets))


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset.strip().strip("\"'")).name in {"utf-8", "ascii"}
    except (LookupError, ValueError):
        return False


def without_body_for_head(application: Application) -> Application:
    """The application, whose answers to HEAD have no body.

    Not every server takes it away by itself, and then the next answer on the connection starts with the body.
    """

    def wrapper(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        close = getattr(body, "close", None)  # whoever drops an iterable has to close it (PEP 3333)
        if close is not None:
            close()
        return []

    return wrapper
