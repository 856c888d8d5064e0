"""Two texts of a guide are compared section by section: by lines, with the words marked, and as rendered pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from kb.content.comparing import HEAD, Text, changes, line_changes
from kb.content.marked_pages import marked_page
from kb.content.reading import read_guide

BEFORE = """---
title: Mail
---

Before you begin.

## Mail does not arrive

Restart the agent, then wait for one minute.

- Look at the queue
- Send a test

## Old matter

Nobody needs this any more.
"""
NOW = (
    BEFORE.replace("one minute", "two minutes")
    .replace("title: Mail", "title: Mail arrives late")
    .replace(
        "## Old matter\n\nNobody needs this any more.", "## New matter\n\nSomething else, quite new.\n\n## Last\n\nEnd."
    )
)


def text(source: str) -> Text:
    return Text(source, read_guide(source, "guide.md"))


def test_each_section_says_what_became_of_it() -> None:
    found = [(change.kind, change.title) for change in changes(text(BEFORE), text(NOW))]
    assert found == [
        ("changed", HEAD),
        ("same", "Introduction"),
        ("changed", "Mail does not arrive"),
        ("gone", "Old matter"),
        ("new", "New matter"),
        ("new", "Last"),
    ]


def test_lines_carry_their_numbers_and_the_words_that_changed() -> None:
    change = changes(text(BEFORE), text(NOW))[2]
    gone, came = (line for line in change.lines if line.sign in "+-")
    assert (gone.before, gone.now, came.before, came.now) == (9, None, None, 9)
    assert [part.text for part in came.parts if part.is_changed] == ["two", "minutes"]
    assert gone.text == "Restart the agent, then wait for one minute."


def test_the_page_shows_what_came_and_went() -> None:
    page = changes(text(BEFORE), text(NOW))[2].html
    assert "<del>one minute." in page
    assert "<ins>two minutes." in page
    assert "Look at the queue" in page


def test_what_did_not_change_is_not_shown_twice() -> None:
    assert all(change.kind == "same" and not change.html for change in changes(text(NOW), text(NOW)))


def test_a_reworded_heading_is_the_same_section() -> None:
    now = BEFORE.replace("## Mail does not arrive", "## No mail comes in")
    assert [c.kind for c in changes(text(BEFORE), text(now))] == ["same", "same", "changed", "same"]


def test_a_text_that_can_not_be_read_is_compared_as_a_whole() -> None:
    found = changes(text(BEFORE), Text("---\ntitle: [\n---\n"))
    assert {change.kind for change in found} <= {"gone", "new", "changed"}
    assert "title: [" in {line.text for change in found for line in change.lines}


def test_a_text_without_a_section_is_front_matter_alone() -> None:
    assert {change.kind for change in changes(text(""), text(NOW))} == {"changed", "new"}
    assert [change.kind for change in changes(text("---\ntitle: A\n---\n"), text(""))] == ["changed"]


def test_a_page_that_is_compared_holds_no_script() -> None:
    now = BEFORE.replace("one minute", "<script>alert(1)</script><img src=x onerror=alert(1)> two")
    page = "".join(change.html for change in changes(text(BEFORE), text(now)))
    assert "<script" not in page
    assert "onerror" not in page


lines = st.lists(st.text("ab é\u2028", max_size=4), max_size=12).map("\n".join)


@given(lines, lines)
def test_either_text_can_be_read_from_the_difference(before: str, now: str) -> None:
    found = line_changes(before, now, context=None)
    assert [line.text for line in found if line.sign in " -"] == before.removesuffix("\n").split("\n") * bool(before)
    assert [line.text for line in found if line.sign in " +"] == now.removesuffix("\n").split("\n") * bool(now)


def test_every_line_of_what_others_wrote_is_accounted_for(corpora: Path) -> None:
    for path in sorted((corpora / "corpora" / "outlook").rglob("*.md"))[::12]:
        source = path.read_text()
        half = source.replace("the", "this", 3).replace("\n## ", "\n## About ", 1)
        for change in changes(text(source), text(half)):
            assert change.kind in ("same", "changed")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("<ul><li>It smokes</li></ul>", "<ul><li>It burns</li></ul>"),
        ("<ol><li>One</li><li>Two</li></ol>", "<ol><li>One</li></ol>"),
        (
            "<ul><li>a <b>b</b></li><li>c<ul><li>d</li></ul></li></ul>",
            "<ul><li>x</li><li>c<ul><li>e</li></ul></li></ul>",
        ),
        (
            "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
            "<table><thead><tr><th>A</th><th>C</th></tr></thead><tbody><tr><td>3</td><td>4</td></tr></tbody></table>",
        ),
    ],
)
def test_a_mark_stands_where_text_may_stand(before: str, now: str) -> None:
    page = marked_page(before, now)
    root = lxml_html.fragment_fromstring(page, create_parent="div")
    marks = list(root.iter("ins", "del"))
    assert marks
    assert not [mark for mark in marks if mark.getparent().tag in {"ul", "ol", "table", "thead", "tbody", "tr"}], page
    gone = " ".join("".join(mark.itertext()) for mark in root.iter("del"))
    assert set(re.findall(r"\w+", gone)) >= set(re.findall(r"\w+", re.sub(r"<[^>]+>", " ", before))) - set(
        re.findall(r"\w+", re.sub(r"<[^>]+>", " ", now))
    )
