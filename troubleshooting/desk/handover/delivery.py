"""Delivers a handed-over walk to its contact: by mail, and by a signed call of the operator's webhook.

Both leave by the outbox, which tries again; here stands what is sent, and what is written down of it.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from kb.models import Letter
from kb.models.references import read_reference
from kb.outbox import letters, mail
from kb.outbox.letters import NotTakenError
from troubleshooting.desk.handover.calling import post
from troubleshooting.models import Handover

# Request Timeout (RFC 9110), Too Early (RFC 8470), Too Many Requests (RFC 6585), and what went wrong at the server.
WORTH_ANOTHER_TRY = frozenset({408, 425, 429, *range(500, 600)})
TAKEN = range(200, 300)
MAIL, WEBHOOK = "mail", "webhook"
Delivery = Handover.Delivery


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


def put(message: Message) -> None:
    """Have it sent every way that is set up; its reference tells receivers what came twice."""
    contents: dict[str, dict[str, object]] = {}
    if settings.WEBHOOK_URL:
        contents[WEBHOOK] = {"body": json.dumps({"event": "handover", **asdict(message)})}
    if message.email and settings.EMAIL_IS_ON:
        contents[MAIL] = _as_mail(message)
    letters.put(message.reference, contents, is_kept=True)


def note_delivery(letter: Letter) -> None:
    """Write beside a walk whether it arrived: by one way at least, by none any more, or not yet."""
    reference = read_reference(letter.key)
    if not reference:
        return
    with transaction.atomic():
        Handover.objects.select_for_update().filter(reference=reference).first()  # two ways may settle at once
        states = set(Letter.objects.filter(key=letter.key).values_list("state", flat=True))
        if Letter.State.SENT in states:
            delivery = Delivery.SENT
        else:
            delivery = Delivery.WAITING if Letter.State.WAITING in states else Delivery.FAILED
        Handover.objects.filter(reference=reference).update(delivery=delivery)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the header `X-Signature` says: the HMAC of the time, a dot and the body, so that no call can be replayed."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def call_webhook(letter: Letter) -> None:
    """Call it once, signed anew; a redirection is no answer, and is not followed."""
    if not settings.WEBHOOK_URL:
        raise NotTakenError(gettext("No webhook is set up any more (KB_WEBHOOK_URL)."))
    body = letter.content["body"].encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "troubleshooting-kb",
        "Idempotency-Key": letter.key,
        "X-Timestamp": timestamp,
        "X-Signature": signature(settings.WEBHOOK_SECRET, timestamp, body),
    }
    try:
        status = post(settings.WEBHOOK_URL, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTakenError(gettext("The webhook did not answer: {error}").format(error=error)) from None
    if status not in TAKEN:
        raise NotTakenError(
            gettext("The webhook answered {status}.").format(status=status), is_final=status not in WORTH_ANOTHER_TRY
        )


def _as_mail(message: Message) -> dict[str, object]:
    parts = [
        gettext("Reference: {reference}").format(reference=message.reference),
        gettext("For staff: {desk}").format(desk=message.desk),
        f"\nNote\n{message.note}" if message.note else "",
        f"\n{message.transcript}",
    ]
    return mail.mail(
        f"{message.subject} ({message.reference})",
        "\n".join(filter(None, parts)),
        message.email,
        message.reply_to,
        {"X-Reference": message.reference},
    )
