"""Asks a server for pages, with several clients at once that each keep a connection, and counts how many it gets.

Run as a process of its own, so that its work is not the server's:
`python -m tests.bench.clients PORT FILE [--seconds S]`, where FILE holds `[[path, text that the page must hold], ...]`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEPT_FOR = 50  # requests on one connection: long enough to cost nothing, short enough to spread over the workers
MOST_REQUESTS = 200_000
ENOUGH_ERRORS = 20


class Connection:
    """One client's connection; it is opened when it is needed and again when the server closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.used = 0

    def get(self, path: str) -> tuple[int, bytes]:
        """The status and the body of a page."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.used = 0
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n".encode())
        status, body, stays = _response(self.socket)
        self.used += 1
        if not stays or self.used >= KEPT_FOR:
            self.close()
        return status, body

    def close(self) -> None:
        """Let go of the connection."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def _response(connection: socket.socket) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection stays open. A page without a length is read to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    head = head.lower()
    if b"\r\ncontent-length:" not in head:
        raise ConnectionError("the server gave a page without its length")
    length = int(head.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
    parts, missing = [body], length - len(body)
    while missing > 0:
        parts.append(_received(connection))
        missing -= len(parts[-1])
    return int(head[9:12]), b"".join(parts), b"connection: close" not in head


def _received(connection: socket.socket) -> bytes:
    part = connection.recv(262_144)
    if not part:
        raise ConnectionError("the server closed the connection in the middle of a page")
    return part


@dataclass(slots=True)
class Tally:
    """What all clients of a run counted together."""

    requests: int = 0
    bytes: int = 0
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, requests: int, size: int, errors: list[str]) -> None:
        """Count what one client did."""
        with self.lock:
            self.requests += requests
            self.bytes += size
            self.errors += errors


def visit(port: int, pages: list[tuple[str, str]], seconds: float | None, clients: int = 8) -> dict[str, Any]:
    """Ask for the pages in turn, for so many seconds, or (None) for each once.

    Each answer must be 200 and hold its text. Returns `requests`, `seconds`, `bytes` and `errors` (sentences).
    """
    turns = itertools.count()
    tally = Tally()
    wanted = [(path, text.encode()) for path, text in pages]
    most = MOST_REQUESTS if seconds is not None else len(pages)
    start = time.perf_counter()
    until = start + (seconds if seconds is not None else 300)

    def one_client() -> None:
        connection, requests, size, errors = Connection(port), 0, 0, list[str]()
        while time.perf_counter() < until and (turn := next(turns)) < most and len(errors) < ENOUGH_ERRORS:
            path, text = wanted[turn % len(wanted)]
            requests += 1
            try:
                status, body = connection.get(path)
            except OSError as error:
                connection.close()
                errors.append(f"{path}: {error}")
                continue
            size += len(body)
            if status != 200 or text not in body:
                errors.append(f"{path}: status {status}, {'with' if text in body else 'without'} what it must show")
        connection.close()
        tally.add(requests, size, errors)

    threads = [threading.Thread(target=one_client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    return {"requests": tally.requests, "seconds": spent, "bytes": tally.bytes, "errors": tally.errors}


def main() -> None:
    """Do what the command line says and print the counts as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    pages = json.loads(asked.pages.read_text())
    json.dump(visit(asked.port, pages, asked.seconds, asked.clients), sys.stdout)


if __name__ == "__main__":
    main()
