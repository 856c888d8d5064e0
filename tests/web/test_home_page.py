"""The start page: one question, and every way on, for anyone, without a cookie."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.test import Client
from pytest_django import Settings

from kb.models.audience import EVERYONE, INSIDERS
from kb.search import use
from kb.search.log import looked_for, record
from kb.web import page_cache
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


def test_it_takes_five_queries_at_most(client: Client, shipped: None, django_assert_max_num_queries: object) -> None:
    use.current(EVERYONE)  # read once an hour
    with django_assert_max_num_queries(5):  # type: ignore[operator]
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


# The codes that are offered

TABLE = "# Codes {number}\n\n| Code | Meaning |\n| --- | --- |\n"


def table(number: int, *codes: str) -> str:
    return TABLE.format(number=number) + "".join(f"| {code} | It means {code} |\n" for code in codes)


def offered(client: Client, address: str = "/") -> list[str]:
    page_cache.forget()
    page = read(client, address)
    return re.findall(r"<code>([^<]*)</code></a>", page)


def search(text: str, times: int = 1, audiences: frozenset[str] = EVERYONE, opened: str = "") -> None:
    for _ in range(times):
        record.record(text, 3, audiences, opened)
    record.flush()


def test_codes_of_many_guides_come_first_and_then_the_first_of_each_guide(
    client: Client, write_guide: WriteGuide
) -> None:
    write_guide(table(1, *(f"{number:04}" for number in range(1, 20)), "SHARED_1"), "a.md")
    write_guide(table(2, "E_TWO", "E_TWO_B", "SHARED_1"), "b.md")
    write_guide(table(3, "E_THREE", "E_THREE_B"), "c.md")
    assert offered(client)[:6] == ["SHARED_1", "0001", "E_THREE", "E_TWO", "0002", "E_THREE_B"]
    assert len(offered(client)) == 12


def test_the_codes_most_looked_for_come_first_however_they_were_typed(client: Client, write_guide: WriteGuide) -> None:
    write_guide(table(1, *(f"{number:04}" for number in range(1, 20)), "0x800CCC80"), "a.md")
    search("0007", 2)
    search("error 0009", 3, opened="codes/0009")
    search("outlook 0x800ccc80", 2)
    search("0x800CCC80", 2)
    search("0004 sheets of paper", 9)
    assert offered(client)[:4] == ["0x800CCC80", "0009", "0007", "0001"]
    assert len(offered(client)) == 12


def test_what_is_looked_for_is_never_shown_but_as_a_code_that_the_reader_may_see(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(table(1, "E_OPEN", "E_ASKED"), "open.md")
    write_guide(f"---\naudience: staff\n---\n{table(2, 'E_VAULT')}", "vault.md")
    search("E_VAULT", 6)
    search("SECRET_42 of ada@example.com", 5)
    search("E_ASKED", 5, INSIDERS)
    assert offered(client) == ["E_OPEN", "E_ASKED"]  # what staff look for is nothing to others
    assert "vault" not in read(client).lower()
    assert "secret_42" not in read(client).lower()
    assert "secret_42" not in read(staff_client).lower()
    assert offered(staff_client) == ["E_VAULT", "E_ASKED", "E_OPEN"]


def test_without_a_log_the_codes_of_most_guides_are_offered(
    client: Client, write_guide: WriteGuide, settings: Settings
) -> None:
    write_guide(table(1, "E_ONE", "E_ASKED"), "a.md")
    search("E_ASKED", 5)
    assert offered(client) == ["E_ASKED", "E_ONE"]
    settings.SEARCH_LOG = False
    assert offered(client) == ["E_ONE", "E_ASKED"]


def test_only_the_searches_of_late_count(
    client: Client, write_guide: WriteGuide, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_guide(table(1, "E_ONE", "E_FORMER", "E_NEW"), "a.md")
    monkeypatch.setattr(looked_for, "NEWEST", 3)
    search("E_FORMER", 5)
    search("E_NEW", 3)
    assert offered(client) == ["E_NEW", "E_ONE", "E_FORMER"]
