"""From a first draft to readers and back through history: nothing that was typed is lost on any way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from kb.editorial import approval, checking, drafts, reviews, standing, upkeep
from kb.editorial.decisions import Conflict, Current, NotPossible, Published, Refused
from kb.library import publication, retiring
from kb.models import Guide, Review, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, person, proposal, published

pytestmark = pytest.mark.django_db
State = Revision.State


def shown(guide: Guide) -> list[Revision]:
    """What was proposed or published of a guide, the newest first."""
    return list(guide.revisions.exclude(state=State.DRAFT).order_by("-number"))


def test_a_new_guide_is_seen_by_nobody_until_it_is_approved(ada: User, eve: User, client: Client) -> None:
    guide = drafts.start_guide(ada, TEXT)
    assert (guide.slug, guide.title, guide.state) == ("paper-jam", "Paper jam", "draft")
    first = drafts.draft_of(guide, ada)
    assert first
    assert first.text == TEXT
    assert client.get("/guides/paper-jam/").status_code == 404
    proposed = drafts.propose(first, "The new printer jams")
    assert client.get("/guides/paper-jam/").status_code == 404
    outcome = approval.approve(proposed, eve, "Good")
    assert isinstance(outcome, Published)
    assert "Pull the sheet out" in client.get("/guides/paper-jam/").content.decode()
    proposed.refresh_from_db()
    assert proposed.state == State.PUBLISHED
    assert proposed.published_at
    assert proposed.author_name == "ada"
    assert proposed.comment == "The new printer jams"
    assert [(r.verdict, r.reviewer_name) for r in proposed.reviews.all()] == [("approved", "eve")]


def test_a_published_guide_is_found_by_search_and_makes_kept_pages_new(ada: User, client: Client, token: str) -> None:
    published(ada)
    assert publication.current() != token
    assert "Paper jam" in client.get("/search/?q=printer+stops").content.decode()


def test_a_guide_that_asks_nothing_is_published_without_a_look_through_all_others(ada: User) -> None:
    published(ada, TEXT, "other")
    with CaptureQueriesContext(connection) as asked:
        published(ada, TEXT, "one-more")
    of_all = [query["sql"] for query in asked if 'FROM "kb_guide"' in query["sql"] and '"kb_problem"' in query["sql"]]
    assert not of_all


def test_two_guides_of_one_title_have_two_addresses_and_paths(ada: User) -> None:
    first, second = drafts.start_guide(ada, TEXT), drafts.start_guide(ada, TEXT)
    assert first.slug != second.slug
    assert first.source != second.source


def test_a_guide_lies_in_the_folder_of_its_category(ada: User) -> None:
    guide = drafts.start_guide(ada, "---\ncategory: Office/Printers\n---\n" + TEXT)
    assert guide.source == "office/printers/paper-jam.md"


def test_the_published_page_stays_as_it_is_until_approval(
    ada: User, eve: User, client: Client, publish_once: PublishGuide
) -> None:
    guide = publish_once(ada)
    edited = proposal(guide, ada, TEXT.replace("flap", "lid"))
    assert "flap" in client.get("/guides/paper-jam/").content.decode()
    assert isinstance(approval.approve(edited, eve), Published)
    assert "lid" in client.get("/guides/paper-jam/").content.decode()
    assert [r.state for r in shown(guide)] == [State.PUBLISHED, State.SUPERSEDED]


def test_a_draft_is_saved_in_place(ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    for saved in range(1, 6):
        kept = drafts.save_draft(guide, ada, TEXT + "x" * saved, None, saved)
        assert isinstance(kept, Revision)
        assert kept.saved == saved + 1
    assert guide.revisions.count() == 1


def test_the_title_of_a_guide_that_nobody_saw_yet_follows_its_draft(ada: User) -> None:
    guide = drafts.start_guide(ada, "")
    assert guide.title == "Untitled"
    drafts.save_draft(guide, ada, "# Blue screen\n", None, 1)
    guide.refresh_from_db()
    assert guide.title == "Blue screen"


def test_two_windows_of_one_author_lose_nothing(ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    here = drafts.save_draft(guide, ada, TEXT + "\nfrom here\n", None, 1)
    there = drafts.save_draft(guide, ada, TEXT + "\nfrom there\n", None, 1)
    assert isinstance(here, Revision)
    assert isinstance(there, Conflict)
    assert there.theirs == here
    assert there.kept.text == TEXT + "\nfrom there\n"
    assert there.kept.aside
    assert not there.merge.clean
    again = drafts.save_draft(guide, ada, TEXT + "\nfrom there, on\n", None, there.kept.saved, into=there.kept)
    assert isinstance(again, Revision)
    assert (again.pk, again.text) == (there.kept.pk, TEXT + "\nfrom there, on\n")
    drafts.take_up(again)
    assert drafts.draft_of(guide, ada) == again
    here.refresh_from_db()
    assert (here.state, here.aside) == (State.DRAFT, True)


def test_the_same_text_from_a_stale_window_is_no_conflict(ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    drafts.save_draft(guide, ada, TEXT + "more\n", None, 1)
    assert isinstance(drafts.save_draft(guide, ada, TEXT + "more\n", None, 1), Revision)
    assert guide.revisions.count() == 1


def test_saving_on_leaving_after_proposing_makes_no_ghost(ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    first = drafts.draft_of(guide, ada)
    assert first
    drafts.propose(first)
    left = drafts.save_draft(guide, ada, TEXT, None, 1)
    assert left == first
    assert guide.revisions.count() == 1


def test_what_is_typed_after_another_window_proposed_is_a_new_draft(ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    first = drafts.draft_of(guide, ada)
    assert first
    drafts.propose(first)
    kept = drafts.save_draft(guide, ada, TEXT + "more\n", None, 1)
    assert isinstance(kept, Revision)
    assert kept.pk != first.pk
    first.refresh_from_db()
    assert (first.text, first.state) == (TEXT, State.IN_REVIEW)


def test_a_draft_that_was_saved_again_is_not_proposed_unseen(ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    seen = drafts.draft_of(guide, ada)
    assert seen
    drafts.save_draft(guide, ada, TEXT + "more\n", None, 1)
    with pytest.raises(NotPossible):
        drafts.propose(seen)


def test_a_reviewed_text_stays_when_its_author_goes_on(ada: User, eve: User, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    first = proposal(guide, ada, TEXT + "\nFirst.\n")
    reviews.comment_at_line(first, eve, 10, "Say more")
    reviews.ask_for_changes(first, eve, "Not yet")
    assert drafts.draft_of(guide, ada) == first
    second = drafts.save_draft(guide, ada, TEXT + "\nFirst, and second.\n", guide.revision, first.saved)
    assert isinstance(second, Revision)
    first.refresh_from_db()
    assert (first.state, first.text) == (State.SUPERSEDED, TEXT + "\nFirst.\n")
    assert [(c.line, c.text) for c in first.line_comments.all()] == [(10, "Say more")]
    assert first.reviews.get().verdict == Review.Verdict.CHANGES
    assert isinstance(approval.approve(drafts.propose(second), eve), Published)


def test_a_proposal_can_be_taken_back_also_beside_another_draft(ada: User, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    first = proposal(guide, ada, TEXT + "1\n")
    second = draft(guide, ada, TEXT + "2\n")
    reviews.withdraw(first)
    assert drafts.draft_of(guide, ada) == second
    assert (first.state, first.aside) == (State.DRAFT, True)


def test_what_is_set_aside_is_kept(ada: User, eve: User, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    declined = reviews.set_aside(proposal(guide, ada, TEXT + "1\n"), eve, "Not for us")
    assert (declined.state, declined.published_at) == (State.SUPERSEDED, None)
    assert declined.reviews.get().text == "Not for us"
    assert declined in shown(guide)


def test_errors_block_publication_not_the_draft(ada: User, eve: User) -> None:
    guide = drafts.start_guide(ada, "---\nreview_by: soon\n---\n# A\n")
    first = drafts.draft_of(guide, ada)
    assert first
    outcome = approval.approve(drafts.propose(first), eve)
    assert isinstance(outcome, Refused)
    assert [finding.line for finding in outcome.findings] == [2]
    first.refresh_from_db()
    guide.refresh_from_db()
    assert (first.state, guide.state) == (State.IN_REVIEW, "draft")


def test_an_answer_that_leads_nowhere_blocks_publication(ada: User, eve: User, publish_once: PublishGuide) -> None:
    text = TEXT + "\n## Questions\n\n- Is it on?\n  - Yes: [the jam](#nowhere)\n  - No: [the switch](switch.md)\n"
    outcome = approval.approve(proposal(publish_once(ada), ada, text), eve)
    assert isinstance(outcome, Refused)


def test_only_one_of_two_reviewers_approves(ada: User, eve: User, publish_once: PublishGuide) -> None:
    proposed = proposal(publish_once(ada), ada, TEXT + "1\n")
    approval.approve(proposed, eve)
    with pytest.raises(NotPossible):
        approval.approve(Revision.objects.get(pk=proposed.pk), eve)
    with pytest.raises(NotPossible):
        reviews.ask_for_changes(proposed, eve, "Too late")


def test_a_reviewer_edits_and_approves(ada: User, eve: User, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    proposed = proposal(guide, ada, TEXT + "\nA eror.\n")
    outcome = approval.edit_and_approve(proposed, eve, TEXT + "\nAn error.\n", "Spelling")
    assert isinstance(outcome, Published)
    assert outcome.revision.author == eve
    assert outcome.revision.based_on == proposed
    proposed.refresh_from_db()
    assert (proposed.state, proposed.text) == (State.SUPERSEDED, TEXT + "\nA eror.\n")


def test_a_former_text_can_be_restored(ada: User, eve: User, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    old = guide.revision
    assert old
    approval.approve(proposal(guide, ada, TEXT + "more\n"), eve)
    restored = drafts.restore(guide, old, eve)
    outcome = approval.approve(restored, eve)
    assert isinstance(outcome, Published)
    assert outcome.revision.text == TEXT
    assert [r.number for r in shown(guide)] == [3, 2, 1]
    with pytest.raises(NotPossible):
        drafts.restore(guide, old, eve)


def test_a_retired_guide_can_be_brought_back(ada: User, eve: User, client: Client, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    retiring.retire([guide], by=eve, comment="The printer is gone")
    guide.refresh_from_db()
    assert (guide.state, guide.retired_by_name, guide.retired_comment) == ("retired", "eve", "The printer is gone")
    assert client.get("/guides/paper-jam/").status_code == 404
    assert "Paper jam" not in client.get("/search/?q=printer+stops").content.decode()
    back = upkeep.bring_back(guide)
    assert isinstance(back, Guide)
    assert client.get("/guides/paper-jam/").status_code == 200
    assert "Paper jam" in client.get("/search/?q=printer+stops").content.decode()
    assert back.retired_at is None
    with pytest.raises(NotPossible):
        upkeep.bring_back(guide)


def test_deleting_a_person_deletes_no_text(ada: User, eve: User, publish_once: PublishGuide) -> None:
    guide = publish_once(ada)
    draft(guide, ada, TEXT + "1\n")
    remark = reviews.remark(proposal(guide, eve, TEXT + "2\n"), eve, "Mine")
    comment = reviews.comment_at_line(remark.revision, eve, 1, "Here")
    texts = sorted(Revision.objects.values_list("text", flat=True))
    ada.delete()
    eve.delete()
    assert sorted(Revision.objects.values_list("text", flat=True)) == texts
    assert set(Revision.objects.values_list("author", "author_name")) == {(None, "ada"), (None, "eve")}
    remark.refresh_from_db()
    comment.refresh_from_db()
    assert (remark.reviewer_name, comment.author_name, comment.text) == ("eve", "eve", "Here")


def test_a_comment_stands_at_a_line_until_it_is_settled(ada: User, eve: User, publish_once: PublishGuide) -> None:
    proposed = proposal(publish_once(ada), ada, TEXT + "1\n")
    comment = reviews.comment_at_line(proposed, eve, 999, "Why?")
    assert comment.line == len((TEXT + "1\n").splitlines())
    reviews.settle_comment(comment, ada)
    assert (comment.is_settled, comment.settled_by_name) == (True, "ada")


def test_still_right_moves_the_date_of_review_and_nothing_else(ada: User, eve: User, settings: Settings) -> None:
    settings.REVIEW_DAYS = 30
    text = "---\ntitle:   Paper jam   # short\nreview_by: 2020-01-01 # each year\nowner: ada\n---\n" + TEXT
    guide = published(ada, text)
    changed_at = guide.updated_at
    outcome = upkeep.confirm(guide, eve)
    assert isinstance(outcome, Published)
    due = timezone.localdate() + dt.timedelta(days=30)
    assert outcome.revision.text == text.replace("2020-01-01", due.isoformat())
    guide.refresh_from_db()
    assert (guide.review_by, guide.checked_by_name, guide.updated_at) == (due, "eve", changed_at)
    assert guide.checked_at
    again = upkeep.confirm(guide, eve)
    assert isinstance(again, Published)
    assert again.revision == outcome.revision


def test_still_right_works_without_front_matter(ada: User, eve: User, publish_once: PublishGuide) -> None:
    outcome = upkeep.confirm(publish_once(ada), eve)
    assert isinstance(outcome, Published)
    assert outcome.revision.text.endswith("---\n\n" + TEXT)


def test_a_check_shows_the_page_and_what_is_wrong_with_it(ada: User, publish_once: PublishGuide) -> None:
    publish_once(ada)
    guide = drafts.start_guide(ada, "# Toner\n\nSee [jams](paper-jam.md) and [none](none.md).\n")
    found = checking.check(guide, "# Toner\n\nSee [jams](paper-jam.md) and [none](none.md).\n\n#\n")
    assert found.document
    assert 'href="/guides/paper-jam/"' in found.document.html
    assert any(finding.line == 5 for finding in found.findings)
    assert checking.check(guide, "---\nnever closed\n").document is None


def test_guides_written_in_the_browser_link_to_each_other(ada: User, eve: User, client: Client) -> None:
    published(ada, "# Toner\n\nSee [jams](paper-jam.md).\n")
    assert "/guides/paper-jam/" not in client.get("/guides/toner/").content.decode()
    jam = published(ada)
    assert 'href="/guides/paper-jam/"' in client.get("/guides/toner/").content.decode()
    assert list(jam.linked_from.values_list("guide__slug", flat=True)) == ["toner"]


def test_a_guide_for_staff_is_no_link_for_everyone(
    ada: User, eve: User, client: Client, publish_once: PublishGuide
) -> None:
    jam = publish_once(ada)
    published(ada, "# Toner\n\nSee [jams](paper-jam.md).\n")
    assert 'href="/guides/paper-jam/"' in client.get("/guides/toner/").content.decode()
    approval.approve(proposal(jam, ada, "---\naudience: staff\n---\n" + TEXT), eve)
    assert "/guides/paper-jam/" not in client.get("/guides/toner/").content.decode()


def test_an_answer_leads_to_a_guide_written_in_the_browser(ada: User, eve: User, publish_once: PublishGuide) -> None:
    publish_once(ada)
    text = "# Start\n\n## Questions\n\n- Does it print?\n  - No: [Jam](paper-jam.md)\n  - Yes: [Jam](paper-jam.md)\n"
    guide = published(ada, text)
    assert guide.questions[0]["branches"][0]["then"] == {"problem": ["paper-jam", ""]}


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_a_form_changes_only_the_lines_that_were_changed(ada: User, ending: str) -> None:
    text = TEXT.replace("\n", ending)
    guide = drafts.start_guide(ada, TEXT)
    Revision.objects.filter(guide=guide).update(text=text)
    sent = TEXT.replace("flap", "lid").replace("\n", "\r\n")
    kept = drafts.save_draft(guide, ada, sent, None, 1)
    assert isinstance(kept, Revision)
    assert kept.text == text.replace("flap", "lid")


def test_standing_says_that_all_is_well(ada: User, publish_once: PublishGuide) -> None:
    assert isinstance(standing.standing_of(draft(publish_once(ada), ada, TEXT + "1\n")), Current)


def test_what_no_database_keeps_is_left_out_and_what_is_too_large_refused(ada: User) -> None:
    guide = drafts.start_guide(ada, "# A\0B\ud800\n")
    kept = drafts.draft_of(guide, ada)
    assert kept
    assert kept.text == "# AB?\n"
    with pytest.raises(NotPossible):
        drafts.save_draft(guide, ada, "x" * 2_000_001, None, 1)


def test_a_text_is_told_of_links_and_images_that_lead_nowhere() -> None:
    eve = person("eve", "editors")
    published(eve, "# Toner\n\nIt is empty.\n", "toner")
    guide = published(eve, TEXT, "jam")
    there = "[T](toner.md) [T](toner) [J](#paper-jam) [W](https://example.com/) [G](/guides/toner/)\n"
    text = f"{TEXT}\n{there}\nSee [this](nowhere.md#x) and ![that](images/none.png).\n"
    found = [finding for finding in checking.check(guide, text).findings if finding.line == len(text.splitlines())]
    assert [finding.message for finding in found] == [
        "The link to 'nowhere.md' leads nowhere: there is no such guide or contact.",
        "The image 'images/none.png' is not here: upload it, or mend its path.",
    ]
    assert len(checking.check(guide, text).findings) == len(checking.check(guide, TEXT).findings) + 2
