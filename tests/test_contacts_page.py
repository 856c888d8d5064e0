"""The page of contacts: who, when, how, and when to go to them."""

from __future__ import annotations

from django.test import Client

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
