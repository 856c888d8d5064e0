"""Whom a walk sends to when nothing helps, and which reasons to ask for help it shows first."""

from __future__ import annotations

import pytest
from django.test import Client

from kb.models import Contact
from kb.models.audience import EVERYONE, INSIDERS
from tests.conftest import CORPORA, WriteGuide
from tests.support.walk_library import contact, guide, library, problem
from troubleshooting.catalogue import red_flags
from troubleshooting.catalogue.values import Trigger
from troubleshooting.walk.address import Address
from troubleshooting.walk.cards import LIKELY
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.next_step import decide
from troubleshooting.walk.words import Words

SUPPORT = """
    ---
    audience: {audience}
    ---
    # Orders are stuck

    ## Symptoms

    - Orders stay in the queue

    ## Solution

    1. Restart the queue.

    ## When to escalate

    - Critical system failures
    - Data integrity issue: orders are missing, doubled or changed

    ## Escalation path

    1. First line
    2. Development team, weekdays
    3. Security team (on call)
    4. Management
"""
WALK = "/troubleshoot/"
PATH = ["First line", "Development team", "Security team", "Management"]


def names(client: Client, address: str) -> list[str]:
    return [contact["name"] for contact in client.get(f"/api/v1/{address}").json()["contacts"]]


# Whom guides name


@pytest.mark.django_db
def test_the_levels_of_a_path_are_contacts_without_any_card(client: Client, write_guide: WriteGuide) -> None:
    write_guide(SUPPORT.format(audience="public"))
    assert names(client, "contacts") == PATH
    assert names(client, "walk?help=1") == PATH
    page = client.get(f"{WALK}?help=1").content.decode()
    assert [page.index(f">{name}</a>") for name in PATH] == sorted(page.index(f">{name}</a>") for name in PATH)
    page = client.get("/contacts/").content.decode()
    assert all(f"<h2>{name}</h2>" in page for name in PATH)


@pytest.mark.django_db
def test_a_card_of_the_same_name_is_the_level_and_has_the_address(client: Client, write_guide: WriteGuide) -> None:
    Contact.objects.create(slug="sec", name="Security teams", email="sec@example.com", tier=1)
    Contact.objects.create(slug="billing", name="Billing", tier=9)
    write_guide(SUPPORT.format(audience="public"))
    assert names(client, "contacts") == ["First line", "Development team", "Security teams", "Management", "Billing"]
    (security,) = [c for c in client.get("/api/v1/contacts").json()["contacts"] if c["slug"] == "sec"]
    assert (security["email"], security["role"]) == ("sec@example.com", "On call")
    assert names(client, "walk?help=1&guide=guide") == [*PATH[:2], "Security teams", "Management"]


@pytest.mark.django_db
def test_what_a_staff_guide_names_is_for_staff(client: Client, staff_client: Client, write_guide: WriteGuide) -> None:
    write_guide(SUPPORT.format(audience="staff"))
    assert names(client, "contacts") == names(client, "walk?help=1") == []
    assert "Development team" not in client.get("/contacts/").content.decode()
    assert names(staff_client, "contacts") == names(staff_client, "walk?help=1") == PATH
    assert not next_step(Address(help=True), EVERYONE).contacts
    assert next_step(Address(help=True), INSIDERS).contacts


@pytest.mark.django_db
def test_a_name_that_is_another_contacts_address_gets_one_of_its_own(client: Client, write_guide: WriteGuide) -> None:
    Contact.objects.create(slug="management", name="Incident desk", tier=1)
    write_guide(SUPPORT.format(audience="public"))
    slugs = {c["name"]: c["slug"] for c in client.get("/api/v1/contacts").json()["contacts"]}
    assert (slugs["Incident desk"], slugs["Management"]) == ("management", "management-2")


@pytest.mark.django_db
def test_of_the_seeds_all_four_are_named(client: Client, write_guide: WriteGuide) -> None:
    seeds = sorted((CORPORA / "seeds").glob("*.md"))
    if not seeds:
        pytest.skip("the seeds are not here")
    for seed in seeds:
        write_guide(seed.read_text(), seed.name)
    assert names(client, "walk?help=1") == ["Technical support", "Development team", "Security team", "Management"]


