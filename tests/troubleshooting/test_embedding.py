"""Who may frame what, and what a page in a frame looks like."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from kb.models import Contact
from kb.rate_limits.rules import By, Deed
from tests.conftest import WriteGuides
from tests.support.limited import lowered
from tests.troubleshooting.test_walk_pages import BILLING, NETWORK
from troubleshooting.walk.address import Address, read_address
from troubleshooting.walk.embedding import open_links_in_tabs

WALK = "/troubleshoot/"
SHOP = "https://shop.example"
FRAME = {"Sec-Fetch-Dest": "iframe"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(settings: Settings) -> None:
    settings.EMBED_ORIGINS = [SHOP]


@pytest.fixture
def guides(write_guides_once: WriteGuides) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com", tier=1)
    write_guides_once({"invoice.md": BILLING, "network.md": NETWORK})


def policy(response: object) -> str:
    headers: dict[str, str] = response.headers  # type: ignore[attr-defined]
    return next(part for part in headers["Content-Security-Policy"].split("; ") if part.startswith("frame-ancestors"))


def test_without_listed_sites_nothing_is_framed(guides: None) -> None:
    response = Client().get(WALK)
    assert policy(response) == "frame-ancestors 'none'"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert Client().get(WALK, headers=FRAME).status_code == 200


def test_listed_sites_may_frame_walks_fresh_kept_or_unchanged(guides: None, listed: None) -> None:
    client = Client()
    first = client.get(WALK)
    kept = client.get(WALK)
    unchanged = client.get(WALK, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    for response in (first, kept, unchanged):
        assert policy(response) == f"frame-ancestors 'self' {SHOP}"
        assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize(
    "path",
    ["/", "/troubleshoot/tree/", "/accounts/sign-in/", "/admin/login/", "/guides/network/", "/search/", "/contacts/",
     "/api/v1/walk", "/troubleshoot/hand-over/", "/troubleshoot/nowhere/"],
)  # fmt: skip
def test_nothing_else_is_framed(guides: None, listed: None, path: str) -> None:
    response = Client().get(path)
    assert policy(response) == "frame-ancestors 'none'"
    assert response.headers.get("X-Frame-Options", "DENY") == "DENY"


def test_a_frame_without_its_mark_is_led_to_the_page_with_it(guides: None, listed: None) -> None:
    client = Client()
    assert client.get(WALK, headers=FRAME).headers["Location"] == f"{WALK}?embed=1"
    marked = f"{WALK}?start=questions&embed=1"
    assert client.get(f"{WALK}?start=questions", headers=FRAME).headers["Location"] == marked
    assert client.get(marked, headers=FRAME).status_code == 200
    assert client.get(f"{WALK}?start=questions", headers={"Sec-Fetch-Dest": "document"}).status_code == 200


@pytest.mark.parametrize("query", ["", "&start=questions", "&code=CONN_TIMEOUT", "&code=CONN_TIMEOUT&steps=all"])
def test_all_links_of_a_framed_page_stay_in_the_frame_or_open_a_tab(guides: None, query: str) -> None:
    html = Client().get(f"{WALK}?embed=1{query}").content.decode()
    links = [tag.split(">")[0] for tag in html.split("<a ")[1:]]
    assert links
    for link in links:
        href = link.split('href="')[1].split('"')[0]
        stays = href.startswith(("#", "mailto:", "tel:")) or "embed=1" in href
        assert stays or 'target="_blank"' in link, link
    assert 'class="site-header"' not in html
    assert 'class="site-footer"' not in html


def _leads_away(html: str) -> list[str]:
    """What of a page would lead its frame to an address that can't be framed."""
    framed = ("/troubleshoot/?", "/troubleshoot/pasted/", "/troubleshoot/outcome/", "#", "mailto:", "tel:")
    tags = re.findall(r"<(?:a|form)\b[^>]*>", html)
    assert tags
    return [
        tag
        for tag in tags
        if 'target="_blank"' not in tag and not re.search(r'(?:href|action)="([^"]*)"', tag)[1].startswith(framed)  # type: ignore[index]
    ]


