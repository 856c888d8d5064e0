"""Ways on which a text could be lost, or published over another one that nobody saw: each of them is closed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kb.config import timer
from kb.editorial import approval, drafts, reviews, upkeep
from kb.editorial.decisions import Conflict, NotPossible, Refused, Scheduled
from kb.library import guide_changes, publishing, retiring
from kb.library.folders import carrying_out
from kb.library.folders.library_state import LibraryState
from kb.library.folders.plan import Plan
from kb.models import Guide, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, proposal, published, signed_in

pytestmark = pytest.mark.django_db
State = Revision.State
HOUR = dt.timedelta(hours=1)
DOOR = TEXT.replace("Open the flap", "Open the door")
LID = TEXT.replace("Open the flap", "Open the lid")
HALTS = TEXT.replace("stops", "halts")


@pytest.fixture
def editor(eve: User) -> Client:
    return signed_in(eve)


@pytest.fixture
def guide(eve: User, publish_once: PublishGuide) -> Guide:
    return publish_once(eve, TEXT, "jam")


def publish(guide: Guide, by: User, text: str) -> Revision:
    guide.refresh_from_db()
    proposed = proposal(guide, by, text)
    approval.approve(proposed, by)
    guide.refresh_from_db()
    return proposed


def readers_see() -> str:
    return Revision.objects.get(published_as__slug="jam").text


def texts_of(guide: Guide) -> set[str]:
    return set(guide.revisions.values_list("text", flat=True))


def sent_by(page: str, form: str) -> dict[str, str]:
    """What the fields of a page's form (by a part of its start tag) would send."""
    inside = page[page.index(form) :].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))
    areas = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', inside, re.DOTALL))
    return {name: unescape(value) for name, value in {**fields, **areas}.items()}


# Restoring


def test_a_former_text_is_not_restored_over_one_that_was_published_since(
    editor: Client, eve: User, guide: Guide
) -> None:
    publish(guide, eve, DOOR)
    page = editor.get("/write/guides/jam/revisions/1/").content.decode()
    publish(guide, eve, LID)
    answer = editor.post("/write/guides/jam/restore/1/", {**sent_by(page, "/restore/1/"), "do": "publish"})
    assert "/conflict/4/" in answer.headers["Location"]
    assert readers_see() == LID


def test_what_was_declined_of_a_guide_that_nobody_saw_can_be_proposed_again(
    editor: Client, ada: User, eve: User
) -> None:
    guide = drafts.start_guide(ada, TEXT, "jam")
    only = drafts.draft_of(guide, ada)
    assert only
    reviews.set_aside(drafts.propose(only), eve)
    page = editor.get("/write/guides/jam/revisions/1/").content.decode()
    editor.post("/write/guides/jam/restore/1/", {**sent_by(page, "/restore/1/"), "do": "publish"})
    assert readers_see() == TEXT


# Merging


def test_a_look_at_a_merged_text_does_not_pass_over_what_was_published_since(
    editor: Client, ada: User, eve: User, guide: Guide
) -> None:
    mine = proposal(guide, ada, LID)
    publish(guide, eve, DOOR)
    address = f"/write/guides/jam/conflict/{mine.number}/"
    page = editor.get(address).content.decode()
    newest = publish(guide, eve, DOOR.replace("stops", "halts"))
    for do, text in (("preview", LID), ("draft", f"{LID}<<<<<<< \n")):
        sent = {**sent_by(page, 'id="page_merge"'), "text": text, "do": do}
        page = editor.post(f"{address}merge/", sent).content.decode()
        assert f"Revision {newest.number} was published since" in page
    answer = editor.post(f"{address}merge/", {**sent_by(page, 'id="page_merge"'), "text": LID, "do": "publish"})
    assert "/conflict/" in answer.headers["Location"]
    assert readers_see() == newest.text


def test_choices_are_put_into_what_was_typed(ada: User, eve: User, guide: Guide) -> None:
    mine = draft(guide, ada, LID)
    publish(guide, eve, DOOR)
    writer, address = signed_in(ada), f"/write/guides/jam/conflict/{mine.number}/"
    sent = sent_by(writer.get(address).content.decode(), 'id="page_merge"')
    typed = sent["text"].replace("Pull the sheet out", "Pull the sheet out slowly").replace("\n", "\r\n")
    chosen = {**sent, "text": typed, "do": "choose", "clash-0": "mine", "clash-x": "1", f"clash-{'1' * 900}": "mine"}
    page = writer.post(f"{address}merge/", chosen).content.decode()
    assert sent_by(page, 'id="page_merge"')["text"] == LID.replace("sheet out", "sheet out slowly")


# What can't be kept as it is


