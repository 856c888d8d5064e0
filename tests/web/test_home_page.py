"""The start page: one question, and every way on, for anyone, without a cookie."""

from __future__ import annotations

import re
from itertools import pairwise

from django.test import Client

from tests.conftest import WriteGuide

STAFF_GUIDE = """
    ---
    title: Zebrafish maintenance
    category: Zebrafish/Inner
    audience: staff
    prevalence: common
    ---
    ## The zebrafish stops
    If the zebrafish stops:

    1. Restart the zebrafish.

    ## Codes
    | Code | Meaning | Action |
    | --- | --- | --- |
    | ZEBRAFISH_1 | It stopped | Restart it |
"""


def read(client: Client, address: str = "/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_question_is_a_form_that_works_without_javascript(client: Client, db: None) -> None:
    page = read(client)
    assert "What is going wrong?" in page
    assert re.search(r'<form[^>]* role="search" action="/search/" method="get"', page)
    assert re.search(r'<label for="home-search">What is going wrong\?</label>', page)
    assert re.search(r'<input id="home-search" type="search" name="q"', page)


def test_it_shows_categories_with_counts_problems_codes_and_contacts(client: Client, shipped: None) -> None:
    page = read(client)
    for heading in ("Common problems", "Categories", "Error codes", "Contacts"):
        assert f">{heading}</h2>" in page
    assert re.search(r'<a href="/categories/network/">Network</a></h3>\s*<p class="card__note">\d+ guides</p>', page)
    assert 'href="/codes/' in page
    assert 'href="/contacts/#' in page
    assert 'href="/troubleshoot/"' in page


def test_it_takes_four_queries_at_most(client: Client, shipped: None, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        read(client)


def test_it_sets_no_cookie_and_may_be_shared(client: Client, shipped: None) -> None:
    response = client.get("/")
    assert not response.cookies
    assert "public" in response.headers["Cache-Control"]
    assert "csrf" not in response.content.decode().lower()


def test_nothing_of_a_staff_guide_is_on_it_for_the_public(client: Client, write_guide: WriteGuide) -> None:
    write_guide(STAFF_GUIDE)
    assert "zebrafish" not in read(client).lower()


def test_staff_see_their_guides_on_it(staff_client: Client, write_guide: WriteGuide) -> None:
    write_guide(STAFF_GUIDE)
    page = read(staff_client)
    assert "The zebrafish stops" in page
    assert "Staff only" in page
    assert "Signed in as <strong>ada</strong>" in page


def test_an_empty_library_says_so(client: Client, db: None) -> None:
    assert "No guides yet" in read(client)


PAGES = (
    "/", "/guides/", "/guides/connection-timeouts/", "/categories/", "/categories/network/", "/codes/", "/codes/429/",
    "/contacts/", "/search/", "/search/?q=time-out", "/search/?q=purple", "/accounts/sign-in/", "/guides/nothing/",
)  # fmt: skip


def test_every_page_is_sound(client: Client, shipped: None) -> None:
    for address in PAGES:
        page = client.get(address).content.decode()
        assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page) == [], address
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
        assert levels.count(1) == 1, address
        assert levels[0] == 1, address
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), address
        assert '<a class="skip-link" href="#page_main">' in page
        assert '<main id="page_main"' in page
        ids = re.findall(r'\sid="([^"]*)"', page)
        assert len(ids) == len(set(ids)), address
