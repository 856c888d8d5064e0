"""Handing a walk over, as the person who walked it meets it; nothing that was said may get lost."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from kb.config import timer
from kb.config.email import mail_settings
from kb.models import Contact, Letter
from kb.models.references import in_groups, read_reference
from kb.outbox import letters
from tests.conftest import WriteGuides
from tests.support.listeners import mail_server
from troubleshooting.models import Handover, Outcome

PRINTER = """
    ---
    title: Printer trouble
    contacts: [helpers]
    ---
    # Printer trouble

    ## No paper

    **Symptoms:**

    - The lamp blinks

    **Solution:**

    1. Add paper.

    ## Paper jam

    **Symptoms:**

    - It hums

    **Solution:**

    1. Open the back.

    ## When to escalate

    - It smokes
"""
pytestmark = pytest.mark.usefixtures("one_period")
MOST_FROM_ONE = 12
WALK = {"symptom": "the printer hums"}


@pytest.fixture(autouse=True)
def _guides(write_guides_once: WriteGuides) -> None:
    write_guides_once({"printer.md": PRINTER})
    Contact.objects.create(
        slug="helpers", name="Helpers", email="helpers@example.com", phone="+1 555", handles=["It smokes"]
    )
    Contact.objects.create(slug="vault", name="Vault keepers", email="vault@example.com", audience="staff")


@pytest.fixture
def mailing(settings: Settings) -> None:
    """Mail is set up; it ends in a list."""
    settings.EMAIL_IS_ON = True


def address(contact: str = "", **walk: str) -> str:
    """The form for a walk."""
    return f"/troubleshoot/hand-over/{f'{contact}/' if contact else ''}?{urlencode(walk or WALK)}"


def send(client: Client, where: str, **said: str) -> str:
    """Fill the form in as a browser does, follow where it leads, and give the page back."""
    page = client.get(where).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once, page
    return client.post(where, {"once": once[1], **said}, follow=True).content.decode()


def reference_on(page: str) -> str:
    """The reference that the page shows."""
    shown = re.search(r'id="reference"[^>]*>([^<]+)<', page)
    assert shown, page
    return read_reference(shown[1])


def test_a_walk_gets_a_reference_that_nobody_can_guess(client: Client) -> None:
    page = send(client, address())
    assert "<h1>Your reference</h1>" in page
    handover = Handover.objects.get(reference=reference_on(page))
    assert handover.walk == "symptom=the+printer+hums"
    assert "Symptom, in my words: the printer hums" in handover.transcript
    assert handover.guides == [{"slug": "printer", "title": "Printer trouble", "revision": 1}]
    assert (handover.subject, handover.delivery, handover.note) == ("the printer hums", "", "")
    assert not mail.outbox


def test_who_asked_for_help_is_met_where_they_stood(client: Client) -> None:
    page = send(client, address(**WALK, help="1"))
    assert Handover.objects.get(reference=reference_on(page)).walk == "symptom=the+printer+hums"
    assert "symptom=the+printer+hums&amp;help=1" in page


def test_that_it_was_escalated_is_an_outcome_of_the_walk(client: Client) -> None:
    send(client, address())
    assert Outcome.objects.get().walk == Handover.objects.get().walk_key
    assert Outcome.objects.get().kind == "escalated"


def test_nothing_is_sent_before_it_is_set_up_and_then_the_button_is_there(client: Client, settings: Settings) -> None:
    trigger = re.search(r"trigger=\w+", client.get(f"/troubleshoot/?{urlencode(WALK)}").content.decode())
    assert trigger
    last = f"/troubleshoot/?{urlencode(WALK)}&{trigger[0]}"
    page = client.get(last).content.decode()
    assert "Send to Helpers" not in page
    assert "Get a reference" in page
    settings.EMAIL_IS_ON = True
    assert "Send to Helpers" in client.get(f"{last}&steps=all").content.decode()


def test_it_is_mailed_to_the_contact_with_what_the_person_added(client: Client, mailing: None) -> None:
    page = send(client, address("helpers"), note="Since today", reply_to="me@example.org")
    assert "<h1>On its way to Helpers</h1>" in page
    assert not mail.outbox, "nobody waits for the mail server"
    assert letters.send_due("mail") == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == (["helpers@example.com"], ["me@example.org"])
    handover = Handover.objects.get(reference=reference_on(page))
    assert f"http://testserver/desk/{handover.shown_reference}/" in sent.body
    assert "Since today" in sent.body
    assert handover.transcript in sent.body
    assert (handover.delivery, handover.contact.slug if handover.contact else "") == ("sent", "helpers")


def test_a_form_that_is_sent_twice_is_one_reference_and_one_mail(client: Client, mailing: None) -> None:
    form = {"once": "abcdefgh-1234", "note": "Once"}
    receipts = {reference_on(client.post(address("helpers"), form, follow=True).content.decode()) for _ in range(2)}
    letters.send_due("mail")
    assert len(receipts) == len(mail.outbox) == Handover.objects.count() == 1
    client.post(address("helpers"), form)
    client.post(address("helpers"), form | {"note": "And another thing"})
    letters.send_due("mail")
    assert len(mail.outbox) == Handover.objects.count() == 2


def test_a_mail_server_that_is_down_loses_nothing(client: Client, settings: Settings) -> None:
    with mail_server() as heard:
        settings.EMAIL_IS_ON = True
        for name, value in mail_settings(f"smtp+plain://127.0.0.1:{heard.port}").items():
            setattr(settings, name, value)
        heard.answers = [451, 554]
        form = {"once": "abcdefgh-1234", "note": "All of us"}
        sent = client.post(address("helpers"), form)
        receipt = sent.headers["Location"]
        assert "<h1>On its way to Helpers</h1>" in client.get(receipt).content.decode()
        letters.send_due("mail")
        page = client.get(receipt).content.decode()
        assert "<h1>On its way to Helpers</h1>" in page
        assert "has not taken it yet; we go on trying for a day" in page
        assert "If it is urgent, call +1 555 and give the reference" in page
        letters.send_due("mail", timezone.now() + timedelta(minutes=1))
        page = client.get(receipt).content.decode()
        assert "<h1>It could not be sent to Helpers</h1>" in page
        assert 'href="mailto:helpers@example.com?' in page
        assert "Reference: " in page
        assert "+1 555" in page
        handover = Handover.objects.get(reference=reference_on(page))
        assert (handover.delivery, handover.note) == ("failed", "All of us")
        again = client.post(address("helpers"), form, follow=True).content.decode()
        assert "<h1>On its way to Helpers</h1>" in again
        letters.send_due("mail")
        assert "<h1>Sent to Helpers</h1>" in client.get(receipt).content.decode()
        assert reference_on(again) == handover.reference
        assert len(heard.texts) == 3


def test_a_walk_and_what_is_to_be_sent_of_it_are_kept_together_or_not_at_all(
    client: Client, mailing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError

    form = {"once": "abcdefgh-1234"}
    monkeypatch.setattr(letters, "put", broken)
    with pytest.raises(OSError):
        client.post(address("helpers"), form)
    assert not Handover.objects.exists()
    monkeypatch.undo()
    client.post(address("helpers"), form)
    assert Handover.objects.get().letters.count() == 1


def test_who_gets_a_reference_only_has_nothing_on_its_way(client: Client, mailing: None) -> None:
    page = send(client, address())
    assert "<h1>Your reference</h1>" in page
    assert "hx-trigger" not in page.split('id="delivery"')[1].split(">")[0]
    assert not Letter.objects.exists()


def test_a_bad_address_to_answer_to_is_said_and_the_note_is_kept(client: Client) -> None:
    answer = client.post(address(), {"once": "abcdefgh-1234", "note": "Keep <me>", "reply_to": "nobody"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This is no e-mail address" in page
    assert "Keep &lt;me&gt;" in page
    assert not Handover.objects.exists()


@pytest.mark.parametrize("form", [{}, {"once": "x"}, {"once": "abcdefgh-1234", "note": "x" * 2001}])
def test_what_the_form_does_not_send_is_refused(client: Client, form: dict[str, str]) -> None:
    assert client.post(address(), form).status_code == 422
    assert not Handover.objects.exists()


def test_a_form_without_its_token_is_refused() -> None:
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(address(), {"once": "abcdefgh-1234"}).status_code == 403
    assert not Handover.objects.exists()


def test_who_sends_too_much_is_told_to_wait_and_loses_nothing(client: Client, staff_client: Client) -> None:
    for number in range(MOST_FROM_ONE):
        assert client.post(address(), {"once": f"abcdefgh-{number}"}).status_code == 302
    refused = client.post(address(), {"once": "abcdefgh-more", "note": "Still here"})
    assert refused.status_code == 429
    assert "Still here" in refused.content.decode()
    assert Handover.objects.count() == MOST_FROM_ONE
    assert client.post(address(), {"once": "abcdefgh-more"}, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert staff_client.post(address(), {"once": "abcdefgh-staff"}).status_code == 302


def test_all_together_may_not_send_too_much_either(client: Client) -> None:
    statuses = [
        client.post(address(), {"once": f"abcdefgh-{n}"}, REMOTE_ADDR=f"192.0.{n}.1").status_code for n in range(31)
    ]
    assert statuses == [302] * 30 + [429]


def test_pages_with_forms_and_references_are_kept_by_nobody(client: Client) -> None:
    for _ in range(2):
        answer = client.get(address())
        assert "no-store" in answer.headers["Cache-Control"]
        assert "ETag" not in answer.headers
    receipt = client.post(address(), {"once": "abcdefgh-1234"}).headers["Location"]
    assert "no-store" in client.get(receipt).headers["Cache-Control"]


def test_a_receipt_that_was_changed_or_is_old_shows_nothing(client: Client) -> None:
    receipt = client.post(address(), {"once": "abcdefgh-1234"}).headers["Location"]
    assert client.get(receipt).status_code == 200
    assert client.get(receipt.replace("handed-over/", "handed-over/x")).status_code == 404


def test_contacts_for_staff_only_are_none_for_others(client: Client, staff_client: Client, mailing: None) -> None:
    assert client.get(address("vault")).status_code == 404
    assert client.get(address("nobody")).status_code == 404
    assert staff_client.get(address("vault")).status_code == 200


def test_a_walk_that_has_not_begun_has_nothing_to_hand_over(client: Client) -> None:
    answer = client.get("/troubleshoot/hand-over/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/troubleshoot/")


def test_the_form_asks_the_database_nothing(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get(address())
    with django_assert_num_queries(0):
        client.get(address())


def test_old_walks_are_forgotten_with_their_notes_and_letters(
    client: Client, mailing: None, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (reference_on(send(client, address("helpers"))) for _ in range(2))
    Handover.objects.filter(reference=old).update(created_at=timezone.now() - timedelta(days=91))
    Handover.objects.get(reference=old).notes.create(text="x", author=User.objects.create(username="bo"))
    call_command("forget_handovers")
    assert "1 handed-over walk was older than 90 days" in capsys.readouterr().out
    assert [handover.reference for handover in Handover.objects.all()] == [new]
    assert [letter.key for letter in Letter.objects.all()] == [in_groups(new)]
    call_command("forget_handovers")
    assert capsys.readouterr().out == ""


def test_the_timer_forgets_old_walks_while_the_server_runs(client: Client) -> None:
    old, new = (reference_on(send(client, address())) for _ in range(2))
    Handover.objects.filter(reference=old).update(created_at=timezone.now() - timedelta(days=91))
    assert timer.tick() == 1
    assert [handover.reference for handover in Handover.objects.all()] == [new]
