"""Who may do what: the groups that a fresh database has, and whom they let see what."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from kb.models import Guide, Revision, roles
from kb.models.audience import EVERYONE, INSIDERS, audiences_for
from tests.conftest import WriteGuide
from tests.support.studio import person

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
MAY = (roles.SEE_STAFF_GUIDES, roles.PROPOSE, roles.REVIEW, roles.PUBLISH, roles.RETIRE)


@pytest.mark.parametrize(
    ("group", "may"),
    [("support", MAY[:1]), ("writers", MAY[:2]), ("editors", MAY)],
)
def test_a_group_may_do_its_work_and_no_more(group: str, may: tuple[str, ...]) -> None:
    user = person("ada", group)
    assert [permission for permission in MAY if user.has_perm(permission)] == list(may)
    assert audiences_for(user) == INSIDERS
    assert not user.is_staff


def test_a_fresh_database_has_the_groups_with_their_permissions() -> None:
    found = {
        group.name: {f"kb.{codename}" for codename in group.permissions.values_list("codename", flat=True)}
        for group in Group.objects.all()
    }
    assert found == {name: set(permissions) for name, permissions in roles.GROUPS.items()}


def test_what_an_administrator_changed_in_a_group_stays() -> None:
    Group.objects.get(name="support").permissions.clear()
    roles.make_groups()
    assert not Group.objects.get(name="support").permissions.exists()


def test_an_account_without_a_group_reads_what_everyone_reads() -> None:
    assert audiences_for(person("bob")) == EVERYONE
    assert audiences_for(None) == EVERYONE


def test_who_was_marked_as_staff_reads_staff_guides_as_before() -> None:
    assert audiences_for(User.objects.create_user("old", is_staff=True)) == INSIDERS
    assert audiences_for(User.objects.create_superuser("root")) == INSIDERS


def test_a_closed_account_reads_nothing_more() -> None:
    user = person("ada", "editors")
    user.is_active = False
    assert audiences_for(user) == EVERYONE


def test_support_reads_staff_guides_and_customers_do_not(write_guide: WriteGuide, client: Client) -> None:
    guide = write_guide("---\naudience: staff\n---\n# Inside\n\nOnly for us.\n")
    assert client.get(guide.get_absolute_url()).status_code == 404
    client.force_login(person("sue", "support"))
    assert client.get(guide.get_absolute_url()).status_code == 200


def test_pages_show_the_desk_to_just_those_who_see_staff_guides(client: Client) -> None:
    people = [person("sue", "support"), User.objects.create_user("old", is_staff=True), person("bob")]
    shown = []
    for user in people:
        client.force_login(user)
        shown.append(client.get("/").content.decode().count('href="/desk/"'))
    client.logout()
    assert 'href="/desk/"' not in client.get("/").content.decode()
    assert [bool(links) for links in shown] == [audiences_for(user) == INSIDERS for user in people]
    assert shown == [2, 2, 0]


def test_no_template_says_again_who_sees_staff_guides() -> None:
    templates = [path for name in ("kb", "troubleshooting") for path in (ROOT / name / "templates").rglob("*.html")]
    assert [path for path in templates if "view_staff_guides" in path.read_text()] == []


def test_the_groups_are_given_in_the_admin(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    page = client.get("/admin/auth/user/add/")
    assert page.status_code == 200
    user = person("ada")
    form = client.get(f"/admin/auth/user/{user.pk}/change/").content.decode()
    assert all(f">{name}</option>" in form for name in roles.GROUPS)


def test_nobody_writes_guides_in_the_admin(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/admin/kb/guide/").status_code == 404
    assert client.get("/admin/kb/revision/").status_code == 404


@pytest.mark.night
@pytest.mark.django_db(transaction=True)
def test_a_library_from_before_knows_what_its_files_said() -> None:
    MigrationExecutor(connection).migrate([("kb", "0002_search_records")])
    try:
        apps = MigrationExecutor(connection).loader.project_state([("kb", "0002_search_records")]).apps
        old = apps.get_model("kb", "Guide").objects.create(
            slug="old", folder="/x", source="old.md", title="Old", state="published", updated_at="2026-01-01T00:00Z"
        )
        revision = apps.get_model("kb", "Revision").objects.create(
            guide=old, number=1, text="# Old", digest="d", state="published"
        )
        old.revision = revision
        old.save()
    finally:
        call_command("migrate", verbosity=0)
    guide = Guide.objects.get(slug="old")
    assert guide.loaded_id == guide.revision_id == revision.pk
    assert Revision.objects.get().published_at
