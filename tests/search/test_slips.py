"""How strange a slip of the hand is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.ranking.slips import is_clear, is_plausible, strangeness

WORDS = st.text("abces", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("likely", "unlikely", "meant"),
    [
        ("recieve", "reteive", "receive"),
        ("pasword", "passord", "password"),
        ("passsword", "passtword", "password"),
        ("calender", "calenxar", "calendar"),
        ("outlok", "outlood", "outlook"),
        ("servr", "erver", "server"),
        ("derver", "xerveg", "server"),
    ],
)
def test_usual_slips_are_less_strange(likely: str, unlikely: str, meant: str) -> None:
    assert strangeness(likely, meant) < strangeness(unlikely, meant)


@given(WORDS, WORDS)
def test_only_the_same_word_is_no_slip_at_all(typed: str, meant: str) -> None:
    assert (strangeness(typed, meant) == 0) == (typed == meant)


@given(WORDS, WORDS)
def test_it_costs_no_more_than_to_drop_all_and_write_all_anew(typed: str, meant: str) -> None:
    assert strangeness(typed, meant) <= 2.0 * (len(typed) + len(meant))


def test_the_longer_a_word_the_stranger_a_slip_may_be() -> None:
    assert not is_clear("tken", "token")
    assert is_clear("tokne", "token")
    assert not is_clear("tocen", "token")
    assert is_clear("mailbx", "mailbox")
    assert not is_clear("mailfox", "mailbox")
    assert is_clear("misconfigurasion", "misconfiguration")


def test_company_lets_a_word_be_a_little_further_away_unless_it_is_short() -> None:
    assert not is_clear("mailboxe", "mailbox")
    assert not is_clear("foldder", "holder", goes_with_others=True)
    assert is_clear("calrendar", "calendar", goes_with_others=True)
    assert not is_clear("relay", "rely", goes_with_others=True)


def test_a_short_word_is_offered_only_for_a_usual_slip() -> None:
    assert is_plausible("relay", "rely")
    assert not is_plausible("ball", "call")
    assert is_plausible("revolution", "resolution")


@pytest.mark.parametrize("word", ["contract", "prune", "native", "lattice", "mauve", "reply", "tables"])
def test_a_word_of_english_is_never_taken_for_a_slip(word: str) -> None:
    for meant in (f"{word}s", f"{word[:2]}{word[3:]}", f"{word[1]}{word[0]}{word[2:]}", f"{word}{word[-1]}"):
        assert not is_clear(word, meant, goes_with_others=True)
