"""Typing errors are told from other words by how usual they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spellchecker import SpellChecker

from kb.content.languages.english import is_english
from kb.search.ranking.typos import is_possible_typo, is_surely_typo, typo_cost

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
def test_usual_typos_cost_less(likely: str, unlikely: str, meant: str) -> None:
    assert typo_cost(likely, meant) < typo_cost(unlikely, meant)


@given(WORDS, WORDS)
def test_only_the_same_word_is_no_typo_at_all(typed: str, meant: str) -> None:
    assert (typo_cost(typed, meant) == 0) == (typed == meant)


@given(WORDS, WORDS)
def test_it_costs_no_more_than_to_drop_all_and_write_all_anew(typed: str, meant: str) -> None:
    assert typo_cost(typed, meant) <= 2.0 * (len(typed) + len(meant))


def test_the_longer_a_word_the_more_a_typo_may_cost() -> None:
    assert not is_surely_typo("tken", "token")
    assert is_surely_typo("tokne", "token")
    assert not is_surely_typo("tocen", "token")
    assert is_surely_typo("mailbx", "mailbox")
    assert not is_surely_typo("mailfox", "mailbox")
    assert is_surely_typo("misconfigurasion", "misconfiguration")


def test_context_lets_a_word_be_a_little_further_away_unless_it_is_short() -> None:
    assert not is_surely_typo("mailboxe", "mailbox")
    assert not is_surely_typo("foldder", "holder", fits_context=True)
    assert is_surely_typo("calrendar", "calendar", fits_context=True)
    assert not is_surely_typo("relay", "rely", fits_context=True)


def test_a_short_word_is_offered_only_for_a_usual_typo() -> None:
    assert is_possible_typo("relay", "rely")
    assert not is_possible_typo("ball", "call")
    assert is_possible_typo("revolution", "resolution")


@pytest.mark.parametrize("word", ["contract", "prune", "native", "lattice", "mauve", "reply", "tables"])
def test_a_word_of_english_is_never_taken_for_a_typo(word: str) -> None:
    for meant in (f"{word}s", f"{word[:2]}{word[3:]}", f"{word[1]}{word[0]}{word[2:]}", f"{word}{word[-1]}"):
        assert not is_surely_typo(word, meant, fits_context=True)


def test_the_words_of_the_spelling_checker_are_english_and_parts_of_them_are_not() -> None:
    listed = list(SpellChecker(language="en").word_frequency.dictionary)
    assert all(map(is_english, listed[::50]))
    assert not any(map(is_english, ("", "\n", "printe", "rinter", "connectoin", "zqx")))