def test_the_page_for_who_sent_too_much_stays_framed_and_its_links_open_a_tab(
    guides: None, listed: None, one_period: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lowered(monkeypatch, Deed.PASTE, By.NETWORK, 1)
    client, sent = Client(), {"symptom": "it is slow", "embed": "1"}
    assert client.post("/troubleshoot/pasted/", sent).status_code == 302
    response = client.post("/troubleshoot/pasted/", sent)
    page = response.content.decode()
    assert response.status_code == 429
    assert policy(response) == f"frame-ancestors 'self' {SHOP}"
    assert _leads_away(page) == []
    assert 'class="site-footer"' not in page
    assert '<input type="hidden" name="embed" value="1">' in page
    outside = client.post("/troubleshoot/pasted/", {"symptom": "it is slow"}).content.decode()
    assert 'class="site-footer"' in outside
    assert "_blank" not in outside


def test_the_page_for_a_database_that_is_away_opens_a_tab_too(guides: None, listed: None) -> None:
    def broken(*_args: Any) -> None:
        raise OperationalError("gone")

    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(broken):
        framed = client.get(f"{WALK}?embed=1&symptom=slow", headers=FRAME)
        apart = client.get(f"{WALK}?symptom=slow")
    assert (framed.status_code, apart.status_code) == (503, 503)
    assert _leads_away(framed.content.decode()) == []
    assert _leads_away(apart.content.decode())


def test_what_was_sent_by_a_frame_and_can_not_be_read_is_refused_in_it(guides: None, listed: None) -> None:
    fields = "&".join(f"a{number}=1" for number in range(1100))
    kind = "application/x-www-form-urlencoded"
    response = Client().post("/troubleshoot/pasted/", fields, content_type=kind, headers=FRAME)
    assert response.status_code == 400
    assert _leads_away(response.content.decode()) == []


def test_a_framed_walk_stays_framed_when_it_starts_from_what_is_typed_or_pasted(guides: None) -> None:
    response = Client().post("/troubleshoot/pasted/", {"symptom": "it is slow", "embed": "1"})
    assert response.headers["Location"] == f"{WALK}?symptom=it+is+slow&embed=1"


def test_the_address_that_is_handed_over_has_no_mark(guides: None) -> None:
    page = Client().get(f"{WALK}?embed=1&start=questions").content.decode()
    trigger = page.split("trigger=")[1].split("&")[0].split('"')[0]
    html = Client().get(f"{WALK}?start=questions&trigger={trigger}&embed=1").content.decode()
    summary = html.split("<textarea")[1].split("</textarea>")[0]
    assert "/troubleshoot/?" in summary
    assert "embed" not in summary


def test_the_mark_is_a_part_of_the_address_and_says_nothing() -> None:
    address, notices = read_address([("embed", ["1"])])
    assert (address, notices) == (Address(embed=True), [])
    assert address.is_blank
    assert Address(code="1", embed=True).query() == "code=1&embed=1"


def test_only_links_that_lead_out_are_opened_apart() -> None:
    inside = '<a href="#x">a</a><a class="y" href="/troubleshoot/?a=1">b</a><a href="mailto:a@b">c</a>'
    assert open_links_in_tabs(inside) == inside
    assert open_links_in_tabs('<a target="_blank" href="/x/">a</a>') == '<a target="_blank" href="/x/">a</a>'
    told = '<span class="visually-hidden"> (opens in a new tab)</span></a>'
    assert open_links_in_tabs('<a href="/troubleshoot/tree/">a</a>') == (
        f'<a href="/troubleshoot/tree/" target="_blank">a{told}'
    )


def test_code_that_shows_a_link_is_left_alone_and_signs_in_attributes_do_no_harm() -> None:
    page = (
        '<script>let a = "<a href=\\"/x/\\">a</a>";</script>\n<!-- <a href="/y/">y</a> -->\n'
        '<a title="a > b" href="/guides/x/">A <b>b</b></a>\n<code>&lt;a href="/z/"&gt;</code>'
    )
    told = '<a title="a > b" href="/guides/x/" target="_blank">A <b>b</b>'
    told += '<span class="visually-hidden"> (opens in a new tab)</span></a>'
    assert open_links_in_tabs(page) == page.replace('<a title="a > b" href="/guides/x/">A <b>b</b></a>', told)
