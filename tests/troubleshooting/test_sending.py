"""Sending a handed-over walk: what arrives at a real mail server and at a real webhook, and what of failures."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from kb.config.email import mail_settings
from kb.models import Letter
from kb.outbox import letters
from tests.support.listeners import Heard, dripping_server, mail_server, web_server
from troubleshooting.desk.handover import calling, delivery
from troubleshooting.desk.handover.delivery import Message, put
from troubleshooting.walk.transcript import can_send

pytestmark = pytest.mark.django_db
SECRET = "a secret of sixteen and more"
MESSAGE = Message(
    reference="CDFG-HJKM-3479",
    subject="Help: the printer",
    contact="desk",
    email="desk@example.com",
    transcript="Symptom: it hums ä\n.\nThis walk: https://help.example/x",
    note="Since today",
    reply_to="me@example.org",
    walk="https://help.example/x",
    desk="https://help.example/desk/CDFG-HJKM-3479/",
    created="2026-03-04T05:06:07+00:00",
)


@pytest.fixture
def mail(settings: Settings) -> Iterator[Heard]:
    """A mail server that is set up."""
    with mail_server() as heard:
        _set_up_mail(settings, heard.port)
        yield heard


@pytest.fixture
def webhook(settings: Settings) -> Iterator[Heard]:
    """A webhook that is set up."""
    with web_server() as heard:
        settings.WEBHOOK_URL = f"http://127.0.0.1:{heard.port}/tickets?token=1"
        settings.WEBHOOK_SECRET = SECRET
        yield heard


def _set_up_mail(settings: Settings, port: int) -> None:
    settings.EMAIL_IS_ON = True
    settings.DEFAULT_FROM_EMAIL = "help@example.com"
    for name, value in mail_settings(f"smtp+plain://127.0.0.1:{port}").items():
        setattr(settings, name, value)


def send(message: Message, patience: timedelta = timedelta()) -> bool:
    """Put it into the outbox and let this much time pass; whether it arrived one way at least."""
    put(message)
    began = timezone.now()
    moment = began
    while moment <= began + patience:
        for way in letters.ways:
            letters.send_due(way, moment)
        moment += timedelta(seconds=30) if moment < began + timedelta(hours=2) else timedelta(hours=1)
    return Letter.objects.filter(key=message.reference, state="sent").exists()


def test_nothing_is_sent_until_it_is_set_up(settings: Settings) -> None:
    assert not can_send("desk@example.com")
    assert not send(MESSAGE)


def test_a_mail_holds_the_reference_the_note_and_the_transcript(mail: Heard) -> None:
    assert can_send("desk@example.com")
    assert not can_send("")
    assert send(MESSAGE)
    got = email.message_from_bytes(mail.texts[0].encode(), policy=email.policy.default)
    assert (got["Subject"], got["To"]) == ("Help: the printer (CDFG-HJKM-3479)", "desk@example.com")
    assert (got["From"], got["Reply-To"]) == ("help@example.com", "me@example.org")
    text = got.get_content().replace("\r\n", "\n")
    assert "For staff: https://help.example/desk/CDFG-HJKM-3479/" in text
    assert "Note\nSince today\n" in text
    assert "Symptom: it hums ä\n.\nThis walk" in text


def test_who_gave_no_address_is_not_answered(mail: Heard) -> None:
    assert send(replace(MESSAGE, reply_to="", note=""))
    assert "Reply-To" not in mail.texts[0]


def test_a_mail_server_that_refuses_is_a_failure(mail: Heard) -> None:
    mail.answers = [554]
    assert not send(MESSAGE)


def test_a_mail_server_that_is_not_there_is_a_failure(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        _set_up_mail(settings, closed.getsockname()[1])
        assert not send(MESSAGE)


def test_the_webhook_gets_signed_json_once(webhook: Heard) -> None:
    assert can_send("")
    assert send(replace(MESSAGE, email=""))
    (body,), (headers,) = webhook.texts, webhook.headers
    said = json.loads(body)
    assert said["event"] == "handover"
    assert said["transcript"] == MESSAGE.transcript
    assert said.keys() == {"event", *Message.__dataclass_fields__}
    mac = hmac.new(SECRET.encode(), f"{headers['X-Timestamp']}.{body}".encode(), hashlib.sha256).hexdigest()
    assert headers["X-Signature"] == f"sha256={mac}"
    assert headers["Idempotency-Key"] == "CDFG-HJKM-3479"


@pytest.mark.parametrize("first", [[500], [503, 429], [0, 0]])
def test_a_webhook_that_stumbles_is_called_again(webhook: Heard, first: list[int]) -> None:
    webhook.answers = first.copy()
    assert send(replace(MESSAGE, email=""), timedelta(minutes=5))
    assert len(webhook.texts) == len(first) + 1
    assert len(set(webhook.texts)) == 1


def test_a_webhook_that_stays_down_is_given_up_after_a_day(webhook: Heard) -> None:
    webhook.answers = [500] * 99
    assert not send(replace(MESSAGE, email=""), timedelta(days=2))
    letter = Letter.objects.get()
    assert (letter.state, letter.trouble, letter.tries) == ("given_up", "The webhook answered 500.", len(webhook.texts))
    assert 10 < letter.tries < 30
    assert {headers["Idempotency-Key"] for headers in webhook.headers} == {MESSAGE.reference}


@pytest.mark.slow
@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 410])
def test_what_will_not_get_better_is_not_tried_again_nor_followed(webhook: Heard, status: int) -> None:
    webhook.answers = [status]
    assert not send(replace(MESSAGE, email=""), timedelta(days=2))
    assert len(webhook.texts) == 1
    assert Letter.objects.get().trouble == f"The webhook answered {status}."


@pytest.mark.parametrize(
    ("pieces", "seconds", "said"),
    [([b"X: y\r\n"] * 40, 0.1, "took over 1 seconds"), ([b"X: " + b"y" * 3000 + b"\r\n"] * 40, 0, "over 65,536 bytes")],
)
def test_a_webhook_that_drips_or_never_ends_is_given_up_and_called_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], seconds: float, said: str
) -> None:
    monkeypatch.setattr(calling, "SECONDS_IN_ALL", 1)
    with dripping_server(pieces, seconds) as heard:
        settings.WEBHOOK_URL = f"http://127.0.0.1:{heard.port}/"
        settings.WEBHOOK_SECRET = SECRET
        assert not send(replace(MESSAGE, email=""))
    letter = Letter.objects.get()
    assert (letter.state, letter.tries) == ("waiting", 1)
    assert said in letter.trouble
    with web_server() as webhook:
        settings.WEBHOOK_URL = f"http://127.0.0.1:{webhook.port}/"
        letters.send_due("webhook", timezone.now() + timedelta(minutes=1))
        assert len(webhook.texts) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.tries) == ("sent", 2)


def test_one_way_that_works_is_enough(mail: Heard, webhook: Heard) -> None:
    webhook.answers = [400]
    assert send(MESSAGE)
    mail.answers = [554]
    assert send(replace(MESSAGE, reference="CDFG-HJKM-3497"))
    assert (len(mail.texts), len(webhook.texts)) == (2, 2)


def test_each_call_is_signed_anew(webhook: Heard) -> None:
    webhook.answers = [500]
    assert not send(replace(MESSAGE, email=""))
    first = int(time.time())
    while int(time.time()) == first:
        time.sleep(0.05)
    letters.send_due("webhook", timezone.now() + timedelta(minutes=1))
    for body, headers in zip(webhook.texts, webhook.headers, strict=True):
        assert headers["X-Signature"] == delivery.signature(SECRET, headers["X-Timestamp"], body.encode())
    assert len({headers["X-Timestamp"] for headers in webhook.headers}) == 2


def test_a_mail_that_is_tried_again_has_the_same_id(mail: Heard) -> None:
    mail.answers = [451, 421]
    assert send(MESSAGE, timedelta(hours=1))
    ids = {email.message_from_string(text)["Message-ID"] for text in mail.texts}
    assert len(mail.texts) == 3
    assert len(ids) == 1
    assert "@example.com>" in ids.pop()


def test_what_is_not_set_up_any_more_waits(mail: Heard, settings: Settings) -> None:
    put(MESSAGE)
    settings.EMAIL_IS_ON = False
    letters.send_due("mail")
    letter = Letter.objects.get()
    assert (letter.state, letter.trouble) == ("waiting", "No mail server is set up any more (KB_EMAIL_URL).")
    assert not mail.texts
