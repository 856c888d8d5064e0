"""What somebody is using: asked by families, then by versions, taken from their words, and told by a table."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from kb.content.product_file import read_products
from kb.library.folders import load
from kb.models import Contact, SideFile
from kb.models.audience import EVERYONE
from tests.conftest import WriteGuide
from tests.support.walk_library import guide, library, problem
from troubleshooting.catalogue import build
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.by_product import PRODUCT
from troubleshooting.catalogue.values import OTHER
from troubleshooting.evaluation.checks import run
from troubleshooting.walk.address import Address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.next_step import decide
from troubleshooting.walk.state import WalkState

LAMPS = [
    guide("one", problem("a", "It flickers (always)"), applies_to=["Lamp 1", "Lamp 2"]),
    guide("two", problem("b", "It flickers (always)"), applies_to=["Lamp 3"]),
    guide("any", problem("c", "It flickers (always)"), applies_to=["Lamp"]),
    guide("torch", problem("d", "It flickers (always)"), applies_to=["Torch 1"]),
    guide("none", problem("e", "It flickers (always)")),
]


@pytest.fixture(scope="module")
def shop() -> Catalogue:
    return library(*LAMPS)


def beliefs(shop: Catalogue, *answers: tuple[str, str]) -> dict[str, float]:
    state = decide(shop.published, shop.planner, Address(start="questions", answers=answers))
    assert not state.notices
    weights = shop.planner.beliefs(shop.planner.evidence(answers))
    index = shop.planner.index
    return {p.anchor: weights[index[p.id]] for p in shop.published.problems.values()} | {"": weights[index[OTHER]]}


def test_families_are_asked_for_and_then_versions(shop: Catalogue) -> None:
    wordings = shop.published.wordings
    assert dict(wordings[PRODUCT].answers) == {"lamp": "Lamp", "torch-1": "Torch 1"}
    assert dict(wordings["product-lamp"].answers) == {"lamp-1": "Lamp 1", "lamp-2": "Lamp 2", "lamp-3": "Lamp 3"}
    assert "product-torch" not in wordings


def test_a_version_that_is_not_listed_lowers_and_does_not_exclude(shop: Catalogue) -> None:
    found = beliefs(shop, (PRODUCT, "lamp"), ("product-lamp", "lamp-3"))
    assert found["b"] > found["c"] > found["a"] > found["d"]
    assert found["a"] > found["b"] / 20
    assert found["e"] > found["d"]


def test_versions_are_not_asked_for_before_the_family_is_known(shop: Catalogue) -> None:
    asked, address = [], Address(start="questions")
    for _ in range(6):
        state = decide(shop.published, shop.planner, address)
        if not state.question:
            break
        asked.append(state.question.id)
        answer = {PRODUCT: "lamp", "product-lamp": "lamp-3"}.get(state.question.id, "unsure")
        address = state.address.answered(state.question.id, answer)
    assert PRODUCT in asked
    assert "product-lamp" in asked
    assert asked.index(PRODUCT) < asked.index("product-lamp")
    torch = decide(shop.published, shop.planner, Address(start="questions", answers=((PRODUCT, "torch-1"),)))
    assert not torch.question or torch.question.id != "product-lamp"


def test_of_one_family_the_versions_are_asked_at_once() -> None:
    published = library(*LAMPS[:2]).published
    assert PRODUCT not in published.wordings
    assert "product-lamp" in published.wordings


def test_a_table_says_what_belongs_together() -> None:
    table, _ = read_products("Light: [Lamp 1, Lamp 2, Lamp 3, Torch 1]\n")
    published = build.assemble(LAMPS, (), table)
    assert PRODUCT in published.wordings
    assert dict(published.wordings[PRODUCT].answers) == {"light": "Light", "lamp": "Lamp"}


# In words

GUIDE = """
    ---
    applies_to: [{product}]
    ---
    # The {product} flickers in the {place}

    ## Symptoms

    - The {product} flickers in the {place}

    ## Solution

    1. Change the bulb of the {place}.
