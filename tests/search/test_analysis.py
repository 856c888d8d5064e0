"""Tokens as they are indexed and searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.text.analysis import LONGEST_WORD, fold, identifier_term, spans, stem, tokenize


def texts(text: str) -> list[str]:
    return tokenize(text).words


def identifiers(text: str) -> list[str]:
    return [identifier for _, identifier in tokenize(text).identifiers]


def test_words_are_folded_to_lower_case_without_accents() -> None:
    assert texts("Zürich NAÏVE Straße ﬁle") == ["zurich", "naive", "strasse", "file"]


@pytest.mark.parametrize(
    ("text", "parts", "identifier"),
    [
        ("CONN_TIMEOUT", ["conn", "timeout"], "conn_timeout"),
        ("5.7.1", ["5", "7", "1"], "5.7.1"),
        ("time-out", ["time", "out"], "timeout"),
        ("don\u2019t", ["don", "t"], "dont"),
        ("ImagePullBackOff", ["image", "pull", "back", "off"], "imagepullbackoff"),
        ("HTTPServer", ["http", "server"], "httpserver"),
        ("kube-apiserver.yaml", ["kube", "apiserver", "yaml"], "kubeapiserver.yaml"),
    ],
)
def test_an_identifier_is_kept_whole_and_split(text: str, parts: list[str], identifier: str) -> None:
    found = tokenize(f"see {text} here")
    assert found.words == ["see", *parts, "here"]
    assert found.identifiers == [(1, identifier)]
    assert identifier_term(text) == identifier


def test_a_hexadecimal_code_is_found_without_its_prefix_too() -> None:
    assert texts("0x8004010F") == ["0x8004010f"]
    assert identifiers("0x8004010F") == ["8004010f"]


def test_a_plain_word_is_no_identifier() -> None:
    assert identifiers("Timeout TIMEOUT timeout 2013") == []


def test_a_possessive_ending_is_dropped() -> None:
    assert texts("the user's mailbox") == ["the", "user", "mailbox"]


def test_writing_without_spaces_is_split_into_pairs() -> None:
    assert texts("数据库") == ["数据", "据库"]


def test_words_that_are_too_long_are_left_out() -> None:
    assert texts("a" * (LONGEST_WORD + 1) + " login") == ["login"]
    assert texts("b" * LONGEST_WORD) == ["b" * LONGEST_WORD]


def test_the_endings_of_english_words_do_not_tell_them_apart() -> None:
    assert stem("connections") == stem("connection")
    assert stem("timed") != stem("0x80")
    assert stem("0x8004010fs") == "0x8004010fs"


@given(st.text(max_size=300))
def test_every_word_is_where_it_says(text: str) -> None:
    found = tokenize(text)
    for word, (start, end) in zip(found.words, spans(text), strict=True):
        assert word
        assert fold(text[start:end]) == word
        assert end - start <= LONGEST_WORD
    assert all(0 <= index < len(found.words) for index, _ in found.identifiers)


def test_many_different_words_are_not_all_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.text.analysis.MOST_CACHED", 3)
    assert texts(" ".join(f"w{number}" for number in range(20))) == [f"w{number}" for number in range(20)]