# Whom a walk names

SHOP = guide("shop", problem("slow", "The shop is slow"), category="Shop", contacts=["shop-desk"])
TILL = guide("till", problem("stuck", "The till is stuck"), category="Till", contacts=["till-desk"])
DESKS = (contact("front", 1), contact("shop-desk", 2), contact("till-desk", 3))


@pytest.mark.parametrize(("share", "named"), [(0.1, ["front", "shop-desk", "till-desk"]), (0.9, ["shop-desk"])])
def test_only_the_contact_of_what_is_believed_in_is_named(share: float, named: list[str]) -> None:
    room = library(SHOP, TILL, contacts=DESKS)
    slow = next(p for p in room.published.problems.values() if p.anchor == "slow")
    words = Words({slow.id: 1.0}, share, problems={slow.id: slow})
    state = decide(room.published, room.planner, Address(symptom="slow", help=True), words)
    assert [c.slug for c in state.contacts] == named


def test_the_contact_of_what_was_picked_is_named_however_unlikely_it_was() -> None:
    room = library(SHOP, TILL, contacts=DESKS)
    slow = next(p for p in room.published.problems.values() if p.anchor == "slow")
    words = Words({slow.id: 1.0}, 0.1, problems={slow.id: slow})
    picked = Address(symptom="slow", help=True, answers=((LIKELY, slow.id),))
    state = decide(room.published, room.planner, picked, words)
    assert [c.slug for c in state.contacts] == ["shop-desk"]


# Red flags


def trigger(text: str) -> dict[str, Trigger]:
    return {"t": Trigger("t", text, "guide", (), red_flags.clauses(text))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Security incidents", "I think we had a security incident last night"),
        ("Nobody can sign in", "since this morning nobody of us can sign in"),
        ("Data integrity issue: records are missing, doubled or changed", "some records went missing"),
        ("Critical failure: production is down, or no order can be created", "Production has been down for an hour"),
        ("Ransomware", "there is ransomware on my PC!"),
        (
            "If the issue affects most or all users in your organization, contact support",
            "all users in our organization",
        ),
    ],
)
def test_words_that_speak_of_a_trigger_raise_it(text: str, words: str) -> None:
    assert red_flags.raised(words, trigger(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Security incidents", "the security settings are grey"),
        ("Critical failure: production is down, or no order can be created", "the order is wrong"),
        ("If the steps do not help, contact Microsoft Support", "I use Microsoft Outlook and need support"),
        ("Contact support", "please contact support"),
        ("Down", "down"),
        ("Data may be lost", ""),
    ],
)
def test_one_common_word_raises_none(text: str, words: str) -> None:
    assert not red_flags.raised(words, trigger(text))


def test_the_words_of_products_and_of_many_titles_raise_none() -> None:
    text = "To give feedback on Quay for Mac, go to Help and contact support"
    guides = [
        guide(f"g{n}", problem(f"quay-mac-{n}", title=f"Quay slow {n}"), applies_to=["Quay Mac"]) for n in range(20)
    ]
    published = library(*guides, guide("last", triggers=[text, "Quay is slow and burning"])).published
    assert not red_flags.raised("Quay for Mac is slow", published.triggers)
    assert not red_flags.raised("Quay is slow and burning", published.triggers)
    assert red_flags.raised("Quay is slow and burning", trigger("Quay is slow and burning"))


@pytest.mark.django_db
def test_what_is_raised_stands_above_the_question_and_is_the_first_of_all(
    client: Client, write_guide: WriteGuide
) -> None:
    write_guide(SUPPORT.format(audience="public"))
    address = Address(symptom="half of our orders are missing")
    state = next_step(address, EVERYONE)
    assert [t.text.partition(":")[0] for t in state.raised] == ["Data integrity issue"]
    assert state.triggers[0] == state.raised[0]
    page = client.get(f"{WALK}?symptom=half+of+our+orders+are+missing").content.decode()
    assert page.index(f"trigger={state.raised[0].id}") < page.index("<h1")
    assert page.count(f"trigger={state.raised[0].id}") == 1
    assert 'id="walk-raised"' not in client.get(f"{WALK}?symptom=orders+stay+in+the+queue").content.decode()
