"""What an export wrote into the loaded folder is its files' base, and no line that waits is written over."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from pytest_django import Settings

from kb.editorial import approval, contacts, reviews, upkeep
from kb.editorial.contacts import Writing
from kb.editorial.decisions import Conflict, Published
from kb.library import contact_publishing, retiring
from kb.library.export.export import ExportError, export
from kb.library.folders import load
from kb.library.images import store
from kb.models import Contact, Guide, Revision
from tests.library.test_export_guides import picture
from tests.support.studio import TEXT, person, proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return person("ada", "editors")


def edited(guide: Guide, by: User, old: str, new: str) -> None:
    """Change a guide in the browser."""
    guide.refresh_from_db()
    assert guide.revision
    outcome = approval.approve(proposal(guide, by, guide.revision.text.replace(old, new)), by)
    assert isinstance(outcome, Published)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_an_export_wrote_is_the_base_of_the_next_change_of_the_file(folder: Path, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    guide = Guide.objects.get()
    edited(guide, ada, "flap", "lid")
    export(folder)
    change(folder / "jam.md", "(always)", "(often)")
    report = load.load([folder])
    assert (report.changed, report.in_review) == (["jam.md"], [])
    before = (folder / "jam.md").read_text()
    assert export(folder).written == []
    assert (folder / "jam.md").read_text() == before


# What is left as it is


def test_a_file_whose_text_waits_in_review_is_left_and_named_and_others_are_written(folder: Path, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT)
    (folder / "toner.md").write_text("# Toner\n\nEmpty.\n")
    load.load([folder])
    jam, toner = Guide.objects.order_by("source")
    edited(jam, ada, "flap", "lid")
    edited(toner, ada, "Empty", "Full")
    change(folder / "jam.md", "flap", "door")
    load.load([folder])
    said = exported(folder)
    assert "waits in review: 1 (jam.md). Approve, merge or set it aside" in said
    assert "door" in (folder / "jam.md").read_text()
    assert "Full" in (folder / "toner.md").read_text()
    call_command("export_guides", str(folder), force=True)
    assert "lid" in (folder / "jam.md").read_text()
    assert Revision.objects.get(state="in_review").text == TEXT.replace("flap", "door")
    assert load.load([folder]).in_review == []


def test_a_file_still_waits_while_an_editor_s_version_of_it_does(folder: Path, ada: User) -> None:
    guide = both_changed(folder, ada)
    waiting = Revision.objects.get(state="in_review")
    outcome = approval.edit_and_approve(waiting, ada, waiting.text.replace("door", "gate"))
    assert isinstance(outcome, Conflict)
    assert export(folder).waiting == ["jam.md"]
    outcome = approval.edit_and_approve(outcome.kept, ada, outcome.merge.text, merged_with=outcome.theirs)
    assert isinstance(outcome, Published)
    assert export(folder).written == ["jam.md"]
    guide.refresh_from_db()
    assert guide.loaded_id == guide.revision_id


def test_what_an_editor_set_aside_is_written_over_and_stays_in_the_history(folder: Path, ada: User) -> None:
    both_changed(folder, ada)
    waiting = Revision.objects.get(state="in_review")
    reviews.set_aside(waiting, ada)
    assert load.load([folder]).in_review == []
    assert export(folder).written == ["jam.md"]
    assert "lid" in (folder / "jam.md").read_text()
    waiting.refresh_from_db()
    assert "door" in waiting.text
    change(folder / "jam.md", "(always)", "(often)")
    assert load.load([folder]).changed == ["jam.md"]


def test_a_line_that_was_put_back_and_not_loaded_is_not_taken_out_again(folder: Path, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    edited(Guide.objects.get(), ada, "flap", "lid")
    export(folder)
    (folder / "jam.md").write_text(TEXT)  # as `git revert` does
    with pytest.raises(ExportError, match=r"Nothing was written.*\(jam\.md\)\. Load them first: .* --force"):
        export(folder)
    assert load.load([folder]).changed == ["jam.md"]
    assert export(folder).unchanged == ["jam.md"]


def test_what_was_deleted_or_renamed_in_the_folder_is_not_written_again(folder: Path, ada: User) -> None:
    for name in ("jam", "toner", "drum"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nText.\n")
    (folder / "synonyms.txt").write_text("mail, post\n")
    load.load([folder])
    edited(Guide.objects.get(source="jam.md"), ada, "Text", "Words")
    (folder / "jam.md").rename(folder / "paper.md")
    (folder / "toner.md").unlink()
    (folder / "synonyms.txt").unlink()
    said = exported(folder)
    assert "deleted there: 3 (jam.md, toner.md, synonyms.txt)" in said
    assert {path.name for path in folder.iterdir()} == {"paper.md", "drum.md"}
    load.load([folder], prune=True)
    assert export(folder).written == ["paper.md", "addresses.yml"]
    guide = Guide.objects.get(source="toner.md")
    assert (guide.state, guide.file_gone) == ("retired", True)
    upkeep.bring_back(guide)
    assert load.load([folder], prune=True).retired == []
    assert export(folder).written == ["toner.md"]
    (folder / "toner.md").unlink()
    assert load.load([folder], prune=True).retired == ["toner.md"]


def test_force_writes_what_was_deleted_and_an_empty_folder_is_filled_without_it(folder: Path, ada: User) -> None:
    for name in ("jam", "toner"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nText.\n")
    load.load([folder])
    (folder / "jam.md").unlink()
    assert export(folder, force=True).overwritten == ["jam.md"]
    for path in folder.iterdir():
        path.unlink()
    assert export(folder).written == ["jam.md", "toner.md"]


@pytest.mark.parametrize("force", [False, True])
def test_prune_removes_no_text_that_waits_or_was_never_loaded(folder: Path, ada: User, force: bool) -> None:
    for name in ("jam", "toner", "drum"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nText.\n")
    load.load([folder])
    for guide in Guide.objects.filter(source__in=("jam.md", "toner.md")):
        retiring.retire([guide], by=ada)
    change(folder / "jam.md", "Text", "Words")
    assert load.load([folder]).in_review == ["jam.md"]
    change(folder / "toner.md", "Text", "Words")
    if force:
        report = export(folder, prune=True, force=True)
        assert (report.waiting, report.unknown, report.removed) == (["jam.md"], ["toner.md"], [])
    else:
        with pytest.raises(ExportError, match=r"never loaded \(toner\.md\)"):
            export(folder, prune=True)
    assert "Words" in (folder / "toner.md").read_text()
    change(folder / "toner.md", "Words", "Text")
    report = export(folder, prune=True)
    assert (report.waiting, report.removed) == (["jam.md"], ["toner.md"])


# Every kind of file


def test_contacts_images_and_side_files_have_the_same_rule(folder: Path, ada: User, settings: Settings) -> None:
    settings.CONTENT_DIR = folder
    (folder / "contacts").mkdir()
    desk = folder / "contacts" / "desk.md"
    desk.write_text("---\nname: Desk\n---\nAsk.\n\nCall.\n\nWrite.\n")
    (folder / "jam.md").write_text(TEXT)
    (folder / "synonyms.txt").write_text("mail, post\n")
    load.load([folder])
    contact = Contact.objects.get()
    kept = contacts.change(contact, Writing(contact.text.replace("Ask", "Do ask"), ada), contact.digest)
    assert isinstance(kept, Contact)
    image = store.upload(Guide.objects.get(), "queue.png", picture(), ada)
    upkeep.rename(Guide.objects.get(), "paper")
    assert export(folder).written == ["contacts/desk.md", "addresses.yml", image.source]
    change(desk, "Do ask", "Do always ask")
    (folder / image.source).write_bytes(picture(9))
    report = load.load([folder])
    assert (report.changed, report.in_review, report.failed) == (["contacts/desk.md"], [], [])
    assert export(folder).written == []
    for source, data in (
        ("synonyms.txt", b"mail, post\nsheet, paper\n"),
        ("addresses.yml", b"jam.md:\n  address: paper\n  former: [jam, jams]\n"),
        (image.source, picture(5)),
        ("contacts/desk.md", b"---\nname: Desk\n---\nNever loaded.\n"),
    ):
        there = (folder / source).read_bytes()
        (folder / source).write_bytes(data)
        with pytest.raises(ExportError, match=source):
            export(folder)
        assert (folder / source).read_bytes() == data
        (folder / source).write_bytes(there)


def test_a_contact_whose_file_waits_is_left(folder: Path, ada: User) -> None:
    (folder / "contacts").mkdir()
    desk = folder / "contacts" / "desk.md"
    desk.write_text("---\nname: Desk\n---\nAsk.\n")
    load.load([folder])
    contact = Contact.objects.get()
    contacts.change(contact, Writing(contact.text.replace("Ask", "Do ask"), ada), contact.digest)
    change(desk, "Ask", "Call")
    load.load([folder])
    assert export(folder).waiting == ["contacts/desk.md"]
    assert "Call" in desk.read_text()
    found = contact_publishing.waiting(contact)
    assert found
    contact_publishing.set_aside(found)
    assert export(folder).written == ["contacts/desk.md"]


def test_what_a_contact_s_file_said_twice_before_anybody_looked_is_merged_whole(folder: Path, ada: User) -> None:
    (folder / "contacts").mkdir()
    desk = folder / "contacts" / "desk.md"
    desk.write_text("---\nname: Desk\n---\nAsk.\n\nCall.\n\nWrite.\n")
    load.load([folder])
    contact = Contact.objects.get()
    contacts.change(contact, Writing(contact.text.replace("Ask", "Do ask"), ada), contact.digest)
    for old, new in (("Call", "Do call"), ("Write", "Do write")):
        change(desk, old, new)
        load.load([folder])
    found = contact_publishing.waiting(Contact.objects.get())
    assert found
    assert contacts.merged_with_file(found).text.endswith("Do ask.\n\nDo call.\n\nDo write.\n")


def test_the_image_of_somebody_who_left_is_written_and_not_taken_for_deleted(folder: Path) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    bob = person("bob")
    image = store.upload(Guide.objects.get(), "queue.png", picture(), bob)
    bob.delete()
    assert load.load([folder], prune=True).retired == []
    assert export(folder).written == [image.source]


# Crashes, copies, moves


def test_an_export_that_was_killed_before_it_noted_what_it_wrote_does_no_harm(folder: Path, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    guide = Guide.objects.get()
    edited(guide, ada, "flap", "lid")
    killed_export(folder)
    assert "lid" in (folder / "jam.md").read_text()
    edited(guide, ada, "(always)", "(often)")
    assert load.load([folder]).in_review == []
    assert export(folder).written == ["jam.md"]
    edited(guide, ada, "sheet", "paper")
    killed_export(folder)
    change(folder / "jam.md", "# Paper jam", "# Paper jams")
    assert load.load([folder]).changed == ["jam.md"]
    edited(guide, ada, "out", "away")
    killed_export(folder)
    edited(guide, ada, "away", "off")
    assert export(folder).written == ["jam.md"]


def test_an_export_to_another_folder_leaves_the_loaded_one_as_it_is_known(
    folder: Path, tmp_path: Path, ada: User
) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    edited(Guide.objects.get(), ada, "flap", "lid")
    assert export(copy).written == ["jam.md"]
    report = load.load([folder])
    assert (report.unchanged, report.in_review) == (["jam.md"], [])
    change(folder / "jam.md", "flap", "door")
    assert load.load([folder]).in_review == ["jam.md"]
    (copy / "jam.md").write_text(TEXT)  # as `git revert` does there
    with pytest.raises(ExportError, match=f"Bring it into {folder} and load it there first"):
        export(copy)
    (copy / "jam.md").write_text(TEXT.replace("flap", "door"))
    assert export(copy).waiting == ["jam.md"]


def test_what_came_over_another_checkout_with_an_edit_of_another_line_is_published(
    folder: Path, tmp_path: Path, ada: User
) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    edited(Guide.objects.get(), ada, "flap", "lid")
    export(tmp_path / "copy")
    change(tmp_path / "copy" / "jam.md", "(always)", "(often)")
    shutil.copy(tmp_path / "copy" / "jam.md", folder)
    report = load.load([folder])
    assert (report.changed, report.in_review) == (["jam.md"], [])


def test_a_checkout_that_takes_the_place_of_the_loaded_folder_has_what_was_exported_for_its_base(
    folder: Path, tmp_path: Path, ada: User
) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    edited(Guide.objects.get(), ada, "flap", "lid")
    export(tmp_path / "copy")
    shutil.rmtree(folder)
    change(tmp_path / "copy" / "jam.md", "lid", "lids")
    report = load.load([tmp_path / "copy"])
    assert (report.changed, report.new, report.in_review) == (["jam.md"], [], [])
    assert export(tmp_path / "copy").unchanged == ["jam.md"]


def test_a_retired_guide_stays_retired_when_its_file_is_renamed(folder: Path, ada: User) -> None:
    for name in ("jam", "toner"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nText.\n")
    load.load([folder])
    for guide in Guide.objects.all():
        retiring.retire([guide], by=ada)
    (folder / "jam.md").rename(folder / "paper.md")
    (folder / "toner.md").unlink()
    (folder / "ink.md").write_text("# toner\n\nOther text.\n")
    report = load.load([folder])
    assert (report.new, report.in_review) == ([], ["ink.md"])
    assert list(Guide.objects.order_by("source").values_list("source", "state", "file_gone")) == [
        ("ink.md", "retired", False),
        ("paper.md", "retired", False),
    ]
    report = export(folder, prune=True)
    assert (report.removed, report.waiting) == (["paper.md"], ["ink.md"])


def both_changed(folder: Path, by: User) -> Guide:
    """A guide that says 'lid' in the browser and 'door' in its file, which was loaded."""
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    guide = Guide.objects.get()
    edited(guide, by, "flap", "lid")
    change(folder / "jam.md", "flap", "door")
    assert load.load([folder]).in_review == ["jam.md"]
    return guide


def exported(folder: Path) -> str:
    """What an export says that leaves files as they are."""
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("export_guides", str(folder), stdout=StringIO(), stderr=said)
    assert end.value.code == 1
    return said.getvalue()


def killed_export(folder: Path) -> None:
    """Write the files, and note nothing of it."""
    with transaction.atomic():
        export(folder)
        transaction.set_rollback(True)
