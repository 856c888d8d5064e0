"""Signing in and out: the only pages of readers that take a form and set a cookie."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", password="correct horse battery", is_staff=True)


def test_signing_in_leads_home_or_to_where_one_was_going(client: Client, ada: User) -> None:
    form = {"username": "ada", "password": "correct horse battery"}
    assert client.post("/accounts/sign-in/", form).headers["Location"] == "/"
    client.logout()
    response = client.post("/accounts/sign-in/", form | {"next": "/guides/"})
    assert response.headers["Location"] == "/guides/"


def test_signing_in_leads_to_no_other_site(client: Client, ada: User) -> None:
    form = {"username": "ada", "password": "correct horse battery", "next": "https://evil.example/"}
    assert client.post("/accounts/sign-in/", form).headers["Location"] == "/"


def test_a_wrong_password_is_said_to_be_wrong(client: Client, ada: User) -> None:
    response = client.post("/accounts/sign-in/", {"username": "ada", "password": "wrong"})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


def test_the_form_is_kept_by_nobody_and_has_a_token(client: Client, db: None) -> None:
    response = client.get("/accounts/sign-in/")
    assert "no-store" in response.headers["Cache-Control"]
    assert "csrfmiddlewaretoken" in response.content.decode()
    assert "Help Centre" in response.content.decode()


def test_who_is_signed_in_already_is_sent_on(staff_client: Client) -> None:
    assert staff_client.get("/accounts/sign-in/").status_code == 302


def test_a_link_signs_nobody_out_but_asks(staff_client: Client) -> None:
    assert "Sign out?" in staff_client.get("/accounts/sign-out/").content.decode()
    assert "Signed in as" in staff_client.get("/").content.decode()


def test_who_is_signed_out_has_nothing_to_sign_out_of(client: Client, db: None) -> None:
    assert client.get("/accounts/sign-out/").headers["Location"] == "/"


def test_signing_out_takes_a_form_and_ends_the_session(staff_client: Client) -> None:
    assert staff_client.post("/accounts/sign-out/").headers["Location"] == "/"
    assert "Signed in as" not in staff_client.get("/").content.decode()


def test_what_the_signed_in_read_is_kept_by_nobody(staff_client: Client) -> None:
    response = staff_client.get("/")
    assert "private" in response.headers["Cache-Control"]


def test_an_account_that_is_not_staff_reads_what_everyone_reads(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("bob", password="correct horse battery"))
    page = client.get("/").content.decode()
    assert "Signed in as <strong>bob</strong>" in page
    assert "Administration" not in page
