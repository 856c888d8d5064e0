"""What is logged, and how: lines for people or JSON for programs, each with the request that it belongs to."""

from __future__ import annotations

import logging
import threading
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Literal

TOLD_EVERY = 60.0  # seconds

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class OfRequest(logging.Filter):
    """Gives each line the id of the request in which it was written ('-' outside of any), and takes its address away.

    Django tells of a request by its path, which may hold what somebody typed; the pattern that it fits says enough.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let it through, so changed."""
        request = vars(record).pop("request", None)
        if request is not None or "request_id" not in vars(record):  # another handler may have had it before
            # Django tells of an answer when the request is over.
            record.request_id = getattr(request, "id_in_logs", None) or request_id.get()
        path = getattr(request, "path", None)
        if path is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            shown = f"/{match.route}" if match else "(an address)"
            record.args = tuple(shown if value == path else value for value in record.args)
        return True


class FewRefusals(logging.Filter):
    """Tells at most once a minute that somebody sends too much: a flood that is refused must not flood the disk.

    How many there were in all is among the metrics.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next, self._lock = 0.0, threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is no refusal, or the first for a minute."""
        if getattr(record, "status_code", 0) != HTTPStatus.TOO_MANY_REQUESTS:
            return True
        with self._lock:
            is_due = record.created >= self._next
            if is_due:
                self._next = record.created + TOLD_EVERY
            return is_due


def logging_settings(level: str, kind: Literal["text", "json"]) -> dict[str, Any]:
    """The value of Django's LOGGING."""
    fields = "asctime levelname name message request_id"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "{asctime} {levelname} {name} [{request_id}]: {message}", "style": "{"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": " ".join(f"%({field})s" for field in fields.split()),
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
        },
        "filters": {
            "outages": {"()": "kb.config.outages.OneLine"},
            "refusals": {"()": "kb.config.logs.FewRefusals"},
            "request": {"()": "kb.config.logs.OfRequest"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": kind,
                "filters": ["outages", "refusals", "request"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {  # each reader who goes away, and each request that waits a moment for a thread, is no news
            "waitress": {"level": "WARNING"},
            "waitress.queue": {"level": "ERROR"},
        },
    }
