"""What becomes of a guide over time: history, former texts, retiring, renaming, and saying that it is still right."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kb.editorial import approval, checking, drafts, upkeep
from kb.library import retiring
from kb.library.links.breaking import breaking
from kb.models import Guide, Revision
from tests.conftest import PublishGuide, WriteGuide
from tests.support.studio import TEXT, proposal, published, signed_in

pytestmark = pytest.mark.django_db
NEW = TEXT.replace("Open the flap", "Open the lid")
LONG = TEXT + "\n## Deep clean\n\nTake the drum out and wipe every roller.\n"


@pytest.fixture
def staff(db: None) -> Client:
    """Somebody who is marked as staff, and in no group."""
    return signed_in(User.objects.create_user("sam", is_staff=True))


@pytest.fixture
def guide(ada: User, eve: User, publish_once: PublishGuide) -> Guide:
    """A guide of two published revisions."""
    guide = publish_once(ada, TEXT, "jam")
    approval.approve(proposal(guide, ada, NEW), eve, "Better")
    guide.refresh_from_db()
    return guide


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_history_tells_who_wrote_what_and_what_was_said(ada: User, guide: Guide) -> None:
    page = page_of(signed_in(ada), "/write/guides/jam/history/")
    assert page.index("Revision 2") < page.index("Revision 1</a>")
    assert "made from 1" in page
    assert "Approved: eve: Better" in page
    assert "Superseded" in page


def test_any_two_are_compared_the_older_one_first(ada: User, guide: Guide) -> None:
    writer = signed_in(ada)
    answer = writer.get("/write/guides/jam/compare/?before=2&now=1")
    assert answer.headers["Location"] == "/write/guides/jam/compare/1/2/"
    page = page_of(writer, "/write/guides/jam/compare/1/2/")
    assert "<del>flap</del>" in page
    assert "1. Open the <ins>lid</ins>" in page_of(writer, "/write/guides/jam/compare/1/2/?view=source")
    assert "Nothing differs" in page_of(writer, "/write/guides/jam/compare/1/1/")
    assert writer.get("/write/guides/jam/compare/?before=x").headers["Location"] == "/write/guides/jam/history/"
    assert writer.get("/write/guides/jam/compare/1/9/").status_code == 404


def test_one_is_shown_as_a_page_and_as_written(ada: User, guide: Guide) -> None:
    writer = signed_in(ada)
    assert "Open the flap" in page_of(writer, "/write/guides/jam/revisions/1/")
    assert "1. Open the flap" in page_of(writer, "/write/guides/jam/revisions/1/?view=source")
    assert "Propose it again" not in page_of(writer, "/write/guides/jam/revisions/2/")


def test_a_former_text_is_proposed_again_or_published_by_an_editor(ada: User, eve: User, guide: Guide) -> None:
    answer = signed_in(ada).post("/write/guides/jam/restore/1/", {"do": "publish"})
    assert answer.headers["Location"] == "/write/guides/jam/review/3/"
    assert Revision.objects.get(number=3).state == "in_review"
    signed_in(eve).post("/write/guides/jam/restore/1/", {"do": "publish"})
    restored = Revision.objects.get(published_as=guide)
    assert (restored.number, restored.text, restored.comment) == (4, TEXT, "Restores revision 1")
    again = signed_in(eve).post("/write/guides/jam/restore/1/", follow=True)
    assert "there is nothing to restore" in again.content.decode()


def test_retiring_asks_why_and_says_what_it_breaks(eve: User, guide: Guide, client: Client) -> None:
    published(eve, "# Other\n\nSee [the jam](jam.md) and\n[this](jam).\n", "other")
    editor = signed_in(eve)
    page = page_of(editor, "/write/guides/jam/retire/")
    assert "2 links would break" in page
    assert 'href="/write/guides/other/#line-3"' in page
    assert editor.post("/write/guides/jam/retire/", {"comment": " "}).status_code == 422
    editor.post("/write/guides/jam/retire/", {"comment": "No more printers"})
    assert client.get("/guides/jam/").status_code == 404
    page = page_of(editor, "/write/guides/jam/history/")
    assert "No more printers" in page
    assert "Bring back" in page
    assert editor.post("/write/guides/jam/retire/", {"comment": "x"}).headers["Location"].endswith("/history/")
    editor.post("/write/guides/jam/bring-back/")
    assert client.get("/guides/jam/").status_code == 200
    again = editor.post("/write/guides/jam/bring-back/", follow=True)
    assert "not retired any more" in again.content.decode()


def test_one_click_says_that_it_is_still_right(eve: User, guide: Guide, client: Client) -> None:
    assert "Checked on" not in client.get("/guides/jam/").content.decode()
    signed_in(eve).post("/write/guides/jam/checked/")
    guide.refresh_from_db()
    assert guide.review_by
    assert guide.review_by > timezone.localdate()
    page = client.get("/guides/jam/").content.decode()
    assert f'Checked on <time datetime="{timezone.localdate().isoformat()}"' in page
    assert "Last changed on" in page
    assert "eve" not in page
    retiring.retire([guide], by=eve, comment="x")
    refused = signed_in(eve).post("/write/guides/jam/checked/", {"back": "attention"}, follow=True)
    assert "Only what readers see" in refused.content.decode()


def test_a_renamed_guide_is_found_at_its_old_address(eve: User, guide: Guide, client: Client) -> None:
    published(eve, "# Other\n\nSee [the jam](jam.md).\n", "other")
    editor = signed_in(eve)
    assert "jam" in page_of(editor, "/write/guides/jam/rename/")
    answer = editor.post("/write/guides/jam/rename/", {"slug": "Paper is stuck!"})
    assert answer.headers["Location"] == "/write/guides/paper-is-stuck/history/"
    assert client.get("/guides/jam/").headers["Location"] == "/guides/paper-is-stuck/"
    assert 'href="/guides/paper-is-stuck/"' in client.get("/guides/other/").content.decode()
    assert client.get("/search/?q=flap").status_code == 200
    assert '<code class="chip">jam</code>' in page_of(editor, answer.headers["Location"])
    assert Guide.objects.get(slug="paper-is-stuck").key == guide.key


def test_an_answer_of_another_guide_still_leads_to_a_renamed_one(eve: User, guide: Guide) -> None:
    tree = "# Triage\n\n## Decision tree\n\n- Does it stop?\n  - Yes: [jam](jam.md)\n  - No: [jam](jam.md)\n"
    other = published(eve, tree, "triage")
    assert "jam" in str(other.questions)
    upkeep.rename(guide, "stuck")
    other.refresh_from_db()
    assert "stuck" in str(other.questions)


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Write the new address"), ("jam", "its address already"), ("other", "belongs to another")]
)
def test_an_address_that_can_not_be_is_refused(eve: User, guide: Guide, typed: str, said: str) -> None:
    published(eve, TEXT, "other")
    answer = signed_in(eve).post("/write/guides/jam/rename/", {"slug": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_former_address_of_another_guide_is_not_taken(eve: User, guide: Guide) -> None:
    other = published(eve, TEXT, "other")
    upkeep.rename(other, "new-name")
    answer = signed_in(eve).post("/write/guides/jam/rename/", {"slug": "other"})
    assert answer.status_code == 422
    upkeep.rename(Guide.objects.get(slug="new-name"), "other")
    assert Guide.objects.get(pk=other.pk).slug == "other"


def test_a_history_asks_the_database_little(
    ada: User, eve: User, guide: Guide, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        guide.refresh_from_db()
        approval.approve(proposal(guide, ada, f"{NEW}\n{number}\n"), eve)
    client = signed_in(ada)
    with django_assert_max_num_queries(14):
        client.get("/write/guides/jam/history/")


# What a text would break


def test_only_what_leads_somewhere_now_can_break(eve: User, guide: Guide) -> None:
    approval.approve(proposal(guide, eve, LONG), eve)
    published(
        eve, "# Other\n\n[a](jam.md#deep-clean) [b](jam.md#gone-long-ago) [c](jam.md) [d](jam.md#solution)\n", "other"
    )
    guide.refresh_from_db()
    gone = checking.check(guide, TEXT).document
    assert [(place.guide.slug, place.line, place.target) for place in breaking(guide, gone)] == [
        ("other", 3, "jam.md#deep-clean")
    ]
    reworded = checking.check(guide, LONG.replace("## Deep clean", "## Clean it all")).document
    assert breaking(guide, reworded) == []
    assert [place.target for place in breaking(guide, None)] == [
        "jam.md#deep-clean",
        "jam.md#gone-long-ago",
        "jam.md",
        "jam.md#solution",
    ]


def test_an_anchor_of_an_earlier_wording_is_alive(eve: User, guide: Guide) -> None:
    approval.approve(proposal(guide, eve, LONG), eve)
    guide.refresh_from_db()
    approval.approve(proposal(guide, eve, LONG.replace("## Deep clean", "## Clean it all")), eve)
    published(eve, "# Other\n\n[a](jam.md#deep-clean)\n", "other")
    guide.refresh_from_db()
    again = checking.check(guide, LONG.replace("## Deep clean", "## Clean every part")).document
    assert breaking(guide, again) == []
    gone = checking.check(guide, NEW).document
    assert [place.target for place in breaking(guide, gone)] == ["jam.md#deep-clean"]


def test_what_turns_to_staff_only_breaks_links_of_guides_for_everyone(eve: User, guide: Guide) -> None:
    published(eve, "# Other\n\n[a](jam.md)\n", "other")
    published(eve, "---\naudience: staff\n---\n# Inside\n\n[a](jam.md)\n", "inside")
    hidden = checking.check(guide, f"---\naudience: staff\n---\n{NEW}").document
    assert [place.guide.slug for place in breaking(guide, hidden)] == ["other"]


def test_a_link_within_the_guide_breaks_too(eve: User, guide: Guide) -> None:
    approval.approve(proposal(guide, eve, LONG), eve)
    guide.refresh_from_db()
    text = checking.check(guide, f"{TEXT}\nSee [above](#deep-clean).\n").document
    assert [(place.line, place.target) for place in breaking(guide, text)] == [(10, "#deep-clean")]


def test_what_readers_do_not_see_breaks_nothing(ada: User) -> None:
    assert breaking(drafts.start_guide(ada, TEXT), None) == []


# Former texts for staff


def test_staff_read_a_guide_as_it_was(guide: Guide, staff: Client, client: Client, ada: User) -> None:
    page = page_of(staff, "/guides/jam/revisions/1/")
    assert "Open the flap" in page
    assert "as readers saw it then" in page
    assert "which readers see now" in page_of(staff, "/guides/jam/revisions/2/")
    assert client.get("/guides/jam/revisions/1/").headers["Location"].startswith("/accounts/sign-in/")
    nobody = signed_in(User.objects.create_user("bob"))
    assert nobody.get("/guides/jam/revisions/1/").status_code == 403
    proposal(guide, ada, TEXT + "Not published\n")
    for number in ("3", "9", "99999999999999999999"):
        assert staff.get(f"/guides/jam/revisions/{number}/").status_code == 404
    assert staff.get("/guides/none/revisions/1/").status_code == 404
    assert "no-store" in staff.get("/guides/jam/revisions/1/").headers["Cache-Control"]


def test_a_guide_that_moved_or_was_retired_is_still_read_as_it_was(guide: Guide, staff: Client, eve: User) -> None:
    upkeep.rename(guide, "stuck")
    assert "Open the flap" in page_of(staff, "/guides/jam/revisions/1/")
    retiring.retire([guide], by=eve, comment="x")
    assert "The guide is retired" in page_of(staff, "/guides/stuck/revisions/1/")


# Links


@pytest.fixture
def linked(write_guide: WriteGuide, eve: User) -> Client:
    write_guide("# Home\n\n## Here\n\nText.\n", "network/home.md")
    write_guide("---\naudience: staff\n---\n# Inside\n\nText.\n", "inside.md")
    write_guide(
        """
        # Links

        [ok](network/home.md#here) [ok too](network/home) [own](#links) [site](/guides/home/)
        [gone](network/away.md)
        [no heading](network/home.md#there)
        [inside](inside.md) [own gone](#nowhere) [site gone](/guides/nothing/)
        [elsewhere](https://example.com/a?b=1&c=2) <https://example.org/>
        ![A picture](images/none.png)
        """,
        "links.md",
    )
    return signed_in(eve)


def test_broken_links_are_listed_with_file_and_line(linked: Client) -> None:
    page = page_of(linked, "/write/links/")
    for target, line in (
        ("network/away.md", 4),
        ("network/home.md#there", 5),
        ("inside.md", 6),
        ("#nowhere", 6),
        ("/guides/nothing/", 0),
    ):
        assert f"<code>{target}</code>" in page, target
        assert f"links.md:{line}" in page or not line
    for target in ("network/home.md#here", "network/home<", "#links", "/guides/home/"):
        assert f"<code>{target}" not in page.replace("<code>network/home.md#there</code>", ""), target
    assert 'Broken links <span class="chip__count">5</span>' in page


def test_missing_images_and_other_sites_are_listed(linked: Client) -> None:
    images = page_of(linked, "/write/links/?show=images")
    assert "<code>images/none.png</code>" in images
    assert "links.md:8" in images
    external = page_of(linked, "/write/links/?show=external")
    assert 'href="https://example.com/a?b=1&amp;c=2"' in external
    assert "https://example.org/" in external
    assert "links.md:7" in external


def test_links_are_narrowed_by_guide(linked: Client) -> None:
    assert "Nothing like “Home”" in page_of(linked, "/write/links/?q=Home+sweet").replace("Home sweet", "Home")
    assert "network/away.md" in page_of(linked, "/write/links/?q=AWAY")
    assert linked.get("/write/links/?page=9").status_code == 404
    assert linked.get("/write/links/?show=odd&q=%00").status_code == 200


def test_a_link_is_mended_by_the_next_publication(linked: Client, write_guide: WriteGuide) -> None:
    assert "<code>network/away.md</code>" in page_of(linked, "/write/links/")
    write_guide("# Away\n\nText.\n", "network/away.md")
    assert "<code>network/away.md</code>" not in page_of(linked, "/write/links/")


def test_a_link_to_a_retired_guide_is_broken(linked: Client, eve: User) -> None:
    retiring.retire([Guide.objects.get(slug="home")], by=eve, comment="x")
    assert "This guide is not published." in page_of(linked, "/write/links/")


def test_the_day_of_the_next_review_is_a_day(guide: Guide, eve: User) -> None:
    upkeep.confirm(guide, eve)
    guide.refresh_from_db()
    assert isinstance(guide.review_by, dt.date)
