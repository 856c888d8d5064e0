"""Headings that a text has as HTML are sections with anchors, and the first of them is the title of the page."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide


@pytest.mark.parametrize(
    ("heading", "title", "anchor"),
    [
        ("<h1>Lost key</h1>", "Lost key", "lost-key"),
        ('<h1 align="center" id="top">Lost *key* [1] &amp; more</h1>', "Lost *key* [1] & more", "top"),
        ('<h1 id="title-heading"><span id="title-text"> Space : Lost key </span></h1>', "Lost key", "title-heading"),
        ("<h1>Lost <code>a_b_c</code></h1>", "Lost a_b_c", "lost-a_b_c"),
    ],
)
@pytest.mark.parametrize("below", ["\n\nText.", "\n<p>Text.</p>"])
def test_the_first_one_is_the_title(heading: str, title: str, anchor: str, below: str) -> None:
    document = read_guide(f"{heading}{below}\n\n[up](#{anchor})\n", "Lost_65601.md")
    assert document.metadata.title == title
    assert document.findings == ()
    assert f'id="{anchor}"' in document.html
    assert "Text." in document.html
    assert "<h1" not in document.html


def test_others_are_sections_in_which_solutions_are_found() -> None:
    document = read_guide(
        "<h1>Lost key</h1>\n\n<h2>Symptoms</h2>\n<ul><li>It is gone</li></ul>\n\n"
        "<h2>Solution</h2>\n<ol><li>Look for it</li><li>Ask</li></ol>\n",
        "t.md",
    )
    assert [section.title for section in document.structure.sections] == ["Lost key", "Symptoms", "Solution"]
    assert [step.text for problem in document.structure.problems for step in problem.steps] == ["Look for it", "Ask"]


@pytest.mark.parametrize(
    "text",
    ["<div>\n<h2>a</h2>\n</div>", "```\n<h2>a</h2>\n```", "<h2>a</h3>", "<h2></h2>", "<h2>a</h2> and <h2>b</h2>"],
)
def test_what_is_no_heading_by_itself_stays(text: str) -> None:
    assert len(read_guide(f"# T\n\n{text}\n", "t.md").structure.sections) == 1


@pytest.mark.parametrize("attribute", ["hidden", 'class="staff"', 'style="display: none"'])
def test_what_is_hidden_stays_so(attribute: str) -> None:
    assert "KANARIE" not in read_guide(f"# T\n\n<h2 {attribute}>KANARIE</h2>\n\nText.\n", "t.md").html
