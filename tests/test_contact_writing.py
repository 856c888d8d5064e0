"""Contacts that are written in the browser: nobody overwrites anybody, not the file either, and they are exported."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from kb import exporting, loading
from kb.models import Contact
from tests import studio
from tests.conftest import WriteGuide

pytestmark = pytest.mark.django_db
SHIFT = "---\nname: Night shift\nrole: Printers\n---\n\nCall them.\n"
NEW = "/write/contacts/new/"


@pytest.fixture
def eve() -> User:
    return studio.person("eve", "editors")


@pytest.fixture
def client(eve: User) -> Client:
    browser = Client()
    browser.force_login(eve)
    return browser


@pytest.fixture
def shift(folder: Path, settings: Settings) -> Contact:
    """A contact that was loaded from its file."""
    settings.CONTENT_DIR = folder
    (folder / "contacts").mkdir()
    (folder / "contacts" / "night-shift.md").write_text(SHIFT)
    loading.load([folder])
    return Contact.objects.get()


def send(client: Client, contact: Contact, text: str, seen: str | None = None) -> int:
    form = {"text": text, "seen": contact.digest if seen is None else seen, "action": "save"}
    return client.post(reverse("kb:write-contact", args=[contact.slug]), form).status_code


def text_of(contact: Contact) -> str:
    contact.refresh_from_db()
    return contact.text


@pytest.mark.parametrize("path", ["/write/contacts/", "/write/contacts/new/", "/write/contacts/night-shift/"])
def test_only_editors_write_contacts(shift: Contact, path: str) -> None:
    assert Client().get(path).status_code == 302
    writer = Client()
    writer.force_login(studio.person("ada", "writers"))
    assert writer.get(path).status_code == 403


def test_a_new_contact_is_shown_to_readers_and_exported(
    client: Client, shift: Contact, folder: Path, tmp_path: Path
) -> None:
    assert client.get(NEW).status_code == 200
    assert client.post(NEW, {"text": "---\nname: Day shift\n---\n\nAsk first.\n"}).status_code == 302
    assert "Day shift" in Client().get(reverse("kb:contact-list")).content.decode()
    exporting.export(tmp_path / "out")
    assert (tmp_path / "out" / "contacts" / "day-shift.md").read_text() == "---\nname: Day shift\n---\n\nAsk first.\n"
    report = loading.load([folder], prune=True)
    assert not report.failed
    assert not Contact.objects.get(slug="day-shift").retired


def test_a_contact_of_the_same_name_gets_an_address_of_its_own(client: Client, shift: Contact) -> None:
    client.post(NEW, {"text": SHIFT})
    assert set(Contact.objects.values_list("slug", flat=True)) == {"night-shift", "night-shift-2"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No front matter", "Write the contact"),
        ("---\nname: X\ntier: first\n---\n", "Line 3"),
        ("---\nname: X\nemail: nonsense\n---\n", "must be an address"),
        ("---\nname: [\n---\n", "not YAML"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line_and_kept_in_the_form(
    client: Client, text: str, said: str
) -> None:
    answer = client.post(NEW, {"text": text})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page
    assert text.splitlines()[-1] in page
    assert not Contact.objects.exists()


def test_a_preview_saves_nothing(client: Client) -> None:
    page = client.post(NEW, {"text": SHIFT, "action": "preview"}).content.decode()
    assert "<h3>Night shift</h3>" in page
    assert not Contact.objects.exists()


def test_what_somebody_saved_meanwhile_is_shown_and_not_overwritten(client: Client, shift: Contact) -> None:
    assert send(client, shift, SHIFT.replace("Printers", "All of it")) == 302
    form = {"text": SHIFT.replace("Printers", "Mine"), "seen": shift.digest}
    answer = client.post(reverse("kb:write-contact", args=[shift.slug]), form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "role: Mine" in page
    assert "role: All of it" in page
    assert "All of it" in text_of(shift)
    assert send(client, shift, SHIFT.replace("Printers", "Both")) == 302
    assert "Both" in text_of(shift)


def test_loading_leaves_alone_what_was_edited_in_the_browser(client: Client, shift: Contact, folder: Path) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    send(client, shift, edited)
    report = loading.load([folder])
    assert not report.failed
    assert text_of(shift) == edited
    (folder / "contacts" / "night-shift.md").write_text(SHIFT.replace("Call", "Ring"))
    report = loading.load([folder])
    assert "edited in the browser" in report.failed[0].message
    assert text_of(shift) == edited


def test_an_exported_contact_can_be_changed_in_its_file_again(client: Client, shift: Contact, folder: Path) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    send(client, shift, edited)
    exporting.export(folder)
    assert not loading.load([folder]).failed
    again = edited.replace("Call", "Ring")
    (folder / "contacts" / "night-shift.md").write_text(again)
    assert loading.load([folder]).changed == ["contacts/night-shift.md"]
    assert text_of(shift) == again


def test_a_newer_reader_reads_what_was_edited_and_not_the_file(client: Client, shift: Contact, folder: Path) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    send(client, shift, edited)
    Contact.objects.update(read_with="another version")
    loading.load([folder])
    assert text_of(shift) == edited
    loading.load([folder])
    assert text_of(shift) == edited


def test_a_contact_that_becomes_one_for_staff_leaves_the_guides_for_everyone(
    client: Client, shift: Contact, write_guide: WriteGuide
) -> None:
    guide = write_guide("# Jam\n\nAsk the [night shift](contacts/night-shift.md).\n", "jam.md")
    assert "/contacts/#night-shift" in guide.html
    send(client, shift, SHIFT.replace("role:", "audience: staff\nrole:"))
    guide.refresh_from_db()
    assert "/contacts/#night-shift" not in guide.html
    assert "Night shift" not in Client().get(reverse("kb:contact-list")).content.decode()
