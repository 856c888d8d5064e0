"""Passwords: guessing stops, forgetting has a way out, and who only reads is asked for nothing."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from kb.models import Letter
from kb.outbox import letters
from kb.rate_limits.rules import LIMITS, Deed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]
RIGHT = "correct horse battery"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", "ada@example.com", RIGHT)


def _sign_in(client: Client, name: str, password: str, address: str = "10.0.0.1") -> int:
    form = {"username": name, "password": password}
    return client.post("/accounts/sign-in/", form, REMOTE_ADDR=address).status_code


def test_five_wrong_passwords_lock_the_name_out_and_say_what_to_do(client: Client, ada: User) -> None:
    assert [_sign_in(client, "ada", "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
    response = client.post("/accounts/sign-in/", {"username": "ada", "password": RIGHT}, REMOTE_ADDR="10.0.0.1")
    page = response.content.decode()
    assert response.status_code == 429
    assert "15 minutes" in page
    assert "administrator" in page
    assert 'role="alert"' in page
    assert (response.headers["Retry-After"], response.headers["Cache-Control"]) == ("900", "private, no-store")
    assert "sessionid" not in response.cookies


def test_others_and_other_places_are_not_locked_out(client: Client, ada: User) -> None:
    User.objects.create_user("bob", password=RIGHT)
    for _ in range(6):
        _sign_in(client, "ada", "wrong")
    assert _sign_in(client, "bob", RIGHT) == 302
    assert _sign_in(Client(), "ada", RIGHT, "10.0.0.2") == 302


def test_a_right_password_forgets_the_wrong_ones(client: Client, ada: User) -> None:
    for _ in range(3):
        assert [_sign_in(Client(), "ada", "wrong") for _ in range(4)] == [200] * 4
        assert _sign_in(Client(), "ada", RIGHT) == 302


def test_the_administration_locks_out_too(client: Client, ada: User) -> None:
    form = {"username": "ada", "password": "wrong"}
    assert [client.post("/admin/login/", form).status_code for _ in range(5)][-1] == 429


def test_who_only_reads_gets_no_cookie(client: Client) -> None:
    for address in ("/", "/guides/", "/search/?q=jam", "/contacts/"):
        assert not client.get(address).cookies


def test_a_password_is_changed_by_who_knows_it(client: Client, ada: User) -> None:
    assert client.get("/accounts/password/").status_code == 302
    client.force_login(ada)
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    wrong = client.post("/accounts/password/", {"old_password": "wrong", **new})
    assert (wrong.status_code, "field__error" in wrong.content.decode()) == (200, True)
    assert client.post("/accounts/password/", {"old_password": RIGHT, **new}).status_code == 302
    assert client.get("/accounts/password/").status_code == 200
    assert _sign_in(Client(), "ada", "a much better one") == 302


def test_without_a_mail_server_an_administrator_is_asked(client: Client, settings: Settings) -> None:
    settings.EMAIL_IS_ON = False
    assert "Ask an administrator" in client.get("/accounts/password/forgotten/").content.decode()
    client.post("/accounts/password/forgotten/", {"email": "ada@example.com"})
    assert not mail.outbox


def test_a_forgotten_password_is_replaced_by_mail(client: Client, ada: User, settings: Settings) -> None:
    settings.EMAIL_IS_ON = True
    sent = client.post("/accounts/password/forgotten/", {"email": "ada@example.com"})
    assert "Look into your mail" in client.get(sent.headers["Location"]).content.decode()
    assert letters.send_due("mail") == 1
    assert not Letter.objects.exists(), "a link to choose a password with is not kept"
    body = str(mail.outbox[0].body)
    found = re.search(r"http://testserver(/accounts/password/new/\S+)", body)
    assert found
    assert "ada" in body
    form = client.get(found[1]).headers["Location"]
    assert "Choose a new password" in client.get(form).content.decode()
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    assert client.post(form, new).headers["Location"] == "/accounts/sign-in/"
    assert _sign_in(Client(), "ada", "a much better one") == 302
    assert "does not work any more" in Client().get(found[1]).content.decode()


def test_a_new_password_by_mail_lets_in_who_was_locked_out_and_says_so(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.EMAIL_IS_ON = True
    for _ in range(6):
        _sign_in(client, "ada", "wrong")
    client.post("/accounts/password/forgotten/", {"email": "ada@example.com"})
    letters.send_due("mail")
    found = re.search(r"http://testserver(/accounts/password/new/\S+)", str(mail.outbox[0].body))
    assert found
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    page = client.post(client.get(found[1]).headers["Location"], new, follow=True).content.decode()
    assert "Your password was changed." in page
    assert _sign_in(client, "ada", "a much better one") == 302


def test_behind_a_proxy_nobody_locks_others_out_from_elsewhere(client: Client, ada: User, settings: Settings) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"https": True})

    def sign_in(password: str, forwarded: str) -> int:
        form = {"username": "ada", "password": password}
        return client.post("/accounts/sign-in/", form, headers={"x-forwarded-for": forwarded}).status_code

    for forged in range(5):
        sign_in("wrong", f"10.9.9.{forged}, 203.0.113.7")
    assert sign_in(RIGHT, "203.0.113.7") == 429
    assert sign_in("wrong", "no address") == 200
    assert sign_in(RIGHT, "2001:db8::1") == 302


def test_nobody_learns_who_has_an_account(client: Client, settings: Settings) -> None:
    settings.EMAIL_IS_ON = True
    sent = client.post("/accounts/password/forgotten/", {"email": "nobody@example.com"})
    assert sent.headers["Location"] == "/accounts/password/sent/"
    assert letters.send_due("mail") == 0


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/admin/login/"])
def test_a_name_that_no_account_can_have_is_refused_and_not_kept(client: Client, address: str) -> None:
    response = client.post(address, {"username": "x" * 3000, "password": "wrong"})
    assert response.status_code == 200
    assert "at most 150 characters" in response.content.decode()
    assert not AccessAttempt.objects.exists()


def test_one_network_can_not_try_name_after_name(client: Client, ada: User) -> None:
    most = LIMITS[Deed.SIGN_IN].limits[0].most
    tried = [_sign_in(client, f"name-{number}", "wrong", f"10.0.0.{number}") for number in range(most + 5)]
    assert tried == [200] * most + [429] * 5
    form = {"username": "ada", "password": RIGHT, "next": "/guides/"}
    refused = client.post("/accounts/sign-in/", form, REMOTE_ADDR="10.0.0.77")
    page = refused.content.decode()
    assert (refused.status_code, "sessionid" in refused.cookies) == (429, False)
    assert 0 < int(refused.headers["Retry-After"]) <= 301
    assert 'value="ada"' in page
    assert 'name="next" value="/guides/"' in page
    assert RIGHT not in page
    assert client.post("/admin/login/", form, REMOTE_ADDR="10.0.0.77").status_code == 429
    assert _sign_in(client, "ada", RIGHT, "10.0.1.1") == 302


def test_addresses_of_one_ipv6_network_are_one_and_so_are_mapped_ones(client: Client, ada: User) -> None:
    for number in range(4):
        _sign_in(client, "ada", "wrong", f"2001:db8::{number + 1}")
    assert _sign_in(client, "ada", "wrong", "2001:db8::99") == 429
    assert _sign_in(client, "ada", RIGHT, "2001:db8:0:1::1") == 302
    for number in range(20):
        _sign_in(Client(), f"name-{number}", "wrong", "::ffff:10.0.0.1")
    assert _sign_in(Client(), "bob", "wrong", "10.0.0.9") == 429


def test_right_passwords_and_names_that_are_locked_out_use_nothing_up(client: Client, ada: User) -> None:
    for _ in range(25):
        assert _sign_in(Client(), "ada", RIGHT) == 302
    for _ in range(30):
        _sign_in(Client(), "bob", "wrong")
    assert _sign_in(Client(), "ada", RIGHT) == 302


def test_who_signed_in_before_gets_in_while_a_neighbour_guesses(client: Client, ada: User) -> None:
    assert _sign_in(client, "ada", RIGHT) == 302
    assert (client.cookies["known"]["httponly"], client.cookies["known"]["path"]) == (True, "/accounts/sign-in/")
    client.post("/accounts/sign-out/")
    for number in range(21):
        _sign_in(Client(), f"name-{number}", "wrong")
    assert _sign_in(Client(), "ada", RIGHT) == 429
    assert _sign_in(client, "name-1", "wrong") == 429
    assert _sign_in(client, "ada", RIGHT) == 302


def test_an_account_makes_no_other_name_known(client: Client, ada: User) -> None:
    client.force_login(User.objects.create_user("bob"))
    assert _sign_in(client, "ada", "whatever") == 302
    assert "known" not in client.cookies


def test_no_address_is_kept_of_who_gave_a_wrong_password(client: Client, ada: User) -> None:
    _sign_in(client, "ada", "wrong", "198.51.100.23")
    (attempt,) = AccessAttempt.objects.all()
    assert "198.51.100" not in repr(vars(attempt))


def test_the_present_password_can_not_be_guessed_either(client: Client, ada: User) -> None:
    client.force_login(ada)
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    tried = [client.post("/accounts/password/", {"old_password": str(n), **new}).status_code for n in range(11)]
    assert tried == [200] * 10 + [429]
    assert client.post("/accounts/password/", {"old_password": RIGHT, **new}).status_code == 429
    assert client.get("/admin/password_change/").headers["Location"] == "/accounts/password/"


@pytest.mark.parametrize("asked", ["ada@example.com", "nobody@example.com"])
def test_mails_for_one_address_end_whether_or_not_it_has_an_account(
    client: Client, ada: User, settings: Settings, asked: str
) -> None:
    settings.EMAIL_IS_ON = True
    forms = [asked, asked.upper(), asked, asked, asked]
    told = [
        client.post("/accounts/password/forgotten/", {"email": form}, REMOTE_ADDR=f"10.{n}.0.1")
        for n, form in enumerate(forms)
    ]
    assert [answer.status_code for answer in told] == [302, 302, 302, 429, 429]
    assert f'value="{asked}"' in told[-1].content.decode()
    assert int(told[-1].headers["Retry-After"]) > 0
    assert Letter.objects.count() == (3 if asked.startswith("ada") else 0)


def test_one_network_can_not_ask_for_mails_to_many(client: Client, settings: Settings) -> None:
    settings.EMAIL_IS_ON = True
    for number in range(12):
        User.objects.create_user(f"name-{number}", f"name-{number}@example.com", RIGHT)
    told = [
        client.post("/accounts/password/forgotten/", {"email": f"name-{n}@example.com"}).status_code for n in range(12)
    ]
    assert told == [302] * 10 + [429] * 2
    assert Letter.objects.count() == 10
