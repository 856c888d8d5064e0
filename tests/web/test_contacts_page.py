"""The page of contacts: who, when, how, and when to go to them."""

from __future__ import annotations

from pathlib import Path

from django.test import Client
from pytest_django import Settings

from kb.library.folders import load
from kb.models import Contact
from tests.conftest import WriteGuide

ESCALATION = """
    ---
    title: Escalating
    audience: {audience}
    ---
    ## When to escalate

    - Data may be lost
    - Nobody can sign in

    ## Escalation path

    1. Ask your colleague
    2. Ask the duty officer
"""


def test_contacts_stand_in_their_order_with_hours_and_ways(client: Client, shipped: None) -> None:
    page = client.get("/contacts/").content.decode()
    contacts = list(Contact.objects.filter(audience="public"))
    assert len(contacts) >= 4
    places = [page.index(f'id="{contact.slug}"') for contact in contacts]
    assert places == sorted(places)
    assert f'href="mailto:{contacts[0].email}"' in page
    assert contacts[0].hours in page


def test_it_takes_three_queries(client: Client, shipped: None, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        client.get("/contacts/")


def test_triggers_and_path_lead_to_the_guide_that_says_so(client: Client, write_guide: WriteGuide) -> None:
    guide = write_guide(ESCALATION.format(audience="public"))
    page = client.get("/contacts/").content.decode()
    assert "<li>Data may be lost</li>" in page
    assert "Ask the duty officer" in page
    assert f'From <a href="{guide.get_absolute_url()}">Escalating</a>' in page


def test_what_staff_guides_and_contacts_say_is_for_staff_only(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(ESCALATION.format(audience="staff"))
    Contact.objects.create(slug="vault", name="Vault keeper", audience="staff")
    page = client.get("/contacts/").content.decode()
    assert "Data may be lost" not in page
    assert "duty officer" not in page
    assert "Vault keeper" not in page
    page = staff_client.get("/contacts/").content.decode()
    assert "Data may be lost" in page
    assert "Vault keeper" in page


def test_a_library_without_contacts_says_so(client: Client, db: None) -> None:
    assert "There are no contacts yet" in client.get("/contacts/").content.decode()


def test_hours_without_a_zone_name_the_sites(client: Client, db: None, settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Paris"
    Contact.objects.create(slug="a", name="A", hours="Mon 9-17")
    Contact.objects.create(slug="b", name="B", hours="Mon 9-17 Asia/Tokyo")
    Contact.objects.create(slug="c", name="C", hours="24/7")
    Contact.objects.create(slug="d", name="D", hours="When the <door> is open")
    page = client.get("/contacts/").content.decode()
    assert ">Mon 9-17 (Europe/Paris)</dd>" in page
    assert "&quot;zone&quot;: &quot;Europe/Paris&quot;" in page
    assert ">Mon 9-17 Asia/Tokyo</dd>" in page
    assert ">24/7</dd>" in page
    assert "<dd>When the &lt;door&gt; is open</dd>" in page


def test_a_load_warns_of_hours_that_are_not_understood(folder: Path, db: None) -> None:
    (folder / "contacts").mkdir()
    (folder / "contacts" / "desk.md").write_text("---\nname: Desk\nhours: mornings\n---\n")
    report = load.load([folder])
    assert not report.failed
    assert [warning.partition(": ")[0] for warning in report.warnings] == ["contacts/desk.md:3"]
    assert Contact.objects.get().hours == "mornings"
