"""No page says anything in English that is not marked for translation: all is looked at in a language of no country."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kb.models import Guide, Notice
from tests.conftest import WriteGuide
from tests.support import pseudo_language
from tests.support.studio import draft, person, proposal, signed_in
from troubleshooting.worklist.refresh import refresh

pytestmark = pytest.mark.django_db

NETWORK = """
---
title: Netz
category: Netz/Langsam
applies_to: Rechner
contacts: hilfe
tags: kabel
review_by: 2020-01-31
owner: ada
---
# Netz

Zuerst lesen.

## Alles dauert lange

**Symptoms:**

- Seiten laden langsam (often)
- Die Lampe blinkt

**Cause:** Kabel locker.

**Solution:**

1. Kabel ziehen und stecken.
2. Rechner neu starten.

## Gar nichts geht

**Symptoms:**

- Seiten laden nie
- Die Lampe ist aus

**Solution:**

1. Strom einschalten.
2. Kabel tauschen.

## Error codes

| Code | Meaning | Action |
| --- | --- | --- |
| 429 | Zu schnell | Warten |

See [nirgends](weg.md).
"""
PRINTER = """
---
title: Drucker
category: Drucker
applies_to: Drucker
---
# Drucker

## Papierstau

**Symptoms:**

- Papier steckt fest

**Solution:**

1. Klappe heben.

## When to escalate

- Rauch steigt auf
"""
CONTACT = """
---
name: Hilfe
role: Technik
tier: 1
email: hilfe@example.com
phone: "123"
hours: Mon-Fri 9:00-17:00
---
Nummer bereit halten.
"""
# Forms of content, names of keys and of tools; what the test signs in as.
NAMES = """
    symptoms cause causes solution error codes code meaning action when to escalate often see mon fri html markdown csv
    png jpeg webp gif mb api json ada eve help centre utc kbd ctrl enter tab md http https www example com network
    time outs guides sign in slow public staff everyone decision tree mailto synonyms txt kb search log walk model
    table link to this section page is not part of the knowledge base
    tabelle link zu diesem abschnitt diese seite gehört nicht zur wissensdatenbank
    be sure first careful can delete reset or cost something
    gizmo label printer cdfg hjkm proxy connection refused timeout category data loss name role tier email phone url
    hours for audience backup testserver rechner kabell zzzz gone yes who get post
"""
SKIPPED = re.compile(
    r"/(admin|api|images|attachments|static|feed|sitemap|robots|opensearch|favicon|metrics|words)\b|\.csv"
)
ADDRESS = re.compile(r'<a [^>]*?href="([^"#]+)')
MOST_PAGES = 150
TOLD = frozenset(["noch", "ein", "satz", "max", "eva", "achtung", "eilt", "lampe", "mehr"])
HAND_OVER = "/troubleshoot/hand-over/?symptom=lampe"


def known() -> frozenset[str]:
    return pseudo_language.words_in(NETWORK, PRINTER, CONTACT, NAMES)


@pytest.fixture
def library(write_guide: WriteGuide, folder: Path, settings: Settings) -> Iterator[None]:
    (folder / "contacts").mkdir()
    (folder / "contacts" / "hilfe.md").write_text(CONTACT.lstrip("\n"))
    write_guide(PRINTER, "drucker.md")
    write_guide(NETWORK, "netz.md")
    settings.SITE_NAME = "Hilfe"
    with pseudo_language.spoken():
        yield


def untranslated(client: Client, address: str) -> list[str]:
    response = client.get(address, follow=True)
    if not response.headers["Content-Type"].startswith("text/html"):
        return []
    return list(pseudo_language.unmarked(response.content.decode(), known()))


PAGES = (
    "/",
    "/guides/",
    "/guides/netz/",
    "/categories/",
    "/categories/netz/",
    "/codes/",
    "/codes/429/",
    "/contacts/",
    "/search/",
    "/search/?q=kabel",
    "/search/?q=rechner+kabell",
    "/search/?q=zzzz",
    "/search/?q=kabel&category=zzzz",
    "/search/suggest/?q=kabel",
    "/troubleshoot/",
    "/troubleshoot/?symptom=seiten+laden+langsam",
    "/troubleshoot/?start=questions",
    "/troubleshoot/?help=1",
    "/troubleshoot/?category=gone&code=gone&guide=gone&trigger=gone&tried=gone&who=yes",
    "/troubleshoot/hand-over/?symptom=lampe",
    "/nowhere/",
    "/guides/nowhere/",
    "/accounts/sign-in/",
    "/accounts/password/forgotten/",
    "/write/",
)


@pytest.mark.slow
@pytest.mark.parametrize("address", PAGES)
def test_a_page_for_everyone_says_nothing_that_is_not_marked(client: Client, library: None, address: str) -> None:
    assert untranslated(client, address) == []


@pytest.mark.slow
def test_no_page_that_staff_or_writers_come_to_says_anything_that_is_not_marked(
    library: None, ada: User, eve: User
) -> None:
    """From page to page by their links, as an administrator who may do all."""
    person("max", "writers")
    guide = Guide.objects.get(slug="netz")
    assert guide.revision
    proposal(guide, ada, guide.revision.text + "\nNoch ein Satz.\n")
    draft(Guide.objects.get(slug="drucker"), ada, PRINTER.lstrip("\n") + "\nMehr.\n")
    now = timezone.now()
    Notice.objects.create(text="Achtung", starts_at=now, ends_at=now + timedelta(days=1), author=eve)
    Notice.objects.create(text="Achtung", kind="incident", starts_at=now, author=eve, words="lampe")
    client = Client()
    handed = client.post(
        "/troubleshoot/hand-over/?symptom=lampe", {"once": "", "note": "Eilt", "reply_to": ""}, follow=True
    )
    page = handed.content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once, page
    client.post("/troubleshoot/hand-over/?symptom=lampe", {"once": once[1], "note": "Eilt", "reply_to": ""})
    refresh()
    boss = User.objects.create_superuser("eva", password="correct horse battery")
    seen: dict[str, list[str]] = {}
    waiting = deque(["/", "/write/", "/desk/", "/write/worklist/", "/desk/numbers/", "/troubleshoot/tree/"])
    client = signed_in(boss)
    kinds: dict[str, int] = {}
    pages = 0
    while waiting and pages < MOST_PAGES:
        address = waiting.popleft()
        kind = re.sub(r"\d+|-[^=&]*|=[^&]*", "", address)
        if address in seen or SKIPPED.search(address) or kinds.get(kind, 0) > 1:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        pages += 1
        response = client.get(address, follow=True)
        text = response.content.decode() if response.headers["Content-Type"].startswith("text/html") else ""
        text = re.sub(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", "", text)  # references
        seen[address] = list(pseudo_language.unmarked(text, known() | TOLD))
        base = response.redirect_chain[-1][0] if response.redirect_chain else address
        for found in map(unescape, ADDRESS.findall(text)):
            if found.startswith("/"):
                waiting.append(found)
            elif found.startswith("?"):
                waiting.append(base.partition("?")[0] + found)
    assert {address: texts for address, texts in seen.items() if texts} == {}
    assert len(seen) > 60
