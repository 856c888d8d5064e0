"""Tokens as they are indexed and searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.languages.contractions import APOSTROPHES, long_form
from kb.content.languages.english import STOP_WORDS
from kb.content.languages.folding import fold
from kb.content.languages.stemming import stem
from kb.search.text.analysis import LONGEST_WORD, identifier_term, spans, tokenize


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


@pytest.mark.parametrize("apostrophe", [*APOSTROPHES, ""])
@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("won't", "will not"),
        ("Doesn't", "does not"),
        ("can't", "can not"),
        ("ISN'T", "is not"),
        ("I'm", "i am"),
        ("they're", "they are"),
        ("we've", "we have"),
        ("what's", "what is"),
        ("couldn't", "could not"),
    ],
)
def test_a_contraction_means_what_it_is_short_for(short: str, long: str, apostrophe: str) -> None:
    written = short.replace("'", apostrophe)
    text = f"it {written} print, ({written})"
    assert tokenize(text).words == ["it", *long.split(), "print", *long.split()]
    assert tokenize(text).identifiers == []
    at = (3, 3 + len(written))
    assert spans(text)[1:4] == [at, at, (at[1] + 1, at[1] + 6)]


def test_no_word_of_a_contraction_tells_anything() -> None:
    for short in ("won't", "shan't", "let's", "cannot", "mustn't", "needn't", "who'd", "we'll", "y'all", "might've"):
        assert STOP_WORDS.issuperset(texts(short)), short


@pytest.mark.parametrize("word", ["its", "were", "well", "shell", "hell", "ill", "id", "shed", "wed", "lets", "IM"])
def test_a_word_that_only_lacks_an_apostrophe_to_be_a_contraction_is_none(word: str) -> None:
    assert texts(word) == [word.lower()]


def test_contractions_within_identifiers_are_written_out_too() -> None:
    assert texts("can't-connect cant-connect.md") == ["can", "not", "connect", "can", "not", "connect", "md"]
    assert identifiers("can't-connect cant-connect.md") == ["cantconnect", "cantconnect.md"]


def test_other_words_with_apostrophes_are_split_there() -> None:
    assert texts("l'eau d\u2019accord") == ["l", "eau", "d", "accord"]
    assert texts("\u043a\u043e\u043c\u043f\u02bc\u044e\u0442\u0435\u0440") == [
        "\u043a\u043e\u043c\u043f",
        "\u044e\u0442\u0435\u0440",
    ]


@pytest.mark.parametrize("written", ["v2.3.1", "V2.3.1", "version 2.3.1", "2.3.1", "v2.3.1-beta", "(2.3.1)"])
def test_a_version_is_found_however_it_is_introduced(written: str) -> None:
    assert "2.3.1" in identifiers(written)
    words = texts(written)
    assert words[words.index("2") :][:3] == ["2", "3", "1"]


def test_a_version_belongs_to_the_major_one() -> None:
    assert texts("v2") == ["v2"]
    assert "v2" in identifiers("v2.3.1")
    assert identifiers("v2.3.1")[-1] == "v2.3.1"
    assert identifiers("2.3.1") == ["2.3.1"]


def test_names_with_signs_are_not_those_without() -> None:
    assert texts("C++ C#, (F#) C c++?") == ["c++", "c#", "f#", "c", "c++"]
    assert texts("a++b C#x") == ["a", "b", "c", "x"]
    assert texts("Notepad++") == ["notepad"]
    assert identifiers("Notepad++") == ["notepad++"]
    assert identifiers("use .NET, (.env) or ASP.NET ... then") == [".net", ".env", "aspnet", "asp.net"]


def test_names_are_found_with_and_without_their_signs() -> None:
    assert texts("nodejs 401k") == identifiers("Node.js")[:1] + identifiers("401(k)")[:1]
    assert texts("Node.js 401(k)") == ["node", "js", "401", "k"]
    assert texts("file(s)") == ["file", "s"]
    assert identifiers("file(s)") == []


def test_a_path_is_its_parts_in_order() -> None:
    assert texts(r"C:\Users\x\ntuser.dat") == ["c", "users", "x", "ntuser", "dat"]
    assert texts("/etc/nginx/sites-enabled") == ["etc", "nginx", "sites", "enabled"]
    assert texts(r"\\host\share --dry-run user@host") == ["host", "share", "dry", "run", "user", "host"]


def test_pictures_are_words() -> None:
    assert texts("done\u2705 \U0001f525\U0001f525 \U0001f44d\U0001f3fd \u2764\ufe0f \u2192 \u279c") == [
        "done",
        "\u2705",
        "\U0001f525",
        "\U0001f525",
        "\U0001f44d",
        "\u2764",
    ]


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
        assert fold(text[start:end]) == word or word in (long_form(text[start:end]) or ())
        assert end - start <= LONGEST_WORD
    assert all(0 <= index < len(found.words) for index, _ in found.identifiers)


def test_many_different_words_are_not_all_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.text.analysis.MOST_CACHED", 3)
    assert texts(" ".join(f"w{number}" for number in range(20))) == [f"w{number}" for number in range(20)]
