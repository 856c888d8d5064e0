"""Contacts that are written in the browser: nobody overwrites anybody, not the file either, and they are exported."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from kb.content.workers import ReadRequest, ReadResult
from kb.library import contact_publishing
from kb.library.export import export
from kb.library.folders import folder_load, load
from kb.models import Contact
from tests.conftest import WriteGuide
from tests.support import studio

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
    load.load([folder])
    return Contact.objects.get()


def send(client: Client, contact: Contact, text: str, seen: str | None = None) -> int:
    form = {"text": text, "seen": contact.digest if seen is None else seen, "action": "save"}
    return client.post(reverse("kb:write-contact", args=[contact.slug]), form).status_code


def act(client: Client, contact: Contact, action: str) -> int:
    return client.post(reverse("kb:write-contact-act", args=[contact.slug]), {"do": action}).status_code


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
    export.export(tmp_path / "out")
    assert (tmp_path / "out" / "contacts" / "day-shift.md").read_text() == "---\nname: Day shift\n---\n\nAsk first.\n"
    report = load.load([folder], prune=True)
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
    report = load.load([folder])
    assert not report.failed
    assert text_of(shift) == edited
    (folder / "contacts" / "night-shift.md").write_text(SHIFT.replace("Call", "Ring"))
    report = load.load([folder])
    assert (report.failed, report.in_review) == ([], ["contacts/night-shift.md"])
    assert text_of(shift) == edited
    assert load.load([folder]).in_review == []
    assert text_of(shift) == edited


def test_what_the_file_says_is_merged_with_what_was_written(client: Client, shift: Contact, folder: Path) -> None:
    send(client, shift, SHIFT.replace("Printers", "All of it"))
    (folder / "contacts" / "night-shift.md").write_text(SHIFT.replace("Call", "Ring"))
    load.load([folder])
    shift.refresh_from_db()
    waiting = contact_publishing.waiting(shift)
    assert waiting is not None
    assert "Its file says something else" in client.get("/write/contacts/night-shift/").content.decode()
    page = client.get(f"/write/contacts/night-shift/?from={waiting.number}").content.decode()
    assert "are merged below" in page
    merged = SHIFT.replace("Printers", "All of it").replace("Call", "Ring")
    assert f">\n{merged}</textarea>" in page
    form = {"text": merged, "seen": shift.digest, "settles": waiting.number, "action": "save"}
    assert client.post("/write/contacts/night-shift/", form).status_code == 302
    assert text_of(shift) == merged
    assert contact_publishing.waiting(shift) is None
    assert load.load([folder]).in_review == []
    assert text_of(shift) == merged


def test_what_the_file_says_can_be_set_aside_and_is_kept(client: Client, shift: Contact, folder: Path) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    send(client, shift, edited)
    filed = SHIFT.replace("Printers", "Screens")
    (folder / "contacts" / "night-shift.md").write_text(filed)
    load.load([folder])
    number = shift.revisions.get(text=filed).number
    page = client.get(f"/write/contacts/night-shift/?from={number}").content.decode()
    assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt; published\nrole: All of it" in page
    assert act(client, shift, "set-aside") == 302
    assert contact_publishing.waiting(shift) is None
    assert text_of(shift) == edited
    assert filed in client.get(f"/write/contacts/night-shift/revisions/{number}/").content.decode()


def test_a_file_that_changes_while_it_is_loaded_does_not_overwrite_an_edit(
    client: Client, shift: Contact, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    read = folder_load.read_many

    def edited_meanwhile(requests: Iterable[ReadRequest]) -> list[ReadResult]:
        found = list(read(requests))
        if found:
            send(client, shift, edited)
        return found

    monkeypatch.setattr(folder_load, "read_many", edited_meanwhile)
    filed = SHIFT.replace("Call", "Ring")
    (folder / "contacts" / "night-shift.md").write_text(filed)
    report = load.load([folder])
    assert (report.changed, report.in_review) == ([], ["contacts/night-shift.md"])
    assert text_of(shift) == edited
    waiting = contact_publishing.waiting(shift)
    assert waiting is not None
    assert waiting.text == filed


def test_marks_of_a_conflict_are_not_published(client: Client, shift: Contact) -> None:
    assert send(client, shift, SHIFT.replace("Printers", "All of it")) == 302
    form = {"text": SHIFT.replace("Printers", "Mine"), "seen": shift.digest}
    page = client.post("/write/contacts/night-shift/", form).content.decode()
    assert "Both changed the same lines" in page
    shift.refresh_from_db()
    marked = SHIFT.replace("role: Printers", "<<<<<<< published\nrole: A\n=======\nrole: B\n>>>>>>> yours")
    assert send(client, shift, marked) == 400
    assert "Mine" not in text_of(shift)


def test_a_form_that_is_shown_again_stands_beside_the_text_that_it_stood_beside(client: Client, shift: Contact) -> None:
    assert send(client, shift, SHIFT.replace("Printers", "All of it")) == 302
    form = {"text": SHIFT.replace("Printers", "Mine"), "seen": shift.digest}
    page = client.post("/write/contacts/night-shift/", form).content.decode()
    assert 'name="beside" value="1"' in page
    shift.refresh_from_db()
    marked = SHIFT.replace("role: Printers", "<<<<<<< published\nrole: A\n=======\nrole: B\n>>>>>>> yours")
    for more in ({"beside": "1"}, {"beside": "1", "action": "preview"}):
        again = client.post("/write/contacts/night-shift/", {"text": marked, "seen": shift.digest, **more})
        beside = again.content.decode().partition("What was saved meanwhile</h2>")[2]
        assert "role: All of it" in beside, more
    plain = client.post("/write/contacts/night-shift/", {"text": marked, "seen": shift.digest})
    assert "What was saved meanwhile" not in plain.content.decode()


def test_a_form_with_what_its_file_says_is_shown_again_beside_what_readers_see(
    client: Client, shift: Contact, folder: Path
) -> None:
    send(client, shift, SHIFT.replace("Printers", "All of it"))
    (folder / "contacts" / "night-shift.md").write_text(SHIFT.replace("Printers", "Screens"))
    load.load([folder])
    shift.refresh_from_db()
    waiting = contact_publishing.waiting(shift)
    assert waiting
    marked = SHIFT.replace("role: Printers", "<<<<<<< published\nrole: A\n=======\nrole: B\n>>>>>>> yours")
    form = {"text": marked, "seen": shift.digest, "settles": str(waiting.number)}
    again = client.post("/write/contacts/night-shift/", form).content.decode()
    assert "role: All of it" in again.partition("What readers see</h2>")[2]


def test_changes_of_different_lines_are_offered_merged(client: Client, shift: Contact) -> None:
    assert send(client, shift, SHIFT.replace("Printers", "All of it")) == 302
    form = {"text": SHIFT.replace("Call", "Ring"), "seen": shift.digest}
    answer = client.post("/write/contacts/night-shift/", form)
    assert answer.status_code == 409
    merged = SHIFT.replace("Printers", "All of it").replace("Call", "Ring")
    assert f">\n{merged}</textarea>" in answer.content.decode()


def test_every_text_is_kept_with_its_author_and_can_be_had_again(client: Client, shift: Contact, eve: User) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    form = {"text": edited, "seen": shift.digest, "comment": "They do more"}
    client.post("/write/contacts/night-shift/", form)
    page = client.get("/write/contacts/night-shift/history/").content.decode()
    assert "They do more" in page
    assert "eve" in page
    assert [revision.text for revision in shift.revisions.all()] == [SHIFT, edited]
    eve.delete()
    other = Client()
    other.force_login(studio.person("ed", "editors"))
    assert "eve" in other.get("/write/contacts/night-shift/history/").content.decode()
    assert "role: Printers" in other.get("/write/contacts/night-shift/?from=1").content.decode()


@pytest.mark.parametrize(
    "path", ["?from=9", "?from=x", "?from=99999999999999999999", "revisions/9/", "revisions/99999999999999999999/"]
)
def test_a_revision_that_is_not_there_is_said_to_be_missing(client: Client, shift: Contact, path: str) -> None:
    assert client.get(f"/write/contacts/night-shift/{path}").status_code == 404


def test_a_contact_that_was_retired_stays_so_until_somebody_brings_it_back(
    client: Client, shift: Contact, folder: Path, write_guide: WriteGuide
) -> None:
    guide = write_guide("# Jam\n\nAsk the [night shift](contacts/night-shift.md).\n", "jam.md")
    assert "Jam" in client.get("/write/contacts/night-shift/history/").content.decode()
    assert act(client, shift, "retire") == 302
    guide.refresh_from_db()
    assert "/contacts/#night-shift" not in guide.html
    assert "Night shift" not in Client().get(reverse("kb:contact-list")).content.decode()
    (folder / "contacts" / "night-shift.md").write_text(SHIFT.replace("Call", "Ring"))
    Contact.objects.update(read_with="another version")
    load.load([folder])
    shift.refresh_from_db()
    assert shift.retired
    assert act(client, shift, "bring-back") == 302
    guide.refresh_from_db()
    assert "/contacts/#night-shift" in guide.html
    assert "Call them" in Client().get(reverse("kb:contact-list")).content.decode()
    assert contact_publishing.waiting(shift) is not None


def test_a_contact_that_an_answer_leads_to_can_be_retired(
    client: Client, shift: Contact, write_guide: WriteGuide
) -> None:
    guide = write_guide(
        "# Triage\n\n## Decision tree\n- Is it on?\n  - Yes: [Night shift](contacts/night-shift.md)\n"
        "  - No: [Jam](#jam)\n\n## Jam\n\n**Symptoms:**\n- It hums\n\n**Solution:**\n1. Open it\n",
        "triage.md",
    )
    assert act(client, shift, "retire") == 302
    shift.refresh_from_db()
    assert shift.retired
    assert client.get(guide.get_absolute_url()).status_code == 200


def test_a_contact_that_guides_waited_for_is_linked_as_soon_as_it_is_there(
    client: Client, shift: Contact, write_guide: WriteGuide
) -> None:
    guide = write_guide("# Jam\n\nAsk the [day shift](contacts/day-shift.md).\n", "jam.md")
    assert "/contacts/#day-shift" not in guide.html
    assert client.post(NEW, {"text": SHIFT.replace("Night", "Day")}).status_code == 302
    guide.refresh_from_db()
    assert "/contacts/#day-shift" in guide.html


@pytest.mark.parametrize("action", ["", "nonsense", "set-aside", "bring-back"])
def test_what_is_done_already_is_said_to_be(client: Client, shift: Contact, action: str) -> None:
    address = reverse("kb:write-contact-act", args=[shift.slug])
    assert "done already" in client.post(address, {"do": action}, follow=True).content.decode()


def test_an_exported_contact_can_be_changed_in_its_file_again(client: Client, shift: Contact, folder: Path) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    send(client, shift, edited)
    export.export(folder)
    assert not load.load([folder]).failed
    again = edited.replace("Call", "Ring")
    (folder / "contacts" / "night-shift.md").write_text(again)
    assert load.load([folder]).changed == ["contacts/night-shift.md"]
    assert text_of(shift) == again


def test_a_newer_reader_reads_what_was_edited_and_not_the_file(client: Client, shift: Contact, folder: Path) -> None:
    edited = SHIFT.replace("Printers", "All of it")
    send(client, shift, edited)
    Contact.objects.update(read_with="another version")
    load.load([folder])
    assert text_of(shift) == edited
    load.load([folder])
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
