"""One of a server's workers publishes what is due, and drops counts that are over: the configuration of gunicorn.

It imports nothing of ours before a worker is ready, because gunicorn reads it before Django is set up.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 20.0
LOCK = "scheduled.lock"


def post_worker_init(_worker: Any) -> None:
    """Let this worker look for what is due, whenever no other one does."""
    threading.Thread(target=_watch, name="publishes-what-is-due", daemon=True).start()


def _watch() -> None:
    watch(threading.Event().wait)


def watch(pause: Callable[[float], bool]) -> None:
    """Look for what is due after each pause, until a pause says that it was the last."""
    while not pause(SECONDS):
        try:
            tick()
        except Exception:  # a data folder that is full or away for a minute comes back, too
            logging.getLogger(__name__).exception("Nothing can be published at its time")


def tick() -> int:
    """Publish what is due, unless another process of this machine is at it; how many texts were looked at."""
    from django.conf import settings  # noqa: PLC0415 - see above
    from django.db import close_old_connections  # noqa: PLC0415

    from kb import approval, limits  # noqa: PLC0415

    with (Path(settings.DATA_DIR) / LOCK).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        close_old_connections()
        try:
            limits.prune()
            return len(approval.publish_due())
        except Exception:  # the watch goes on: a database that is away for a minute comes back
            logging.getLogger(__name__).exception("What is due could not be published")
            return 0
        finally:
            close_old_connections()
