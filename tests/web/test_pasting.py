"""A pasted log of any length leads to a search or a walk, at an address that can be shared, and is not stored."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db
LOG = "it fails with CONN_TIMEOUT\n" + "\n".join(f"at step {number} of the job" for number in range(900))


@pytest.mark.parametrize(("address", "field"), [("/search/pasted/", "q"), ("/troubleshoot/pasted/", "symptom")])
def test_a_long_log_leads_to_an_address_that_holds_its_codes(address: str, field: str, shipped: None) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(address, {field: LOG})
    assert response.status_code == 302
    assert len(response.headers["Location"]) < 2_000
    assert "CONN_TIMEOUT" in response.headers["Location"]
    assert client.get(response.headers["Location"], follow=True).status_code == 200


@pytest.mark.parametrize("address", ["/search/pasted/", "/troubleshoot/pasted/"])
def test_nothing_pasted_leads_to_the_start(address: str) -> None:
    client = Client()
    assert client.get(client.post(address).headers["Location"]).status_code == 200
    assert client.get(address).status_code == 405


def test_the_boxes_that_everyone_has_take_a_log_of_any_length(client: Client) -> None:
    for address in ("/", "/guides/", "/search/"):
        page = client.get(address).content.decode()
        assert 'formmethod="post" formaction="/search/pasted/"' in page, address
        assert not re.search(r'name="q"[^>]*maxlength', page), address
    assert '<textarea id="pasted" name="q"' in client.get("/search/").content.decode()


def test_a_short_text_is_searched_for_as_it_was_typed(client: Client) -> None:
    response = client.post("/search/pasted/", {"q": '"lost connection" -proxy'})
    assert response.headers["Location"] == "/search/?q=%22lost+connection%22+-proxy"


def test_what_is_too_long_for_an_address_is_given_back_whole(client: Client) -> None:
    text = "x" * 10_000 + " <the end>"
    response = client.get("/search/", {"q": text})
    assert response.status_code == 400
    assert f">{'x' * 10_000} &lt;the end&gt;</textarea>" in response.content.decode()


def test_more_than_a_server_takes_is_refused_with_a_sentence(client: Client) -> None:
    response = client.post("/search/pasted/", {"q": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert response.status_code == 413
    assert "what you pasted is still there" in response.content.decode()
