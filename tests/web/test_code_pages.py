"""Error codes: what each means, what to do, and the problems that show it."""

from __future__ import annotations

import re
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
        assert "No guide explains or names the error code" in response.content.decode()


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
    assert "No guide explains or names an error code yet" in client.get("/codes/").content.decode()


# Codes that guides name, and none explains

TITLED = """
    ---
    audience: {audience}
    ---
    # Sending mail results in error 0x800CCC80

    ## Symptoms

    - Mail stays in the outbox
{more}
    ## Solution

    1. Let the server ask for no password.
"""


def titled(audience: str = "public", more: str = "") -> str:
    return TITLED.format(audience=audience, more=more)


@pytest.mark.parametrize("written", ["0x800CCC80", "0x800ccc80", "0X800ccc80", "800CCC80"])
def test_a_code_in_a_title_has_a_page_that_leads_to_the_guide(
    client: Client, write_guide: WriteGuide, written: str
) -> None:
    guide = write_guide(titled())
    page = client.get(f"/codes/{written}/").content.decode()
    assert "<code>0x800CCC80</code></h1>" in page
    assert "No guide says what it means, but 1 guide tells of trouble with it" in page
    assert f'href="{guide.get_absolute_url()}' in page
    said = client.get(f"/api/v1/codes/{written}").json()
    assert (said["code"], said["entries"]) == ("0x800CCC80", [])
    assert [(row["guide"], row["place"]) for row in said["named_by"]] == [(guide.slug, "title")]


NAMING = {
    "title": "# Error 1603 at the end\n\nWe write a lot about this.\n",
    "heading": "# Setting up\n\nRead on.\n\n## It ends with error 1603\n\nSee there.\n",
    "symptom": "# Printing\n\n## It stops\n\n**Symptoms:**\n\n- It shows error 1603\n\n**Solution:**\n\n1. Restart.\n",
    "message": "# Setting up\n\n## Output\n\nThis is shown:\n\n```\nfatal: error 1603\n```\n",
}


@pytest.mark.parametrize("place", NAMING)
def test_a_code_has_a_page_by_each_place_that_tells_what_goes_wrong(
    client: Client, write_guide: WriteGuide, place: str
) -> None:
    guide = write_guide(NAMING[place])
    row = ErrorCode.objects.get(key="1603")
    assert row.named_in == place
    page = client.get("/codes/1603/").content.decode()
    assert guide.title in page
    sections = {"heading": "It ends with error 1603", "symptom": "It stops", "message": "Output"}
    assert sections.get(place, "") in page


@pytest.mark.parametrize(
    "text",
    [
        "# Setting up\n\nIf error 1603 is shown, read the log, says the vendor.\n",
        "# Setting up Outlook 2016 in 2024\n\n## Office 365 and 1603 more\n\nRead on.\n",
        "# Setting up\n\n## Solution\n\n1. Ignore error 1603.\n",
    ],
)
def test_a_code_in_prose_alone_and_a_bare_number_have_none(client: Client, write_guide: WriteGuide, text: str) -> None:
    write_guide(text)
    assert not ErrorCode.objects.exists()
    assert client.get("/codes/1603/").status_code == 404


def test_guides_that_name_a_code_stand_beside_the_one_that_explains_it(client: Client, write_guide: WriteGuide) -> None:
    write_guide(codes("0x800ccc80", "The password is not asked for"), "codes.md")
    guide = write_guide(NAMING["title"].replace("1603", "0x800CCC80"), "titled.md")
    page = client.get("/codes/0x800ccc80/").content.decode()
    assert "The password is not asked for" in page
    assert "No guide says what it means" not in page
    assert f'href="{guide.get_absolute_url()}#' in page[page.index("Other guides that name it") :]
    said = client.get("/api/v1/codes/0x800ccc80").json()
    assert [entry["meaning"] for entry in said["entries"]] == ["The password is not asked for"]
    assert [row["guide"] for row in said["named_by"]] == [guide.slug]


def test_a_guide_is_told_once_by_the_problem_that_shows_the_code(client: Client, write_guide: WriteGuide) -> None:
    write_guide(NAMING["symptom"])
    page = client.get("/codes/1603/").content.decode()
    assert page.count('class="link-card"') == 1
    assert "Problems that show it" in page


