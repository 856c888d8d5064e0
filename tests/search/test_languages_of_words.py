"""Words of other languages: their forms, their spellings, their compounds, and questions that no guide can answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.languages.compounds import LONGEST_COMPOUND, candidates, parts
from kb.content.languages.english import STOP_WORDS
from kb.content.languages.folding import fold, other_spellings
from kb.content.languages.foreign import is_surely_foreign, seems_foreign
from kb.content.languages.stemming import function_words, stem, stems
from kb.search.text.analysis import tokenize
from kb.search.text.query import parse

# ruff: noqa: RUF001  # other letters are what this is about

LIBRARY = frozenset("outlook printer mailbox full call postfix server account will not start support".split())  # noqa: SIM905
GERMAN = frozenset("postfach grosse fehler meldung text datei liste netz netzwerk verbindung".split())  # noqa: SIM905


def first_stem(text: str, language: str) -> str:
    return stem(tokenize(text).words[0], language)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("de", "Müller Mueller Muller"),
        ("de", "Größe Groesse Grösse GRÖSSEN"),
        ("de", "Postfach Postfächer Postfaecher"),
        ("fr", "imprimante imprimantes"),
        ("fr", "réseau réseaux reseau"),
        ("es", "conexión conexiones conexion"),
        ("ru", "новый новые НОВОЙ"),
        ("ru", "подключён подключен"),
        ("sv", "skrivare skrivaren"),
        ("en", "printer printers"),
    ],
)
def test_the_forms_of_a_word_are_one_in_its_language(language: str, forms: str) -> None:
    assert len({first_stem(form, language) for form in forms.split()}) == 1


def test_a_word_stays_what_it_is_in_a_language_without_endings_that_are_known() -> None:
    assert stem("数据", "zh") == "数据"
    assert stem("printers", "xx") == "printers"
    assert stem("v2", "de") == "v2"


def test_a_word_is_looked_up_in_each_language_once() -> None:
    assert stems("drucker", ("en", "de")) == ("drucker", "druck")
    assert stems("server", ("en", "en")) == ("server",)


def test_letters_that_are_no_accented_ones_are_kept_apart() -> None:
    assert [fold(word) for word in ["Й", "ё", "が", "한글", "Øre", "Łódź", "Œuvre"]] == [
        "й",
        "е",
        "が",
        "한글",
        "ore",
        "lodz",
        "oeuvre",
    ]


def test_an_umlaut_has_other_spellings() -> None:
    assert other_spellings("Müller") == ("mueller",)
    assert other_spellings("mueller") == ("muller",)
    assert other_spellings("printer") == ()


def test_what_tells_nothing_depends_on_the_language_of_the_question() -> None:
    question = ["der", "drucker", "druckt", "nicht"]
    assert function_words(question, ("en", "de"), STOP_WORDS) == {"der", "nicht"}
    assert function_words(question, ("en",), STOP_WORDS) == set()
    assert function_words(["will", "the", "printer", "die"], ("en", "de"), STOP_WORDS) == {"will", "the"}


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("postfachgrosse", ("postfach", "grosse")),
        ("fehlermeldungstext", ("fehler", "meldung", "text")),
        ("fehlermeldungen", ("fehler", "meldung")),
        ("dateienliste", ("datei", "liste")),
        ("netzwerkverbindung", ("netzwerk", "verbindung")),
        ("postfach", ()),
        ("postfachs", ()),
        ("druckerfehler", ()),
        ("postfach2fehler", ()),
    ],
)
def test_a_compound_is_split_into_words_of_the_guides(word: str, split: tuple[str, ...]) -> None:
    assert parts(word, GERMAN.__contains__) == split


@given(st.text("aens", max_size=2 * LONGEST_COMPOUND))
def test_splitting_asks_of_a_bounded_number_of_words(word: str) -> None:
    asked: list[str] = []

    def is_known(piece: str) -> bool:
        asked.append(piece)
        return True

    found = parts(word, is_known)
    assert set(asked) == candidates(word)
    assert len(asked) <= LONGEST_COMPOUND**2 / 2
    assert set(found) <= set(asked)
    assert sum(map(len, found)) <= len(word)


@pytest.fixture
def is_known() -> Callable[[str], bool]:
    return LIBRARY.__contains__


def is_foreign(text: str, is_known: Callable[[str], bool]) -> bool:
    query = parse(text)
    return seems_foreign(query.words, query.accented, is_known)


@pytest.mark.parametrize(
    "text",
    [
        "postfach voll",
        "outlook postfach voll",
        "drucker druckt nicht",
        "imprimante bloquée",
        "оутлук",
        "почта не работает",
        "el servidor nunca arranca",
        "Störung",
    ],
)
def test_a_question_in_a_language_of_no_guide_is_noticed(text: str, is_known: Callable[[str], bool]) -> None:
    assert is_foreign(text, is_known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mailbox full",
        "mailbx full",
        "the printr will not start",
        "outlook calender",
        "account of Müller",
        "naïve café server",
        "0x80040115 v2.3.1",
        "die printer die",
    ],
)
def test_slips_and_names_do_not_make_a_question_foreign(text: str, is_known: Callable[[str], bool]) -> None:
    assert not is_foreign(text, is_known)


def test_a_language_that_guides_are_in_is_not_foreign() -> None:
    assert not is_foreign("postfach voll", {"postfach", "voll"}.__contains__)


def test_a_question_in_the_letters_of_guides_is_not_surely_foreign_for_one_word_that_none_has() -> None:
    known = {"الطابعة", "تصدر"}.__contains__
    assert not is_surely_foreign(("الطابعة", "تصدر", "طنينا"), known)
    assert is_surely_foreign(("الطابعة", "لا", "تعمل", "اليوم"), known)
    assert is_surely_foreign(("الطابعة", "لا", "تعمل"), {"printer"}.__contains__)
