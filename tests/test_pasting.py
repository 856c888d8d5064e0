"""A pasted log of any length leads to a search or a walk, at an address that can be shared, and is not stored."""

from __future__ import annotations

import pytest
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
