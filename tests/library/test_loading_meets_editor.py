"""Files and the editor change the same guides: what both changed goes to review, and neither overwrites the other."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from kb.content.workers import ReadRequest, ReadResult
from kb.editorial import approval, standing
from kb.editorial.decisions import Conflict, Outdated, Published
from kb.library import retiring
from kb.library.folders import folder_load, load
from kb.models import Guide, Revision
from tests.support.studio import TEXT, person, proposal, published

pytestmark = pytest.mark.django_db
State = Revision.State


@pytest.fixture
def ada() -> User:
    return person("ada", "editors")


@pytest.fixture
def jam(folder: Path, ada: User) -> Guide:
    """A guide that was loaded from a file and edited in the browser since."""
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    guide = Guide.objects.get()
    outcome = approval.approve(proposal(guide, ada, TEXT.replace("flap", "lid")), ada)
    assert isinstance(outcome, Published)
    return outcome.guide


def _in_review() -> list[Revision]:
    return list(Revision.objects.filter(state=State.IN_REVIEW))


def test_a_file_that_is_unchanged_leaves_what_was_edited(folder: Path, jam: Guide, client: Client) -> None:
    report = load.load([folder])
    assert (report.unchanged, report.changed, report.in_review) == (["jam.md"], [], [])
    assert "lid" in client.get("/guides/jam/").content.decode()


def test_a_file_that_changed_as_well_goes_to_review(folder: Path, jam: Guide, ada: User, client: Client) -> None:
    (folder / "jam.md").write_text(TEXT.replace("(always)", "(often)"))
    out = io.StringIO()
    call_command("load_guides", str(folder), stdout=out)
    assert "1 in review because it was edited in the browser (jam.md)" in out.getvalue()
    assert "lid" in client.get("/guides/jam/").content.decode()
    (waiting,) = _in_review()
    assert (waiting.from_file, waiting.author, waiting.text) == (True, None, TEXT.replace("(always)", "(often)"))
    assert waiting.based_on
    assert waiting.based_on.text == TEXT
    outcome = approval.approve(waiting, ada)
    assert isinstance(outcome, Outdated)
    assert outcome.merged == TEXT.replace("(always)", "(often)").replace("flap", "lid")


def test_what_both_changed_in_other_words_is_a_conflict(folder: Path, jam: Guide, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT.replace("flap", "door"))
    load.load([folder])
    assert isinstance(approval.approve(_in_review()[0], ada), Conflict)


def test_loading_the_same_change_twice_makes_one_revision(folder: Path, jam: Guide) -> None:
    (folder / "jam.md").write_text(TEXT.replace("flap", "door"))
    load.load([folder])
    report = load.load([folder])
    assert (len(_in_review()), report.in_review, report.unchanged) == (1, [], ["jam.md"])


def test_the_next_change_of_the_file_takes_the_place_of_the_last(folder: Path, jam: Guide) -> None:
    for word in ("door", "gate"):
        (folder / "jam.md").write_text(TEXT.replace("flap", word))
        load.load([folder])
    (waiting,) = _in_review()
    assert "gate" in waiting.text
    assert waiting.based_on
    assert waiting.based_on.state == State.SUPERSEDED


def test_what_was_merged_once_is_not_merged_again(folder: Path, jam: Guide, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT.replace("flap", "door"))
    load.load([folder])
    conflict = approval.approve(_in_review()[0], ada)
    assert isinstance(conflict, Conflict)
    merged = TEXT.replace("flap", "lid or door")
    approval.edit_and_approve(conflict.kept, ada, merged, merged_with=conflict.theirs)
    (folder / "jam.md").write_text(TEXT.replace("flap", "door").replace("(always)", "(often)"))
    load.load([folder])
    outcome = approval.approve(_in_review()[0], ada)
    assert isinstance(outcome, Outdated)
    assert outcome.merged == merged.replace("(always)", "(often)")


def test_a_file_that_says_what_is_published_ends_the_matter(folder: Path, jam: Guide, client: Client) -> None:
    (folder / "jam.md").write_text(TEXT.replace("flap", "door"))
    load.load([folder])
    (folder / "jam.md").write_text(TEXT.replace("flap", "lid"))
    assert load.load([folder]).unchanged == ["jam.md"]
    assert not _in_review()
    jam.refresh_from_db()
    assert jam.loaded == jam.revision
    (folder / "jam.md").write_text(TEXT.replace("flap", "gate"))
    assert load.load([folder]).changed == ["jam.md"]
    assert "gate" in client.get("/guides/jam/").content.decode()


def test_a_dry_run_says_so_and_writes_nothing(folder: Path, jam: Guide) -> None:
    (folder / "jam.md").write_text(TEXT.replace("flap", "door"))
    assert load.load([folder], dry_run=True).in_review == ["jam.md"]
    assert not _in_review()


def test_a_renamed_file_takes_its_edited_guide_along(folder: Path, jam: Guide, client: Client) -> None:
    (folder / "jam.md").rename(folder / "paper.md")
    load.load([folder])
    assert "lid" in client.get("/guides/paper/").content.decode()
    assert client.get("/guides/jam/").status_code == 301
    assert (Guide.objects.count(), len(_in_review())) == (1, 0)


def test_a_file_renamed_and_changed_takes_its_edited_guide_along(folder: Path, jam: Guide, client: Client) -> None:
    (folder / "jam.md").unlink()
    (folder / "paper.md").write_text(TEXT.replace("(always)", "(often)"))
    load.load([folder])
    assert "lid" in client.get("/guides/paper/").content.decode()
    assert [revision.text for revision in _in_review()] == [TEXT.replace("(always)", "(often)")]
    assert load.load([folder]).unchanged == ["paper.md"]


def test_a_guide_that_was_only_written_in_the_browser_misses_no_file(
    ada: User, folder: Path, settings: Settings
) -> None:
    settings.CONTENT_DIR = folder
    (folder / "other.md").write_text("# Other\n\nText.\n")
    guide = published(ada)
    report = load.load([folder], prune=True)
    assert (report.missing, report.retired, report.failed) == ([], [], [])
    guide.refresh_from_db()
    assert guide.state == "published"


def test_a_file_may_link_to_what_was_written_in_the_browser(
    ada: User, folder: Path, settings: Settings, client: Client
) -> None:
    settings.CONTENT_DIR = folder
    (folder / "other.md").write_text("# Other\n\nSee [jams](paper-jam.md).\n")
    load.load([folder])
    published(ada)
    assert 'href="/guides/paper-jam/"' in client.get("/guides/other/").content.decode()


def test_a_first_file_at_the_path_of_a_browser_guide_overwrites_nothing(
    ada: User, folder: Path, settings: Settings
) -> None:
    settings.CONTENT_DIR = folder
    guide = published(ada)
    (folder / guide.source).write_text(TEXT)
    assert load.load([folder]).unchanged == [guide.source]
    guide.refresh_from_db()
    assert guide.loaded == guide.revision
    other = published(ada, "# Toner\n\nEmpty.\n")
    (folder / other.source).write_text("# Toner\n\nFull.\n")
    assert load.load([folder]).in_review == [other.source]


def test_what_a_person_retired_stays_so_when_its_file_is_loaded(folder: Path, jam: Guide, ada: User) -> None:
    retiring.retire([jam], by=ada)
    load.load([folder])
    jam.refresh_from_db()
    assert jam.state == "retired"
    (folder / "jam.md").write_text(TEXT + "New.\n")
    assert load.load([folder]).in_review == ["jam.md"]


def test_what_lost_its_file_comes_back_with_it_as_it_was_edited(folder: Path, jam: Guide, client: Client) -> None:
    (folder / "jam.md").unlink()
    assert load.load([folder], prune=True).retired == ["jam.md"]
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    assert "lid" in client.get("/guides/jam/").content.decode()


def test_what_was_edited_is_rendered_again_by_another_version(folder: Path, jam: Guide, client: Client) -> None:
    Guide.objects.update(read_with="another", html="old")
    load.load([folder])
    assert "lid" in client.get("/guides/jam/").content.decode()


def test_a_bad_file_of_an_edited_guide_is_an_error_with_its_line(folder: Path, jam: Guide) -> None:
    (folder / "jam.md").write_bytes(b"# A\n\nB\xff\n")
    assert [str(refusal).split(": ")[0] for refusal in load.load([folder]).failed] == ["jam.md:3"]
    assert not _in_review()


def test_a_publication_in_the_browser_while_files_are_read_is_not_overwritten(
    folder: Path, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    guide = Guide.objects.get()
    (folder / "jam.md").write_text(TEXT.replace("flap", "door"))
    read = folder_load.read_many

    def meanwhile(requests: Iterable[ReadRequest]) -> list[ReadResult]:
        found = list(read(requests))
        if found:
            approval.approve(proposal(guide, ada, TEXT.replace("flap", "lid")), ada)
        return found

    monkeypatch.setattr(folder_load, "read_many", meanwhile)
    report = load.load([folder])
    assert (report.changed, report.in_review) == ([], ["jam.md"])
    guide.refresh_from_db()
    assert guide.revision
    assert "lid" in guide.revision.text
    assert "door" in _in_review()[0].text


def test_a_draft_outlives_a_change_of_its_file(folder: Path, ada: User) -> None:
    (folder / "jam.md").write_text(TEXT)
    load.load([folder])
    guide = Guide.objects.get()
    mine = proposal(guide, ada, TEXT.replace("flap", "lid"))
    (folder / "jam.md").write_text(TEXT.replace("(always)", "(often)"))
    assert load.load([folder]).changed == ["jam.md"]
    assert isinstance(approval.approve(mine, ada), Outdated)
    assert isinstance(standing.standing_of(mine), Outdated)
