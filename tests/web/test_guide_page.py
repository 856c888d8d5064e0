"""A guide's page: what it says, what leads on from it, and the old addresses that lead to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from kb.library.folders import load
from kb.models import Contact, Guide
from kb.models.audience import EVERYONE
from kb.search import use
from tests.conftest import WriteGuide

TIMEOUTS = """
    ---
    title: Connection timeouts
    summary: What to do when no answer comes.
    category: Network/Timeouts
    applies_to: [REST API, Connector]
    tags: [firewall]
    aliases: [old-timeouts, manual/network/waiting.md]
    owner: Grace Hopper
    ---
    # Connection timeouts

    Something is slow.

    ## Request times out

    **Symptoms:**

    - The error code is `CONN_TIMEOUT`

    **Cause:** A firewall.

    **Solution:**

    1. Check the firewall.
    2. Try again.

    ## Other codes

    | Code | Meaning | Action |
    | --- | --- | --- |
    | `CONN_TIMEOUT` | Nobody answered | Check the network |
"""


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_guide_its_place_and_what_it_applies_to(client: Client, write_guide: WriteGuide) -> None:
    page = read(client, write_guide(TIMEOUTS).get_absolute_url())
    assert "<h1>Connection timeouts</h1>" in page
    assert '<a href="/categories/network/">Network</a>' in page
    assert '<a href="/categories/network/timeouts/">Timeouts</a>' in page
    assert "What to do when no answer comes." in page
    assert '<span class="tag">REST API</span>' in page
    assert "Last changed on <time" in page


def test_the_owner_is_not_shown_to_the_public(client: Client, write_guide: WriteGuide) -> None:
    assert "Grace Hopper" not in read(client, write_guide(TIMEOUTS).get_absolute_url())


def test_the_contents_lead_to_headings_that_are_there(client: Client, write_guide: WriteGuide) -> None:
    page = read(client, write_guide(TIMEOUTS).get_absolute_url())
    assert 'href="#request-times-out">Request times out</a>' in page
    assert 'id="request-times-out"' in page
    assert 'href="#connection-timeouts"' not in page


def test_the_steps_are_marked_for_the_checklist(client: Client, write_guide: WriteGuide) -> None:
    page = read(client, write_guide(TIMEOUTS).get_absolute_url())
    assert 'class="steps"' in page
    assert 'data-problem="request-times-out"' in page
    assert 'data-guide="guide"' in page


def test_its_error_codes_lead_to_their_pages(client: Client, write_guide: WriteGuide) -> None:
    assert 'href="/codes/CONN_TIMEOUT/"' in read(client, write_guide(TIMEOUTS).get_absolute_url())


def test_it_takes_four_queries_at_most(client: Client, shipped: None, django_assert_max_num_queries: object) -> None:
    use.current(EVERYONE)  # read once an hour
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        read(client, "/guides/error-code-reference/")


def test_related_guides_share_a_code_a_symptom_a_tag_or_the_category(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(TIMEOUTS)
    write_guide("---\ntitle: Far away\ncategory: Gardening\n---\nNothing alike.", "far.md")
    write_guide("---\ntitle: Next door\ncategory: Network/Timeouts\n---\nClose.", "near.md")
    write_guide("---\ntitle: Same firewall\ncategory: Network/TLS\ntags: [firewall]\n---\nText.", "tag.md")
    write_guide(
        "---\ntitle: Same code\ncategory: Other\n---\n"
        "| Code | Meaning | Action |\n| --- | --- | --- |\n| `conn_timeout` | Waited | Wait |\n",
        "code.md",
    )
    related = [other.title for other in Guide.objects.for_audiences(frozenset({"public"})).related_to(guide)]
    assert related[:3] == ["Same code", "Same firewall", "Next door"] or set(related) == {
        "Same code",
        "Same firewall",
        "Next door",
    }
    page = read(client, guide.get_absolute_url())
    assert "Related guides" in page
    assert "Far away" not in page


def test_a_staff_guide_is_related_to_nothing_that_the_public_reads(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(TIMEOUTS)
    write_guide("---\ntitle: Secret neighbour\naudience: staff\ncategory: Network/Timeouts\n---\nText.", "staff.md")
    assert "Secret neighbour" not in read(client, guide.get_absolute_url())


def test_a_staff_guide_is_there_for_staff_only(client: Client, staff_client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide("---\ntitle: Inside\naudience: staff\naliases: [inside-out]\n---\nText.")
    assert client.get(guide.get_absolute_url()).status_code == 404
    assert client.get("/guides/inside-out/").status_code == 404
    assert "Staff only" in read(staff_client, guide.get_absolute_url())


def test_still_stuck_leads_to_a_walk_and_to_the_contacts_it_names(client: Client, write_guide: WriteGuide) -> None:
    Contact.objects.create(slug="first", name="First line", tier=1, handles=["Network"])
    Contact.objects.create(slug="second", name="Second line", tier=2)
    Contact.objects.create(slug="hidden", name="Hidden line", tier=2, audience="staff")
    guide = write_guide(TIMEOUTS)
    page = read(client, guide.get_absolute_url())
    assert f'href="/troubleshoot/?guide={guide.slug}"' in page
    assert "First line" in page
    assert "Second line" not in page
    named = write_guide("---\ntitle: Named\ncontacts: [second, hidden]\n---\nText.", "named.md")
    page = read(client, named.get_absolute_url())
    assert "Second line" in page
    assert "Hidden line" not in page


def test_former_addresses_lead_to_the_guide_for_good(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(TIMEOUTS)
    for address in ("old-timeouts", "OLD-TIMEOUTS", "manual/network/waiting", "manual/network/waiting.md", "Guide"):
        response = client.get(f"/guides/{address}/")
        assert response.status_code == 301, address
        assert response.headers["Location"] == guide.get_absolute_url()


@pytest.mark.parametrize("address", ["nothing", "a/b/c", "%00", "%F0%9F%90%9F", "x" * 3000, ".", "..%2f..%2fetc"])
def test_an_unknown_address_is_a_clear_404(client: Client, db: None, address: str) -> None:
    response = client.get(f"/guides/{address}/")
    assert response.status_code == 404
    assert "There is no guide at this address" in response.content.decode()


def test_a_retired_guide_is_gone(client: Client, write_guide: WriteGuide, folder: Path) -> None:
    guide = write_guide(TIMEOUTS)
    (folder / "guide.md").unlink()
    load.load([folder], prune=True)
    assert client.get(guide.get_absolute_url()).status_code == 404


def test_a_guide_without_headings_has_no_contents(client: Client, write_guide: WriteGuide) -> None:
    assert "On this page" not in read(client, write_guide("Just a sentence.").get_absolute_url())


@pytest.mark.slow
def test_the_list_of_guides_shows_them_page_by_page(client: Client, folder: Path, db: None) -> None:
    for number in range(45):
        (folder / f"g{number:02}.md").write_text(f"# Guide {number:02}\n\nText.")
    load.load([folder])
    page = read(client, "/guides/")
    assert "45 guides" in page
    assert "Guide 00" in page
    assert "Guide 44" not in page
    assert 'href="?page=2"' in page
    assert "Guide 44" in read(client, "/guides/?page=2")


def test_a_page_of_the_list_that_is_not_there_is_a_clear_404(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS)
    for number in ("abc", "0", "-1", "2", "99999999999999999999", "1.5", "%EF%BC%91", "%00", "1e3"):
        response = client.get(f"/guides/?page={number}")
        assert response.status_code == 404, number
        assert "page" in response.content.decode()


def test_the_page_of_a_guide_says_its_language(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide("---\nlang: de-AT\n---\n# Drucker\n\nText", "drucker.md")
    page = client.get(guide.get_absolute_url()).content.decode()
    assert 'data-guide="drucker" lang="de">' in page
