"""Administrators see who signed in or tried to, and what was done with accounts; nobody else does."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from kb.models import Act, SignIn
from kb.models import activity as stored
from kb.web.accounts.commands import note_command
from tests.support.phone import set_up
from tests.support.served import ROOT, prepared_in
from tests.support.studio import person
from troubleshooting.forgetting import kinds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]
RIGHT = "correct horse battery"


@pytest.fixture
def root() -> Client:
    """A browser in which an administrator is signed in."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", password=RIGHT))
    return client


def _sign_in(name: str, password: str, address: str = "/accounts/sign-in/", of: str = "203.0.113.7") -> Client:
    client = Client(REMOTE_ADDR=of)
    client.post(address, {"username": name, "password": password})
    return client


def _rows(page: str) -> list[str]:
    found = re.findall(r'<li class="row">(.*?)</li>', page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", row)).split()) for row in found]


def test_each_sign_in_is_there_with_what_came_of_it(ada: User, root: Client) -> None:
    _sign_in("ada", "wrong")
    here = _sign_in("ada", RIGHT)
    phone, _ = set_up(here, ada)
    there = _sign_in("ada", RIGHT, of="203.0.113.8")
    there.post("/accounts/sign-in/code/", {"code": "000000"})
    there.post("/accounts/sign-in/code/", {"code": phone.code()})
    told = [(row.name, row.outcome) for row in SignIn.objects.all()]
    kind = SignIn.Outcome
    assert told == [
        ("ada", kind.SIGNED_IN),
        ("ada", kind.WRONG_CODE),
        ("ada", kind.SIGNED_IN),
        ("ada", kind.WRONG_PASSWORD),
    ]
    rows = _rows(root.get("/accounts/activity/").content.decode())
    assert [row.partition(":")[0] for row in rows] == ["Signed in", "Wrong code", "Signed in", "Wrong password"]
    addresses = [row.rpartition(" from ")[2] for row in rows]
    assert addresses[0] == addresses[1] != addresses[2] == addresses[3]


def test_the_administration_and_names_that_are_locked_out_are_in_it(ada: User, root: Client) -> None:
    for _ in range(6):
        _sign_in("ada", "wrong", "/admin/login/")
    outcomes = [row.outcome for row in SignIn.objects.order_by("pk")]
    assert outcomes == [SignIn.Outcome.WRONG_PASSWORD] * 4 + [SignIn.Outcome.LOCKED_OUT] * 2
    _sign_in("root", RIGHT, "/admin/login/", of="203.0.113.9")
    assert SignIn.objects.all()[0].outcome == SignIn.Outcome.SIGNED_IN


def test_neither_an_address_nor_what_was_typed_is_kept(ada: User) -> None:
    _sign_in("my secret password", "x")
    _sign_in("ada", "another secret")
    _sign_in("ada\0", "x")
    for row in SignIn.objects.all():
        assert row.name in {"", "ada"}
        assert "203.0.113" not in repr(vars(row))
        assert "secret" not in repr(vars(row))


def test_the_list_is_paged_and_narrowed(root: Client) -> None:
    rows = [SignIn(name=f"name{n % 2}", outcome=SignIn.Outcome.SIGNED_IN, address="fd00::1") for n in range(120)]
    SignIn.objects.bulk_create(rows)
    SignIn.objects.note("ada", SignIn.Outcome.WRONG_CODE, "fd00::1")

    def shown(query: str) -> list[str]:
        return _rows(root.get(f"/accounts/activity/{query}").content.decode())

    assert [len(shown(f"?page={number}")) for number in (1, 2, 3)] == [50, 50, 21]
    assert root.get("/accounts/activity/?page=4").status_code == 404
    assert len(shown("?outcome=wrong-code")) == 1
    assert len(shown("?q=name1&page=2")) == 10
    assert shown("?q=nobody") == []
    assert len(shown("?outcome=nonsense")) == 50


def test_what_administrators_do_is_there_in_the_order_of_time(ada: User, root: Client) -> None:
    root.post("/admin/auth/group/add/", {"name": "night shift"})
    set_up(_sign_in("ada", RIGHT), ada)
    call_command("reset_two_factor", "ada")
    root.post(f"/admin/auth/user/{ada.pk}/delete/", {"post": "yes"})
    rows = [row.rpartition(" ")[0] for row in _rows(root.get("/accounts/activity/changes/").content.decode())]
    assert [re.sub(r" \d+ \w+ \d{4},$", "", row) for row in rows] == [
        "root deleted the user “ada”",
        "The server\u2019s command line turned off the two-factor codes of ada",
        "ada turned two-factor codes on",
        "root added the group “night shift”: Added.",
    ]


def test_changes_of_passwords_are_there(ada: User, root: Client) -> None:
    client = _sign_in("ada", RIGHT)
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    client.post("/accounts/password/", {"old_password": "wrong", **new})
    assert not Act.objects.exists()
    client.post("/accounts/password/", {"old_password": RIGHT, **new})
    assert [(act.by_name, act.what) for act in Act.objects.all()] == [("ada", "changed their password")]


def test_commands_are_there_without_what_they_were_told() -> None:
    for arguments in (["createsuperuser", "--username", "eve"], ["forget", "CDFG-HJKM-3479"]):
        note_command(arguments)
    for arguments in (["forget", "--dry-run"], ["runserver"], ["check_guides"]):
        note_command(arguments)
    assert [act.what for act in Act.objects.order_by("pk")] == ["ran createsuperuser", "ran forget"]


@pytest.mark.slow
def test_a_command_that_is_run_at_a_console_is_there(tmp_path: Path) -> None:
    environment = prepared_in(tmp_path)

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout

    run("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.com")
    run("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.com")  # refused
    question = "from kb.models import Act; print([(act.by_name, act.what) for act in Act.objects.all()])"
    assert run("shell", "-v", "0", "-c", question).strip() == "[('', 'ran createsuperuser')]"


def test_both_lists_are_for_those_who_may_see_what_administrators_do(root: Client) -> None:
    for address in ("/accounts/activity/", "/accounts/activity/changes/"):
        assert Client().get(address).headers["Location"].startswith("/accounts/sign-in/")
        for group in ("support", "writers", "editors"):
            client = Client()
            client.force_login(User.objects.filter(username=group).first() or person(group, group))
            assert client.get(address).status_code == 403
            assert "Activity" not in client.get("/").content.decode()
        assert root.get(address).status_code == 200
    assert 'href="/accounts/activity/"' in root.get("/").content.decode()
    auditor = person("auditor")
    auditor.groups.add(Group.objects.create(name="auditors"))
    auditor.groups.get().permissions.add(Permission.objects.get(codename="view_logentry"))
    client = Client()
    client.force_login(auditor)
    assert client.get("/accounts/activity/").status_code == 200


def test_what_is_old_is_forgotten_by_the_timer(root: Client) -> None:
    now = timezone.now()
    ages = {"new": timedelta(days=1), "old": stored.SIGN_INS_KEPT + timedelta(hours=1)}
    for name, age in ages.items():
        SignIn.objects.create(name=name, outcome=SignIn.Outcome.SIGNED_IN, address="fd00::1", happened_at=now - age)
        Act.objects.create(by_name=name, what="x", happened_at=now - age * 10)
        root.post("/admin/auth/group/add/", {"name": name})
        LogEntry.objects.filter(object_repr=name).update(action_time=now - age * 10)
    kinds.forget_due()
    assert [row.name for row in SignIn.objects.all()] == ["new"]
    assert [row.by_name for row in Act.objects.all()] == ["new"]
    assert [row.object_repr for row in LogEntry.objects.all()] == ["new"]


def test_a_flood_of_wrong_passwords_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MOST_SIGN_INS", 10)
    for number in range(30):
        SignIn.objects.note(str(number), SignIn.Outcome.WRONG_PASSWORD, "fd00::1")
    kinds.forget_due()
    assert [row.name for row in SignIn.objects.order_by("pk")] == [str(number) for number in range(20, 30)]
