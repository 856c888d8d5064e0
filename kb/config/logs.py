"""What is logged, and how: lines for people or JSON for programs, each with the request that it belongs to."""

from __future__ import annotations

import logging
import threading
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from kb.content.patterns import linear

TOLD_EVERY = 60.0  # seconds
REFUSED_BY_DJANGO = "django.security."  # how the names of its loggers begin, each of one kind of what strangers send
FORGED_FORM = f"{REFUSED_BY_DJANGO}csrf"
WHAT_TO_DO = {"DisallowedHost": "a host was asked for that KB_ALLOWED_HOSTS does not have"}
HIDDEN_ADDRESS = "(an e-mail address)"

_EMAIL = linear(r"[^\s<>\"'(),:;@\[\]]+@(?:[\pL\pN-]+\.)+\pL{2,63}")

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


class OfStrangers(logging.Filter):
    """Tells what Django refuses of strangers by its kind alone: it is no error of ours, and not told in their words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let it through, so changed."""
        if record.name == FORGED_FORM and isinstance(record.args, tuple):
            # Of a form from elsewhere, the reason has the address of that page, with all that stands in it.
            record.args = tuple(_reason(value) if isinstance(value, str) else value for value in record.args)
        elif record.name.startswith(REFUSED_BY_DJANGO):
            kind = record.name.removeprefix(REFUSED_BY_DJANGO)
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
            record.msg, record.args = "Refused: %s", (WHAT_TO_DO.get(kind, kind),)
            record.exc_info = record.exc_text = None
        return True


def _reason(value: str) -> str:
    start, mark, rest = value.partition(" checking failed - ")
    return f"{start}{mark}another site" if mark and "match" in rest else value


class FewRefusals(logging.Filter):
    """Tells at most once a minute that somebody sends too much: a flood that is refused must not flood the disk.

    The same holds for each kind of what Django refuses of strangers. How many there were in all is among the metrics.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is no refusal, or the first of its kind for a minute."""
        is_too_much = getattr(record, "status_code", 0) == HTTPStatus.TOO_MANY_REQUESTS
        is_strange = record.name.startswith(REFUSED_BY_DJANGO) and record.name != FORGED_FORM
        if not (is_too_much or is_strange):
            return True
        kind = record.name if is_strange else ""
        with self._lock:
            is_due = record.created >= self._next.get(kind, 0)
            if is_due:
                self._next[kind] = record.created + TOLD_EVERY
            return is_due


def without_addresses(text: str) -> str:
    """A text in which no e-mail address stands: mail servers and databases repeat them in what they say."""
    return _EMAIL.sub(HIDDEN_ADDRESS, text) if "@" in text else text


class Lines(logging.Formatter):
    """Lines for people, without addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback where there is one."""
        return without_addresses(super().format(record))


class Objects(JsonFormatter):
    """The same as JSON objects."""

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        return without_addresses(super().format(record))


def logging_settings(level: str, kind: Literal["text", "json"]) -> dict[str, Any]:
    """The value of Django's LOGGING."""
    fields = "asctime levelname name message request_id"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {
                "()": "kb.config.logs.Lines",
                "format": "{asctime} {levelname} {name} [{request_id}]: {message}",
                "style": "{",
            },
            "json": {
                "()": "kb.config.logs.Objects",
                "fmt": " ".join(f"%({field})s" for field in fields.split()),
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
        },
        "filters": {
            "outages": {"()": "kb.config.outages.OneLine"},
            "refusals": {"()": "kb.config.logs.FewRefusals"},
            "request": {"()": "kb.config.logs.OfRequest"},
            "strangers": {"()": "kb.config.logs.OfStrangers"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": kind,
                "filters": ["outages", "refusals", "request", "strangers"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {  # each reader who goes away, and each request that waits a moment for a thread, is no news
            "waitress": {"level": "WARNING"},
            "waitress.queue": {"level": "ERROR"},
        },
    }