def test_a_form_with_an_error_takes_the_place_of_no_other_text(ada: User, guide: Guide) -> None:
    writer, address = signed_in(ada), "/write/guides/jam/"
    writer.post(address, {"text": LID, "saved": "0", "based_on": "1"})
    writer.post(address, {"text": DOOR, "saved": "1", "based_on": "1"})
    wrong = f"---\ntitle: [\n---\n{HALTS}"
    page = writer.post(
        address, {"text": wrong, "saved": "1", "based_on": "1", "title": "New", "was_title": ""}
    ).content.decode()
    writer.post(address, {**sent_by(page, 'id="page_editor"'), "text": HALTS})
    assert DOOR in texts_of(guide)
    assert HALTS in texts_of(guide)


@pytest.mark.parametrize("into", ["", "2"])
def test_a_text_that_is_too_large_takes_the_place_of_no_other_text(ada: User, guide: Guide, into: str) -> None:
    writer, address = signed_in(ada), "/write/guides/jam/"
    writer.post(address, {"text": LID, "saved": "0", "based_on": "1"})
    writer.post(address, {"text": DOOR, "saved": "1", "based_on": "1"})
    mine = drafts.draft_of(guide, ada)
    assert mine
    if into:
        Revision.objects.filter(pk=mine.pk).update(aside=True)
        other = draft(guide, ada, DOOR.replace("sheet", "paper"))
        Revision.objects.filter(pk=other.pk).update(saved=2)
    large = {"text": "x" * 2_000_001, "saved": "2" if into else "1", "based_on": "1", "into": into}
    page = writer.post(address, large)
    assert page.status_code == 400
    assert "larger than 2 MB" in page.content.decode()
    writer.post(address, {**sent_by(page.content.decode(), 'id="page_editor"'), "text": HALTS})
    found = texts_of(guide)
    assert HALTS in found
    assert (DOOR.replace("sheet", "paper") if into else DOOR) in found


@pytest.mark.slow
def test_a_large_text_of_many_alphabets_goes_through_a_form(editor: Client, ada: User, guide: Guide) -> None:
    found = proposal(guide, ada, LID)
    text = f"{LID}\n" + "\n\n".join("я" * 200 for _ in range(2_200))
    editor.post(
        f"/write/guides/jam/review/{found.number}/edit/",
        f"text={'%D1%8F'.join(text.split('я')).replace(' ', '+')}".replace("\n", "%0D%0A"),
        content_type="application/x-www-form-urlencoded",
    )
    assert text in texts_of(guide)


@pytest.mark.parametrize("way", ["take-up", "give-up"])
def test_what_is_typed_beside_another_draft_is_kept(ada: User, guide: Guide, way: str) -> None:
    draft(guide, ada, LID)
    other = drafts.save_draft(guide, ada, DOOR, guide.revision, 0)
    assert isinstance(other, Conflict)
    writer = signed_in(ada)
    form = sent_by(writer.get("/write/guides/jam/").content.decode(), 'id="page_editor"')
    sent = {**form, "number": str(other.kept.number)}
    writer.post(f"/write/guides/jam/{way}/", sent)
    assert guide.revisions.count() == 3
    writer.post("/write/guides/jam/take-up/", {**sent, "text": HALTS})
    assert HALTS in texts_of(guide)
    large = writer.post(f"/write/guides/jam/{way}/", {**sent, "text": "x" * 2_000_001})
    assert large.status_code == 400
    assert "x" * 2_000_001 in large.content.decode()


def test_a_text_that_was_wiped_out_is_kept_aside(ada: User, guide: Guide) -> None:
    first = draft(guide, ada, LID * 4)
    second = drafts.save_draft(guide, ada, DOOR * 4, guide.revision, first.saved)
    assert isinstance(second, Revision)
    drafts.save_draft(guide, ada, "", guide.revision, second.saved)
    kept = guide.revisions.get(aside=True)
    assert (kept.text, kept.author, kept.comment) == (DOOR * 4, ada, drafts.TAKEN_OUT)
    now = drafts.draft_of(guide, ada)
    assert now
    assert now.text == ""


def test_a_long_word_of_a_reviewer_is_kept_whole(editor: Client, ada: User, guide: Guide) -> None:
    found = proposal(guide, ada, LID)
    address, said = f"/write/guides/jam/review/{found.number}/", "line\r\n" * 833
    assert editor.post(f"{address}remark/", {"text": said}).status_code == 302
    editor.post(f"{address}set-aside/", {"text": "word " * 2_000})
    assert [len(review.text.strip()) for review in found.reviews.all()] == [833 * 5 - 1, 9_999]


