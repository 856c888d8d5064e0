"""A handed-over walk in; out, a mail to its contact and a signed call of the operator's webhook, or that none arrived.

Nothing here raises for what another machine does: who asked to send must be told, and keeps the reference.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import smtplib
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

SECONDS_FOR_WEBHOOK = 5
TRIES = 3
SECONDS_BETWEEN_TRIES = 0.5
WORTH_ANOTHER_TRY = frozenset({408, 425, 429, *range(500, 600)})
TAKEN = range(200, 300)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What a contact receives. `email` is '' for a contact without one; `desk` is where staff open the reference."""

    reference: str
    subject: str
    contact: str
    email: str
    transcript: str
    note: str
    reply_to: str
    walk: str
    desk: str
    created: str


def can_send(email: str) -> bool:
    """Whether something is set up that reaches a contact with this e-mail address ('' for none)."""
    return bool(settings.WEBHOOK_URL or (email and settings.EMAIL_IS_ON))


def send(message: Message) -> bool:
    """Send it every way that is set up; whether it arrived by one of them at least. Takes half a minute at worst."""
    arrived = [way(message) for way in (_call_webhook, _mail) if _is_set_up(way, message)]
    return any(arrived)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the header `X-Signature` says: the HMAC of the time, a dot and the body, so that no call can be replayed."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def _is_set_up(way: object, message: Message) -> bool:
    return bool(settings.WEBHOOK_URL) if way is _call_webhook else bool(message.email and settings.EMAIL_IS_ON)


def _mail(message: Message) -> bool:
    parts = [
        f"Reference: {message.reference}",
        f"For staff: {message.desk}",
        f"\nNote\n{message.note}" if message.note else "",
        f"\n{message.transcript}",
    ]
    mail = EmailMessage(
        f"{message.subject} ({message.reference})",
        "\n".join(filter(None, parts)),
        to=[message.email],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Auto-Submitted": "auto-generated", "X-Reference": message.reference},
    )
    try:
        return mail.send() == 1
    except (OSError, smtplib.SMTPException, ValueError) as error:
        logger.warning("%s could not be mailed to %s: %s", message.reference, message.contact, error)
        return False


def _call_webhook(message: Message) -> bool:
    """Whether the webhook took it, with up to three tries; a redirection is no answer, and is not followed."""
    body = json.dumps({"event": "handover", **_fields(message)}).encode()
    for number in range(TRIES):
        if number:
            time.sleep(SECONDS_BETWEEN_TRIES * number)
        status, trouble = _post(body, message.reference)
        if status in TAKEN:
            return True
        if status and status not in WORTH_ANOTHER_TRY:
            break
    logger.warning("The webhook did not take %s: %s", message.reference, trouble)
    return False


def _fields(message: Message) -> dict[str, str]:
    return {name: getattr(message, name) for name in Message.__dataclass_fields__}


def _post(body: bytes, reference: str) -> tuple[int, str]:
    """The status of one call (0: no answer), and in words what was wrong."""
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "troubleshooting-kb",
        "Idempotency-Key": reference,
        "X-Timestamp": timestamp,
        "X-Signature": signature(settings.WEBHOOK_SECRET, timestamp, body),
    }
    request = urllib.request.Request(settings.WEBHOOK_URL, data=body, headers=headers, method="POST")  # noqa: S310 - the scheme was checked at the start
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=SECONDS_FOR_WEBHOOK) as answer:
            return int(answer.status), ""
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, f"it answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, str(error)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Take a redirection for what it is, an answer that is not 'taken'."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow nothing: the signed text goes to the address that was set up, and nowhere else."""
        return
