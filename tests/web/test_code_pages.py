"""Error codes: what each means, what to do, and the problems that show it."""

from __future__ import annotations

import textwrap

import pytest
from django.test import Client

from kb.models import ErrorCode
from tests.conftest import WriteGuide

CODES = """
    ---
    title: Codes
    audience: {audience}
    ---
    ## Table
    | Code | Meaning | Action |
    | --- | --- | --- |
    | `CONN_TIMEOUT` | Nobody answered | Check the network |
    | `{code}` | {meaning} | Wait a little |
"""
PROBLEM = """
    ## Too busy

    **Symptoms:**

    - The API answers HTTP 429

    **Solution:**

    1. Send less.
"""


def codes(code: str = "429", meaning: str = "Too many requests", audience: str = "public") -> str:
    return CODES.format(code=code, meaning=meaning, audience=audience)


def test_the_list_shows_every_code_with_meaning_and_action(client: Client, write_guide: WriteGuide) -> None:
    write_guide(codes())
    page = client.get("/codes/").content.decode()
    assert 'href="/codes/CONN_TIMEOUT/"' in page
    assert "Nobody answered" in page
    assert "Check the network" in page


def test_a_code_that_two_guides_explain_stands_there_once(client: Client, write_guide: WriteGuide) -> None:
    write_guide(codes())
    write_guide(codes("conn_timeout", "Waited in vain"), "other.md")
    page = client.get("/codes/").content.decode()
    assert page.lower().count("<code>conn_timeout</code>") == 1
    assert "3 explanations" in page


def test_a_code_is_found_in_any_case(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(codes())
    for code in ("CONN_TIMEOUT", "conn_timeout", "Conn_Timeout", "%20conn_timeout"):
        page = client.get(f"/codes/{code}/").content.decode()
        assert "<code>CONN_TIMEOUT</code></h1>" in page
        assert "Nobody answered" in page
        assert f'href="{guide.get_absolute_url()}#table"' in page


@pytest.mark.parametrize("code", ["5.7.1", "0x8004010F", "ERROR 2013", "HTTP/429"])
def test_codes_of_every_shape_have_a_page(client: Client, write_guide: WriteGuide, code: str) -> None:
    write_guide(codes(code))
    page = client.get(f"/codes/{code}/").content.decode()
    assert "Too many requests" in page
    assert f"<code>{code.rsplit(maxsplit=1)[-1]}</code></h1>" in page


def test_its_page_leads_to_the_problems_that_show_it_the_walk_and_the_search(
    client: Client, write_guide: WriteGuide
) -> None:
    write_guide(codes())
    write_guide(PROBLEM, "busy.md")
    page = client.get("/codes/429/").content.decode()
    assert "Too busy" in page
    assert 'href="/troubleshoot/?code=429"' in page
    assert 'href="/search/?q=429&amp;literal=1"' in page


def test_its_page_takes_two_queries(
    client: Client, write_guide: WriteGuide, django_assert_max_num_queries: object
) -> None:
    write_guide(codes())
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        client.get("/codes/429/")


@pytest.mark.parametrize("written", ["http%20429", "HTTP%20%20429", "%00429", "429"])
def test_the_page_and_the_api_find_a_code_as_people_write_it(
    client: Client, write_guide: WriteGuide, written: str
) -> None:
    write_guide(codes())
    assert "<code>429</code></h1>" in client.get(f"/codes/{written}/").content.decode()
    said = client.get(f"/api/v1/codes/{written}").json()
    assert said["code"] == "429"
    assert [entry["meaning"] for entry in said["entries"]] == ["Too many requests"]


def test_the_whole_of_a_code_counts_before_its_last_word(client: Client, write_guide: WriteGuide) -> None:
    write_guide(codes("8", "The whole"))
    ErrorCode.objects.filter(code="8").update(code="Fault 7", key="fault 7")
    write_guide(codes("7", "The last word"), "other.md")
    for address in ("/codes/fault%207/", "/api/v1/codes/fault%207"):
        text = client.get(address).content.decode()
        assert "The whole" in text
        assert "The last word" not in text


def test_an_unknown_code_is_a_clear_404(client: Client, db: None) -> None:
    for code in ("418", "%00", "%20", "%F0%9F%90%9F", "x" * 3000, "429%"):
        response = client.get(f"/codes/{code}/")
        assert response.status_code == 404
        assert "No guide explains the error code" in response.content.decode()


def test_a_code_of_a_staff_guide_is_there_for_staff_only(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(codes("VAULT_9", "The vault is open", "staff"))
    assert "VAULT_9" not in client.get("/codes/").content.decode()
    assert client.get("/codes/vault_9/").status_code == 404
    assert "The vault is open" in staff_client.get("/codes/VAULT_9/").content.decode()


def test_a_staff_meaning_of_a_public_code_is_for_staff_only(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(codes())
    write_guide(codes("429", "The secret limit", "staff"), "staff.md")
    write_guide(f"---\ntitle: Hidden\naudience: staff\n---\n{textwrap.dedent(PROBLEM)}", "hidden.md")
    public = client.get("/codes/429/").content.decode()
    assert "secret limit" not in public
    assert "Too busy" not in public
    inside = staff_client.get("/codes/429/").content.decode()
    assert "secret limit" in inside
    assert "Too busy" in inside


def test_a_library_without_codes_says_so(client: Client, db: None) -> None:
    assert "No guide explains an error code yet" in client.get("/codes/").content.decode()
