"""A mail server and a web server for tests: small, real, on ports of their own, and as unkind as a test wants them."""

from __future__ import annotations

import socketserver
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Heard:
    """What a server got: `texts` of mails or bodies of calls, with `headers` of calls; and what it answers next.

    It answers nobody while `may_answer` is cleared.
    """

    port: int = 0
    texts: list[str] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    def next_answer(self, usual: int) -> int:
        """The first of the answers that are left, else the usual one."""
        return self.answers.pop(0) if self.answers else usual


class _QuietServer(socketserver.ThreadingTCPServer):
    """One to which it is nothing that who spoke to it is gone."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of all but that."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _QuietWebServer(_QuietServer, ThreadingHTTPServer):
    """The same for the web."""


@contextmanager
def mail_server() -> Iterator[Heard]:
    """A server that speaks the SMTP that a client needs; `answers` are its replies to mails, 250 when none is left."""
    heard = Heard()

    class Speaks(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test ready")
            while line := self.rfile.readline().decode().strip().upper():
                if line == "QUIT":
                    return self._say("221 bye")
                if line == "DATA":
                    self._say("354 go on")
                    lines = list(iter(self._line_of_mail, b".\r\n"))
                    heard.texts.append(b"".join(line.removeprefix(b".") for line in lines).decode())
                    heard.may_answer.wait(60)
                    self._say(f"{heard.next_answer(250)} that is my answer")
                else:
                    self._say("250 fine")
            return None

        def _line_of_mail(self) -> bytes:
            if line := self.rfile.readline():
                return line
            raise ConnectionError("who sent it has gone in the middle")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with _running(_QuietServer(("127.0.0.1", 0), Speaks), heard):
        yield heard


@contextmanager
def web_server() -> Iterator[Heard]:
    """A server that takes POSTs; `answers` are the statuses of its replies, 204 when none is left, 0 to hang up."""
    heard = Heard()

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(length := int(self.headers["Content-Length"]))
            if len(body) < length:  # who sent it has gone in the middle
                return
            heard.texts.append(body.decode())
            heard.headers.append(dict(self.headers))
            heard.may_answer.wait(60)
            status = heard.next_answer(204)
            if status:
                self.send_response(status)
                self.send_header("Location", f"http://127.0.0.1:{heard.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Keep quiet."""

    with _running(_QuietWebServer(("127.0.0.1", 0), Takes), heard):
        yield heard


@contextmanager
def dripping_server(pieces: list[bytes], seconds: float) -> Iterator[Heard]:
    """A server that answers 204 with these pieces between its status and its end, and pauses before each."""
    heard = Heard()

    class Drips(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            heard.texts.append(self.rfile.readline().decode())
            with suppress(OSError):  # who called has had enough
                for piece in (b"HTTP/1.1 204 No Content\r\n", *pieces, b"\r\n"):
                    time.sleep(seconds)
                    self.wfile.write(piece)

    with _running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drips), heard):
        yield heard


@contextmanager
def _running(server: Any, heard: Heard) -> Iterator[None]:
    server.daemon_threads = True
    heard.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
