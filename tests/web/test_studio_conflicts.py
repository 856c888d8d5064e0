"""Two texts that do not know each other: merged where they can be, shown side by side, and never lost."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from kb.content.merging import left_marks
from kb.editorial import approval, drafts
from kb.editorial.decisions import Conflict
from kb.models import Guide, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, proposal, signed_in

pytestmark = pytest.mark.django_db
State = Revision.State
THEIRS = TEXT.replace("Open the flap", "Open the door")
MINE = TEXT.replace("Open the flap", "Open the lid")
ELSEWHERE = TEXT.replace("stops", "halts")


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


def form(text: str, theirs: Revision, mine: Revision, **more: str) -> dict[str, str]:
    return {"text": text, "theirs": str(theirs.number), "saved": str(mine.saved), **more}


def test_what_merges_cleanly_is_offered_and_taken_in_one_click(ada: User, eve: User, guide: Guide) -> None:
    mine = draft(guide, ada, MINE)
    theirs = publish(guide, eve, ELSEWHERE)
    writer = signed_in(ada)
    page = writer.get("/write/guides/jam/conflict/2/").content.decode()
    assert "merged without a conflict" in page
    assert "<ins>lid</ins>" in page
    merged = MINE.replace("stops", "halts")
    assert merged in page.replace("&lt;", "<")
    answer = writer.post("/write/guides/jam/conflict/2/merge/", form(merged, theirs, mine))
    assert answer.headers["Location"] == "/write/guides/jam/"
    kept = drafts.draft_of(guide, ada)
    assert kept
    assert (kept.text, kept.based_on_id, kept.merges_id) == (merged, theirs.pk, mine.based_on_id)


def test_an_editor_publishes_a_merged_proposal(ada: User, eve: User, guide: Guide) -> None:
    mine = proposal(guide, ada, MINE)
    theirs = publish(guide, eve, ELSEWHERE)
    merged = MINE.replace("stops", "halts")
    editor = signed_in(eve)
    answer = editor.post("/write/guides/jam/conflict/2/merge/", form(merged, theirs, mine, do="publish"), follow=True)
    assert "Published" in answer.content.decode()
    assert readers_see() == merged


def test_a_writer_may_not_publish_a_merged_proposal(ada: User, eve: User, guide: Guide) -> None:
    mine = proposal(guide, ada, MINE)
    theirs = publish(guide, eve, ELSEWHERE)
    signed_in(ada).post("/write/guides/jam/conflict/2/merge/", form(MINE, theirs, mine, do="publish"))
    assert readers_see() == ELSEWHERE
    kept = drafts.draft_of(guide, ada)
    assert kept
    assert (kept.text, kept.based_on_id) == (MINE, theirs.pk) or kept.based_on_id


def test_lines_that_both_changed_are_shown_side_by_side(ada: User, eve: User, guide: Guide) -> None:
    mine = draft(guide, ada, MINE)
    theirs = publish(guide, eve, THEIRS)
    writer = signed_in(ada)
    page = writer.get("/write/guides/jam/conflict/2/").content.decode()
    assert "Conflict 1" in page
    assert "1. Open the door" in page
    assert "1. Open the lid" in page
    assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt; published" in page
    address = "/write/guides/jam/conflict/2/merge/"
    chosen = writer.post(address, form("", theirs, mine, **{"do": "choose", "clash-0": "mine"})).content.decode()
    assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt;" not in chosen.split('id="page_text"')[1].split("</textarea>")[0]
    both = writer.post(address, form("", theirs, mine, **{"do": "choose", "clash-0": "both"})).content.decode()
    assert "1. Open the door\n1. Open the lid\n" in both
    refused = writer.post(address, form("Mine too\n<<<<<<< published\n", theirs, mine))
    assert refused.status_code == 422
    assert "Marks of the conflict are left at line 2" in refused.content.decode()
    assert "Mine too" in refused.content.decode()
    preview = writer.post(address, form(MINE, theirs, mine, do="preview"))
    assert "<ins>lid</ins>" in preview.content.decode()
    assert writer.post(address, form(MINE, theirs, mine)).headers["Location"] == "/write/guides/jam/"
    assert readers_see() == THEIRS


def test_nothing_typed_is_lost_when_yet_another_text_was_published(ada: User, eve: User, guide: Guide) -> None:
    mine = draft(guide, ada, MINE)
    theirs = publish(guide, eve, THEIRS)
    later = publish(guide, eve, TEXT.replace("Open the flap", "Open the hatch"))
    writer = signed_in(ada)
    resolved = TEXT.replace("Open the flap", "Open the lid or the door")
    answer = writer.post("/write/guides/jam/conflict/2/merge/", form(resolved, theirs, mine))
    kept = drafts.draft_of(guide, ada)
    assert kept
    assert kept.text == resolved
    assert answer.headers["Location"] == f"/write/guides/jam/conflict/{kept.number}/"
    page = writer.get(answer.headers["Location"]).content.decode()
    told = f"Revision {later.number} was published meanwhile and changed the same lines. Nothing is lost: say what is"
    assert told in page
    assert "Open the lid or the door" in page
    assert "Open the hatch" in page


def test_what_was_published_meanwhile_elsewhere_in_the_text_is_told_of_as_well(
    ada: User, eve: User, guide: Guide
) -> None:
    mine = draft(guide, ada, MINE)
    theirs = publish(guide, eve, THEIRS)
    later = publish(guide, eve, THEIRS.replace("stops", "halts"))
    answer = signed_in(ada).post("/write/guides/jam/conflict/2/merge/", form(MINE, theirs, mine), follow=True)
    told = f"Revision {later.number} was published meanwhile. Nothing is lost: look at both, merged."
    assert told in answer.content.decode()


def test_nothing_an_editor_typed_is_lost_when_yet_another_text_was_published(
    ada: User, eve: User, guide: Guide
) -> None:
    mine = proposal(guide, ada, MINE)
    theirs = publish(guide, eve, THEIRS)
    publish(guide, eve, TEXT.replace("Open the flap", "Open the hatch"))
    resolved = TEXT.replace("Open the flap", "Open the lid or the door")
    address = "/write/guides/jam/conflict/2/merge/"
    answer = signed_in(eve).post(address, form(resolved, theirs, mine, do="publish"))
    kept = Revision.objects.get(text=resolved)
    assert kept.state == State.IN_REVIEW
    assert answer.headers["Location"] == f"/write/guides/jam/conflict/{kept.number}/"
    assert "hatch" in readers_see()


@pytest.mark.parametrize("theirs", ["", "x", "999", "1"])
def test_a_form_that_does_not_say_what_it_saw_is_kept_as_a_draft(
    ada: User, eve: User, guide: Guide, theirs: str
) -> None:
    draft(guide, ada, MINE)
    publish(guide, eve, THEIRS)
    resolved = TEXT.replace("Open the flap", "Open it")
    signed_in(ada).post(
        "/write/guides/jam/conflict/2/merge/", {"text": resolved, "theirs": theirs, "saved": "1"}, follow=True
    )
    assert Revision.objects.filter(text=resolved, author=ada).exists()
    assert readers_see() == THEIRS


def test_what_is_typed_after_it_was_published_is_kept_as_a_draft(ada: User, eve: User, guide: Guide) -> None:
    mine = proposal(guide, ada, MINE)
    approval.approve(mine, eve)
    answer = signed_in(eve).post(
        "/write/guides/jam/conflict/2/merge/", {"text": THEIRS, "theirs": "1", "do": "publish"}, follow=True
    )
    assert Revision.objects.get(text=THEIRS, author=eve).state == State.DRAFT
    assert answer.status_code == 200
    assert readers_see() == MINE


def test_a_draft_saved_in_two_tabs_is_merged(ada: User, guide: Guide) -> None:
    mine = draft(guide, ada, MINE)
    other = drafts.save_draft(guide, ada, ELSEWHERE, mine.based_on, 0)
    assert isinstance(other, Conflict)
    writer = signed_in(ada)
    number = other.kept.number
    page = writer.get(f"/write/guides/jam/conflict/{number}/").content.decode()
    assert "while another page of yours saved revision 2" in page
    merged = MINE.replace("stops", "halts")
    sent = {"text": merged, "theirs": "2", "saved": str(other.kept.saved), "saved_theirs": str(mine.saved)}
    answer = writer.post(f"/write/guides/jam/conflict/{number}/merge/", sent)
    assert answer.headers["Location"] == "/write/guides/jam/"
    kept = drafts.draft_of(guide, ada)
    assert kept
    assert kept.text == merged
    assert Revision.objects.get(number=number).state == State.SUPERSEDED


@pytest.mark.parametrize(("do", "stays"), [("this", ELSEWHERE), ("other", MINE)])
def test_one_of_two_drafts_is_kept_and_the_other_is_in_the_history(
    ada: User, guide: Guide, do: str, stays: str
) -> None:
    mine = draft(guide, ada, MINE)
    other = drafts.save_draft(guide, ada, ELSEWHERE, mine.based_on, 0)
    assert isinstance(other, Conflict)
    writer = signed_in(ada)
    writer.post(f"/write/guides/jam/conflict/{other.kept.number}/keep/", {"do": do})
    kept = drafts.draft_of(guide, ada)
    assert kept
    assert kept.text == stays
    assert set(Revision.objects.values_list("text", flat=True)) == {TEXT, MINE, ELSEWHERE}
    again = writer.post(f"/write/guides/jam/conflict/{other.kept.number}/keep/", {"do": do}, follow=True)
    assert again.status_code == 200


def test_a_text_against_which_nothing_stands_leads_on(ada: User, eve: User, guide: Guide) -> None:
    draft(guide, ada, MINE)
    proposal(guide, eve, THEIRS)
    writer = signed_in(ada)
    assert writer.get("/write/guides/jam/conflict/2/").headers["Location"] == "/write/guides/jam/"
    assert writer.get("/write/guides/jam/conflict/3/").headers["Location"] == "/write/guides/jam/review/3/"
    assert writer.get("/write/guides/jam/conflict/1/").headers["Location"] == "/write/guides/jam/review/1/"


def test_a_draft_kept_aside_that_is_alone_can_be_taken_up(ada: User, guide: Guide) -> None:
    found = draft(guide, ada, MINE)
    Revision.objects.filter(pk=found.pk).update(aside=True)
    writer = signed_in(ada)
    assert "Nothing stands against it" in writer.get("/write/guides/jam/conflict/2/").content.decode()
    writer.post("/write/guides/jam/conflict/2/keep/", {"do": "this"})
    assert drafts.draft_of(guide, ada) == found


def test_marks_are_found_and_lines_of_the_texts_are_none() -> None:
    assert left_marks("a\n<<<<<<< published\nb\n=======\nc\n>>>>>>> yours\n") == [2, 4, 6]
    assert left_marks("Title\n=======\n", "Title\n=======\n") == []
    assert left_marks("> > quoted\n==\n") == []
