"""A long log is cut down to what fits into an address, and keeps what can be searched for."""

from __future__ import annotations

from urllib.parse import quote_plus

from hypothesis import given
from hypothesis import strategies as st

from kb.search.condensing import LONGEST, condense
from tests.naughty import BIG_LIST

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


def test_nothing_of_the_big_list_of_naughty_strings_raises() -> None:
    for text in BIG_LIST:
        assert len(condense(text)) <= LONGEST, text
        assert len(condense(f"{text}\n" * 200)) <= LONGEST, text


def test_a_long_log_keeps_its_start_its_codes_and_its_end() -> None:
    short = condense(LOG)
    assert len(LOG) > 10_000
    assert len(short) <= LONGEST
    assert short.startswith("Connection to api.meridian.example failed")
    assert short.endswith("certificate expired")
    assert condense("x y " * 3000 + " 0x8004010F " + "z " * 400).count("0x8004010F") == 1


def test_words_that_repeat_are_kept_once() -> None:
    assert condense("again " * 1_500) == "again"


@given(st.text(max_size=4000))
def test_any_text_fits(text: str) -> None:
    assert len(condense(text, 100)) <= 100
    assert len(quote_plus(condense(text, 100))) <= 300
