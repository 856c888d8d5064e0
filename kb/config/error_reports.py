"""Reports errors to a server that understands Sentry's protocol, without anything that tells whose request it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start(dsn: str, release: str) -> None:
    """Report errors of this process to the project with this DSN."""
    import sentry_sdk  # noqa: PLC0415 - 0.2 s that nobody pays who does not use it
    from sentry_sdk.integrations.django import DjangoIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        send_default_pii=False,
        include_local_variables=False,  # they hold what people typed
        max_request_body_size="never",
        max_breadcrumbs=0,
        default_integrations=False,
        integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False)],
        before_send=without_personal_data,
    )


def without_personal_data(event: Event, _hint: Hint) -> Event:
    """What is sent of an error: where it happened, and of the request only its method and the path's pattern."""
    request = event.get("request") or {}
    event["request"] = {"method": request.get("method", "")}
    for part in ("user", "breadcrumbs", "extra", "server_name", "modules"):
        event.pop(part, None)  # type: ignore[misc]
    return event
