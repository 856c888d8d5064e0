"""What is written from the right is shown so, whatever the page around it is written in."""

# ruff: noqa: RUF001  # other letters are what this is about

from __future__ import annotations

import re

import pytest
from django.test import Client

from kb.templatetags.kb_languages import direction
from tests.conftest import WriteGuide


@pytest.mark.parametrize(
    ("language", "shown"),
    [("ar", "rtl"), ("he-IL", "rtl"), ("FA", "rtl"), ("ur", "rtl"), ("de", "ltr"), ("zh-Hant", "ltr"), ("", "auto")],
)
def test_a_language_has_its_direction(language: str, shown: str) -> None:
    assert direction(language) == shown


@pytest.mark.django_db
def test_a_guide_is_shown_in_its_direction_and_its_title_finds_its_own(client: Client, write_guide: WriteGuide) -> None:
    write_guide("---\nlang: he\n---\n# המדפסת אינה מדפיסה\n\nבדקו את הכבל.\n", "printer.md")
    write_guide("# Paper jam\n\nOpen the flap.\n", "jam.md")
    assert '<article class="guide__article"' in (page := client.get("/guides/printer/").content.decode())
    assert re.search(r'<article [^>]*dir="rtl" [^>]*lang="he"', page)
    assert re.search(r'<article [^>]*dir="ltr" [^>]*lang="en"', client.get("/guides/jam/").content.decode())
    assert '<h2 dir="auto" class="row__title"><a href="/guides/printer/">' in client.get("/guides/").content.decode()
    found = client.get("/search/?q=המדפסת").content.decode()
    assert re.search(r'dir="auto"[^>]*>(?:<[^>]+>)*המדפסת', found)
