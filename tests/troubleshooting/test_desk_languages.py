"""What the desk says in what staff hand on of guides in German and Arabic: the words and the direction of the guide."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.conftest import WriteGuide

pytestmark = pytest.mark.django_db

GUIDES = {
    "de": """
        ---
        title: Drucker steht
        language: de
        ---
        # Drucker steht

        ## Papierstau

        **Symptoms:**

        - Der Drucker brummt

        **Solution:**

        1. Das Profil löschen. {danger}
        2. Neu starten.
        """,
    "ar": """
        ---
        title: الطابعة متوقفة
        language: ar
        ---
        # الطابعة متوقفة

        ## انحشار الورق

        **Symptoms:**

        - الطابعة تصدر طنينًا

        **Solution:**

        1. احذف الملف. {danger}
        2. أعد التشغيل.
        """,
    "en": """
        ---
        title: Printer stops
        ---
        # Printer stops

        ## Paper jam

        **Symptoms:**

        - The printer hums

        **Solution:**

        1. Delete the profile. {danger}
        2. Start anew.
        """,
}
STEP = re.compile(r'name="pick" value="([^"#]+)"')
SECTIONS = {"de": "papierstau", "ar": "انحشار-الورق", "en": "paper-jam"}
SAID = {
    "de": ("Vorsicht.", "Das kann etwas löschen"),
    "ar": ("تنبيه.", "قد يحذف هذا شيئًا"),
    "en": ("Careful.", "This can delete"),
}


def copies(client: Client, language: str, write_guide: WriteGuide) -> tuple[dict[str, str], dict[str, str]]:
    """The first step of a guide as it is copied, and the whole of the guide."""
    write_guide(GUIDES[language], f"{language}.md")
    page = client.get(f"/desk/sections/{language}/?section={SECTIONS[language]}").content.decode()
    step = STEP.findall(page)[0]
    accept = {"Accept": "application/json"}
    copied = [
        client.get(f"/desk/copy/?{what}", headers=accept).json() for what in (f"step={step}", f"guide={language}")
    ]
    return copied[0], copied[1]


@pytest.mark.parametrize("reader", ["en", "de", "ar"])
@pytest.mark.parametrize("language", GUIDES)
def test_a_copied_step_warns_in_the_language_of_its_guide(
    staff_client: Client, write_guide: WriteGuide, language: str, reader: str
) -> None:
    staff_client.defaults["HTTP_ACCEPT_LANGUAGE"] = reader
    step, whole = copies(staff_client, language, write_guide)
    careful, danger = SAID[language]
    assert step["plain"].startswith(f"{careful} {danger}")
    assert step["markdown"].startswith(f"**{careful}** {danger}")
    assert f"<strong>{careful}</strong> {danger}" in step["html"]
    assert f" **{careful}** {danger}" in whole["markdown"]
    assert "{danger}" not in repr((step, whole))


def test_a_reply_of_picked_steps_is_in_the_language_of_each_guide_and_what_is_left_out_in_that_of_staff(
    staff_client: Client, write_guide: WriteGuide
) -> None:
    staff_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    text = GUIDES["ar"].replace("2. ", "2. [!STAFF] كناري\n        3. ")
    write_guide(text, "ar.md")
    page = staff_client.get(f"/desk/sections/ar/?section={SECTIONS['ar']}").content.decode()
    reply = staff_client.post("/desk/reply/", {"pick": STEP.findall(page)}).content.decode()
    assert "تنبيه. قد يحذف هذا شيئًا" in reply
    assert "&lt;div dir=&quot;rtl&quot;&gt;" in reply
    assert "ein Schritt von انحشار الورق" in reply
    assert "a step of" not in reply


def test_a_guide_from_the_right_stays_so_among_words_from_the_left(
    staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(GUIDES["ar"], "ar.md")
    shown = staff_client.get(f"/desk/sections/ar/?section={SECTIONS['ar']}").content.decode()
    assert '<h2 class="desk-result__title" dir="auto">' in shown
    assert '<div class="prose prose--small" dir="auto">' in shown
    hits = staff_client.get("/search/?q=الطابعة").content.decode()
    assert '<p dir="rtl" class="hit__snippet">Symptoms: ' in hits
    walk = staff_client.get("/troubleshoot/?symptom=الطابعة تصدر").content.decode()
    assert '<p class="walk-card__sentence" dir="rtl">Symptoms: ' in walk


@pytest.mark.parametrize("language", GUIDES)
def test_what_is_copied_for_a_mail_has_the_direction_of_its_language(
    staff_client: Client, write_guide: WriteGuide, language: str
) -> None:
    for copied in copies(staff_client, language, write_guide):
        assert copied["html"].startswith('<div dir="rtl">') == (language == "ar")
        assert ("dir=" in copied["html"]) == (language == "ar")
