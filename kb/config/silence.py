"""Refuses queries at once while the database takes connections and does not answer.

A question to such a database is answered by nobody, so each that asks would wait for seconds, and soon all threads of
a process would. Once a try was vain after a while, all others of the process are refused at once; one thread asks
again and again, and lets everybody on as soon as it is answered. A database that refuses at once needs none of this.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from psycopg.errors import ConnectionTimeout

SLOW_SECONDS = 3.0  # a try that is refused sooner costs little; on a busy machine each takes a second
PAUSE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Silence:
    """What this process knows of a database; `ask` connects to it once and raises when that is vain."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_asking = False
        self._is_known = False

    @property
    def is_known(self) -> bool:
        """Whether the database is known to say nothing, so that nobody need ask it."""
        return self._is_known

    def tried_in_vain(self, error: Exception, seconds: float, ask: Callable[[], object]) -> None:
        """Note a try that failed after so many seconds, maybe because nobody answered."""
        if _is_of_silence(error, seconds):
            self._begin(ask, is_known=True)

    def suspect(self, ask: Callable[[], object]) -> None:
        """Find out whether the database is silent, or only busy with what it was asked."""
        self._begin(ask, is_known=False)

    def _begin(self, ask: Callable[[], object], *, is_known: bool) -> None:
        with self._lock:
            self._set(is_known=is_known or self._is_known)
            if self._is_asking:
                return
            self._is_asking = True
        threading.Thread(target=self._ask_until_answered, args=(ask,), name="asks-the-database", daemon=True).start()

    def _ask_until_answered(self, ask: Callable[[], object]) -> None:
        """Ask until somebody answers, be it with a refusal."""
        while self._is_silent(ask):
            with self._lock:
                self._set(is_known=True)
            time.sleep(PAUSE_SECONDS)
        with self._lock:
            self._is_asking = False
            self._set(is_known=False)

    def _is_silent(self, ask: Callable[[], object]) -> bool:
        began = time.monotonic()
        try:
            ask()
        except Exception as error:  # noqa: BLE001 - whatever it was, those who ask next are told
            return _is_of_silence(error, time.monotonic() - began)
        return False

    def _set(self, *, is_known: bool) -> None:
        if is_known != self._is_known:
            self._is_known = is_known
            logger.warning("The database %s", "says nothing: it is asked again each second" if is_known else "answers")


def _is_of_silence(error: Exception, seconds: float) -> bool:
    """Whether who failed so had waited for an answer, or for a refusal that is as slow as none."""
    return isinstance(error, ConnectionTimeout) or seconds >= SLOW_SECONDS