"""


@pytest.fixture
def lamps(write_guide: WriteGuide) -> None:
    for product, place in (("Lampion 1", "hall"), ("Lampion 2", "yard"), ("Torchio 3", "shed"), ("Torchio 4", "attic")):
        write_guide(GUIDE.format(product=product, place=place), f"{place}.md")


def chance(state: WalkState, product: str) -> float:
    """What is believed of the problems with a product."""
    found = [c for c in state.candidates if c.problem.guide.applies_to[0].startswith(product)]
    return sum(candidate.probability for candidate in found)


def walk(address: Address) -> WalkState:
    return next_step(address, EVERYONE)


def test_a_product_in_the_words_is_taken_as_answered_and_can_be_changed(client: Client, lamps: None) -> None:
    state = walk(Address(symptom="my torchio flickers"))
    assert [(given.id, given.answer) for given in state.implied] == [(PRODUCT, "Torchio")]
    assert state.candidates[0].problem.guide.applies_to[0].startswith("Torchio")
    page = client.get("/troubleshoot/?symptom=my+torchio+flickers").content.decode()
    assert "From what you typed" in page
    assert "change=product" in page
    changed = walk(Address(symptom="my torchio flickers", change=PRODUCT))
    assert changed.question
    assert changed.question.given == "torchio"
    assert {choice.id for choice in changed.question.choices} == {"lampion", "torchio", "unsure"}
    other = walk(Address(symptom="my torchio flickers", answers=((PRODUCT, "lampion"),)))
    assert not other.implied
    assert [(given.id, given.answer) for given in other.asked] == [(PRODUCT, "Lampion")]
    assert chance(other, "Torchio") < chance(state, "Torchio")


def test_a_version_in_the_words_is_answered_too(lamps: None) -> None:
    state = walk(Address(symptom="flickering of torchio 4"))
    assert [(given.id, given.answer) for given in state.implied] == [
        (PRODUCT, "Torchio"),
        ("product-torchio", "Torchio 4"),
    ]
    assert state.candidates[0].problem.guide.slug == "attic"


def test_two_products_in_the_words_are_no_answer(lamps: None) -> None:
    assert not walk(Address(symptom="the torchio or lampion flickers")).implied


def test_an_address_with_a_product_of_former_times_means_its_family_and_version(lamps: None) -> None:
    state = walk(Address(symptom="it flickers", answers=((PRODUCT, "torchio-4"),)))
    assert state.address.answers == ((PRODUCT, "torchio"), ("product-torchio", "torchio-4"))
    assert not state.notices


# Beside the guides


@pytest.mark.django_db
def test_the_table_of_the_content_folder_counts_at_once_and_goes_with_an_export(
    folder: Path, settings: Settings, lamps: None
) -> None:
    settings.CONTENT_DIR = folder
    assert len(walk(Address(start="questions", change=PRODUCT)).notices) == 1
    questions = Address(start="questions", answers=((PRODUCT, "lampion"),))
    assert not walk(questions).notices
    (folder / "products.yml").write_text("Lights:\n  - Lampion 1\n  - Lampion 2\nTorchio: []\n")
    assert walk(questions).notices
    assert not walk(Address(start="questions", answers=((PRODUCT, "lights"),))).notices
    load.load([folder])
    assert SideFile.objects.filter(source="products.yml").exists()


@pytest.mark.django_db
def test_a_load_names_the_line_of_a_bad_table(folder: Path) -> None:
    (folder / "products.yml").write_text("Lamp: []\nLamp: []\n")
    report = load.load([folder])
    assert [str(refusal) for refusal in report.failed] == ["products.yml:2: 'Lamp' is in line 1 already: keep one."]


def test_check_guides_tells_of_the_table_and_of_products_that_it_does_not_know(folder: Path) -> None:
    (folder / "contacts").mkdir()
    (folder / "contacts" / "desk.md").write_text("---\nname: Desk\n---\n")
    (folder / "products.yml").write_text("Lamp:\n  - Lamp 2\nTorch:\n  - Lamp-2\n")
    (folder / "a.md").write_text("---\ntitle: A\napplies_to: [Lamp 2, Torc]\n---\n# A\n\nText.\n")
    assert [str(found) for found in run.check([folder])] == [
        "a.md:3: 'Torc' is in no family of products.yml. Did you mean 'Torch'?",
        "products.yml:4: 'Lamp-2' is in line 2 already as 'Lamp 2': keep one.",
    ]


@pytest.mark.django_db
def test_a_table_is_proposed_of_what_is_loaded(lamps: None) -> None:
    out = StringIO()
    call_command("propose_products", stdout=out)
    table, errors = read_products(out.getvalue())
    assert not errors
    assert {family.name: len(family.versions) for family in table.families} == {"Lampion": 2, "Torchio": 2}


# Contacts of a library


@pytest.mark.django_db
def test_who_loads_a_library_without_contacts_is_told(lamps: None, folder: Path) -> None:
    out = StringIO()
    call_command("load_guides", folder, stdout=out)
    assert "There is no contact, so nobody is named" in out.getvalue()
    Contact.objects.create(slug="desk", name="Desk")
    out = StringIO()
    call_command("load_guides", folder, stdout=out)
    assert "There is no contact" not in out.getvalue()
