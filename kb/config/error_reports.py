"""Reports errors to a server that understands Sentry's protocol, without anything that tells whose request it was.

Errors are what requests end with, and what is logged as one beside them, as of jobs of the timer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kb.config.logs import without_addresses

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start(dsn: str, release: str) -> None:
    """Report errors of this process to the project with this DSN."""
    import sentry_sdk  # noqa: PLC0415 - 0.2 s that nobody pays who does not use it
    from sentry_sdk.integrations.django import DjangoIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger  # noqa: PLC0415

    ignore_logger("django.security.*")  # what strangers send is no error, and told in their words

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        send_default_pii=False,
        include_local_variables=False,  # they hold what people typed
        max_request_body_size="never",
        max_breadcrumbs=0,
        default_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False),
            LoggingIntegration(level=None, event_level=logging.ERROR),
        ],
        before_send=without_personal_data,
    )


def without_personal_data(event: Event, hint: Hint) -> Event | None:
    """What is sent of an error: where it happened, and of the request only its method and the path's pattern.

    Of a line of the log, it is what stands in the code, without what was put into it; nothing of one that is no news.
    """
    if (record := hint.get("log_record")) is not None:
        known = vars(record)
        if not known.get("_is_news", True):
            return None
        event["logentry"] = {"message": str(known.get("_template", record.msg))}
    for told in (event.get("exception") or {}).get("values") or ():
        told["value"] = without_addresses(str(told.get("value", "")))
    request = event.get("request") or {}
    event["request"] = {"method": request.get("method", "")}
    for part in ("user", "breadcrumbs", "extra", "server_name", "modules"):
        event.pop(part, None)  # type: ignore[misc]
    return event
