"""The search page and its suggestions: whatever is typed, an answer that helps."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from kb.library.folders import load
from kb.models import Contact
from kb.search.index.contract import Hits, Snippet
from kb.search.text.query import MAX_LENGTH
from kb.templatetags.kb_html import as_path, crumb_links, marked
from kb.web.pages.search_filters import Search, filters
from tests.conftest import WriteGuide
from tests.support.naughty import BOTH_LISTS

TIMEOUTS = """
    ---
    title: Connection timeouts
    category: Network/Timeouts
    prevalence: common
    ---
    ## Handshake never ends

    If the handshake with the gateway never ends:

    1. Open port 443 in the firewall.

    ## Answers come late

    The firewall inspects the answers of the gateway.

    ## Codes

    | Code | Meaning | Action |
    | --- | --- | --- |
    | `CONN_TIMEOUT` | Nobody answered | Check the network |
    | `429` | Too many requests | Wait |
"""
STAFF = """
    ---
    title: Zebrafish vault
    category: Vault
    audience: staff
    ---
    ## Zebrafish gateway

    Open the zebrafish gateway.

    ## Codes

    | Code | Meaning |
    | --- | --- |
    | `ZEBRA_9` | The vault is open |
"""


def page_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_hits_stand_under_their_guide_with_links_to_their_sections(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewall+gateway")
    assert page.count(f'<a href="{guide.get_absolute_url()}">Connection timeouts</a>') == 1
    assert f'href="{guide.get_absolute_url()}#answers-come-late"' in page
    assert '<a href="/categories/network/">Network</a>' in page
    assert "<mark>" in page
    assert re.search(r'<p role="status">1 guide', page)


def test_the_text_is_still_in_the_box(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    assert 'name="q" value="firewall &quot;port 443&quot;"' in page_of(client, '/search/?q=firewall+"port+443"')


def test_it_takes_six_queries_at_most(client: Client, shipped: None, django_assert_max_num_queries: object) -> None:
    for address in ("/search/?q=connection+timeout", "/search/?q=zzzz+429+xyzzy", "/search/?q=a&category=nowhere"):
        with django_assert_max_num_queries(6):  # type: ignore[operator]
            client.get(address)


def test_it_sets_no_cookie(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    assert not client.get("/search/?q=firewall").cookies


def test_an_error_code_typed_alone_leads_straight_to_it(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    for text in ("CONN_TIMEOUT", "conn_timeout", " conn_timeout ", "429", "HTTP 429", "429."):
        response = client.get("/search/", {"q": text})
        assert response.status_code == 302, text
        assert response.headers["Location"] == ("/codes/429/" if "429" in text else "/codes/CONN_TIMEOUT/")


def test_the_page_of_a_code_leads_back_to_a_search_for_its_words(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    assert 'href="/search/?q=429&amp;literal=1"' in page_of(client, "/codes/429/")
    assert client.get("/search/?q=429&literal=1").status_code == 200


def test_a_code_among_words_is_a_card_above_the_hits(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewall+says+CONN_TIMEOUT")
    assert page.index("Nobody answered") < page.index('class="hits"')


def test_a_code_in_a_pasted_log_is_a_card_whatever_the_log_numbers(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    lines = [f"INFO worker-{number} took {number} ms in call_{number}_ms" for number in range(100, 180)]
    page = page_of(client, f"/search/?{urlencode({'q': chr(10).join([*lines, 'CONN_TIMEOUT', *lines])})}")
    assert page.index("Nobody answered") < page.index('class="hits"')


def test_no_more_than_a_few_cards_stand_above_the_hits_those_of_the_likeliest_codes(
    client: Client, write_guide: WriteGuide
) -> None:
    rows = "\n".join(f"    | `{400 + number}` | Number {number} | Wait |" for number in range(12))
    write_guide(TIMEOUTS + rows)
    page = page_of(
        client, "/search/?q=it+says+" + "+".join(str(400 + number) for number in range(12)) + "+CONN_TIMEOUT"
    )
    assert page.count('class="code-card"') == 6
    assert page.index("Nobody answered") < page.index('class="hits"')


def test_a_code_that_no_guide_explains_is_searched_for(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    assert "No guide says “418”" in page_of(client, "/search/?q=418")


def test_a_typo_is_corrected_and_the_words_typed_are_one_click_away(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewal")
    assert "Showing results for <strong>firewall</strong>" in page
    assert 'href="/search/?q=firewal&amp;literal=1"' in page
    assert "Showing results for" not in page_of(client, "/search/?q=firewal&literal=1")


def test_no_hits_lead_to_problems_a_walk_with_the_text_and_contacts(client: Client, write_guide: WriteGuide) -> None:
    Contact.objects.create(slug="desk", name="The desk")
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=purple+elephants")
    assert "No guide says “purple elephants”" in page
    assert "Handshake never ends" in page
    assert 'href="/troubleshoot/?symptom=purple%20elephants"' in page
    assert "The desk" in page


def test_the_text_is_handed_on_to_a_walk(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewall+%26+proxy")
    assert 'href="/troubleshoot/?symptom=firewall%20%26%20proxy"' in page


def test_hits_can_be_narrowed_to_a_category_and_widened_again(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    write_guide("---\ntitle: House\ncategory: House\n---\n## Doors\n\nThe firewall of the house.", "house.md")
    page = page_of(client, "/search/?q=firewall")
    narrow = re.search(r'href="(/search/\?q=firewall&amp;category=house)">House', page)
    assert narrow
    page = page_of(client, narrow[1].replace("&amp;", "&"))
    assert "Doors" in page
    assert "Answers come late" not in page
    assert 'href="/search/?q=firewall"' in page


def test_hits_are_narrowed_step_by_step_down_the_categories() -> None:
    counts = {"Network": 1, "Network/TLS": 2, "Network/DNS": 3, "House": 4}
    found = Hits(total=10, items=(), categories=counts, products={"App": 3, "Web": 1})
    (category, product) = filters(Search("x", category="network", product="app"), found)
    assert [(choice.label, choice.guides, choice.chosen) for choice in category.choices] == [
        ("Network", 6, True),
        ("DNS", 3, False),
        ("TLS", 2, False),
    ]
    assert category.choices[0].address == "/search/?q=x&product=app"
    assert category.choices[1].address == "/search/?q=x&category=network%2Fdns&product=app"
    assert [(choice.label, choice.chosen) for choice in product.choices] == [("App", True), ("Web", False)]
    (category, _) = filters(Search("x", category="network/tls"), found)
    assert [(choice.label, choice.chosen) for choice in category.choices] == [("Network", True), ("TLS", True)]
    assert category.choices[1].address == "/search/?q=x&category=network"


def test_a_filter_with_nothing_to_choose_is_left_out() -> None:
    assert filters(Search("x"), Hits(total=2, items=(), categories={"House": 2}, products={})) == []


def test_a_category_that_does_not_exist_is_said_to_be_unknown(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewall&category=nowhere", 404)
    assert "There is no category “nowhere”" in page
    assert 'href="/search/?q=firewall"' in page


def test_a_category_without_hits_leads_to_a_search_everywhere(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    write_guide("---\ntitle: House\ncategory: House\n---\n## Doors\n\nThe roof of the house.", "house.md")
    for address in ("/search/?q=gateway&category=house", "/search/?q=gateway+category:house"):
        assert ways(page_of(client, address)) == {"In all categories": "/search/?q=gateway"}


def ways(page: str) -> dict[str, str]:
    """The searches that a page without hits offers: their names and addresses."""
    cards = re.findall(r'href="(/search/[^"]*)"><span class="link-card__title">(.*?)</span>', page)
    return {html.unescape(label): html.unescape(address) for address, label in cards}


def test_a_typed_category_that_does_not_exist_is_said_to_be_unknown(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewall+category:netwrok", 404)
    assert "There is no category “netwrok”" in page
    assert ways(page) == {
        "Network": "/search/?q=firewall&category=network",
        "In all categories": "/search/?q=firewall",
    }
    page = page_of(client, "/search/?q=category:timeout", 404)
    assert ways(page) == {"Network \u203a Timeouts": "/search/?category=network%2Ftimeouts"}
    assert ways(page_of(client, "/search/?q=xyzzy+category:qqqq", 404)) == {}


def test_no_staff_category_is_offered_to_the_public(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(STAFF)
    assert ways(page_of(client, "/search/?q=category:vaul", 404)) == {}
    assert "Vault" in ways(page_of(staff_client, "/search/?q=category:vaul", 404))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ('"gateway handshake"', {"Without the quotes": "gateway handshake"}),
        ("gateway -firewall", {"With “firewall” too": "gateway"}),
        ("gateway code:418", {"With or without the error code": "gateway"}),
        ("gateway product:tv", {"For all products": "gateway"}),
        ("gateway audience:staff", {"For every audience": "gateway"}),
        ('"gateway handshake" -firewall', {"Only the words": "gateway handshake"}),
        ('"firewlal gateway"', {"firewall gateway": "firewall gateway", "Without the quotes": "firewlal gateway"}),
        ("firewlal category:network -gateway", {"With “gateway” too": "firewlal category:network"}),
        ("handshakes -never", {"With “never” too": "handshakes"}),
        ("430", {}),
        ("4299", {}),
        ("gatewya99x", {}),
        ("hanshak firewlal qqqq", None),
        ("handshakenever", None),
        ("openport", None),
    ],
)
def test_no_hits_lead_to_searches_that_find_something(
    client: Client, write_guide: WriteGuide, typed: str, offered: dict[str, str] | None
) -> None:
    write_guide(TIMEOUTS)
    response = client.get("/search/", {"q": typed})
    found = ways(response.content.decode())
    for address in found.values():
        page = client.get(address, follow=True).content.decode()
        assert "No guide says" not in page, address
    if offered is not None:
        for label, text in offered.items():
            assert found.get(label) == f"/search/?{urlencode({'q': text})}", found


def test_a_typed_filter_is_shown_as_chosen_and_can_be_taken_away(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewall+category:network")
    assert re.search(r'class="chip chip--chosen" href="/search/\?q=firewall" aria-current="true">Network', page)


def test_operators_are_not_handed_on_to_a_walk(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, '/search/?q="gateway"+hangs+category:network+-proxy')
    assert 'href="/troubleshoot/?symptom=gateway%20hangs"' in page


def test_a_code_filter_lists_guides_under_the_card_of_the_code(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=code:429")
    assert page.index("Too many requests") < page.index('class="hits"')


def test_what_may_have_been_meant_is_offered_above_the_hits(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=gateway+opens+porch")
    assert "Did you mean" not in page
    page = page_of(client, "/search/?q=gateway+opne&category=network")
    assert 'Did you mean <a href="/search/?q=gateway+open&amp;category=network">' in page
    assert "Showing results for" not in page


@pytest.mark.slow
def test_more_hits_are_on_more_pages_of_the_same_search(client: Client, folder: Path, db: None) -> None:
    for number in range(25):
        (folder / f"g{number}.md").write_text(f"# Guide {number}\n\n## Pump {number}\n\nThe pump hums. {number}\n")
    load.load([folder])
    page = page_of(client, "/search/?q=pump+hums")
    assert "Page 1 of 3" in page
    assert 'href="/search/?q=pump+hums&amp;page=2"' in page
    seen = {
        number
        for place in (1, 2, 3)
        for number in re.findall(r"Pump (\d+)</a>", page_of(client, f"/search/?q=pump+hums&page={place}"))
    }
    assert len(seen) == 25


def test_a_page_that_is_not_there_is_a_clear_404(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    for number in ("abc", "0", "-1", "9", "99999999999999999999"):
        assert "page" in page_of(client, f"/search/?q=firewall&page={number}", 404)


def test_too_long_a_text_is_told_to_be_shortened(client: Client, db: None) -> None:
    assert "too long" in page_of(client, f"/search/?q={'x' * (MAX_LENGTH + 1)}", 400)
    assert "too long" in page_of(client, f"/search/?q={'word ' * 20_000}", 400)


TYPED = (
    "%00", "a%00b", "%ED%A0%80", "%FF%FE", "*", "[a TO z]", "(" * 1000, '"', "AND OR NOT", "-", "--", ":", "a:b:c",
    "%20", "%F0%9F%90%9F", "<script>alert(1)</script>", "category:", "code:", "' OR 1=1 --", "{{ 7 }}", "%0d%0a",
    "x" * 9000,
)  # fmt: skip


def test_whatever_is_typed_there_is_an_answer(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    for text in TYPED:
        response = client.get(f"/search/?q={text}")
        assert response.status_code == 200, text
        assert "<script>alert" not in response.content.decode()
        fragment = client.get(f"/search/suggest/?q={text}", headers={"HX-Request": "true"})
        assert fragment.status_code == 200, text
        assert "<script>alert" not in fragment.content.decode()


@pytest.mark.night
@BOTH_LISTS
def test_the_big_list_of_naughty_strings_is_answered(
    client: Client, write_guide: WriteGuide, texts: tuple[str, ...]
) -> None:
    write_guide(TIMEOUTS)
    for text in texts:
        assert client.get("/search/", {"q": text}).status_code in {200, 302, 404}, text
        assert client.get("/search/", {"q": "handshake", "category": text}).status_code in {200, 302, 404}, text
        suggested(client, text)
        assert client.get("/search/suggest/", {"q": text}).status_code == 302, text


def test_no_hits_offer_the_nearest_words(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    page = page_of(client, "/search/?q=firewlal+xyzzy&literal=1")
    assert "Did you mean" in page
    assert 'href="/search/?q=firewall+xyzzy"' in page
    assert "Did you mean" not in page_of(client, "/search/?q=xyzzy")


def test_no_staff_word_is_offered_to_the_public(client: Client, staff_client: Client, write_guide: WriteGuide) -> None:
    write_guide(STAFF)
    address = "/search/?q=zebrafihs&literal=1"
    assert ">zebrafish<" in page_of(staff_client, address)
    assert "zebrafish" not in page_of(client, address)


def titles(fragment: str) -> list[str]:
    """What is suggested, as 'guide' or 'guide - section'."""
    found = re.findall(r'suggestion__title">(.*?)</span>(?: <span class="suggestion__note">(.*?)</span>)?', fragment)
    return [" - ".join(filter(None, names)) for names in found]


def ends(fragment: str) -> list[str]:
    return re.findall(r"</svg><span>(.*?)</span>", fragment, re.DOTALL)


def test_the_start_of_a_word_suggests_titles_with_words_that_begin_so(client: Client, shipped: None) -> None:
    fragment = suggested(client, "tim")
    assert {"timeout", "timeouts"} & set(ends(fragment))
    assert "Connection timeouts" in titles(fragment)[0]
    found = titles(suggested(client, "time"))
    assert "Connection timeouts" in found[0]
    fragment = suggested(client, "token exp")
    assert ends(fragment)[0] in {"token expired", "token expiry"}
    assert "Token expiry" in titles(fragment)[0]


@pytest.mark.parametrize(("text", "word"), [("passw", "password"), ("dupl", "duplicate")])
def test_what_people_often_look_for_is_ended_from_the_shipped_guides(
    client: Client, shipped: None, text: str, word: str
) -> None:
    assert any(end.startswith(word) for end in ends(suggested(client, text)))


def test_an_empty_search_tells_how_to_search(client: Client, db: None) -> None:
    for address in ("/search/", "/search/?q=", "/search/?q=%20"):
        assert "To narrow the" in page_of(client, address)


def test_the_public_finds_no_trace_of_staff_guides(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    write_guide(STAFF, "vault.md")
    for address in (
        "/search/?q=gateway",
        "/search/?q=zebra_9",
        "/search/?q=gateway&category=vault",
        "/search/?q=audience%3Astaff+gateway",
        "/search/?q=category%3Avault",
        "/search/?q=zebrafis",
    ):
        page = client.get(address).content.decode()
        typed = re.sub(r'value="[^"]*"|<(h1|title)[^>]*>.*?</\1>|href="[^"]*"', "", page, flags=re.DOTALL)
        assert "zebrafish" not in typed.lower(), address
        assert "the vault is open" not in typed.lower(), address
    fragment = client.get("/search/suggest/?q=zeb", headers={"HX-Request": "true"}).content.decode()
    assert "zebrafish" not in fragment.lower()
    assert "ZEBRA_9" not in fragment


def test_staff_find_staff_guides(staff_client: Client, write_guide: WriteGuide) -> None:
    write_guide(STAFF, "vault.md")
    page = page_of(staff_client, "/search/?q=zebrafish")
    assert "Zebrafish vault" in page
    assert "Staff only" in page


def suggested(client: Client, text: str) -> str:
    response = client.get("/search/suggest/", {"q": text}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_suggestions_are_codes_sections_words_and_a_walk(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(TIMEOUTS)
    assert 'href="/codes/CONN_TIMEOUT/"' in suggested(client, "conn")
    fragment = suggested(client, "firew")
    assert f'href="{guide.get_absolute_url()}#' in fragment
    assert 'href="/search/?q=firewall"' in fragment
    assert 'href="/troubleshoot/?symptom=firew"' in fragment
    assert fragment.count('role="option"') == fragment.count("<a ")
    assert "<html" not in fragment


def test_a_suggestion_has_the_title_of_the_guide_in_front_and_the_section_behind(
    client: Client, write_guide: WriteGuide
) -> None:
    sections = ("Symptoms", "Causes", "Solution", "Ways to wire the fuse box")
    body = "".join(f"\n## {section}\n\n- The zither of {section.lower()} hums\n" for section in sections)
    write_guide(f"# Zithers hum at night\n{body}")
    for text in ("zith", "symp", "solu", "caus", "fuse", "wire the fu"):
        shown = titles(suggested(client, text))
        assert all(title.startswith("Zithers hum at night") for title in shown), (text, shown)
    assert titles(suggested(client, "wire the fu")) == ["Zithers hum at night - Ways to wire the fuse box"]


def test_one_letter_is_too_short_for_suggestions(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    assert suggested(client, "f").strip() == ""


def test_suggestions_opened_as_a_page_are_the_search_page(client: Client, db: None) -> None:
    assert client.get("/search/suggest/?q=fire+wall").headers["Location"] == "/search/?q=fire+wall"


def test_suggestions_take_two_queries_at_most(
    client: Client, shipped: None, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        suggested(client, "conn")


def test_a_snippet_is_escaped_around_and_inside_its_marks() -> None:
    snippet = Snippet("<b>a & b</b> <i>", ((3, 4), (8, 11)))
    assert marked(snippet) == "&lt;b&gt;<mark>a</mark> &amp; b<mark>&lt;/b</mark>&gt; &lt;i&gt;"


def test_a_category_reads_as_a_path() -> None:
    assert as_path("Network/ Time-outs") == "Network \u203a Time-outs"


def test_the_way_down_to_a_category_is_links_with_escaped_names() -> None:
    assert crumb_links("A & B/<i>") == (
        '<a href="/categories/a-b/">A &amp; B</a> <span aria-hidden="true">\u203a</span> '
        '<a href="/categories/a-b/i/">&lt;i&gt;</a>'
    )
    assert crumb_links("") == crumb_links(" / ") == ""
