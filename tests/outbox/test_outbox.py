"""The outbox: what is put there leaves once, whoever dies, however many send, and however slow a receiver is."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone
from pytest_django import Settings

from kb.config import timer
from kb.config.email import mail_settings
from kb.models import Letter
from kb.outbox import letters as outbox
from kb.outbox import mail
from tests.support.listeners import Heard, mail_server, web_server
from tests.support.rounds import rounds
from tests.support.tables import with_tables

ROOT = Path(__file__).resolve().parent.parent.parent
MAIL = mail.mail("Subject", "Body", "desk@example.com")


class Elsewhere:
    """Processes of their own on a database of their own, with a webhook that is set up."""

    def __init__(self, folder: Path, url: str, port: int, mail_port: int) -> None:
        self.url = url
        self.environment = os.environ | {
            "KB_DATA_DIR": str(folder / "data"),
            "KB_DATABASE_URL": url,
            "KB_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "KB_WEBHOOK_SECRET": "a secret of sixteen and more",
            "KB_EMAIL_URL": f"smtp+plain://127.0.0.1:{mail_port}",
            "KB_EMAIL_FROM": "help@example.com",
        }

    def starts(self, *words: str) -> subprocess.Popen[str]:
        """A process that works."""
        command = [sys.executable, "-m", "tests.support.outbox_process", *words]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, text=True, stderr=subprocess.PIPE)

    def does(self, *words: str) -> None:
        """Have a process work, and wait for it."""
        ended(self.starts(*words))

    def letters(self) -> list[tuple[Any, ...]]:
        """The state and the tries of each letter."""
        asked = "SELECT state, tries FROM kb_letter ORDER BY id"
        if self.url.startswith("sqlite"):
            with sqlite3.connect(self.url.removeprefix("sqlite:///")) as database:
                return list(database.execute(asked))
        with psycopg.connect(self.url) as server:
            return server.execute(asked).fetchall()


def ended(process: subprocess.Popen[str]) -> None:
    """Wait for a process that is to end well."""
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors


def until(holds: Callable[[], bool]) -> None:
    """Wait until it is so."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never was so")


@pytest.fixture
def webhook() -> Iterator[Heard]:
    with web_server() as heard:
        yield heard
        heard.may_answer.set()


@pytest.fixture
def mailbox() -> Iterator[Heard]:
    with mail_server() as heard:
        yield heard


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, webhook: Heard, mailbox: Heard) -> Iterator[Elsewhere]:
    url = with_tables(request.param, tmp_path)
    yield Elsewhere(tmp_path, url, webhook.port, mailbox.port)
    if request.param == "postgres":
        with psycopg.connect(url) as server:
            server.execute("TRUNCATE kb_letter")


@pytest.mark.slow
def test_what_a_process_was_killed_over_is_sent_by_another_under_the_same_key(
    elsewhere: Elsewhere, webhook: Heard
) -> None:
    elsewhere.does("prepare", "1")
    webhook.may_answer.clear()
    sender = elsewhere.starts("send", "0")
    until(lambda: len(webhook.texts) == 1)
    elsewhere.does("send", "0")
    assert len(webhook.texts) == 1, "nobody else sends what one has a lease of"
    sender.send_signal(signal.SIGKILL)
    sender.communicate()
    assert elsewhere.letters() == [("waiting", 1)]
    webhook.may_answer.set()
    elsewhere.does("send", "90")
    assert [headers["Idempotency-Key"] for headers in webhook.headers] == ["letter-0"] * 2
    assert len(set(webhook.texts)) == 1
    assert elsewhere.letters() == [("sent", 2)]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["webhook", "mail"])
def test_whoever_sends_may_be_killed_at_any_moment(
    elsewhere: Elsewhere, webhook: Heard, mailbox: Heard, way: str
) -> None:
    kills, chance = rounds(30, 2), random.Random()
    letters, heard = 10 * kills, mailbox if way == "mail" else webhook
    elsewhere.does("prepare", str(letters), way)
    for number in range(kills):
        if number % 2 == 0:  # it dies over a letter that arrived, of which it does not know that it did
            heard.may_answer.clear()
        before, sender = len(heard.texts), elsewhere.starts("send", str(90 * number), way)
        until(lambda before=before, sender=sender: len(heard.texts) > before or sender.poll() is not None)
        time.sleep(chance.uniform(0, 0.05))  # between any two of its steps, with one letter or some
        sender.kill()
        sender.communicate()
        heard.may_answer.set()
        assert sender.returncode == -signal.SIGKILL, "it had sent all of them"
    for _ in range(0, letters, outbox.MOST_AT_ONCE):
        elsewhere.does("send", str(90 * kills), way)
    assert {state for state, _tries in elsewhere.letters()} == {"sent"}
    texts = [text.partition("\r\n\r\n")[2] or text for text in heard.texts]
    keys = (
        [message_from_string(text)["Message-ID"] for text in heard.texts]
        if way == "mail"
        else [headers["Idempotency-Key"] for headers in heard.headers]
    )
    assert len(set(zip(keys, texts, strict=True))) == len(set(keys)) == len(set(texts)) == letters
    assert letters + kills // 2 <= len(texts) <= letters + kills, (
        "one that was killed leaves one letter to be sent again"
    )


