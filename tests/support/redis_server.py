"""A real Redis for tests, on a port of its own, which can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.support.outside import documented, replaced
from tests.support.served import free_port

PASSWORD = "secret"
PROGRAM = shutil.which("redis-server")


class RedisServer:
    """A Redis as docs/operators.md sets it up, which keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Let it run, on the same port as before, with nothing in it."""
        assert PROGRAM
        settings = self._folder / "redis.conf"
        settings.write_text(replaced(documented("", "requirepass"), {" 10.0.0.31": ""}))
        command = [PROGRAM, str(settings), "--port", str(self.port), "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with self.client() as client:
            for _ in range(200):
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    return
                time.sleep(0.05)
        raise AssertionError("redis-server did not answer")

    def client(self) -> redis.Redis:
        """A connection of the test's own."""
        return redis.Redis(port=self.port, password=PASSWORD)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A Redis; skips the test where there is none, and fails it on CI."""
    if not PROGRAM:
        missing = "redis-server is not installed here: install it to run this test"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.kill()
