"""A section is recognised when its heading is reworded, when it moves, and when its text is edited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.content.identity import KnownSection, former_anchors, keys_for

LONG = "Restart the agent on the machine, wait for one minute, then open the settings and sign in again."


def known(*anchors: str, text: str = "") -> list[KnownSection]:
    return [
        KnownSection(anchor, anchor, anchor.title(), text or f"What {anchor} says of {anchor}.") for anchor in anchors
    ]


def test_sections_that_keep_their_anchors_keep_their_keys() -> None:
    now = [("one", "One", "New words."), ("two", "Two", "Others.")]
    assert keys_for(known("one", "two"), now) == ["one", "two"]


def test_a_reworded_heading_keeps_the_key() -> None:
    before = [*known("start"), KnownSection("login-fails", "login-fails", "Login fails", LONG), *known("end")]
    now = [("start", "Start", ""), ("new", "New", "Quite another matter."), ("sign-in-fails", "Sign-in fails", LONG)]
    assert keys_for(before, now) == ["start", "new", "login-fails"]


def test_a_reworded_heading_above_an_edited_text_keeps_the_key() -> None:
    before = [KnownSection("login-fails", "login-fails", "Login fails", LONG), *known("end")]
    now = [("other", "Other", "No word in common"), ("sign-in", "Sign-in", f"{LONG} Then look."), ("end", "End", "")]
    assert keys_for(before, now) == ["other", "login-fails", "end"]


def test_a_section_that_was_rewritten_in_its_place_keeps_the_key() -> None:
    before = known("start", "middle", "end")
    now = [("start", "Start", ""), ("centre", "Centre", "All of it is new now, heading and text"), ("end", "End", "")]
    assert keys_for(before, now) == ["start", "middle", "end"]


def test_a_section_that_was_replaced_by_two_others_is_gone() -> None:
    now = [("start", "", ""), ("a", "A", "Something new"), ("b", "B", "Something newer"), ("end", "", "")]
    assert keys_for(known("start", "middle", "end"), now) == ["start", "a", "b", "end"]


def test_a_key_outlives_several_rewordings() -> None:
    before = [KnownSection("third", "first", "Third", LONG)]
    assert keys_for(before, [("x", "X", "Else."), ("fourth", "Fourth", LONG)]) == ["x", "first"]


def test_a_new_section_never_takes_the_key_of_another() -> None:
    before = [KnownSection("renamed", "causes", "Renamed", LONG)]
    now = [("renamed", "Renamed", LONG), ("causes", "Causes", "Something else entirely, and new.")]
    assert keys_for(before, now) == ["causes", "causes-2"]


def test_old_anchors_lead_to_the_sections_they_named() -> None:
    before = [KnownSection("old", "old", "Old", LONG), *known("kept"), *known("gone")]
    assert former_anchors(before, {"old": "new", "kept": "kept"}) == {"old": "new"}


anchors = st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=8)
texts = st.text("ab ", max_size=12)


@given(anchors, anchors, st.data())
def test_keys_are_always_unique(old: list[str], new: list[str], data: st.DataObject) -> None:
    keys = data.draw(st.permutations(old))
    before = [KnownSection(a, k, a, data.draw(texts)) for a, k in zip(old, keys, strict=True)]
    found = keys_for(before, [(anchor, anchor, data.draw(texts)) for anchor in new])
    assert len(found) == len(new)
    assert len(set(found)) == len(found)