def test_what_nobody_has_looked_at_is_not_said_to_be_right(editor: Client, eve: User, guide: Guide) -> None:
    page = editor.get("/write/guides/jam/history/").content.decode()
    publish(guide, eve, DOOR)
    answer = editor.post("/write/guides/jam/checked/", sent_by(page, "/checked/"), follow=True)
    assert "Another text was published meanwhile" in answer.content.decode()
    guide.refresh_from_db()
    assert guide.checked_at is None


def test_what_is_too_large_to_be_read_says_so(editor: Client, guide: Guide) -> None:
    answer = editor.post("/write/guides/jam/", f"text={'x' * 8_000_001}", "application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "still in the form" in answer.content.decode()


def test_nul_characters_lose_nothing(editor: Client, ada: User, guide: Guide) -> None:
    found = proposal(guide, ada, LID)
    editor.post(f"/write/guides/jam/review/{found.number}/edit/", {"text": f"{DOOR}\0", "comment": "Why\0 not"})
    assert readers_see() == DOOR
    assert guide.revisions.latest("number").comment == "Why not"


def test_a_form_that_is_sent_twice_leaves_no_draft_behind(editor: Client, eve: User, ada: User, guide: Guide) -> None:
    found = proposal(guide, ada, LID)
    for _ in range(2):
        answer = editor.post(f"/write/guides/jam/review/{found.number}/edit/", {"text": DOOR}, follow=True)
    assert readers_see() == DOOR
    assert drafts.draft_of(guide, eve) is None
    assert "this text is revision 3" in answer.content.decode()


# Who is gone, and what has moved


def test_the_draft_of_a_person_who_was_deleted_is_there_for_others(
    editor: Client, ada: User, eve: User, guide: Guide, admin_client: Client
) -> None:
    mine = draft(guide, ada, LID)
    assert editor.get(f"/write/guides/jam/revisions/{mine.number}/").status_code == 404
    answer = admin_client.post(f"/admin/auth/user/{ada.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not User.objects.filter(pk=ada.pk).exists()
    assert f"/revisions/{mine.number}/" in editor.get("/write/guides/jam/history/").content.decode()
    page = editor.get(f"/write/guides/jam/revisions/{mine.number}/").content.decode()
    editor.post(f"/write/guides/jam/restore/{mine.number}/", {**sent_by(page, "/restore/"), "do": "publish"})
    assert readers_see() == LID


@pytest.mark.parametrize("is_published", [True, False])
def test_what_is_typed_while_a_guide_is_renamed_is_kept(ada: User, eve: User, is_published: bool) -> None:
    guide = published(eve, TEXT, "jam") if is_published else drafts.start_guide(eve, TEXT, "jam")
    renamed = upkeep.rename(guide, "paper")
    assert isinstance(renamed, Guide)
    answer = signed_in(ada).post("/write/guides/jam/draft/", {"text": LID, "saved": "0", "based_on": ""})
    assert answer.json()["state"] == "saved"
    assert LID in texts_of(guide)
    assert Client().get("/guides/jam/").status_code == (301 if is_published else 404)


# Scheduled, retired, brought back


def test_what_was_retired_is_not_brought_back_by_a_clock(guide: Guide, eve: User) -> None:
    waiting = drafts.propose(draft(guide, eve, LID), "", timezone.now() + HOUR)
    assert isinstance(approval.approve(waiting, eve), Scheduled)
    retiring.retire([guide], by=eve, comment="Sold")
    (outcome,) = approval.publish_due(timezone.now() + 2 * HOUR)
    assert isinstance(outcome, Refused)
    guide.refresh_from_db()
    waiting.refresh_from_db()
    assert (guide.state, waiting.state, waiting.is_scheduled) == (Guide.State.RETIRED, State.IN_REVIEW, False)
    assert waiting.trouble.startswith("It was not published at its time. The guide was retired")
    assert (
        "Approving this text brings it back"
        in signed_in(eve).get(f"/write/guides/jam/review/{waiting.number}/").content.decode()
    )


def test_a_failure_with_one_text_keeps_no_other_from_its_time(
    guide: Guide, eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = published(eve, TEXT, "other")
    for one, text in ((guide, LID), (other, DOOR)):
        waiting = drafts.propose(draft(one, eve, text), "", timezone.now() + HOUR)
        approval.approve(waiting, eve)
    whole = publishing.publish

    def broken(parsed: publishing.ParsedGuide, row: Guide | None = None) -> Guide:
        if parsed.slug == "jam":
            raise OSError
        return whole(parsed, row)

    monkeypatch.setattr(publishing, "publish", broken)
    assert len(approval.publish_due(timezone.now() + 2 * HOUR)) == 1
    monkeypatch.undo()
    assert len(approval.publish_due(timezone.now() + 2 * HOUR)) == 1
    assert readers_see() == LID


def test_the_watch_outlives_a_folder_that_is_away(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "away"
    pauses = iter((False, False, True))
    timer.watch(lambda _seconds: next(pauses))


@pytest.mark.parametrize("change", ["time", "retired"])
def test_an_approval_does_not_pass_over_what_another_editor_decided(
    editor: Client, ada: User, eve: User, guide: Guide, change: str
) -> None:
    found = proposal(guide, ada, LID)
    address = f"/write/guides/jam/review/{found.number}/"
    form = sent_by(editor.get(address).content.decode(), f'action="{address}approve/"')
    if change == "time":
        approval.approve(drafts.schedule(found, timezone.now() + HOUR), eve)
    else:
        retiring.retire([guide], by=eve, comment="Sold")
    answer = editor.post(f"{address}approve/", {**form, "comment": "Good"})
    assert answer.status_code == 409
    assert "Meanwhile it was given another time" in answer.content.decode()
    assert "Good</textarea>" in answer.content.decode()
    assert readers_see() == TEXT


@pytest.mark.parametrize("typed", ["2031-03-30T02:30", "2031-10-26T02:30"])
def test_a_time_that_the_clocks_skip_or_repeat_is_no_time(
    editor: Client, ada: User, guide: Guide, settings: Settings, typed: str
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.deactivate()
    found = proposal(guide, ada, LID)
    answer = editor.post(f"/write/guides/jam/review/{found.number}/approve/", {"publish_at": typed, "comment": "Good"})
    assert answer.status_code == 422
    assert "does not come, or comes twice" in answer.content.decode()
    assert typed in answer.content.decode()
    mine = draft(guide, ada, DOOR)
    form = {"saved": str(mine.saved), "publish_at": typed, "comment": "Doors"}
    again = signed_in(ada).post("/write/guides/jam/propose/", form).content.decode()
    assert "does not come, or comes twice" in again
    assert "Doors</textarea>" in again


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "0001-01-01T00:00", "99999-01-01T00:00"])
def test_a_time_at_the_end_of_all_times_is_answered(editor: Client, ada: User, guide: Guide, typed: str) -> None:
    found = proposal(guide, ada, LID)
    address = f"/write/guides/jam/review/{found.number}/"
    assert editor.post(f"{address}approve/", {"publish_at": typed}).status_code in {302, 422}
    assert editor.get(address).status_code == 200
    assert readers_see() == TEXT


def test_a_time_is_kept_when_a_proposal_comes_back(editor: Client, ada: User, eve: User, guide: Guide) -> None:
    when = timezone.now() + 24 * HOUR
    found = drafts.propose(draft(guide, ada, LID), "Lids", when)
    reviews.ask_for_changes(found, eve, "Which lid?")
    page = signed_in(ada).get("/write/guides/jam/propose/").content.decode()
    assert f'value="{timezone.localtime(when).strftime("%Y-%m-%dT%H:%M")}"' in page


def test_two_editors_who_bring_back_at_once_are_told(eve: User, guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    retiring.retire([guide], by=eve, comment="Sold")

    def moved(*_: object) -> Guide:
        raise publishing.ChangedMeanwhile

    monkeypatch.setattr(publishing, "publish", moved)
    with pytest.raises(NotPossible):
        upkeep.bring_back(guide)


def test_an_approval_does_not_bring_back_what_was_retired_at_that_moment(
    ada: User, eve: User, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed = proposal(guide, ada, DOOR)
    carry_out = guide_changes.carry_out

    def retired_first(*given: Any) -> Guide:
        monkeypatch.setattr(guide_changes, "carry_out", carry_out)
        retiring.retire([Guide.objects.get()], by=eve, comment="It is wrong")
        return carry_out(*given)

    monkeypatch.setattr(guide_changes, "carry_out", retired_first)
    assert isinstance(approval.approve(proposed, eve), Refused)
    guide.refresh_from_db()
    assert guide.state == Guide.State.RETIRED
    proposed.refresh_from_db()
    assert proposed.state == State.IN_REVIEW


def test_what_is_rendered_again_for_its_links_stays_retired(
    eve: User, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = published(eve, "# Other\n\nSee [the jam](jam.md).\n", "other")
    again = carrying_out.render_again

    def retired_first(plans: Sequence[Plan], library: LibraryState) -> list[Guide]:
        retiring.mark_retired([other], by=eve)
        return again(plans, library)

    monkeypatch.setattr(carrying_out, "render_again", retired_first)
    retiring.retire([guide], by=eve)
    other.refresh_from_db()
    assert other.state == Guide.State.RETIRED
