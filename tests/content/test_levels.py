"""Whom the levels of an escalation path name, and in which order everybody is asked."""

from __future__ import annotations

import pytest

from kb.content.levels import Level, joined, level, name_key


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("Technical support", "Technical support", ""),
        ("Ask the duty officer", "Duty officer", ""),
        ("Level 1: Support desk (9-5)", "Support desk", "9-5"),
        ("Level 2 support", "Level 2 support", ""),
        ("Tier 2 - Network operations, 24/7: all of it", "Network operations", "24/7: all of it"),
        ("Call the on-call engineer at +44 20 7946", "on-call engineer", "At +44 20 7946"),
        ("First line: Help desk.", "Help desk", ""),
        ("Line manager", "Line manager", ""),
        ("Escalate to Dr. Foo if nobody answers. She decides.", "Dr. Foo", "If nobody answers. She decides"),
        ("Contact", "Contact", ""),
    ],
)
def test_a_level_names_somebody(text: str, name: str, said: str) -> None:
    assert level(text) == Level(name, said)


@pytest.mark.parametrize(
    "other", ["security teams", "Security Team (on call)", "the Security-Team", "SECURITY TEAM.", "Security team"]
)
def test_names_are_one_whatever_their_case_signs_plural_and_parentheses(other: str) -> None:
    assert name_key(other) == name_key("Security team")
    assert name_key(other) != name_key("Security management")


def test_what_stands_in_parentheses_alone_is_a_name() -> None:
    assert name_key("(Support)")


def test_paths_are_kept_in_their_order_and_joined() -> None:
    assert joined([], [["a", "b"], ["c", "a"], ["b", "z"]], places={}) == ["c", "a", "b", "z"]


def test_a_card_that_no_path_names_stands_where_its_tier_says() -> None:
    path = [["first", "second", "third"]]
    assert joined(["x"], path, places={"x": 1}) == ["first", "x", "second", "third"]
    assert joined(["third", "x"], path, places={"third": 3, "x": 9}) == ["first", "second", "third", "x"]


def test_a_path_that_names_somebody_twice_names_them_once() -> None:
    assert joined([], [["a", "b", "a"]], places={}) == ["a", "b"]
