"""The tree of questions: what it holds, that nothing in its picture overlaps, and who sees what of it."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import roles
from tests.conftest import WriteGuide
from tests.support.walk_library import contact, guide, library, problem, question
from troubleshooting.walk.tree import layout, nodes
from troubleshooting.walk.tree.layout import Box, Edge, Shape
from troubleshooting.walk.tree.nodes import Node

URL = "/troubleshoot/tree/"
WORDS = [
    "it",
    "the",
    "connection",
    "CONN_TIMEOUT",
    "certificate",
    "fails",
    "WWWWWWWWWW",
    "authentication-and-authorisation",
    "漢字漢字",
    "of",
]


def shape(chance: random.Random, depth: int, widest: int) -> Shape:
    """A tree of random size and wording."""
    text = " ".join(chance.choices(WORDS, k=chance.randint(1, 20)))
    edit = chance.choice(["", "/x/edit/"])
    below = chance.randint(1, widest) if depth else 0
    children = tuple(
        (" ".join(chance.choices(WORDS, k=chance.randint(1, 12))), shape(chance, depth - 1, widest))
        for _ in range(below)
    )
    return Shape("question" if children else "problem", (("title", text), ("note", "3 steps")), "/x/", edit, children)


def covers(a: Box | Edge, b: Box | Edge) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


@pytest.mark.parametrize(("depth", "widest"), [(0, 1), (1, 5), (2, 8), (4, 3), (6, 2)])
def test_nothing_in_a_picture_overlaps_or_sticks_out(depth: int, widest: int) -> None:
    for seed in range(5):
        drawn = layout.draw(shape(random.Random(seed), depth, widest))
        for a, b in combinations([*drawn.boxes, *drawn.edges], 2):
            assert not covers(a, b)
        for item in [*drawn.boxes, *drawn.edges]:
            assert item.x >= 0
            assert item.y >= 0
            assert item.x + item.width <= drawn.width
            assert item.y + item.height <= drawn.height
            for line in (*item.lines, *filter(None, [getattr(item, "edit_line", None)])):
                assert line.x + layout.width(line.text) <= item.x + item.width + 0.1
                assert item.y < line.y < item.y + item.height
            assert all(b.y - a.y >= layout.LINE - 0.2 for a, b in pairwise(item.lines))


def test_a_box_is_level_with_its_first_child() -> None:
    leaves = tuple((str(k), Shape("problem", (("title", f"Leaf {k}"),))) for k in range(3))
    drawn = layout.draw(Shape("question", (("title", "Which?"),), "", "", leaves))
    by_text = {box.lines[0].text: box.y + box.height / 2 for box in drawn.boxes}
    assert by_text["Which?"] == by_text["Leaf 0"] < by_text["Leaf 1"] < by_text["Leaf 2"]


def test_long_texts_are_wrapped_and_cut_with_an_ellipsis() -> None:
    assert layout.wrap("", 100, 3) == []
    assert layout.wrap("one two", 200, 3) == ["one two"]
    lines = layout.wrap("x" * 200 + " tail", 100, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(layout.width(line) <= 100 for line in lines)


def test_names_are_cut_between_their_parts() -> None:
    assert layout.wrap("LICENCE_NOT_ACTIVATED", 140, 3) == ["LICENCE_NOT_", "ACTIVATED"]
    assert layout.wrap("ClusterOperatorDegraded", 140, 3) == ["ClusterOperator", "Degraded"]
    assert "".join(layout.wrap("x" * 30 + "_" + "y" * 30, 100, 9)) == "x" * 30 + "_" + "y" * 30


def test_a_title_leaves_room_for_being_bold() -> None:
    drawn = layout.draw(Shape("problem", (("title", "ClusterMonitoringOperatorDeprecatedConfiguration"),)))
    widest = layout.BOX - 2 * layout.PADDING
    assert all(layout.width(line.text) * layout.BOLD <= widest for line in drawn.boxes[0].lines)


# What a tree holds

HUMS = problem("hums", "It hums (always)", "It is warm (often)")
DRIPS = problem("drips", "It drips (always)", "It is warm (often)")
KETTLE = guide(
    "kettle",
    HUMS,
    DRIPS,
    category="Kitchen",
    questions=[
        question(
            "Is it on?",
            Yes=question("Is it warm?", Yes={"problem": ["kettle", "hums"]}, No={"problem": ["kettle", "drips"]}),
            No={"contact": "cook"},
            Maybe={"contact": "nobody"},
        )
    ],
)
COOK = contact("cook", handles=["kitchen"])


def words(node: Node) -> object:
    """The tree as nested pairs."""
    if node.answers:
        return node.text, {label: words(below) for label, below in node.answers}
    return node.problem.title if node.problem else [each.name for each in node.contacts]


def test_an_authored_tree_is_drawn_as_it_was_written() -> None:
    known = library(KETTLE, contacts=[COOK])
    (root,) = nodes.authored(known.published, "kettle")
    assert words(root) == (
        "Is it on?",
        {"Yes": ("Is it warm?", {"Yes": "Hums", "No": "Drips"}), "No": ["Cook"], "Maybe": []},
    )
    leaf = next(root.leaves())
    assert (leaf.steps, [each.name for each in leaf.contacts]) == (2, ["Cook"])
    assert nodes.authored(known.published, "other") == []


def test_the_planners_tree_reaches_every_problem_of_a_small_library() -> None:
    known = library(*[guide(f"g{k}", problem(f"p{k}", f"Sign {k} (always)")) for k in range(5)], contacts=[COOK])
    root = nodes.planned(known.published, known.planner, nodes.start_at())
    leaves = list(root.leaves())
    reached = {each.id for leaf in leaves for each in [leaf.problem, *leaf.then] if each}
    assert reached == set(known.published.problems)
    assert not any(leaf.address for leaf in leaves)


def test_a_tree_that_is_too_large_is_cut_and_says_what_is_left() -> None:
    rows = [guide(f"g{k}", problem(f"p{k}", f"Sign {k} (always)"), category=f"C{k % 5}") for k in range(60)]
    known = library(*rows, contacts=[COOK])
    root = nodes.planned(known.published, known.planner, nodes.start_at(), most_leaves=12)
    leaves = list(root.leaves())
    assert 1 < len(leaves) <= 12
    cut = [leaf for leaf in leaves if leaf.address]
    assert cut
    assert all(leaf.left > 1 for leaf in cut)


def test_a_library_for_which_nothing_can_be_tried_leads_to_its_contacts() -> None:
    known = library(guide("empty", problem("p", "It hums (always)", steps=[])), contacts=[COOK])
    root = nodes.planned(known.published, known.planner, nodes.start_at())
    assert words(root) == ["Cook"]


# The page

SMALL = """
# Kettle

