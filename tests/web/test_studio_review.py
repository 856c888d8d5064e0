"""A proposed text is looked at, spoken of at its lines, and approved, given back, changed, scheduled or declined."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kb.editorial import approval, drafts, reviews
from kb.models import Guide, LineComment, Review, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, person, proposal, published, signed_in

pytestmark = pytest.mark.django_db
State = Revision.State
NEW = TEXT.replace("Open the flap", "Open the lid")


@pytest.fixture
def guide(ada: User, publish_once: PublishGuide) -> Guide:
    return publish_once(ada, TEXT, "jam")


@pytest.fixture
def proposed(guide: Guide, ada: User) -> Revision:
    return proposal(guide, ada, NEW)


@pytest.fixture
def editor(eve: User) -> Client:
    return signed_in(eve)


PAGE = "/write/guides/jam/review/2/"


def shown(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_what_differs_as_a_page_and_as_written(editor: Client, proposed: Revision) -> None:
    page = shown(editor)
    assert "<ins>lid</ins>" in page
    assert "<del>flap</del>" in page
    assert "unchanged" in page
    source = shown(editor, f"{PAGE}?view=source")
    assert "1. Open the <ins>lid</ins>" in source
    assert 'aria-label="Comment at line 7"' in source
    assert "The printer stops" in shown(editor, f"{PAGE}?view=all")
    assert "<ins>lid</ins>" in shown(editor, f"{PAGE}?view=nonsense&line=x")


def test_it_is_compared_with_what_readers_see_or_with_what_it_was_made_from(
    editor: Client, guide: Guide, eve: User, proposed: Revision
) -> None:
    approval.approve(proposal(guide, eve, TEXT.replace("stops", "halts")), eve)
    page = shown(editor)
    assert "Compared with revision 3, which readers see now." in page
    assert "halts" in page
    assert 'href="/write/guides/jam/conflict/2/"' in page
    base = shown(editor, f"{PAGE}?against=base")
    assert "Compared with revision 1." in base
    assert "halts" not in base


def test_a_new_guide_is_all_new(editor: Client, ada: User) -> None:
    guide = drafts.start_guide(ada, TEXT, "new")
    found = drafts.draft_of(guide, ada)
    assert found
    drafts.propose(found)
    page = shown(editor, "/write/guides/new/review/1/")
    assert "A new guide: all of it is new." in page
    assert "<ins>" in page


def test_findings_stand_at_their_lines(editor: Client, ada: User, guide: Guide) -> None:
    proposal(guide, ada, f"{NEW}\n![](x.png)\n")
    page = shown(editor)
    assert "view=all&amp;line=10#line-10" in page
    assert "This image has no description" in page


def test_links_that_it_would_break_are_listed(editor: Client, ada: User, eve: User, guide: Guide) -> None:
    long = (
        TEXT + "\n## Deep clean\n\nTake the drum out and wipe every roller with the blue cloth.\n\n## More\n\nText.\n"
    )
    approval.approve(proposal(guide, eve, long), eve)
    published(eve, "# Other\n\nFirst [clean](jam.md#deep-clean), or [read on](jam.md#more).\n", "other")
    guide.refresh_from_db()
    found = proposal(
        guide,
        ada,
        long.replace("## Deep clean\n\nTake the drum out and wipe every roller with the blue cloth.\n\n", ""),
    )
    page = shown(editor, f"/write/guides/jam/review/{found.number}/")
    assert "1 link would break" in page
    assert 'href="/write/guides/other/#line-3"' in page
    assert "jam.md#deep-clean" in page


def test_a_line_is_commented_on_and_settled(editor: Client, ada: User, proposed: Revision) -> None:
    opened = shown(editor, f"{PAGE}?view=source&line=7")
    assert "Comment at line 7" in opened
    answer = editor.post(f"{PAGE}comment/", {"line": "7", "text": "Which <lid>?", "view": "source"})
    assert answer.headers["Location"] == f"{PAGE}?view=source#line-7"
    writer = signed_in(ada)
    assert "Which &lt;lid&gt;?" in shown(writer, f"{PAGE}?view=source")
    assert "Which &lt;lid&gt;?" in shown(writer)
    comment = LineComment.objects.get()
    writer.post(f"{PAGE}settle/{comment.pk}/")
    comment.refresh_from_db()
    assert comment.settled_by_name == "ada"
    assert "settled by ada" in shown(editor)
    assert writer.post(f"{PAGE}settle/{comment.pk}/").status_code == 404
    assert writer.post(f"{PAGE}settle/999/").status_code == 404


def test_a_line_that_is_folded_away_can_be_commented_on(editor: Client, ada: User, guide: Guide) -> None:
    proposal(guide, ada, NEW + "\nMore.\n" * 30)
    assert "Comment at line 1" in shown(editor, f"{PAGE}?view=source&line=1")


@pytest.mark.parametrize("form", [{"line": "7"}, {"line": "7", "text": " "}, {"line": "x", "text": "a"}, {"text": "a"}])
def test_an_empty_comment_is_refused(editor: Client, proposed: Revision, form: dict[str, str]) -> None:
    assert editor.post(f"{PAGE}comment/", form).status_code == 422
    assert not LineComment.objects.exists()


def test_approving_publishes(editor: Client, client: Client, proposed: Revision) -> None:
    answer = editor.post(f"{PAGE}approve/", {"comment": "Good"}, follow=True)
    assert "Published: readers see revision 2 now." in answer.content.decode()
    assert "Good" in answer.content.decode()
    assert "Open the lid" in client.get("/guides/jam/").content.decode()


def test_what_was_approved_already_says_so_and_keeps_what_was_typed(editor: Client, proposed: Revision) -> None:
    editor.post(f"{PAGE}approve/")
    answer = editor.post(f"{PAGE}approve/", {"comment": "My long thoughts"})
    assert answer.status_code == 409
    assert "saved, proposed or published elsewhere" in answer.content.decode()
    for action in ("ask", "set-aside", "schedule"):
        answer = editor.post(f"{PAGE}{action}/", {"text": "My long thoughts"})
        assert answer.status_code == 409, action
    assert "My long thoughts" in editor.post(f"{PAGE}ask/", {"text": "My long thoughts"}).content.decode()


def test_an_error_keeps_it_in_review(editor: Client, ada: User, guide: Guide) -> None:
    proposal(guide, ada, f"{NEW}\n## Questions\n\n- Is it hot?\n  - Yes: [there](#nowhere)\n")
    answer = editor.post(f"{PAGE}approve/", follow=True)
    assert Revision.objects.get(number=2).state == State.IN_REVIEW
    if "It was not published: it has errors" not in answer.content.decode():
        pytest.fail(answer.content.decode())


def test_changes_are_asked_for_and_seen_by_the_author_and_at_the_next_review(
    editor: Client, ada: User, guide: Guide, proposed: Revision
) -> None:
    editor.post(f"{PAGE}comment/", {"line": "7", "text": "Lid or flap?"})
    assert editor.post(f"{PAGE}ask/", {"text": ""}).status_code == 422
    answer = editor.post(f"{PAGE}ask/", {"text": "Say which lid"}, follow=True)
    assert "Changes asked for" in answer.content.decode()
    proposed.refresh_from_db()
    assert proposed.state == State.DRAFT
    assert "Say which lid" in shown(signed_in(ada))
    saved = drafts.save_draft(guide, ada, NEW.replace("the lid", "the left lid"), proposed, proposed.saved)
    assert isinstance(saved, Revision)
    again = drafts.propose(saved)
    page = shown(editor, f"/write/guides/jam/review/{again.number}/")
    assert "Of revision 2" in page
    assert "Say which lid" in page
    assert "Lid or flap?" in page


def test_a_remark_is_kept(editor: Client, ada: User, proposed: Revision) -> None:
    signed_in(ada).post(f"{PAGE}remark/", {"text": "Please be quick"})
    assert Review.objects.get(revision=proposed).verdict == "comment"
    assert "Please be quick" in shown(editor)
    assert editor.post(f"{PAGE}remark/", {"text": ""}).status_code == 422


def test_an_author_takes_a_proposal_back_and_nobody_else(editor: Client, ada: User, proposed: Revision) -> None:
    assert editor.post(f"{PAGE}withdraw/").status_code == 409
    answer = signed_in(ada).post(f"{PAGE}withdraw/")
    assert answer.headers["Location"] == "/write/guides/jam/"
    proposed.refresh_from_db()
    assert proposed.state == State.DRAFT
    assert signed_in(ada).post(f"{PAGE}withdraw/").status_code == 409


def test_a_proposal_is_declined_with_a_word(editor: Client, proposed: Revision) -> None:
    other = signed_in(person("max", "writers"))
    assert other.post(f"{PAGE}set-aside/").status_code == 409
    editor.post(f"{PAGE}set-aside/", {"text": "Not needed"})
    proposed.refresh_from_db()
    assert proposed.state == State.SUPERSEDED
    page = shown(editor, "/write/guides/jam/history/")
    assert "Not needed" in page
    assert "never published" in page


def test_it_is_approved_for_a_time_in_the_zone_of_the_site(editor: Client, proposed: Revision) -> None:
    answer = editor.post(f"{PAGE}approve/", {"publish_at": "2035-01-31T08:30"}, follow=True)
    assert "it will be published on 31 January 2035, 08:30 (UTC)" in answer.content.decode()
    proposed.refresh_from_db()
    assert proposed.is_scheduled
    page = shown(editor)
    assert 'value="2035-01-31T08:30"' in page
    editor.post(f"{PAGE}schedule/", {"publish_at": "2036-01-31T08:30"})
    proposed.refresh_from_db()
    assert (proposed.is_scheduled, proposed.publish_at and proposed.publish_at.year) == (False, 2036)
    editor.post(f"{PAGE}approve/", {"publish_at": ""})
    proposed.refresh_from_db()
    assert proposed.state == State.PUBLISHED


@pytest.mark.parametrize(("typed", "said"), [("2001-01-01T00:00", "has passed"), ("soon", "no date and time")])
def test_a_time_that_can_not_be_is_refused(editor: Client, proposed: Revision, typed: str, said: str) -> None:
    for action in ("approve", "schedule"):
        answer = editor.post(f"{PAGE}{action}/", {"publish_at": typed, "comment": "Kept"})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert typed in answer.content.decode()
    proposed.refresh_from_db()
    assert proposed.publish_at is None


def test_an_author_changes_the_time_and_others_do_not(ada: User, proposed: Revision) -> None:
    assert signed_in(person("max", "writers")).post(f"{PAGE}schedule/", {}).status_code == 409
    signed_in(ada).post(f"{PAGE}schedule/", {"publish_at": "2035-01-31T08:30"})
    proposed.refresh_from_db()
    assert proposed.publish_at
    assert not proposed.is_scheduled


def test_a_reviewer_edits_and_approves(editor: Client, client: Client, proposed: Revision) -> None:
    form = shown(editor, f"{PAGE}edit/")
    assert "Open the lid" in form
    better = NEW.replace("the lid", "the upper lid")
    preview = editor.post(f"{PAGE}edit/", {"text": better, "do": "preview"}).content.decode()
    assert "Open the upper lid</li>" in preview.replace("<p>", "").replace("</p>", "")
    editor.post(f"{PAGE}edit/", {"text": better.replace("\n", "\r\n"), "do": "approve", "comment": "Which"})
    guide = Guide.objects.select_related("revision").get()
    assert guide.revision
    assert (guide.revision.text, guide.revision.author_name) == (better, "eve")
    proposed.refresh_from_db()
    assert (proposed.state, proposed.text) == (State.SUPERSEDED, NEW)


def test_what_a_reviewer_typed_is_kept_when_another_was_quicker(editor: Client, eve: User, proposed: Revision) -> None:
    approval.approve(proposed, eve)
    better = NEW.replace("the lid", "the upper lid")
    answer = editor.post(f"{PAGE}edit/", {"text": better}, follow=True)
    assert "Your text is kept as your draft" in answer.content.decode()
    assert Revision.objects.get(author=eve).text == better


def test_what_was_published_meanwhile_leads_to_the_page_of_both(
    editor: Client, eve: User, guide: Guide, proposed: Revision
) -> None:
    approval.approve(proposal(guide, eve, TEXT.replace("stops", "halts")), eve)
    answer = editor.post(f"{PAGE}approve/")
    assert answer.headers["Location"] == "/write/guides/jam/conflict/2/"
    guide.refresh_from_db()
    assert guide.revision
    assert guide.revision.number == 3


def test_unknown_addresses_are_not_there(editor: Client, guide: Guide) -> None:
    for number in ("99", "99999999999999999999"):
        for page in ("review", "conflict", "revisions"):
            assert editor.get(f"/write/guides/jam/{page}/{number}/").status_code == 404
    assert editor.get("/write/guides/none/review/1/").status_code == 404
    assert editor.post("/write/guides/jam/review/99/approve/").status_code == 404
    assert editor.post("/write/guides/jam/restore/99/").status_code == 404


def test_a_link_to_an_action_leads_to_its_page(editor: Client, proposed: Revision) -> None:
    for action in ("approve", "ask", "remark", "comment", "withdraw", "set-aside", "schedule", "settle/1"):
        assert editor.get(f"{PAGE}{action}/").headers["Location"] == PAGE
    assert editor.get("/write/guides/jam/restore/1/").headers["Location"] == "/write/guides/jam/history/"


def test_a_file_that_changed_too_has_no_author_to_ask(editor: Client, guide: Guide) -> None:
    Revision.objects.create(guide=guide, number=2, text=NEW, digest="x", state=State.IN_REVIEW, from_file=True)
    page = shown(editor)
    assert "Ask for changes" not in page
    answer = editor.post(f"{PAGE}ask/", {"text": "Why?"})
    assert answer.status_code == 409
    assert "no author who could change it" in answer.content.decode()


@pytest.mark.night
def test_a_text_that_repeats_itself_is_compared_and_what_no_page_can_show_says_so(
    editor: Client, ada: User, guide: Guide
) -> None:
    approval.approve(proposal(guide, ada, TEXT + "a\n" * 400), ada)
    guide.refresh_from_db()
    found = proposal(guide, ada, TEXT + "b\na\n" * 400)
    assert shown(editor, f"/write/guides/jam/review/{found.number}/?view=source").count("<ins>b</ins>") == 400
    reviews.set_aside(found, ada)
    found = proposal(guide, ada, TEXT + "b\na\n" * 20_001)
    assert "Too much differs" in shown(editor, f"/write/guides/jam/review/{found.number}/")


def test_a_review_asks_the_database_little(
    editor: Client, ada: User, proposed: Revision, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        reviews.comment_at_line(proposed, ada, number, "x")
        reviews.remark(proposed, ada, "y")
    with django_assert_max_num_queries(42):
        editor.get(PAGE)


def test_a_draft_that_was_never_proposed_is_the_authors_alone(editor: Client, ada: User, guide: Guide) -> None:
    draft(guide, ada, NEW)
    assert editor.get(PAGE).status_code == 404
    assert editor.post(f"{PAGE}approve/").status_code == 404
    assert signed_in(ada).get(PAGE).status_code == 200


def test_what_was_asked_for_is_shown_until_it_is_answered(
    editor: Client, ada: User, eve: User, guide: Guide, proposed: Revision
) -> None:
    writing, page = signed_in(ada), "/write/guides/jam/"
    reviews.comment_at_line(proposed, eve, 8, "Which flap?")
    reviews.ask_for_changes(proposed, eve, "Say which printer.")
    for said in ("Say which printer.", "Which flap?"):
        assert said in shown(writing, page)
    kept = drafts.save_draft(guide, ada, NEW.replace("lid", "front lid"), guide.revision, proposed.saved)
    assert isinstance(kept, Revision)
    assert kept.based_on == proposed
    for said in ("Say which printer.", "Which flap?"):
        assert said in shown(writing, page)
    approval.approve(drafts.propose(kept), eve)
    for client in (writing, editor):
        for said in ("Say which printer.", "Which flap?"):
            assert said not in shown(client, page)
    other = drafts.save_draft(guide, eve, NEW, Revision.objects.get(state="published"), 0)
    assert isinstance(other, Revision)
    assert "Which flap?" not in shown(editor, page)


def test_what_is_said_of_a_published_text_is_shown_to_who_edits_it(editor: Client, ada: User, guide: Guide) -> None:
    assert guide.revision
    reviews.remark(guide.revision, ada, "The flap is blue now.")
    reviews.comment_at_line(guide.revision, ada, 3, "It hums, too.")
    page = shown(editor, "/write/guides/jam/")
    assert "The flap is blue now." in page
    assert "It hums, too." in page


def test_what_was_asked_for_is_shown_when_the_draft_was_merged_with_what_was_published(
    ada: User, eve: User, guide: Guide, proposed: Revision
) -> None:
    reviews.ask_for_changes(proposed, eve, "Say which printer.")
    theirs = proposal(guide, eve, f"{TEXT}\nMore.\n")
    approval.approve(theirs, eve)
    theirs.refresh_from_db()
    drafts.save_draft(guide, ada, f"{NEW}\nMore.\n", theirs, proposed.saved, into=proposed)
    assert "Say which printer." in shown(signed_in(ada), "/write/guides/jam/")


@pytest.mark.slow
@pytest.mark.parametrize("action", ["ask", "remark", "approve", "comment", "schedule"])
def test_the_links_of_a_page_that_is_shown_again_lead_on(editor: Client, proposed: Revision, action: str) -> None:
    fields = {"text": "", "line": "3", "publish_at": "never"}
    answer = editor.post(f"{PAGE}{action}/", fields)
    assert answer.status_code == 422
    links = re.findall(r'href="([^"]*[?][^"]*)"', answer.content.decode())
    assert any("view=source" in link for link in links)
    for link in links:
        address = urljoin(f"{PAGE}{action}/", unescape(link))
        assert editor.get(address).status_code == 200, address


def test_a_link_to_an_action_keeps_what_it_asks_for(editor: Client, proposed: Revision) -> None:
    assert editor.get(f"{PAGE}ask/?view=source").headers["Location"] == f"{PAGE}?view=source"
    assert editor.get("/write/guides/jam/take-up/?draft=1").headers["Location"] == "/write/guides/jam/?draft=1"
