"""What goes wrong gets a clear page, the right status, and leaks nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.templatetags.static import static
from django.test import Client, RequestFactory
from pytest_django import Settings

from kb.web import errors

PAGES = ["/", "/guides/", "/categories/", "/codes/", "/contacts/", "/search/", "/search/suggest/", "/feed.xml"]


def test_an_unknown_address_offers_a_search_for_its_words(client: Client, db: None) -> None:
    response = client.get("/docs/connection-timeouts.html")
    page = response.content.decode()
    assert response.status_code == 404
    assert 'name="q" value="connection timeouts"' in page
    assert 'href="/guides/"' in page
    assert not response.cookies


def test_what_an_address_says_is_escaped_on_its_404(client: Client, db: None) -> None:
    page = client.get('/codes/"><script>alert(1)</script>/').content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_sending_to_a_page_that_is_only_read_is_a_clear_405(db: None, address: str, method: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method, address, b"x=1")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "This page can only be read" in response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_head_answers_like_get_without_the_page(client: Client, db: None, address: str) -> None:
    response = client.head(address)
    assert response.status_code == client.get(address).status_code
    assert response.content == b""


def test_a_form_without_its_token_says_what_to_do(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/sign-in/", {"username": "ada", "password": "x"})
    assert response.status_code == 403
    assert "reload the page and send it again" in response.content.decode()


def test_a_request_for_another_host_is_a_clear_400(client: Client, db: None) -> None:
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "be understood" in response.content.decode()
    assert "evil.example" not in response.content.decode()


def test_our_own_failure_is_a_page_that_needs_no_database(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise DatabaseError("the secret host db7 is down")

    client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "Something broke on our side" in page
    assert "db7" not in page
    assert "no-store" in response.headers["Cache-Control"]


def test_it_needs_no_database_either_when_someone_is_signed_in(staff_client: Client) -> None:
    def broken(*_args: Any) -> None:
        raise DatabaseError("down")

    staff_client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        response = staff_client.get("/guides/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_our_own_failure_needs_no_manifest_of_static_files(settings: Settings, rf: RequestFactory) -> None:
    storage = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    settings.STATIC_ROOT = settings.DATA_DIR / "nothing-collected"
    settings.DEBUG = False
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        static("kb.css")
    response = errors.server_error(rf.get("/"))
    page = response.content.decode()
    assert response.status_code == 500
    assert 'href="/static/kb.css"' in page
    assert f"<title>Something broke · {settings.SITE_NAME}</title>" in page
    assert not re.search("<script|<style| style=", page)


def test_an_icon_is_where_browsers_look_for_one(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response.headers["Location"]) == (301, "/static/icons/mark.svg")
    assert finders.find("icons/mark.svg")


def test_someone_who_may_not_see_a_page_is_told_so(rf: RequestFactory) -> None:
    response = errors.permission_denied(rf.get("/x/"), PermissionDenied())
    assert response.status_code == 403
    assert "open to signed-in staff only" in response.content.decode()


def test_error_pages_are_kept_by_nobody(client: Client, db: None) -> None:
    for address in ("/nothing/", "/guides/nothing/", "/guides/?page=9"):
        assert re.search("no-store|private", client.get(address).headers["Cache-Control"])
