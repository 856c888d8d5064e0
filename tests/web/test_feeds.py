"""What machines read: the feed of changes, the site map, robots.txt, OpenSearch, and whether all is well."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from kb.models import Guide
from kb.search import configured
from tests.conftest import WriteGuide

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
STAFF = """---
title: Vault
category: Vault
audience: staff
---
## Codes

| Code | Meaning |
| --- | --- |
| VAULT_9 | Open |
"""
PUBLIC = "---\ntitle: Doors & <windows>\ncategory: House\nsummary: Shut them.\n---\nText.\n"


def xml(client: Client, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    return ET.fromstring(response.content)  # noqa: S314 - our own pages


def test_the_feed_tells_of_changed_guides_with_full_addresses(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(PUBLIC)
    write_guide(STAFF, "vault.md")
    feed = xml(client, "/feed.xml")
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Doors & <windows>"]
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.attrib["href"] == f"http://testserver{guide.get_absolute_url()}"


def test_the_feed_is_valid_where_summaries_have_angle_brackets(client: Client, write_guide: WriteGuide) -> None:
    write_guide(PUBLIC.replace("Shut them.", "Shut <em> doors & windows."))
    feed = xml(client, "/feed.xml")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    summary = feed.find(f"{ATOM}entry/{ATOM}summary")
    assert summary is not None
    assert (summary.attrib["type"], summary.text) == ("html", "Shut &lt;em&gt; doors &amp; windows.")


def test_the_feed_of_an_empty_library_is_a_feed(client: Client, db: None) -> None:
    assert list(xml(client, "/feed.xml").iter(f"{ATOM}entry")) == []


def test_the_feed_of_staff_has_their_guides(staff_client: Client, write_guide: WriteGuide) -> None:
    write_guide(STAFF)
    titles = [entry.findtext(f"{ATOM}title") for entry in xml(staff_client, "/feed.xml").iter(f"{ATOM}entry")]
    assert titles == ["Vault"]


def test_the_site_map_lists_public_pages_whoever_asks(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    guide = write_guide(PUBLIC)
    write_guide(STAFF, "vault.md")
    for browser in (client, staff_client):
        places = [place.text or "" for place in xml(browser, "/sitemap.xml").iter(f"{SITEMAP}loc")]
        assert f"http://testserver{guide.get_absolute_url()}" in places
        assert "http://testserver/categories/house/" in places
        assert not any("vault" in place.lower() for place in places)


@pytest.mark.slow
def test_every_address_of_the_site_map_answers(client: Client, shipped: None) -> None:
    places = [place.text or "" for place in xml(client, "/sitemap.xml").iter(f"{SITEMAP}loc")]
    assert len(places) > 50
    wrong = [place for place in places if client.get(place.removeprefix("http://testserver")).status_code != 200]
    assert wrong == []


def test_robots_are_told_where_not_to_go_and_where_the_map_is(client: Client, db: None) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    text = response.content.decode()
    assert "Disallow: /search/" in text
    assert "Disallow: /admin/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_browsers_can_search_from_their_address_bar(client: Client, db: None) -> None:
    description = xml(client, "/opensearch.xml")
    url = description.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url is not None
    assert url.attrib["template"] == "http://testserver/search/?q={searchTerms}"


def test_machines_set_no_cookie(client: Client, shipped: None) -> None:
    for address in ("/feed.xml", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/healthz"):
        assert not client.get(address).cookies


def test_health_is_good_when_database_and_index_agree(client: Client, write_guide: WriteGuide) -> None:
    write_guide(PUBLIC)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert {name: response.json()[name] for name in ("database", "index", "disk")} == dict.fromkeys(
        ("database", "index", "disk"), "ok"
    )
    assert "no-store" in response.headers["Cache-Control"]


def test_an_index_that_is_behind_is_told_but_takes_nothing_out_of_service(
    client: Client, write_guide: WriteGuide
) -> None:
    guide = write_guide(PUBLIC)
    Guide.objects.filter(pk=guide.pk).update(title="Changed behind the library's back")
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["index"] == "behind"


def test_an_index_that_fails_is_told(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(configured, "engine", broken)
    health = client.get("/healthz").json()
    assert (health["database"], health["index"]) == ("ok", "failed")


def test_a_database_that_does_not_answer_is_503(client: Client, db: None) -> None:
    def broken(*_args: Any) -> None:
        raise DatabaseError("no such host")

    with connection.execute_wrapper(broken):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "failed"
