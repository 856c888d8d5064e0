"""A long log is cut down to what fits into an address, and keeps what can be searched for."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.text.condensing import MOST_CHARACTERS, condense
from tests.support.naughty import BIG_LIST

LOG = "\n".join(
    [
        "Connection to api.meridian.example failed",
        *(f"    at module{number}.function{number}(line {number})" for number in range(400)),
        "Caused by: CONN_TIMEOUT",
        *(f"    at other{number}.function{number}(line {number})" for number in range(200)),
        "certificate expired",
    ]
)


def test_a_short_text_stays_as_it_is() -> None:
    assert condense("  it is\nslow ") == "it is\nslow"


@pytest.mark.night
def test_nothing_of_the_big_list_of_naughty_strings_raises() -> None:
    for text in BIG_LIST:
        assert len(condense(text)) <= MOST_CHARACTERS, text
        assert len(condense(f"{text}\n" * 200)) <= MOST_CHARACTERS, text


def test_a_long_log_keeps_its_start_its_codes_and_its_end() -> None:
    short = condense(LOG)
    assert len(LOG) > 10_000
    assert len(short) <= MOST_CHARACTERS
    assert short.startswith("Connection to api.meridian.example failed")
    assert short.endswith("certificate expired")
    assert condense("x y " * 3000 + " 0x8004010F " + "z " * 400).count("0x8004010F") == 1


def test_words_that_repeat_are_kept_once() -> None:
    assert condense("again " * 1_500) == "again"


def test_of_a_code_of_two_words_the_telling_one_is_kept() -> None:
    lines = " ".join("".join(letters) for letters in product("abcdefghij", repeat=4))
    assert "2013" in condense(f"{lines[:4000]} ERROR 2013 {lines[4000:8000]}")
    assert "sense/nine" in condense(f"{lines[:4000]} sense/nine {lines[4000:8000]}", 200, ["sense/nine"])


def test_what_a_log_numbers_does_not_push_its_error_code_out() -> None:
    lines = [f"[worker-{number}] /srv/app/module{number}/call.py took {number} ms" for number in range(100, 180)]
    assert "CONN_TIMEOUT" in condense("\n".join([*lines, "Caused by: CONN_TIMEOUT", *lines]), 300)
    assert "E_QUOTA" in condense("\n".join([*lines, *lines, "Caused by: E_QUOTA", *reversed(lines)]), 120)


@given(st.text(max_size=4000))
def test_any_text_fits(text: str) -> None:
    short = condense(text, 100)
    assert len(short) <= 100
    assert len(quote_plus(short)) <= 300
    assert condense(short, 100) == short
