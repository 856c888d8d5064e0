"""Makes one HTTP call, bounded in seconds and in bytes however slowly the other side answers.

The time-out of a socket starts anew with each byte, so a receiver that sends one now and then would hold a thread for
hours. No library helps: the time-outs of urllib3 (its `total`, too), requests and httpx are those of single reads, and
a deadline around them comes too late, since the status line and the headers may drip already. No body is read: only
the status counts. Nothing is tried again here: the outbox does, over hours, and whether or not this process lives.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext

SECONDS_BETWEEN_BYTES = 5
SECONDS_IN_ALL = 20
MOST_BYTES = 65_536  # of the status and the headers


def post(address: str, body: bytes, headers: dict[str, str]) -> int:
    """The status that a POST is answered with; a redirection is one, and is not followed.

    OSError, HTTPException or ValueError when there is none, or not in time.
    """
    deadline = time.monotonic() + SECONDS_IN_ALL
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")  # noqa: S310 - see kb/config/environment.py
    opener = urllib.request.build_opener(_NoRedirects, _Http(deadline), _Https(deadline))
    try:
        with opener.open(request, timeout=SECONDS_BETWEEN_BYTES) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Take a redirection for what it is, an answer that is not 'taken'."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow nothing: the signed text goes to the address that was set up, and nowhere else."""
        return


class _Http(urllib.request.HTTPHandler):
    """Opens addresses whose answers must be there by a moment (monotonic)."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open one."""
        return self.do_open(_bounded(http.client.HTTPConnection, self._deadline), req)


class _Https(urllib.request.HTTPSHandler):
    """The same with TLS."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open one."""
        return self.do_open(_bounded(http.client.HTTPSConnection, self._deadline), req)


def _bounded(kind: type[http.client.HTTPConnection], deadline: float) -> Any:
    """What makes a connection whose answer, and a proxy's before it, is read within the bounds."""

    def connect(host: str, **options: Any) -> http.client.HTTPConnection:
        connection = kind(host, **options)
        connection.response_class = partial(_BoundedResponse, deadline=deadline)  # type: ignore[assignment]
        return connection

    return connect


class _BoundedResponse(http.client.HTTPResponse):
    """An answer of few bytes that are there in time."""

    def __init__(self, sock: socket.socket, *args: Any, deadline: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_BoundedBytes(self.fp.detach(), sock.settimeout, deadline))


class _BoundedBytes(io.RawIOBase):
    """The bytes of a socket, as long as there is time and they are few."""

    def __init__(self, raw: io.RawIOBase, set_timeout: Callable[[float], None], deadline: float) -> None:
        self._raw, self._set_timeout, self._deadline = raw, set_timeout, deadline
        self._bytes_left = MOST_BYTES

    def readable(self) -> bool:
        """They can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there within what is left of the time."""
        if self._bytes_left <= 0:
            raise OSError(
                gettext("its answer has over {number} bytes before its text").format(number=f"{MOST_BYTES:,}")
            )
        count = self._read_in_time(memoryview(buffer)[: self._bytes_left])
        self._bytes_left -= count or 0
        return count

    def _read_in_time(self, buffer: memoryview) -> int | None:
        seconds = self._deadline - time.monotonic()
        if seconds > SECONDS_BETWEEN_BYTES:
            self._set_timeout(SECONDS_BETWEEN_BYTES)
            return self._raw.readinto(buffer)
        with contextlib.suppress(TimeoutError):
            if seconds > 0:
                self._set_timeout(seconds)
                return self._raw.readinto(buffer)
        raise TimeoutError(gettext("its answer took over {seconds} seconds").format(seconds=SECONDS_IN_ALL))

    def close(self) -> None:
        """Let go of the socket, too."""
        self._raw.close()
        super().close()
