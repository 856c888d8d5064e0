"""The studio's lists: who may see them, what they show, and how little they ask the database."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kb.editorial import approval, drafts
from kb.editorial.decisions import Conflict
from kb.models import Contact, Guide, Revision
from tests.conftest import PublishGuide, WriteGuide
from tests.support.studio import TEXT, draft, person, proposal, published, signed_in

pytestmark = pytest.mark.django_db

PAGES = ("write", "write-guides", "write-attention", "write-links")
OF_A_GUIDE = ("write-history", "write-compare-chosen")
OF_A_REVISION = ("write-revision", "write-review", "write-conflict")
REVIEWERS = ("write-ask",)
PUBLISHERS = ("write-approve", "write-edit-approve")
EVERY_ACTION = ("write-remark", "write-comment", "write-withdraw", "write-set-aside", "write-schedule", "write-merge")


@pytest.fixture
def guide(ada: User, publish_once: PublishGuide) -> Guide:
    return publish_once(ada, TEXT, "jam")


def test_who_is_signed_out_is_asked_to_sign_in(client: Client, guide: Guide) -> None:
    addresses = [reverse(f"kb:{name}") for name in PAGES]
    addresses += [reverse(f"kb:{name}", args=["jam"]) for name in (*OF_A_GUIDE, "write-retire", "write-rename")]
    addresses += [reverse(f"kb:{name}", args=["jam", 1]) for name in (*OF_A_REVISION, "write-edit-approve")]
    addresses += [reverse("kb:write-compare", args=["jam", 1, 1])]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 302, address
        assert response.headers["Location"].startswith("/accounts/sign-in/?next=")
    for name in (*EVERY_ACTION, *REVIEWERS, *PUBLISHERS, "write-restore", "write-keep"):
        response = client.post(reverse(f"kb:{name}", args=["jam", 1]), {"text": "x"})
        assert response.headers["Location"].startswith("/accounts/sign-in/"), name


def test_support_staff_may_not_write(guide: Guide) -> None:
    support = signed_in(person("sam", "support"))
    for address in [reverse(f"kb:{name}") for name in PAGES]:
        response = support.get(address)
        assert response.status_code == 403
        assert "You may not see this page" in response.content.decode()
    for name in (*EVERY_ACTION, *REVIEWERS, *PUBLISHERS, "write-restore", "write-keep"):
        assert support.post(reverse(f"kb:{name}", args=["jam", 1])).status_code == 403, name
    for name in ("write-retire", "write-bring-back", "write-checked", "write-rename"):
        assert support.post(reverse(f"kb:{name}", args=["jam"])).status_code == 403, name


def test_writers_may_not_publish_review_or_retire(ada: User, guide: Guide) -> None:
    writer = signed_in(ada)
    for name in PAGES:
        assert writer.get(reverse(f"kb:{name}")).status_code == 200
    proposal(guide, ada, TEXT.replace("flap", "lid"))
    for name in (*REVIEWERS, *PUBLISHERS):
        assert writer.post(reverse(f"kb:{name}", args=["jam", 2]), {"text": "x"}).status_code == 403, name
    for name in ("write-retire", "write-bring-back", "write-checked", "write-rename"):
        assert writer.post(reverse(f"kb:{name}", args=["jam"])).status_code == 403, name
    assert Guide.objects.get().state == "published"
    assert Revision.objects.get(number=2).state == "in_review"


def test_the_ways_in_are_shown_to_writers_alone(ada: User, guide: Guide, client: Client) -> None:
    assert "/write/" not in client.get("/guides/jam/").content.decode()
    assert "/write/" not in signed_in(person("sam", "support")).get("/guides/jam/").content.decode()
    page = signed_in(ada).get("/guides/jam/").content.decode()
    assert 'href="/write/"' in page
    assert 'href="/write/guides/jam/"' in page
    assert 'href="/write/guides/jam/history/"' in page


def test_pages_of_the_studio_are_kept_by_nobody(ada: User) -> None:
    for name in PAGES:
        assert "no-store" in signed_in(ada).get(reverse(f"kb:{name}")).headers["Cache-Control"]


def test_the_overview_shows_drafts_proposals_and_what_was_published(ada: User, eve: User, guide: Guide) -> None:
    draft(guide, ada, TEXT.replace("flap", "lid"))
    proposal(published(eve, TEXT.replace("Paper jam", "No toner"), "toner"), eve, TEXT, None)
    page = signed_in(ada).get("/write/").content.decode()
    drafts, rest = page.split("My drafts")[1].split("In review</h2>")
    assert 'href="/write/guides/jam/"' in drafts
    assert 'href="/write/guides/toner/review/2/"' in rest
    assert "Recently published" in rest
    mine = signed_in(eve).get("/write/").content.decode()
    assert "No draft of yours" in mine
    assert "To review" in mine


@pytest.mark.parametrize("name", PAGES)
def test_the_page_that_one_is_on_is_marked(ada: User, name: str) -> None:
    address = reverse(f"kb:{name}")
    assert f'href="{address}" aria-current="page"' in signed_in(ada).get(address).content.decode()


def test_each_text_of_the_overview_has_its_guides_owner_and_date(ada: User, eve: User) -> None:
    one = published(eve, f"---\nowner: Grace\nreview_by: 2031-05-04\n---\n{TEXT}", "one")
    draft(one, ada, f"{TEXT}More.\n", one.revision)
    page = signed_in(ada).get("/write/").content.decode()
    assert page.count("owner Grace · to be checked by 4 May 2031") == 2


def test_a_scheduled_text_is_shown_with_its_time_in_the_zone_of_the_site(ada: User, eve: User, guide: Guide) -> None:
    when = dt.datetime(2031, 5, 4, 6, 30, tzinfo=dt.UTC)
    waiting = drafts.propose(draft(guide, ada, TEXT.replace("flap", "lid")), publish_at=when)
    approval.approve(waiting, eve)
    page = signed_in(ada).get("/write/").content.decode()
    assert "Scheduled" in page
    assert "4 May 2031, 06:30 (UTC)" in page


def test_drafts_of_others_are_not_shown(ada: User, eve: User, guide: Guide) -> None:
    draft(guide, eve, TEXT.replace("flap", "secret lid"))
    writer = signed_in(ada)
    assert "No draft of yours" in writer.get("/write/").content.decode()
    assert "No guide is like that" in writer.get("/write/guides/?q=secret+lid").content.decode()
    assert "No guide is like that" in writer.get("/write/guides/?state=mine").content.decode()
    for name in OF_A_REVISION:
        assert writer.get(reverse(f"kb:{name}", args=["jam", 2])).status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"jam", "toner", "new"}),
        ("q=sheet", {"jam", "toner", "new"}),
        ("q=No+toner", {"toner"}),
        ("q=JAM", {"jam"}),
        ("state=published", {"jam", "toner"}),
        ("state=draft", {"new"}),
        ("state=retired", set()),
        ("state=in_review", {"jam"}),
        ("state=mine", {"new"}),
        ("state=overdue", {"toner"}),
        ("owner=Grace", {"toner"}),
        ("category=devices", {"toner"}),
        ("category=devices/printers", {"toner"}),
        ("audience=staff", {"toner"}),
        ("mine=1", {"jam", "new"}),
        ("state=nonsense&audience=nobody", {"jam", "toner", "new"}),
        ("q=%00", {"jam", "toner", "new"}),
    ],
)
def test_the_list_of_guides_is_narrowed(ada: User, eve: User, guide: Guide, asked: str, found: set[str]) -> None:
    head = "owner: Grace\ncategory: Devices/Printers\naudience: staff\nreview_by: 2020-01-01"
    published(eve, f"---\n{head}\n---\n" + TEXT.replace("Paper jam", "No toner"), "toner")
    drafts.start_guide(ada, TEXT.replace("Paper jam", "New one"), "new")
    proposal(guide, eve, TEXT.replace("flap", "lid"))
    page = signed_in(ada).get(f"/write/guides/?{asked}").content.decode()
    assert {slug for slug in ("jam", "toner", "new") if f'href="/write/guides/{slug}/"' in page} == found


def test_staff_guides_are_hidden_from_writers_who_may_not_read_them(ada: User, eve: User) -> None:
    published(eve, "---\naudience: staff\n---\n" + TEXT, "secret")
    ada.groups.clear()
    ada.user_permissions.add(*_only("propose_revision"))
    writer = signed_in(User.objects.get(pk=ada.pk))
    assert "secret" not in writer.get("/write/guides/").content.decode()
    assert "secret" not in writer.get("/write/").content.decode()
    for page in ("", "history/", "propose/"):
        assert writer.get(f"/write/guides/secret/{page}").status_code == 404, page
    assert writer.post("/write/guides/secret/check/", {"text": TEXT}).status_code == 404


def _only(codename: str) -> list[object]:

    return list(Permission.objects.filter(codename=codename))


def test_the_list_of_guides_has_pages(ada: User, write_guide: WriteGuide) -> None:
    for number in range(41):
        Guide.objects.create(slug=f"g{number}", title=f"G {number}", updated_at=dt.datetime.now(dt.UTC))
    writer = signed_in(ada)
    assert "Page 1 of 2" in writer.get("/write/guides/").content.decode()
    assert "Page 2 of 2" in writer.get("/write/guides/?page=2&state=draft").content.decode()
    assert writer.get("/write/guides/?page=3").status_code == 404


def test_what_needs_attention_is_listed(ada: User, eve: User, guide: Guide) -> None:
    published(eve, "---\nreview_by: 2020-01-01\nowner: Grace\n---\n# Old\n\nSee [it](gone.md).\n", "old")
    mine = draft(guide, ada, TEXT.replace("flap", "lid"))
    kept = drafts.save_draft(guide, ada, TEXT.replace("flap", "door"), mine.based_on, 0)
    assert isinstance(kept, Conflict)
    proposal(guide, eve, TEXT.replace("flap", "hatch"))
    other = proposal(guide, person("max", "writers"), TEXT.replace("sheet", "paper"))
    approval.approve(other, eve)
    page = signed_in(eve).get("/write/attention/").content.decode()
    assert "Was to be checked by 1 January 2020" in page
    assert 'href="/write/guides/old/"' in page
    assert "In review, but something stands against it" in page
    assert 'Broken links</a> <span class="chip__count">1</span>' in page
    assert (
        f'href="/write/guides/jam/conflict/{kept.kept.number}/"'
        in signed_in(ada).get("/write/attention/").content.decode()
    )
    assert "Made from an older text" in signed_in(eve).get("/write/").content.decode()


def test_findings_of_published_guides_are_listed_with_their_lines(ada: User) -> None:
    published(ada, "# Empty handed\n\n## Symptoms\n\n- It hums\n\n## Solution\n\nNothing.\n\n![](x.png)\n", "empty")
    guide = Guide.objects.get()
    assert guide.findings
    page = signed_in(ada).get("/write/attention/").content.decode()
    line, _severity, _message = guide.findings[0]
    assert f'href="/write/guides/empty/#line-{line}"' in page
    assert "/write/guides/empty/" in signed_in(ada).get("/write/guides/?state=lint").content.decode()


@pytest.mark.slow
def test_a_finding_that_many_guides_have_is_shown_once(ada: User) -> None:
    for number in range(12):
        text = f"---\naudience: ITPro\n---\n# Guide {number}\n\nSee [it](missing-{number}.md).\n"
        published(ada, text, f"guide-{number}")
    client = signed_in(ada)
    page = client.get("/write/attention/").content.decode()
    assert page.count("is neither") == 1
    assert "<details>" in page
    assert 'href="/write/guides/guide-3/#line-2"' in page
    (more,) = set(re.findall(r'href="([?]kind=[0-9a-f]+)#page_lint"', page))
    all_of_them = client.get(f"/write/attention/{more}").content.decode()
    assert all(f'href="/write/guides/guide-{number}/#line-2"' in all_of_them for number in range(12))
    assert client.get("/write/attention/?kind=nonsense").content.decode().count("is neither") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "most"), [("write", 17), ("write-guides", 12), ("write-attention", 28), ("write-links", 16)]
)
def test_lists_ask_the_database_no_more_for_more_guides(
    ada: User, eve: User, name: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        text = f"---\nreview_by: 2020-01-01\n---\n# Guide {number}\n\nSee [it](gone.md) or ![](x.png).\n"
        one = published(eve, text, f"guide-{number}")
        proposal(one, ada, f"{text}More.\n")
        draft(one, ada, f"{text}Mine.\n", one.revision)
    client = signed_in(ada)
    with django_assert_max_num_queries(most):
        client.get(reverse(f"kb:{name}"))


def test_who_may_edit_contacts_is_told_that_there_are_none(ada: User, eve: User, guide: Guide) -> None:
    told = "There is no contact"
    assert told in signed_in(eve).get(reverse("kb:write")).content.decode()
    assert told not in signed_in(ada).get(reverse("kb:write")).content.decode()
    Contact.objects.create(slug="desk", name="Desk")
    assert told not in signed_in(eve).get(reverse("kb:write")).content.decode()
