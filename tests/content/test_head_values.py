"""A form's value changes its own lines of the front matter, and not one byte besides."""

from __future__ import annotations

from difflib import ndiff

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.content.document import ContentError
from kb.content.front_matter import split
from kb.content.head_values import with_values

GUIDE = """---
# who and what
title: 'Slow responses'   # keep it short
description: What to do.
category: Network/Timeouts
applies_to:
    - "Windows 11"
    # the old one
    - Linux
tags: [slow, network]
owner:
custom: {a: 1}
---

# Slow responses

Text.
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\n") for line in lines if line[0] in "+-"]


def test_what_says_so_already_is_left_as_it_is() -> None:
    values = {
        "title": "Slow responses",
        "summary": "What to do.",
        "applies_to": ["Windows 11", "Linux"],
        "tags": ["slow", "network"],
        "owner": "",
        "review_by": None,
    }
    assert with_values(GUIDE, values) == GUIDE


def test_a_text_changes_on_its_line_and_keeps_the_comment() -> None:
    assert changed_lines(GUIDE, with_values(GUIDE, {"title": "Very slow"})) == [
        "- title: 'Slow responses'   # keep it short",
        "+ title: Very slow   # keep it short",
    ]


def test_a_key_keeps_the_name_that_the_writer_gave_it() -> None:
    assert "description: Wait.\n" in with_values(GUIDE, {"summary": "Wait."})


def test_an_item_is_added_to_a_list_as_the_list_is_written() -> None:
    after = with_values(GUIDE, {"applies_to": ["Windows 11", "Linux", "macOS"]})
    assert changed_lines(GUIDE, after) == ["+     - macOS"]


def test_an_item_is_taken_out_with_the_comment_above_it() -> None:
    after = with_values(GUIDE, {"applies_to": ["Windows 11"]})
    assert changed_lines(GUIDE, after) == ["-     # the old one", "-     - Linux"]


def test_an_empty_key_gets_its_value() -> None:
    assert changed_lines(GUIDE, with_values(GUIDE, {"owner": "Network team"})) == ["- owner:", "+ owner: Network team"]


def test_a_new_key_comes_last_and_an_absent_value_takes_its_line_away() -> None:
    assert changed_lines(GUIDE, with_values(GUIDE, {"review_by": "2030-01-01", "category": ""})) == [
        "- category: Network/Timeouts",
        "+ review_by: 2030-01-01",
    ]


def test_a_text_of_several_lines_is_replaced_whole() -> None:
    guide = "---\nsummary: >\n  One line\n  and another.\n\nowner: Ada\n---\nText\n"
    assert with_values(guide, {"summary": "One line."}) == "---\nsummary: One line.\n\nowner: Ada\n---\nText\n"


def test_a_guide_without_front_matter_gets_one() -> None:
    assert with_values("# Title\n", {"tags": ["a"]}) == "---\ntags: [a]\n---\n\n# Title\n"
    assert with_values("", {"title": "New"}) == "---\ntitle: New\n---\n"
    assert with_values("# Title\n", {"owner": ""}) == "# Title\n"


def test_line_endings_and_the_byte_order_mark_stay() -> None:
    guide = "\ufeff---\r\ntitle: Old\r\n---\r\nText\r\n"
    assert with_values(guide, {"title": "New"}) == guide.replace("Old", "New")
    assert with_values(guide, {"owner": "Ada"}) == guide.replace("Old\r\n", "Old\r\nowner: Ada\r\n")


@pytest.mark.parametrize(
    "value", ["a: b", "yes #1", "- item", "[x]", '"quoted"', "it's", "{a}", "*", "no", "1.10", "@"]
)
def test_a_text_that_yaml_would_read_otherwise_is_quoted(value: str) -> None:
    assert split(with_values(GUIDE, {"title": value})).fields["title"] == value
    assert split(with_values(GUIDE, {"tags": [value, "b"]})).fields["tags"] == [value, "b"]


def test_front_matter_in_braces_is_refused_with_what_to_do() -> None:
    with pytest.raises(ContentError, match="line of its own"):
        with_values("---\n{title: A}\n---\n", {"title": "B"})


plain = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=30)
words = plain.map(lambda text: " ".join(text.split())).filter(bool)


@given(words, st.lists(words, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_any_value_reads_back_and_other_keys_stay(title: str, tags: list[str], newline: str) -> None:
    before = GUIDE.replace("\n", newline)
    try:
        after = with_values(before, {"title": title, "tags": tags})
        fields = split(after).fields
    except ContentError as error:
        assume("YAML forbids" not in error.message)
        raise
    assert (fields["title"], fields["tags"]) == (title, tags)
    own = {line for line in after.split(newline) if line.startswith(("title", "tags", "  - ", "tags:"))}
    kept = [line for line in before.split(newline) if not line.startswith(("title", "tags"))]
    assert [line for line in after.split(newline) if line not in own] == kept