def test_what_a_guide_explains_is_not_named_by_it_as_well(write_guide: WriteGuide) -> None:
    write_guide(NAMING["title"] + "\n| Code | Meaning |\n| --- | --- |\n| 1603 | It ended |\n")
    assert [row.named_in for row in ErrorCode.objects.filter(key="1603")] == [""]


def test_a_code_that_guides_name_stands_in_the_list_and_the_site_map(client: Client, write_guide: WriteGuide) -> None:
    write_guide(titled())
    write_guide(NAMING["title"].replace("1603", "0x800ccc80"), "titled.md")
    page = client.get("/codes/").content.decode()
    assert page.lower().count("<code>0x800ccc80</code>") == 1
    assert "Named by" in page
    assert "1 more" in page
    assert "/codes/0x800CCC80/" in client.get("/sitemap.xml").content.decode()


def test_a_search_shows_the_page_of_a_code_that_guides_name(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(titled())
    for text in ("0x800ccc80", "outlook 0x800ccc80"):
        page = client.get("/search/", {"q": text}).content.decode()
        assert '<a href="/codes/0x800CCC80/">See the page of the code</a>: 1 guide names it' in page
        assert guide.title in page
    shown = client.get("/search/suggest/", {"q": "0x800c"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/codes/0x800CCC80/"' in shown
    assert guide.title in shown


def test_a_walk_knows_a_code_that_a_guide_names(client: Client, write_guide: WriteGuide) -> None:
    write_guide(titled(more="    - Outlook says nothing of it\n"))
    page = client.get("/troubleshoot/?code=0x800ccc80").content.decode()
    assert "No guide knows" not in page
    assert "Sending mail" in page


def test_nothing_tells_others_of_a_code_that_a_staff_guide_names(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(titled("staff"))
    addresses = ("/", "/codes/", "/troubleshoot/", "/sitemap.xml", "/search/?q=0x800ccc80")
    for address in (*addresses, "/search/suggest/?q=0x800ccc"):
        shown = client.get(address, headers={"HX-Request": "true"} if "suggest" in address else {}).content.decode()
        assert "/codes/0x800" not in shown, address
        assert "Sending mail" not in shown, address
    assert client.get("/codes/0x800ccc80/").status_code == 404
    assert client.get("/api/v1/codes/0x800ccc80").status_code == 404
    assert "1 guide tells" in staff_client.get("/codes/0x800ccc80/").content.decode()
    write_guide(NAMING["title"].replace("1603", "0x800ccc80"), "public.md")
    assert "1 guide tells" in client.get("/codes/0x800ccc80/").content.decode()
    assert "2 guides tell" in staff_client.get("/codes/0x800ccc80/").content.decode()
    assert "1 guide names it" in client.get("/search/?q=0x800ccc80").content.decode()


def test_the_page_of_a_code_that_guides_name_takes_two_queries(
    client: Client, write_guide: WriteGuide, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        write_guide(titled(), f"{number}.md")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        client.get("/codes/0x800ccc80/")


def test_a_guide_lists_as_its_codes_those_that_it_explains(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(NAMING["title"] + "\n| Code | Meaning |\n| --- | --- |\n| E_OWN | It ended |\n")
    page = client.get(guide.get_absolute_url()).content.decode()
    assert re.findall(r'class="chip" href="/codes/([^"]*)/"', page) == ["E_OWN"]
    said = client.get(f"/api/v1/guides/{guide.slug}").json()
    assert [row["code"] for row in said["error_codes"]] == ["E_OWN"]


def test_of_a_problem_that_is_a_whole_guide_the_section_is_told(client: Client, write_guide: WriteGuide) -> None:
    text = "# Mail waits\n\nIt happens.\n\n## Symptoms\n\n- Outlook says error 1603\n\n## Solution\n\n1. Sign in.\n"
    guide = write_guide(text)
    page = client.get("/codes/1603/").content.decode()
    card = re.search(r'<a class="link-card" href="([^"]*)">(.*?)</a>', page)
    assert card
    assert card[1] == f"{guide.get_absolute_url()}#symptoms"
    assert "Mail waits" in card[2]
    assert "Symptoms" in card[2]
    (named,) = client.get("/api/v1/codes/1603").json()["named_by"]
    assert (named["section"], named["place"]) == ("Symptoms", "symptom")
