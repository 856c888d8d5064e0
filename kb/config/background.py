"""Has threads of a server write what waits in its process, so that no answer waits for a database.

Elsewhere, as in commands and tests, nothing is written by itself: whoever wants it written calls the writer's function.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable

from django.db import connection

serving = threading.Event()
"""Set in a server's process, from when on its writers have threads."""


class Writer:
    """A thread that writes some seconds after something has come; what comes meanwhile is written with it.

    `write` takes what waits and raises nothing; it is called once more when the process ends.
    """

    def __init__(self, name: str, write: Callable[[], None], seconds: float) -> None:
        self.name, self._write, self._seconds = name, write, seconds
        self._arrived = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that something has come."""
        if not serving.is_set():
            return
        if self._thread is None or not self._thread.is_alive():
            if self._thread is None:
                atexit.register(self._write)
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()
        self._arrived.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._arrived.wait()
            pause.wait(self._seconds)
            self._arrived.clear()
            self._write()
            connection.close()
