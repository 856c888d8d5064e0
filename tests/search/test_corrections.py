"""Slips of the hand and the words that were meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.index.postings import numbers
from kb.search.index.snapshot import Snapshot
from kb.search.ranking.corrections import Corrector
from tests.support.indexed import guide, snapshot_of


def texts(*texts: str) -> Snapshot:
    """An index of a guide for each text."""
    return snapshot_of(guide(number, "", text) for number, text in enumerate(texts))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("autentication", "authentication"),
        ("authentciation", "authentication"),
        ("authenticattion", "authentication"),
        ("uathentication", "authentication"),
        ("tokne", "token"),
        ("tken", "token"),
        ("pasword", "password"),
        ("zertificate", "certificate"),
    ],
)
def test_a_slip_is_put_right(typed: str, meant: str) -> None:
    snapshot = texts("authentication token password certificate", "toke")
    assert Corrector(snapshot).correct(typed) == meant


@pytest.mark.parametrize("typed", ["tok", "t0ken", "tokenizers", "blue", "x" * 40, ""])
def test_what_is_too_short_or_too_far_is_left(typed: str) -> None:
    assert Corrector(texts("token authentication")).correct(typed) is None


def test_a_nearer_word_wins_over_a_commoner_one() -> None:
    assert Corrector(texts("connections", "connections connected", "connection")).correct("conection") == "connection"


def test_of_words_equally_near_the_commonest_wins_unless_the_context_has_another() -> None:
    snapshot = texts("batch", "batch", "watch the clock")
    assert Corrector(snapshot).correct("xatch") == "batch"
    assert Corrector(snapshot).correct("xatch", context=numbers([2])) == "watch"
    assert Corrector(snapshot).correct("xatch", context=numbers([99])) == "batch"


def test_a_word_of_a_guide_that_is_gone_is_never_offered() -> None:
    documents = [guide(n, "", text) for n, text in enumerate(["token", "other", "third", "fourth"])]
    assert Corrector(snapshot_of(documents)).correct("tokne") == "token"
    snapshot = snapshot_of(documents, gone=[0])
    assert "token" in snapshot.lexicon.vocabulary
    assert Corrector(snapshot).correct("tokne") is None
    assert Corrector(snapshot).near("tokne", 3) == []


@given(st.text("bcdfgh", min_size=4, max_size=12), st.data())
def test_one_slip_in_a_lone_word_is_always_put_right(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    slip = word[:at] + "z" + word[at + 1 :]
    assert Corrector(texts(word)).correct(slip) == word
