"""What can't be true beside what somebody said."""

from __future__ import annotations

import pytest

from kb.content.contradicting import excluded_by

BEFORE, NEVER = "It worked before and stopped suddenly", "The key has never worked"


@pytest.mark.parametrize(
    ("said", "symptom"),
    [
        (BEFORE, NEVER),
        (NEVER, BEFORE),
        ("it used to work", NEVER),
        ("our key has never worked", BEFORE),
        ("only me, my colleagues can sign in", "Everybody is cut off"),
        ("all users are cut off", "It fails only from one network or machine"),
        ("it fails now and then", "The same request fails every time"),
    ],
)
def test_who_says_the_one_does_not_have_the_other(said: str, symptom: str) -> None:
    assert any(pattern.search(symptom) for pattern in excluded_by([said]))
    assert not any(pattern.search(said) for pattern in excluded_by([said]))


@pytest.mark.parametrize("said", [["it is broken"], [""], [BEFORE, NEVER]])
def test_who_says_neither_or_both_may_have_either(said: list[str]) -> None:
    excluded = excluded_by(said)
    assert not any(pattern.search(symptom) for pattern in excluded for symptom in (BEFORE, NEVER))
