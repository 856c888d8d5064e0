"""Who set up codes can't be signed in by a password alone, on any way in, and is not locked out by losing a phone."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from kb.config.backup import tables
from kb.models import Act
from kb.rate_limits.rules import LIMITS, Deed
from kb.web.accounts import signing_in
from tests.support.phone import set_up
from tests.support.studio import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]
RIGHT = "correct horse battery"
CODE_PAGE = "/accounts/sign-in/code/"


@pytest.fixture
def here(ada: User) -> Client:
    """A browser in which ada, a writer, is signed in."""
    client = Client()
    client.post("/accounts/sign-in/", {"username": "ada", "password": RIGHT})
    return client


def _password(client: Client, address: str = "/accounts/sign-in/", **more: str) -> str:
    answer = client.post(address, {"username": "ada", "password": RIGHT, **more})
    return answer.headers.get("Location", "")


def _is_signed_in(client: Client) -> bool:
    return "Signed in as <strong>ada</strong>" in client.get("/").content.decode()


def test_with_codes_a_password_alone_signs_nobody_in(here: Client, ada: User) -> None:
    phone, _ = set_up(here, ada)
    client = Client()
    assert _password(client, next="/guides/") == CODE_PAGE
    assert not _is_signed_in(client)
    assert client.get("/write/").status_code == 302
    assert 'autocomplete="one-time-code"' in client.get(CODE_PAGE).content.decode()
    answer = client.post(CODE_PAGE, {"code": phone.code()})
    assert answer.headers["Location"] == "/guides/"
    assert _is_signed_in(client)


def test_nor_does_it_in_the_administration(client: Client) -> None:
    ada = User.objects.create_superuser("ada", password=RIGHT)
    client.force_login(ada)
    phone, _ = set_up(client, ada)
    client = Client()
    assert "id_username" in client.get("/admin/login/").content.decode()
    assert _password(client, "/admin/login/?next=/admin/auth/user/", next="/admin/auth/user/") == CODE_PAGE
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    answer = client.post(CODE_PAGE, {"code": phone.code()})
    assert answer.headers["Location"] == "/admin/auth/user/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/").headers["Location"] == "/admin/"


def test_without_codes_the_administration_is_entered_as_before(client: Client) -> None:
    User.objects.create_superuser("ada", password=RIGHT)
    assert _password(client, "/admin/login/") == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_page_for_the_code_is_for_those_whose_password_was_right_a_moment_ago(
    here: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _ = set_up(here, ada)
    client = Client()
    assert client.get(CODE_PAGE).headers["Location"] == "/accounts/sign-in/"
    assert client.post(CODE_PAGE, {"code": phone.code()}).headers["Location"] == "/accounts/sign-in/"
    _password(client)
    later = time.time() + signing_in.CODE_DUE_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.post(CODE_PAGE, {"code": phone.code()}).headers["Location"] == "/accounts/sign-in/"
    assert not _is_signed_in(client)


@pytest.mark.parametrize("what", ["password", "closed"])
def test_who_was_closed_or_has_another_password_meanwhile_is_not_let_in(here: Client, ada: User, what: str) -> None:
    phone, _ = set_up(here, ada)
    client = Client()
    _password(client)
    if what == "closed":
        ada.is_active = False
    else:
        ada.set_password("another one altogether")
    ada.save()
    assert client.post(CODE_PAGE, {"code": phone.code()}).headers["Location"] == "/accounts/sign-in/"


def test_a_code_counts_once_and_one_of_another_phone_never(here: Client, ada: User, eve: User) -> None:
    phone, _ = set_up(here, ada)
    other = Client()
    other.force_login(eve)
    of_eve, codes_of_eve = set_up(other, eve)
    code = phone.code()
    first, second = Client(), Client()
    for client in (first, second):
        _password(client)
        for wrong in (of_eve.code(), codes_of_eve[0], "", "12345", "\uff11\uff12\uff13\uff14\uff15\uff16", "x" * 400):
            answer = client.post(CODE_PAGE, {"code": wrong})
            assert answer.status_code == 200
            assert 'role="alert"' in answer.content.decode()
    assert first.post(CODE_PAGE, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
    assert second.post(CODE_PAGE, {"code": code}).status_code == 200
    assert (_is_signed_in(first), _is_signed_in(second)) == (True, False)


def test_each_recovery_code_lets_in_once(here: Client, ada: User) -> None:
    _, codes = set_up(here, ada)
    assert len(set(codes)) == 10
    client = Client()
    _password(client)
    assert client.post(CODE_PAGE, {"code": codes[0].upper()}).status_code == 302
    again = Client()
    _password(again)
    assert again.post(CODE_PAGE, {"code": codes[0]}).status_code == 200
    assert again.post(CODE_PAGE, {"code": codes[1].replace("-", "")}).status_code == 302
    assert "8 recovery codes left" in again.get("/accounts/two-factor/").content.decode()


def test_other_recovery_codes_are_made_for_who_gives_a_code_and_the_old_ones_end(here: Client, ada: User) -> None:
    phone, codes = set_up(here, ada)
    assert here.post("/accounts/two-factor/recovery/", {"code": "000000"}).status_code == 200
    assert StaticToken.objects.filter(token=codes[0].replace("-", "")).exists()
    page = here.post("/accounts/two-factor/recovery/", {"code": phone.code()}).content.decode()
    new = re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page)
    assert len(new) == 10
    assert not set(new) & set(codes)
    client = Client()
    _password(client)
    assert client.post(CODE_PAGE, {"code": codes[0]}).status_code == 200
    assert client.post(CODE_PAGE, {"code": new[0]}).status_code == 302


def test_codes_are_not_on_before_the_app_has_made_a_right_one(here: Client, ada: User) -> None:
    here.post("/accounts/two-factor/begin/")
    page = here.get("/accounts/two-factor/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert here.post("/accounts/two-factor/confirm/", {"code": "000000"}).status_code == 200
    assert _password(Client()) == "/"
    here.post("/accounts/two-factor/begin/", {"give_up": "yes"})
    assert not TOTPDevice.objects.exists()
    assert here.post("/accounts/two-factor/confirm/", {"code": "000000"}).status_code == 302


def test_the_secret_is_shown_while_it_is_set_up_and_never_again(here: Client, ada: User) -> None:
    here.post("/accounts/two-factor/begin/")
    assert "no-store" in here.get("/accounts/two-factor/").headers["Cache-Control"]
    set_up(here, ada)
    page = here.get("/accounts/two-factor/").content.decode()
    assert "<svg" not in page.partition("<main")[2]
    assert "Key:" not in page
    root = User.objects.create_superuser("root")
    client = Client()
    client.force_login(root)
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert client.get("/admin/otp_static/staticdevice/").status_code == 404


def test_turning_codes_on_ends_the_sessions_that_were_begun_without(here: Client, ada: User, eve: User) -> None:
    elsewhere, other = Client(), Client()
    elsewhere.force_login(ada)
    other.force_login(eve)
    set_up(here, ada)
    assert not _is_signed_in(elsewhere)
    assert _is_signed_in(here)
    assert other.get("/write/").status_code == 200


def test_no_other_app_takes_the_place_of_the_first_without_a_code_of_it(here: Client, ada: User) -> None:
    phone, _ = set_up(here, ada)
    secret = TOTPDevice.objects.get(user=ada).key
    here.post("/accounts/two-factor/begin/")
    assert TOTPDevice.objects.count() == 1
    other = TOTPDevice.objects.create(user=ada, name="App", confirmed=False)  # as one begun before the first was on
    assert "Key: " not in here.get("/accounts/two-factor/").content.decode()
    here.post("/accounts/two-factor/confirm/", {"code": f"{totp(other.bin_key):06d}"})
    assert TOTPDevice.objects.get(user=ada, confirmed=True).key == secret
    here.post("/accounts/two-factor/off/", {"code": phone.code()})
    set_up(here, ada)
    assert TOTPDevice.objects.get(user=ada).key != secret


def test_codes_are_turned_off_by_who_gives_one(here: Client, ada: User) -> None:
    phone, _ = set_up(here, ada)
    assert here.post("/accounts/two-factor/off/", {"code": "000000"}).status_code == 200
    assert _password(Client()) == CODE_PAGE
    assert here.post("/accounts/two-factor/off/", {"code": phone.code()}).status_code == 302
    assert _password(Client()) == "/"
    assert not StaticToken.objects.exists()
    assert [act.what for act in Act.objects.all()] == ["turned two-factor codes off", "turned two-factor codes on"]


def test_codes_can_not_be_guessed_from_anywhere(here: Client, ada: User) -> None:
    phone, codes = set_up(here, ada)
    most = min(limit.most for limit in LIMITS[Deed.CODE].limits)
    told = []
    for number in range(most + 2):
        client = Client(REMOTE_ADDR=f"10.{number}.0.1")
        _password(client)
        told.append(client.post(CODE_PAGE, {"code": "no-such-code"}))
    assert [answer.status_code for answer in told] == [200] * most + [429] * 2
    assert int(told[-1].headers["Retry-After"]) > 0
    client = Client(REMOTE_ADDR="10.99.0.1")
    _password(client)
    for right in (phone.code(), codes[0]):
        assert client.post(CODE_PAGE, {"code": right}).status_code == 429
    assert here.post("/accounts/two-factor/off/", {"code": phone.code()}).status_code == 429


def test_right_codes_use_nothing_up_and_the_browser_is_known_afterwards(here: Client, ada: User) -> None:
    _, codes = set_up(here, ada)
    client = Client()
    for code in codes:
        _password(client)
        assert client.post(CODE_PAGE, {"code": code}).status_code == 302
        client.post("/accounts/sign-out/")
    assert (client.cookies["known"]["path"], client.cookies["known"]["httponly"]) == ("/accounts/sign-in/", True)


def test_a_new_password_by_mail_does_not_replace_the_code(here: Client, ada: User) -> None:
    set_up(here, ada)
    ada.set_password("a much better one")
    ada.save()
    client = Client()
    client.post("/accounts/sign-in/", {"username": "ada", "password": "a much better one"})
    assert not _is_signed_in(client)


# Where the site asks for them


def test_who_writes_or_administers_must_set_them_up_where_the_site_asks(settings: Settings, here: Client) -> None:
    settings.TWO_FACTOR = "staff"
    for address in ("/", "/write/", "/guides/", "/admin/", "/accounts/activity/"):
        assert here.get(address).headers["Location"] == "/accounts/two-factor/", address
    page = here.get("/accounts/two-factor/")
    assert (page.status_code, "Set that up to go on" in page.content.decode()) == (200, True)
    assert here.post("/write/new/", {"title": "x"}).headers["Location"] == "/accounts/two-factor/"
    assert here.get("/write/session/", headers={"Accept": "application/json"}).status_code == 403
    assert here.get("/api/v1/guides").status_code == 403
    fragment = here.get("/search/", {"q": "jam"}, headers={"HX-Request": "true"})
    assert (fragment.headers["HX-Redirect"], fragment.content) == ("/accounts/two-factor/", b"")
    assert here.get("/healthz").status_code == 200
    set_up(here, User.objects.get(username="ada"))
    assert here.get("/write/").status_code == 200
    assert here.post("/accounts/sign-out/").status_code == 302


def test_who_must_have_them_and_turns_them_off_sets_them_up_again(settings: Settings, here: Client, ada: User) -> None:
    settings.TWO_FACTOR = "staff"
    phone, _ = set_up(here, ada)
    here.post("/accounts/two-factor/off/", {"code": phone.code()})
    assert here.get("/write/").headers["Location"] == "/accounts/two-factor/"


def test_a_session_from_before_the_app_gives_a_code_first(settings: Settings, here: Client, ada: User) -> None:
    settings.TWO_FACTOR = "staff"
    set_up(here, ada)
    client = Client()
    client.force_login(ada)
    assert client.get("/write/").headers["Location"] == "/accounts/sign-in/?next=/write/"
    assert not _is_signed_in(client)


@pytest.mark.parametrize("group", ["support", None])
def test_who_only_reads_needs_none(settings: Settings, group: str | None) -> None:
    settings.TWO_FACTOR = "staff"
    client = Client()
    client.force_login(person("sue", *([group] if group else [])))
    assert client.get("/").status_code == 200
    assert Client().get("/").status_code == 200


@pytest.mark.parametrize("mark", ["is_staff", "is_superuser"])
def test_whoever_may_administer_needs_them(settings: Settings, mark: str) -> None:
    settings.TWO_FACTOR = "staff"
    client = Client()
    client.force_login(
        User.objects.create_user("root", is_staff=mark == "is_staff", is_superuser=mark == "is_superuser")
    )
    assert client.get("/").headers["Location"] == "/accounts/two-factor/"


def test_the_secrets_are_in_a_backup(here: Client, ada: User) -> None:
    _, codes = set_up(here, ada)
    rows = {
        model._meta.label: b"".join(tables.read_rows(model)).decode()
        for model in tables.all_tables(tables.applied())
        if model._meta.app_label.startswith("otp")
    }
    assert TOTPDevice.objects.get().key in rows["otp_totp.TOTPDevice"]
    assert all(code.replace("-", "") in rows["otp_static.StaticToken"] for code in codes)


# Who lost the phone


def test_an_administrator_turns_them_off_by_a_command(
    here: Client, ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(here, ada)
    call_command("reset_two_factor", "ada")
    assert "by the password alone" in capsys.readouterr().out
    assert _password(Client()) == "/"
    act = Act.objects.first()
    assert act
    assert (act.by_name, act.what) == ("", "turned off the two-factor codes of ada")
    call_command("reset_two_factor", "ada")
    assert "has no two-factor codes" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_two_factor", "nobody")


def test_and_in_the_administration(here: Client, ada: User) -> None:
    set_up(here, ada)
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    listed = client.get("/admin/auth/user/").content.decode()
    assert listed.count('alt="True"') == 2, "one has codes, the other is staff"
    form = {"action": "reset_two_factor", "_selected_action": [str(ada.pk)]}
    answer = client.post("/admin/auth/user/", form, follow=True).content.decode()
    assert "were turned off for 1 of them" in answer
    assert _password(Client()) == "/"
    entry = LogEntry.objects.get()
    assert (entry.object_repr, "Two-factor" in entry.get_change_message()) == ("ada", True)


def test_who_may_only_look_at_accounts_can_not(here: Client, ada: User) -> None:
    set_up(here, ada)
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    client = Client()
    client.force_login(viewer)
    client.post("/admin/auth/user/", {"action": "reset_two_factor", "_selected_action": [str(ada.pk)]})
    assert _password(Client()) == CODE_PAGE
