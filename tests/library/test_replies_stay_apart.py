"""Replies are guides of a kind of their own: staff open and send them, and no list, search, walk or feed has them."""

from __future__ import annotations

import pytest
from django.test import Client

from kb.library import indexing
from kb.models import Guide
from tests.conftest import WriteGuide, WriteGuides

pytestmark = pytest.mark.django_db

GUIDE = """
    ---
    title: Printer trouble
    category: Hardware
    ---
    # Printer trouble

    ## Paper jam

    **Symptoms:**

    - The zebracrossing lamp blinks

    **Solution:**

    1. Open the back.
"""
REPLY = """
    ---
    title: Quaxly answer
    kind: reply
    category: Quaxly replies
    tags: [quaxly]
    ---
    # Quaxly answer

    Hello {{name}}, the zebracrossing lamp and QUAX_CODE are quaxly.

    **Symptoms:**

    - Quaxly lamps

    **Solution:**

    1. Do the quaxly thing.
"""
PAGES = (
    *("/", "/guides/", "/categories/", "/codes/", "/contacts/", "/feed.xml", "/sitemap.xml", "/guides/printer/"),
    *("/search/?q=quaxly", "/search/?q=zebracrossing+lamp", "/search/suggest/?q=quax", "/codes/QUAX_CODE/"),
    *("/troubleshoot/", "/troubleshoot/?symptom=quaxly+lamps", "/troubleshoot/tree/"),
    *("/api/v1/guides", "/api/v1/guides/quaxly", "/api/v1/search?q=quaxly+lamp", "/api/v1/categories"),
)


@pytest.fixture
def library(write_guides_once: WriteGuides) -> None:
    """A guide and a reply."""
    write_guides_once({"printer.md": GUIDE, "quaxly.md": REPLY})


@pytest.mark.parametrize("is_staff", [False, True])
def test_no_list_search_walk_or_feed_has_a_reply(library: None, staff_client: Client, is_staff: bool) -> None:
    client = staff_client if is_staff else Client()
    told = {
        page: text
        for page in PAGES
        if "quaxly a"
        in (
            text := client.get(page, follow=True, headers={"HX-Request": "true"} if "suggest" in page else {})
            .content.decode()
            .lower()
        )
        or "quaxly thing" in text
    }
    assert told == {}


def test_staff_open_a_reply_by_its_address_and_nobody_else_does(library: None, staff_client: Client) -> None:
    assert "Quaxly answer" in staff_client.get("/guides/quaxly/").content.decode()
    assert Client().get("/guides/quaxly/").status_code == 404


def test_a_guide_that_becomes_a_reply_is_found_no_more_at_once(write_guide: WriteGuide) -> None:
    write_guide(GUIDE, "printer.md")
    assert "Printer trouble" in Client().get("/search/?q=zebracrossing").content.decode()
    write_guide(GUIDE.replace("title:", "kind: reply\n    title:"), "printer.md")
    assert "Printer trouble" not in Client().get("/search/?q=zebracrossing").content.decode()
    assert indexing.catch_up() == 0
    assert (Guide.objects.get().kind, Guide.objects.get().audience) == ("reply", "staff")
