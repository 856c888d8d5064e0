"""Notices: set by editors, shown at their time, where and to whom they belong, on pages that are kept as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from kb.library import notices
from kb.library.notices import Setting
from kb.models import Guide, Notice, Section
from kb.web.studio.forms import typed_moment
from tests.conftest import WriteGuides
from tests.support.studio import person

pytestmark = pytest.mark.django_db
SIGN_IN = """
    ---
    title: Sign-in
    category: Accounts/Access
    ---
    # Sign-in

    ## It is slow

    **Symptoms:**

    - The page takes a minute

    **Solution:**

    1. Wait.
"""
SECRET = SIGN_IN.replace("title: Sign-in", "title: Vault\n    audience: staff").replace("Accounts/Access", "Vaults")
SetNotice = Callable[..., Notice]


@pytest.fixture
def library(write_guides_once: WriteGuides) -> None:
    """A public guide, and one for staff in a category of its own."""
    write_guides_once({"sign-in.md": SIGN_IN, "vault.md": SECRET})


@pytest.fixture
def set_notice(library: None, eve: User) -> SetNotice:
    """Set a notice that has been running for an hour."""

    def made(text: str = "Sign-in is slow today", **changed: object) -> Notice:
        fields = {"kind": "info", "starts_at": timezone.now() - timedelta(hours=1), "ends_at": None}
        fields |= {"categories": (), "audience": "public"}
        return notices.create(Setting(text=text, **(fields | changed)), eve)  # type: ignore[arg-type]

    return made


@pytest.fixture
def editor(eve: User) -> Client:
    """A browser in which an editor is signed in."""
    client = Client()
    client.force_login(eve)
    return client


def form(**changed: str) -> dict[str, str]:
    return {"text": "Sign-in is slow today", "kind": "info", "audience": "public"} | changed


def shows(client: Client, path: str, text: str = "Sign-in is slow today") -> bool:
    return text in client.get(path).content.decode()


def test_one_for_all_pages_stands_on_each_and_in_the_api(client: Client, set_notice: SetNotice) -> None:
    for path in ("/", "/guides/sign-in/", "/search/?q=page", "/troubleshoot/", "/troubleshoot/?symptom=slow"):
        assert not shows(client, path), path
    set_notice()
    for path in ("/", "/guides/sign-in/", "/search/?q=page", "/troubleshoot/", "/troubleshoot/?symptom=slow", "/none"):
        assert client.get(path).content.decode().count("Sign-in is slow today") == 1, path
    (told,) = client.get("/api/v1/notices").json()["notices"]
    assert (told["kind"], told["text"], told["categories"]) == ("info", "Sign-in is slow today", [])
    assert [n["text"] for n in client.get("/api/v1/walk?symptom=slow").json()["notices"]] == ["Sign-in is slow today"]


def test_one_of_a_category_stands_on_its_pages_and_those_below(client: Client, set_notice: SetNotice) -> None:
    set_notice(categories=["accounts"])
    for path in ("/guides/sign-in/", "/categories/accounts/", "/categories/accounts/access/"):
        assert shows(client, path), path
    assert not shows(client, "/")
    assert not shows(client, "/guides/")
    assert shows(client, "/troubleshoot/?symptom=the+page+takes+a+minute")


def test_kept_pages_show_and_hide_it_at_its_time_without_a_publication(
    client: Client, set_notice: SetNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 3, 4, 9, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    set_notice(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    moments = ((0.5, False), (1.5, True), (2.5, False))
    tags = []
    for hours, is_shown in moments:
        monkeypatch.setattr(timezone, "now", lambda hours=hours: now + timedelta(hours=hours))
        for _ in range(2):
            answer = client.get("/guides/sign-in/")
            assert ("Sign-in is slow today" in answer.content.decode()) is is_shown, hours
        tags.append(answer.headers["ETag"])
        unchanged = client.get("/guides/sign-in/", headers={"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status_code == 304
    assert tags[0] == tags[2] != tags[1]


def test_one_for_staff_is_nowhere_for_others(client: Client, staff_client: Client, set_notice: SetNotice) -> None:
    set_notice(audience="staff")
    account = Client()
    account.force_login(person("reader"))
    for reader in (client, account):
        for path in ("/", "/guides/sign-in/", "/troubleshoot/?symptom=slow", "/api/v1/notices", "/api/v1/walk"):
            assert not shows(reader, path), path
    for path in ("/", "/api/v1/notices"):
        assert shows(staff_client, path), path


def test_what_an_incident_explains_names_no_guide_for_staff_to_others(
    client: Client, staff_client: Client, set_notice: SetNotice
) -> None:
    guides = Guide.objects.order_by("slug")
    set_notice(kind="incident", targets=[(guide, "") for guide in guides])
    explained = [place["guide"] for place in client.get("/api/v1/notices").json()["notices"][0]["explains"]]
    assert explained == ["sign-in"]
    explained = [place["guide"] for place in staff_client.get("/api/v1/notices").json()["notices"][0]["explains"]]
    assert explained == ["sign-in", "vault"]


def test_pages_ask_no_more_for_it(
    client: Client, set_notice: SetNotice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guide, section = Guide.objects.get(slug="sign-in"), Section.objects.get(guide__slug="sign-in", anchor="it-is-slow")
    set_notice(kind="incident", targets=[(guide, section.key)])
    client.get("/guides/sign-in/?first")  # what is read once a publication, and once an hour
    with django_assert_num_queries(4):
        client.get("/guides/sign-in/")
    with django_assert_num_queries(0):
        client.get("/guides/sign-in/")


def test_an_editor_sets_changes_and_ends_one(client: Client, editor: Client, library: None) -> None:
    until = timezone.now() + timedelta(days=1)
    place = "http://testserver/guides/sign-in/#it-is-slow"
    sent = form(
        kind="incident", ends_at=typed_moment(until), categories="Accounts", explains=place, words="log in slow"
    )
    shown = editor.post("/write/notices/new/", sent, follow=True).content.decode()
    assert "Saved: readers see it now." in shown
    assert shows(client, "/guides/sign-in/")
    notice = Notice.objects.get()
    assert (notice.categories, notice.targets.get().section) == (["accounts"], "it-is-slow")
    page = editor.get(f"/write/notices/{notice.pk}/").content.decode()
    for part in ("/guides/sign-in/#it-is-slow</textarea>", f'value="{typed_moment(until)}"', "log in slow</textarea>"):
        assert part in page
    changed = sent | {"text": "Sign-in is down", "version": str(notice.version)}
    editor.post(f"/write/notices/{notice.pk}/", changed)
    assert shows(client, "/guides/sign-in/", "Sign-in is down")
    late = editor.post(f"/write/notices/{notice.pk}/", changed | {"text": "Mine"})
    assert late.status_code == 409
    assert "Mine</textarea>" in late.content.decode()
    notice.refresh_from_db()
    editor.post(f"/write/notices/{notice.pk}/end/", {"version": str(notice.version)})
    assert not shows(client, "/guides/sign-in/", "Sign-in is down")
    assert "Over</h2>" in editor.get("/write/notices/").content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"text": " "}, "Write what readers are to know"),
        ({"starts_at": "2031-01-01T10:00", "ends_at": "2031-01-01T09:00"}, "would end before it starts"),
        ({"ends_at": "soon"}, "This is no date and time"),
        ({"categories": "Nowhere"}, "There is no category “Nowhere”"),
        ({"categories": "vaults"}, "There is no category “vaults”"),  # for everyone it would name what is for staff
        ({"kind": "incident", "explains": "/guides/gone/"}, "There is no guide “gone”"),
        ({"kind": "incident", "explains": "sign-in#gone"}, "has no section “gone”"),
        ({"words": "slow"}, "Only a known incident explains problems"),
        ({"kind": "incident", "words": "it is the"}, "would fit everything"),
        ({"kind": "odd"}, "Select a valid choice"),
    ],
)
def test_what_can_not_be_meant_is_told_and_kept(
    editor: Client, library: None, changed: dict[str, str], told: str
) -> None:
    answer = editor.post("/write/notices/new/", form(**({"text": "Kept as typed"} | changed)))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    for typed in changed.values():
        assert typed in answer.content.decode() or typed == "odd"
    assert not Notice.objects.exists()


def test_only_who_may_publish_sets_notices(client: Client, library: None, ada: User) -> None:
    client.force_login(ada)
    for path in ("/write/notices/", "/write/notices/new/"):
        assert client.get(path).status_code == 403
    assert client.post("/write/notices/new/", form()).status_code == 403
    assert 'href="/write/notices/"' not in client.get("/write/").content.decode()


def test_there_are_only_so_many(editor: Client, library: None) -> None:
    now = timezone.now()
    Notice.objects.bulk_create(Notice(text=f"n{k}", starts_at=now) for k in range(notices.MOST_NOT_OVER))
    answer = editor.post("/write/notices/new/", form())
    assert answer.status_code == 422
    assert "end some before you set another one" in answer.content.decode()
