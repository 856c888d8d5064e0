"""The table of products: what is read of its file, what names mean in it, and what guides' own words propose."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kb.content.product_file import read_file, read_products, usable_products
from kb.content.product_proposal import as_yaml, product_counts, proposed
from kb.content.product_table import Family, Place, ProductTable, Version

TEXT = """
Lamp:
  - Lamp 2
  - Lamp 3: [L3, Desk lamp 3]
Word:
  also: [Acme Word]
  versions: [Word 2013]
Loom: []
"""


@pytest.fixture
def table() -> ProductTable:
    found, errors = read_products(TEXT)
    assert not errors
    return found


def test_a_file_has_families_with_versions_and_spellings(table: ProductTable) -> None:
    lamp, word, loom = table.families
    assert lamp == Family("Lamp", (Version("Lamp 2"), Version("Lamp 3", ("L3", "Desk lamp 3"))))
    assert word == Family("Word", (Version("Word 2013"),), ("Acme Word",))
    assert loom == Family("Loom")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Lamp: [Lamp 2]\nTorch: [lamp-2]\n", 2, "'lamp-2' is in line 1 already as 'Lamp 2': keep one."),
        ("Lamp: []\nLamp: []\n", 2, "'Lamp' is in line 1 already: keep one."),
        ("- Lamp\n", 1, "The table is made of families"),
        ("Lamp:\n  colours: [red]\n", 2, "'colours' is no part of a family"),
        ("Lamp:\n  - [[x]]\n", 2, "Here should be a name on one line."),
        ("Lamp: &a [Lamp 2]\n", 1, "This holds an anchor"),
        ("Lamp: [\n", 2, "This is no YAML"),
        (f"{'x' * 200}: []\n", 1, "This name is over 120 characters"),
        ("'!': []\n", 1, "'!' holds no word"),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_line(text: str, line: int, message: str) -> None:
    _, errors = read_products(text)
    assert [error.line for error in errors] == [line]
    assert errors[0].message.startswith(message)


def test_the_rest_of_a_file_with_a_fault_is_used() -> None:
    found, errors = read_products("Lamp: [Lamp 2]\nTorch: [Lamp 2, Torch 1]\n")
    assert errors
    assert [family.name for family in found.families] == ["Lamp", "Torch"]
    assert found.families[1].versions == (Version("Torch 1"),)


def test_no_file_is_no_table_and_an_empty_one_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "products.yml"
    assert usable_products(path) is None
    assert read_file(path) == (ProductTable(), [])
    path.write_text("# nothing yet\n")
    assert usable_products(path) == ProductTable()
    path.write_bytes(b"Lamp: []\nT\xff: []\n")
    assert [error.line for error in read_file(path)[1]] == [2]


@pytest.mark.parametrize(
    ("product", "place"),
    [
        ("lamp", Place("Lamp")),
        ("Lamp 2", Place("Lamp", "Lamp 2")),
        ("desk-lamp 3", Place("Lamp", "Lamp 3")),
        ("Acme Word 2013 Service Pack 1", Place("Word", "Word 2013")),
        ("Lamp 9", Place("Lamp")),
        ("Kettle", Place("Kettle")),
    ],
)
def test_what_a_guide_applies_to_has_a_place(table: ProductTable, product: str, place: Place) -> None:
    assert table.place(product) == place
    assert table.holds(product) == (product != "Kettle")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("my Lamp 3 flickers", [Place("Lamp", "Lamp 3")]),
        ("the L3 flickers, not the Loom", [Place("Lamp", "Lamp 3"), Place("Loom")]),
        ("Lamp: lamp 2 and a lamp", [Place("Lamp", "Lamp 2")]),
        ("which word do I type?", []),
        ("in Word I type", [Place("Word")]),
        ("it hums", []),
    ],
)
def test_a_text_names_products_and_mere_words_are_none(table: ProductTable, text: str, places: list[Place]) -> None:
    assert table.named_in(text) == places


def test_a_mere_word_is_a_common_product(table: ProductTable) -> None:
    assert table.named_in("my word is stuck", ["Word"]) == [Place("Word")]


# Proposals


def names(table: ProductTable) -> dict[str, list[str]]:
    return {family.name: [version.name for version in family.versions] for family in table.families}


def test_versions_and_years_are_taken_apart_from_names() -> None:
    found = proposed(
        Counter(["Quay 3", "Quay 4.1", "Quay for Mac", "Quay", "Pier 2013", "REST API", "New Quay for iOS"])
    )
    assert names(found) == {
        "Quay": ["New Quay for iOS", "Quay 3", "Quay 4.1", "Quay for Mac"],
        "Pier 2013": [],
        "REST API": [],
    }


def test_alike_spellings_are_merged_into_what_most_guides_write() -> None:
    found = proposed(Counter({"Harbour 2": 5, "Harbor 2": 1, "Acme Harbour 2": 2, "Harbour 2 SP1": 1, "Harbour 3": 1}))
    assert names(found) == {"Harbour": ["Harbour 2", "Harbour 3"]}
    (harbour,) = found.families
    assert harbour.spellings == ("Acme Harbour", "Harbor")
    assert harbour.versions[0].spellings == ("Acme Harbour 2", "Harbor 2", "Harbour 2 SP1")


def test_the_only_version_of_a_family_is_the_family_and_known_by_its_short_name() -> None:
    found = proposed(Counter(["Chat for Business", "Quay"]))
    assert names(found) == {"Chat for Business": [], "Quay": []}
    assert found.named_in("in Chat") == [Place("Chat for Business")]


def test_numbers_keep_versions_apart() -> None:
    found = proposed(Counter(["Quay server 2013", "Quay server 2016", "Quay server 2019"]))
    assert names(found) == {"Quay server": ["Quay server 2013", "Quay server 2016", "Quay server 2019"]}


def test_the_name_of_who_makes_them_is_no_family() -> None:
    found = proposed(Counter(["Acme 365", "Acme Ink", "Acme Paper", "Acme Glue"]))
    assert set(names(found)) == {"Acme 365", "Acme Ink", "Acme Paper", "Acme Glue"}


def test_what_is_proposed_is_read_as_it_is_and_knows_all_that_it_was_made_of() -> None:
    counts = product_counts(
        [["Quay 3", "Quay 3"], ["Quay 3", "Acme Quay"], ["Quäy: x", "Pier, all"], ["C++ 17", "1.0"]]
    )
    assert counts["Quay 3"] == 2
    found = proposed(counts)
    assert read_products(as_yaml(found)) == (found, [])
    assert all(found.holds(name) for name in counts)


def test_of_nothing_an_empty_table_is_proposed() -> None:
    assert read_products(as_yaml(proposed({"": 1, "...": 2}))) == (ProductTable(), [])
