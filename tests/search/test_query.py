"""What a person typed becomes a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.text.query import (
    EXCLUDED,
    FILTERS,
    MAX_LENGTH,
    MOST_CODES,
    QUOTES,
    Query,
    clean,
    parse,
    without_operators,
)
from tests.support.naughty import BIG_LIST, NAUGHTY


def test_plain_words_are_searched_as_they_are() -> None:
    query = parse("  Login times out ")
    assert query.text == "Login times out"
    assert query.words == ("login", "times", "out")
    assert not query.phrases
    assert not query.pasted


def test_nothing_typed_is_nothing_to_search() -> None:
    assert not parse("")
    assert not parse(" ?! ")
    assert parse("x")
    assert parse("", category="Network")


def test_a_quoted_phrase_has_to_occur_and_its_words_are_searched_too() -> None:
    query = parse('gateway "timed out" “bad request”')
    assert query.phrases == (("timed", "out"), ("bad", "request"))
    assert query.words == ("gateway", "timed", "out", "bad", "request")


def test_a_quote_that_is_not_closed_is_only_a_mark() -> None:
    assert parse('"timed out') == Query(text='"timed out', plain='"timed out', words=("timed", "out"))


def test_words_and_phrases_can_be_excluded() -> None:
    query = parse('login -outlook -"shared mailbox"')
    assert query.words == ("login",)
    assert query.excluded == (("outlook",), ("shared", "mailbox"))


@pytest.mark.parametrize("text", ["time-out", "a -- b", "--force", "5 - 3", "-"])
def test_other_hyphens_exclude_nothing(text: str) -> None:
    assert not parse(text).excluded


def test_filters_are_taken_out_of_the_text() -> None:
    query = parse('login category:"Network/Time outs" code:429 audience:STAFF product:Outlook')
    assert query.words == ("login",)
    assert (query.category, query.only_code, query.audience, query.product) == (
        "Network/Time outs",
        "429",
        "staff",
        "Outlook",
    )


def test_a_filter_that_is_given_wins_over_one_that_is_typed() -> None:
    assert parse("login category:a", category="b").category == "b"
    assert parse("login category:a category:c").category == "a"


def test_another_word_with_a_colon_is_no_filter() -> None:
    assert parse("see mailto:help").words == ("see", "mailto", "help")


@pytest.mark.parametrize(
    "code", ["0x8004010F", "CONN_TIMEOUT", "5.7.1", "ERROR 2013", "429", "HTTP 503", "ORA-12170", "AADSTS50076"]
)
def test_an_error_code_typed_alone_is_recognised(code: str) -> None:
    assert parse(code).code == code
    assert parse(f" ({code}). ").code == code
    assert parse(f"{code}: login fails").code is None
    assert code in parse(f"login fails with {code}.").codes


@pytest.mark.parametrize("text", ["timeout", "login", "the 3 ways", "2024-01-02", "1.2.3.4", "v1.2.3"])
def test_what_is_no_error_code_is_not_taken_for_one(text: str) -> None:
    assert not parse(text).codes


def test_codes_are_named_once_and_not_without_end() -> None:
    assert parse("429 429 429").codes == ("429",)
    assert len(parse(" ".join(str(number) for number in range(1000, 2000))).codes) == MOST_CODES


@pytest.mark.parametrize("code", ["CONN_TIMEOUT", "0x8004010F", "ORA-12170", "error 2013", "5.7.1", "E_QUOTA"])
@pytest.mark.parametrize(
    "line",
    [
        "INFO worker-{n} took {n} ms",
        "[THREAD-{n}] waits",
        "frame {n} at 0x00007f3a12{n}e0 in handle_request_{n}",
        "call_step_{letters} of {n}",
    ],
)
def test_what_a_log_numbers_does_not_hide_its_error_code(line: str, code: str) -> None:
    lines = [line.format(n=n, letters=f"{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(100, 200)]
    codes = parse("\n".join([*lines, f"it ends with {code}."])).codes
    assert codes[0] == code
    assert len(codes) == MOST_CODES


def test_the_likeliest_code_comes_first_and_those_equally_likely_in_order() -> None:
    assert parse("worker-10 saw 429, then E_QUOTA and HTTP 503").codes == ("E_QUOTA", "HTTP 503", "worker-10", "429")


def test_words_in_capitals_stand_out_unless_all_are() -> None:
    assert parse("Why does WAS hang").capitals == {"was"}
    assert parse("WHY DOES WAS HANG").capitals == frozenset()


def test_a_pasted_message_has_no_operators_but_its_quotes_are_preferred() -> None:
    query = parse('java -Xmx512m failed\ncaused by "no space left" -server category:none')
    assert query.pasted
    assert not query.excluded
    assert query.phrases == (("no", "space", "left"),)
    assert not query.category
    assert "xmx512m" in query.words


def test_addresses_in_the_text_are_not_searched_unless_there_is_nothing_else() -> None:
    assert parse("fails as in https://www.example.com/support/docview.wss?uid=1 here").words == (
        "fails",
        "as",
        "in",
        "here",
    )
    assert "example" in parse("https://www.example.com/login").words


def test_a_long_text_is_cut() -> None:
    assert len(parse("a b " * MAX_LENGTH).text) <= MAX_LENGTH
    assert len(parse("x", category="c" * 1000).category) <= 300


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        ((QUOTES,), 'lost mail -"bad gateway" category:"Time outs" code:429 audience:staff now'),
        ((EXCLUDED,), '"lost mail" category:"Time outs" code:429 audience:staff now'),
        (("category",), '"lost mail" -"bad gateway" code:429 audience:staff now'),
        ((*FILTERS, QUOTES, EXCLUDED), "lost mail now"),
        ((), '"lost mail"  -"bad gateway" category:"Time outs" code:429 audience:staff now'),
    ],
)
def test_operators_can_be_taken_out_by_their_kind(kinds: tuple[str, ...], left: str) -> None:
    typed = '"lost mail"  -"bad gateway" category:"Time outs" code:429 audience:staff now'
    assert without_operators(typed, *kinds) == left


def test_words_with_accents_are_known_to_have_had_them() -> None:
    assert parse("Café relay naïve").accented == {"cafe", "naive"}
    assert parse("plain").accented == frozenset()
    assert parse("it won\u2019t").accented == frozenset()


def test_what_can_not_be_shown_or_stored_is_cleaned_away() -> None:
    assert clean("a\x00b\ud800c\u2028d") == "a b c d"
    parse("login \ud800 out").text.encode()


def test_nothing_typed_raises() -> None:
    for text in (*NAUGHTY, *BIG_LIST):
        query = parse(text, category=text, product=text, audience=text, code=text)
        assert len(query.text) <= MAX_LENGTH, text
        assert len(query.words) <= MAX_LENGTH, text
        hash(query)


@given(st.text(max_size=500), st.text(max_size=50))
def test_no_text_at_all_raises(text: str, other: str) -> None:
    query = parse(text, category=other, product=other, audience=other, code=other)
    assert parse(text, category=other, product=other, audience=other, code=other) == query
    assert "\x00" not in query.text + query.category + query.product + query.audience + query.only_code
    query.text.encode()


OPERATORS = st.sampled_from(['"', "-", "category:", "code:", "audience:", "product:", " ", "“", "(", "*", "\n"])


@given(st.lists(OPERATORS | st.sampled_from(["login", "429", "time-out", "CONN_TIMEOUT"]), max_size=30))
def test_operators_in_any_order_do_not_raise(pieces: list[str]) -> None:
    query = parse("".join(pieces))
    assert all(query.phrases)
    assert all(query.excluded)
    plain = parse(without_operators("".join(pieces), *FILTERS, QUOTES, EXCLUDED))
    assert len(plain.text) <= len("".join(pieces)) + len(pieces)
