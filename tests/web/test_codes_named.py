"""The codes that a search names are found among those that are published now, and the rest asks nothing."""

from __future__ import annotations

import re

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kb.library import publication
from kb.models import ErrorCode
from tests.conftest import WriteGuide

CODES = """
    ---
    title: {title}
    audience: {audience}
    ---
    The gateway says codes.

    ## Codes

    | Code | Meaning |
    | --- | --- |
    | `{code}` | {meaning} |
"""
ADDRESS = "/search/?q=gateway+says+GATE_7+and+ZEBRA_9"


def _cards(client: Client, address: str = ADDRESS) -> list[str]:
    """What the cards above the hits say."""
    return re.findall(r'<li class="code-card">.*?<p>([^<]*)</p>', client.get(address).content.decode())


def _write(write_guide: WriteGuide, code: str, meaning: str, audience: str = "public", name: str = "one") -> None:
    text = CODES.format(title=f"Codes {name}", code=code, meaning=meaning, audience=audience)
    write_guide(text, f"{name}.md")


def test_a_code_is_found_as_soon_as_it_is_published_and_no_longer_than_it_is(
    client: Client, write_guide: WriteGuide
) -> None:
    _write(write_guide, "GATE_6", "Six it is")
    assert "Seven it is" not in _cards(client)
    _write(write_guide, "GATE_7", "Seven it is")
    assert "Seven it is" in _cards(client)
    _write(write_guide, "GATE_6", "Six it is")
    assert "Seven it is" not in _cards(client)


def test_staff_find_codes_that_others_have_looked_for_in_vain(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    _write(write_guide, "GATE_7", "Seven it is")
    _write(write_guide, "ZEBRA_9", "The vault is open", "staff", "two")
    for _ in range(2):
        assert "The vault is open" not in _cards(client)
        assert "The vault is open" in _cards(staff_client)


def test_while_somebody_publishes_the_database_is_asked(client: Client, write_guide: WriteGuide) -> None:
    _write(write_guide, "GATE_6", "Six it is")
    assert not _cards(client)
    with publication.publication():
        ErrorCode.objects.update(code="GATE_7", key="gate_7", meaning="Seven it is")
        assert "Seven it is" in _cards(client)


def test_a_search_that_names_no_code_asks_the_database_for_nothing_the_next_time(
    client: Client, write_guide: WriteGuide, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _write(write_guide, "GATE_7", "Seven it is")
    assert not _cards(client, "/search/?q=gateway")
    with django_assert_num_queries(0):
        assert not _cards(client, "/search/?q=gateway+says")
    with django_assert_num_queries(1):
        assert _cards(client, "/search/?q=gateway+says+GATE_7") == ["Seven it is"]
