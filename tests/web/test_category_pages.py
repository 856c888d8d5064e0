"""Categories: a tree with counts, made of what a reader may see."""

from __future__ import annotations

from django.test import Client

from kb.models import categories
from tests.conftest import WriteGuide


def guide_in(category: str, title: str, audience: str = "public") -> str:
    return f"---\ntitle: {title}\ncategory: {category}\naudience: {audience}\n---\nText.\n"


def test_a_tree_counts_the_guides_below_each_category() -> None:
    tree = categories.tree(
        [("Network", "network", 2), ("Network/TLS", "network/tls", 3), ("Audio", "audio", 1), ("", "", 7)]
    )
    assert [(top.name, top.slug, top.guides) for top in tree] == [("Audio", "audio", 1), ("Network", "network", 5)]
    assert [(below.name, below.guides) for below in tree[1].children] == [("TLS", 3)]


def test_a_tree_of_some_levels_counts_what_lies_deeper_too() -> None:
    counts = [("A/B/C", "a/b/c", 2), ("A", "a", 1), ("D/E", "d/e", 3)]
    whole, cut = categories.tree(counts), categories.tree(counts, levels=2)
    assert [(top.name, top.guides) for top in cut] == [(top.name, top.guides) for top in whole] == [("A", 3), ("D", 3)]
    assert [(below.name, below.guides, below.children) for below in cut[0].children] == [("B", 2, ())]


def test_the_first_wording_of_a_category_names_it() -> None:
    tree = categories.tree([("Network", "network", 1), ("network", "network", 1)])
    assert [(top.name, top.guides) for top in tree] == [("Network", 2)]


def test_a_path_whose_parts_do_not_match_its_slug_is_named_after_the_slug() -> None:
    assert [crumb.name for crumb in categories.crumbs("A / B / ", "a/b/rate-limits")] == ["A", "B", "Rate limits"]


def test_a_trail_leads_down_to_a_category_or_is_empty() -> None:
    tree = categories.tree([("A/B/C", "a/b/c", 1)])
    assert [category.name for category in categories.trail(tree, "a/b/c")] == ["A", "B", "C"]
    assert categories.trail(tree, "a/b/x") == ()
    assert categories.trail(tree, "x") == ()


def test_a_category_page_lists_its_guides_and_those_below(client: Client, write_guide: WriteGuide) -> None:
    write_guide(guide_in("Network", "Cables"), "cables.md")
    write_guide(guide_in("Network/TLS", "Certificates"), "certificates.md")
    write_guide(guide_in("Audio", "Loudness"), "loudness.md")
    page = client.get("/categories/network/").content.decode()
    assert "2 guides" in page
    assert "Cables" in page
    assert "Certificates" in page
    assert "Loudness" not in page
    assert 'href="/categories/network/tls/"' in page
    below = client.get("/categories/network/tls/").content.decode()
    assert '<a href="/categories/network/">Network</a>' in below
    assert "Cables" not in below


def test_a_category_is_found_in_any_case(client: Client, write_guide: WriteGuide) -> None:
    write_guide(guide_in("Network/TLS", "Certificates"))
    assert client.get("/categories/Network/TLS/").status_code == 200


def test_an_unknown_category_is_a_clear_404(client: Client, write_guide: WriteGuide) -> None:
    write_guide(guide_in("Network", "Cables"))
    for address in ("nowhere", "network/nowhere", "net", "%00", "x" * 2000):
        response = client.get(f"/categories/{address}/")
        assert response.status_code == 404
        assert "There is no category" in response.content.decode()


def test_a_category_of_staff_guides_is_there_for_staff_only(
    client: Client, staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(guide_in("Vault/Keys", "Spare keys", "staff"))
    assert "Vault" not in client.get("/categories/").content.decode()
    assert client.get("/categories/vault/").status_code == 404
    assert "Vault" in staff_client.get("/categories/").content.decode()
    assert "Spare keys" in staff_client.get("/categories/vault/keys/").content.decode()


def test_the_list_of_categories_says_when_there_are_none(client: Client, db: None) -> None:
    assert "There are no categories yet" in client.get("/categories/").content.decode()


def test_the_largest_categories_stay_in_their_order() -> None:
    tree = categories.tree([("A", "a", 1), ("B", "b", 3), ("C", "c", 2)])
    assert [category.name for category in categories.largest(tree, 2)] == ["B", "C"]