@pytest.mark.slow
def test_two_processes_at_once_send_everything_once(elsewhere: Elsewhere, webhook: Heard) -> None:
    elsewhere.does("prepare", "40")
    for sender in [elsewhere.starts("send", "0") for _ in range(3)]:
        ended(sender)
    assert Counter(headers["Idempotency-Key"] for headers in webhook.headers) == {f"letter-{n}": 1 for n in range(40)}
    assert elsewhere.letters() == [("sent", 1)] * 40


@pytest.mark.django_db(transaction=True)
def test_a_lease_lasts_as_long_as_sending_takes(
    settings: Settings, webhook: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sets_up(settings, webhook)
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=0.6))
    webhook.may_answer.clear()
    outbox.put("slow", {"webhook": {"body": "x"}}, is_kept=True)

    def send() -> None:
        outbox.send_due("webhook")
        connections.close_all()

    sender = threading.Thread(target=send)
    sender.start()
    until(lambda: len(webhook.texts) == 1)
    time.sleep(1.5)
    assert outbox.send_due("webhook") == 0
    webhook.may_answer.set()
    sender.join()
    assert len(webhook.texts) == 1
    assert Letter.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_does_not_answer_keeps_nothing_else_from_its_time(settings: Settings, webhook: Heard) -> None:
    with mail_server() as mailed:
        _sets_up(settings, webhook, mailed)
        webhook.may_answer.clear()
        ticks: list[int] = []
        job = timer.Job("counts", lambda: ticks.append(1) or 0)
        timer.jobs.append(job)
        over = threading.Event()
        watch = threading.Thread(target=timer.watch, args=(lambda _seconds: over.wait(0.05),))
        try:
            outbox.put("slow", {"webhook": {"body": "x"}, "mail": MAIL})
            watch.start()
            until(lambda: len(webhook.texts) == 1)
            before = len(ticks)
            until(lambda: len(ticks) > before + 5)
            until(lambda: len(mailed.texts) == 1)
            assert len(webhook.texts) == 1
        finally:
            webhook.may_answer.set()
            over.set()
            watch.join()
            timer.jobs.remove(job)


@pytest.mark.django_db(transaction=True)
def test_a_letter_leaves_as_soon_as_it_is_put(
    settings: Settings, webhook: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sets_up(settings, webhook)
    # A database in memory refuses a job a table that another job is at, and nothing here would have it try again.
    monkeypatch.setattr(timer, "jobs", [job for job in timer.jobs if job.name == "webhook"])
    timer.until_woken(0)  # what was put by a test before is not what ends the pause
    over = threading.Event()

    def pause(seconds: float) -> bool:
        assert seconds == timer.SECONDS
        timer.until_woken(600)  # nobody waits so long: only being woken ends it
        return over.is_set()

    watch = threading.Thread(target=timer.watch, args=(pause,))
    watch.start()
    try:
        outbox.put("now", {"webhook": {"body": "x"}})
        until(lambda: len(webhook.texts) == 1)
    finally:
        over.set()
        timer.wake()
        watch.join()


@pytest.mark.django_db
def test_what_is_rolled_back_leaves_no_letter() -> None:
    with transaction.atomic():
        outbox.put("gone", {"mail": MAIL})
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_fault_of_ours_is_logged_and_keeps_no_other_letter(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server() as heard:
        _sets_up(settings, None, heard)
        outbox.put("bad", {"mail": {"not": "a mail"}}, is_kept=True)
        outbox.put("good", {"mail": MAIL}, is_kept=True)
        assert outbox.send_due("mail") == 2
        assert len(heard.texts) == 1
    bad, good = Letter.objects.all()
    assert (bad.state, good.state) == ("waiting", "sent")
    assert "the log says more" in bad.trouble
    assert "bad by mail could not be sent" in caplog.text


@pytest.mark.django_db
def test_what_is_given_up_is_in_the_log_and_can_be_tried_anew(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server() as heard:
        _sets_up(settings, None, heard)
        heard.answers = [554]
        outbox.put("refused", {"mail": MAIL}, is_kept=True)
        outbox.send_due("mail")
        assert Letter.objects.get().state == "given_up"
        assert "refused by mail was given up after 1 tries: The mail server refused it: 554" in caplog.text
        assert outbox.send_due("mail", timezone.now() + timedelta(days=1)) == 0
        assert outbox.retry("refused") == 1
        assert outbox.send_due("mail") == 1
        assert Letter.objects.get().state == "sent"
        assert outbox.retry("refused") == 0


@pytest.mark.django_db
def test_the_command_sends_what_is_due_and_says_what_waits(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_server() as heard:
        _sets_up(settings, None, heard)
        heard.answers = [250, 451]
        for key in ("one", "two"):
            outbox.put(key, {"mail": MAIL}, is_kept=True)
        call_command("send_waiting")
    said = capsys.readouterr().out
    assert "two by mail: try 1 failed, next at " in said
    assert "The mail server refused it: 451" in said
    assert said.endswith("2 tried, 1 waiting.\n")


def _sets_up(settings: Settings, webhook: Heard | None, mailed: Heard | None = None) -> None:
    if webhook:
        settings.WEBHOOK_URL = f"http://127.0.0.1:{webhook.port}/hook"
        settings.WEBHOOK_SECRET = "a secret of sixteen and more"
    if mailed:
        settings.EMAIL_IS_ON = True
        settings.DEFAULT_FROM_EMAIL = "help@example.com"
        for name, value in mail_settings(f"smtp+plain://127.0.0.1:{mailed.port}").items():
            setattr(settings, name, value)
