"""Each reader is spoken to in the language that the browser asks for, or in the one that the site has set."""

# other letters are what this is about

from __future__ import annotations

import pickle

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from kb.content.phrases import Phrase
from kb.models import Letter
from kb.models.wording import in_site_language, lowered, recorded, spoken
from kb.web.page_cache import release
from tests.conftest import WriteGuide

pytestmark = pytest.mark.django_db

GUIDE = """
# Paper jam

## It stops

**Symptoms:**

- The printer stops
- The lamp blinks

**Solution:**

1. Open the flap.
2. Pull the sheet out.

## It is silent

**Symptoms:**

- The fan is off

**Solution:**

1. Switch it on.
"""
GERMAN = {"Accept-Language": "de-CH, en;q=0.5"}


def page(address: str, language: str = "") -> str:
    return Client(headers={"Accept-Language": language} if language else None).get(address).content.decode()


@pytest.mark.parametrize(
    ("asked", "head", "words"),
    [
        ("", '<html lang="en" dir="ltr">', "All contacts"),
        ("fr", '<html lang="en" dir="ltr">', "All contacts"),
        ("de", '<html lang="de" dir="ltr">', "Alle Kontakte"),
        ("de-AT, en;q=0.9", '<html lang="de" dir="ltr">', "Alle Kontakte"),
        ("fr, ar;q=0.9, de;q=0.8", '<html lang="ar" dir="rtl">', "كل جهات الاتصال"),
        ("en-US, de;q=0.9", '<html lang="en" dir="ltr">', "All contacts"),
    ],
)
def test_a_browser_gets_the_language_that_it_asks_for(
    asked: str, head: str, words: str, write_guide: WriteGuide
) -> None:
    address = write_guide(GUIDE).get_absolute_url()
    found = page(address, asked)
    assert head in found
    assert words in found


def test_a_site_may_speak_one_language_to_all(settings: Settings, write_guide: WriteGuide) -> None:
    address = write_guide(GUIDE).get_absolute_url()
    settings.READER_LANGUAGE = "de"
    assert '<html lang="de"' in page(address, "ar")


def test_a_page_is_kept_for_each_language_apart(write_guide: WriteGuide) -> None:
    address = write_guide(GUIDE).get_absolute_url()
    english, german = Client().get(address), Client(headers=GERMAN).get(address)
    assert "Accept-Language" in english.headers["Vary"]
    assert english.headers["ETag"] != german.headers["ETag"]
    again = Client(headers=GERMAN).get(address)
    assert (again.content, again.headers["ETag"]) == (german.content, german.headers["ETag"])
    tag = {"If-None-Match": english.headers["ETag"]}
    assert Client(headers=tag).get(address).status_code == 304
    assert Client(headers=GERMAN | tag).get(address).status_code == 200


def test_a_guide_keeps_its_own_language_and_what_is_said_around_it_the_readers(write_guide: WriteGuide) -> None:
    found = page(write_guide(GUIDE).get_absolute_url(), "ar")
    assert '<article class="guide__article" dir="ltr"' in found
    assert 'lang="en"' in found
    assert '<div class="asked" lang="ar" dir="rtl"' in found
    assert "<h2" in found
    assert "It stops" in found


def test_dates_are_written_as_the_language_has_them(write_guide: WriteGuide) -> None:
    guide = write_guide("---\ndate: 2026-03-04\n---\n" + GUIDE.lstrip("\n"))
    address = guide.get_absolute_url()
    for language, day in (("en", "4 March 2026"), ("de", "4. März 2026"), ("ar", "4 مارس 2026")):
        assert f'<time datetime="2026-03-04">{day}</time>' in page(address, language)


def test_numbers_are_written_as_the_language_has_them_but_not_those_that_programs_read() -> None:
    with translation.override("de"):
        assert Template("{{ n|floatformat:1 }}").render(Context({"n": 2.5})) == "2,5"


@pytest.mark.parametrize(
    ("number", "said"), [(1, "دليل واحد"), (2, "دليلان"), (3, "3 أدلة"), (11, "11 دليلًا"), (100, "100 دليل")]
)
def test_a_language_has_its_own_forms_of_the_plural(number: int, said: str) -> None:
    with translation.override("ar"):
        assert translation.ngettext("%(total)s guide", "%(total)s guides", number) % {"total": number} == said


def test_a_walk_asks_in_the_readers_language_and_the_api_in_english(write_guide: WriteGuide) -> None:
    write_guide(GUIDE)
    german = page("/troubleshoot/?start=questions", "de")
    assert "Nicht sicher" in german
    assert "Welches davon" in german or "Was davon sieht am ehesten so aus wie bei Ihnen?" in german
    answer = Client(headers=GERMAN).get("/api/v1/walk?start=questions").content.decode()
    assert "Not sure" in answer
    assert "Nicht sicher" not in answer


def test_a_step_of_a_walk_is_given_back_in_the_readers_language(write_guide: WriteGuide) -> None:
    write_guide(GUIDE)
    notice = page("/troubleshoot/?start=questions&guide=gone&color=red", "de")
    assert "Die Anleitung „gone“ gibt es hier nicht (mehr), daher wurde das weggelassen." in notice


def test_what_programs_ask_is_answered_in_english() -> None:
    answer = Client(headers=GERMAN).get("/api/v1/guides/none")
    assert answer.status_code == 404
    assert "Anleitung" not in answer.content.decode()


def test_the_words_of_scripts_come_from_here_and_are_kept_for_ever() -> None:
    address = reverse("kb:words", args=["de", release()])
    assert f'<script src="{address}" defer></script>' in page("/", "de")
    assert "/words/" not in page("/")
    answer = Client().get(address)
    assert "Kopiert" in answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in Client().get(reverse("kb:words", args=["de", "old"])).headers["Cache-Control"]
    assert Client().get(reverse("kb:words", args=["fr", release()])).status_code == 404


def test_a_mail_is_in_the_language_of_who_asked_for_it(settings: Settings) -> None:
    settings.EMAIL_IS_ON = True
    User.objects.create_user("ada", "ada@example.com", "correct horse battery")
    Client(headers=GERMAN).post("/accounts/password/forgotten/", {"email": "ada@example.com"})
    (letter,) = Letter.objects.all()
    assert "Um eines zu wählen, öffnen Sie diese Adresse:" in letter.content["body"]
    assert mail.outbox == []


def test_a_phrase_is_said_in_the_readers_language_and_a_guides_words_as_they_are() -> None:
    phrase = Phrase("Which part of {name}?", name=Phrase("Something else"))
    assert phrase == "Which part of Something else?"
    with translation.override("de"):
        assert spoken(phrase) == "Welcher Teil von Etwas anderes?"
        assert spoken("Something else") == "Something else"
        assert recorded("Loaded from its file") == "Aus der Datei geladen"
        assert lowered("Wort") == "Wort"
        with in_site_language():
            assert spoken(Phrase("Yes")) == "Yes"
    assert lowered("Word") == "word"


def test_a_phrase_comes_from_another_process_with_what_it_is_made_of() -> None:
    phrase = pickle.loads(pickle.dumps(Phrase("Which part of {name}?", name="Netz")))  # noqa: S301
    assert phrase == "Which part of Netz?"
    with translation.override("de"):
        assert spoken(phrase) == "Welcher Teil von Netz?"
