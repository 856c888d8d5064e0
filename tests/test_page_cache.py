"""Signed-out readers share what was rendered for one of them, until something is published."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb import generation
from kb.models import Guide
from tests.conftest import WriteGuide

pytestmark = pytest.mark.django_db

GUIDE = """
# Slow mornings

It is slow.
"""


def test_the_second_reader_costs_no_query(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    first = Client().get(url)
    with CaptureQueriesContext(connection) as queries:
        second = Client().get(url)
    assert len(queries) == 0
    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_reader_who_has_the_page_gets_a_304_without_a_query(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    etag = Client().get(url).headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        again = Client().get(url, headers={"If-None-Match": etag})
        weak = Client().get(url, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, weak.status_code) == (304, 304)
    assert again.content == b""
    assert again.headers["ETag"] == etag
    assert len(queries) == 0


def test_head_names_the_page_as_get_does(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    head = Client().head(url)
    assert head.headers["ETag"] == Client().get(url).headers["ETag"]
    assert b"It is slow." in Client().get(url).content
    assert Client().head(url, headers={"If-None-Match": head.headers["ETag"]}).status_code == 304


def test_a_publication_shows_at_once(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    etag = Client().get(url).headers["ETag"]
    write_guide(GUIDE.replace("slow.", "quick."))
    again = Client().get(url, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert b"It is quick." in again.content


def test_what_is_shared_sets_no_cookie_and_says_that_it_is_public(write_guide: WriteGuide) -> None:
    response = Client().get(write_guide(GUIDE).get_absolute_url())
    assert not response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in response.headers["Vary"].split(",")}
    assert b"csrf" not in response.content.lower()


def test_what_someone_sees_who_is_signed_in_is_theirs_alone(write_guide: WriteGuide, staff_client: Client) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    signed_out = Client().get(url)
    response = staff_client.get(url, headers={"If-None-Match": signed_out.headers["ETag"]})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert Client().get(url).content == signed_out.content


def test_a_staff_guide_is_not_kept_for_others(write_guide: WriteGuide, staff_client: Client) -> None:
    url = write_guide("---\naudience: staff\n---\n# Secret way\n\nHush.\n").get_absolute_url()
    assert staff_client.get(url).status_code == 200
    assert Client().get(url).status_code == 404


def test_errors_are_not_kept(write_guide: WriteGuide) -> None:
    missing = Client().get("/guides/later/")
    assert missing.status_code == 404
    assert "no-store" in missing.headers["Cache-Control"]
    assert "ETag" not in missing.headers
    write_guide("# Later\n\nHere now.\n", "later.md")
    assert Client().get("/guides/later/").status_code == 200


def test_a_page_with_a_form_token_is_not_kept() -> None:
    response = Client().get("/accounts/sign-in/")
    assert "ETag" not in response.headers
    assert "no-store" in response.headers["Cache-Control"]


def test_an_unknown_host_is_turned_away_even_when_the_page_is_kept(write_guide: WriteGuide) -> None:
    url = write_guide(GUIDE).get_absolute_url()
    assert Client().get(url).status_code == 200
    assert Client(SERVER_NAME="evil.example").get(url).status_code == 400


def test_fragments_and_pages_are_kept_apart(write_guide: WriteGuide) -> None:
    write_guide(GUIDE)
    page = Client().get("/search/?q=slow")
    fragment = Client().get("/search/?q=slow", headers={"HX-Request": "true"})
    assert page.headers["ETag"] != fragment.headers["ETag"]


def test_nothing_is_kept_while_a_publication_is_under_way(write_guide: WriteGuide) -> None:
    guide = write_guide(GUIDE)
    with generation.publication():
        response = Client().get(guide.get_absolute_url())
        assert response.status_code == 200
        assert "ETag" not in response.headers
        Guide.objects.filter(pk=guide.pk).update(title="Slow evenings")
    assert b"Slow evenings" in Client().get(guide.get_absolute_url()).content


def test_someone_whose_session_ended_still_gets_the_page(write_guide: WriteGuide) -> None:
    User.objects.create_user("ada")
    client = Client()
    client.cookies["sessionid"] = "long-gone"
    assert client.get(write_guide(GUIDE).get_absolute_url()).status_code == 200