## Hums

**Symptoms:**
- It hums & whistles (always)

**Solution:**
1. Fill it.

## Drips

**Symptoms:**
- It drips (always)

**Solution:**
1. Close it.
2. Dry it.
"""
TREE = """
## Decision tree
- Does it hum?
  - Yes: [Hums](#hums)
  - No: [Drips](#drips)
"""


@pytest.fixture
def kettle(write_guide: WriteGuide) -> None:
    write_guide(SMALL, "kitchen/kettle.md")


def page(query: str = "", client: Client | None = None) -> str:
    response = (client or Client()).get(URL + query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("query", ["", "?category=kitchen", "?guide=kettle"])
def test_the_page_shows_the_tree_as_a_picture_and_in_words(kettle: None, query: str) -> None:
    html = page(query)
    assert "<svg" in html
    assert html.count('href="/guides/kettle/#hums"') == 2
    assert "2 steps" in html
    assert "It hums &amp; whistles" in html
    assert "style=" not in html


def test_the_page_of_a_guide_that_asks_shows_its_own_questions(write_guide: WriteGuide) -> None:
    write_guide(SMALL + TREE, "kettle.md")
    html = page("?guide=kettle")
    assert "as its writer put them" in html
    assert html.count("Does it hum?") >= 2
    assert "as its writer put them" not in page()


@pytest.mark.parametrize("query", ["?guide=gone", "?category=gone", "?guide=%00%0a&category=kitchen"])
def test_what_is_not_there_is_a_404_that_says_so(kettle: None, query: str) -> None:
    response = Client().get(URL + query)
    assert response.status_code == 404
    assert "to draw." in response.content.decode()


@pytest.mark.django_db
def test_an_empty_library_has_no_tree_and_says_so() -> None:
    assert "There is no problem to ask about yet." in page()


def test_guides_for_staff_are_drawn_for_staff_only(kettle: None, write_guide: WriteGuide, staff_client: Client) -> None:
    write_guide("---\naudience: staff\n---\n" + SMALL.replace("Kettle", "Vault").replace("hums", "ticks"), "vault.md")
    for query in ("", "?category=kitchen"):
        assert "ticks" not in page(query)
        assert "Vault" not in page(query)
    assert Client().get(f"{URL}?guide=vault").status_code == 404
    assert "ticks" in page("?guide=vault", staff_client)


def test_few_queries_are_made_and_none_for_the_second_reader(kettle: None, staff_client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        page()
    assert len(queries) <= 4
    with CaptureQueriesContext(connection) as queries:
        page()
    assert len(queries) == 0
    page(client=staff_client)
    with CaptureQueriesContext(connection) as queries:
        page(client=staff_client)
    assert len(queries) <= 4


def test_a_publication_is_drawn_at_once(kettle: None, write_guide: WriteGuide) -> None:
    assert "Drips" in page()
    write_guide(SMALL.replace("Drips", "Leaks"), "kitchen/kettle.md")
    html = page()
    assert "Leaks" in html
    assert "Drips" not in html


def test_a_tree_is_read_only(kettle: None) -> None:
    assert Client().post(URL).status_code == 405


def test_a_large_library_is_cut_and_leads_on_by_the_walk(kettle: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "MOST_LEAVES", 1)
    html = page()
    assert "This tree is cut after 1 ends" in html
    assert "2 problems left" in html
    assert 'href="/troubleshoot/?start=questions"' in html


@pytest.mark.django_db
def test_a_library_in_which_nothing_can_be_tried_leads_nowhere_yet(write_guide: WriteGuide) -> None:
    write_guide("---\naudience: staff\n---\n" + SMALL, "vault.md")
    write_guide(TREE.replace("#hums", "vault.md#hums").replace("#drips", "vault.md#drips"), "triage.md")
    write_guide(SMALL, "kettle.md")
    assert "Leads nowhere yet" in page("?guide=triage")


def test_staff_find_the_tree_from_a_walk(kettle: None, staff_client: Client) -> None:
    walk = "/troubleshoot/?start=questions"
    assert f'href="{URL}"' in staff_client.get(walk).content.decode()
    assert f'href="{URL}"' not in Client().get(walk).content.decode()


# Who may edit


@pytest.fixture
def writer_client(db: None) -> Client:
    """A browser in which someone who may propose changes to guides is signed in."""
    roles.make_groups()
    client, writer = Client(), User.objects.create_user("grace", password="correct horse battery")
    writer.groups.add(Group.objects.get(name="writers"))
    client.force_login(writer)
    return client


def test_who_may_edit_finds_links_to_edit_at_questions_and_leaves(
    write_guide: WriteGuide, writer_client: Client
) -> None:
    write_guide(SMALL + TREE, "kettle.md")
    html = page("?guide=kettle", writer_client)
    assert html.count('<a href="/write/guides/kettle/" tabindex="-1">') == 3
    assert html.count('<a class="tree__edit" href="/write/guides/kettle/">') == 3
    assert '<a class="button button--quiet" href="/write/guides/kettle/">Edit the guide</a>' in html
    assert "/write/guides/kettle/" in page(client=writer_client)
    editor = writer_client.get("/write/guides/kettle/")
    assert editor.status_code == 200
    assert "Does it hum?" in editor.content.decode()


def test_nobody_else_does_and_no_such_page_is_kept_for_others(
    write_guide: WriteGuide, writer_client: Client, staff_client: Client
) -> None:
    write_guide(SMALL + TREE, "kettle.md")
    assert writer_client.get(f"{URL}?guide=kettle").headers["Cache-Control"] == "private, no-store"
    for client in (Client(), staff_client):
        assert "/write/guides/" not in page("?guide=kettle", client)


def test_writers_find_the_tree_from_a_walk_too(kettle: None, writer_client: Client) -> None:
    assert f'href="{URL}"' in page_of_walk(writer_client)
    assert f'href="{URL}"' not in page_of_walk(Client())


def page_of_walk(client: Client) -> str:
    return client.get("/troubleshoot/?start=questions").content.decode()
