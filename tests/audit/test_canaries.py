"""Words that only some may see are planted everywhere: whoever looks at all that links lead to sees theirs alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from kb.models import Guide
from kb.rate_limits import limiter
from tests.support.crawling import crawl
from tests.support.everybody import (
    COMMENT,
    DRAFT,
    FLAG,
    HANDED,
    HERON,
    INSIDE,
    MAIL,
    OPEN,
    PROPOSED,
    ROLES,
    VAULT,
    Everybody,
)
from tests.support.hostile import places
from tests.support.rounds import rounds

pytestmark = pytest.mark.django_db
MOST_PAGES = rounds(1500, 20)
STAFF = (VAULT, HERON, HANDED)
WRITERS = (PROPOSED, COMMENT, FLAG)
EVERYTHING = (*STAFF, *WRITERS, DRAFT, MAIL)
ASKED = (
    "vault",
    "heron",
    "swan",
    "lamp",
    "wire",
    "E_INSIDE",
    "The vault is dark",
    "audience:staff",
    "vualt",
    "heronstep",
)
# What somebody may see, and has to: else this would hold where nobody sees anything.
MAY_SEE = {
    "signed out": (),
    "reader": (),
    "support": STAFF,
    "writers": (*STAFF, *WRITERS),
    "reviewer": (*STAFF, *WRITERS),
    "editors": (*STAFF, *WRITERS),
    "marked as staff": STAFF,
    "administrator": (*STAFF, *WRITERS, MAIL),
}


def beginnings(everybody: Everybody) -> list[str]:
    """Every address with what is there of both halves, but for those that name the staff's half; and searches."""
    found = [everybody.path(place, OPEN) for place in places()]
    for words in ASKED:
        asked = words.replace(" ", "+")
        found += [f"/search/?q={asked}", f"/search/suggest/?q={asked[:5]}", f"/api/v1/search?q={asked}"]
        found += [f"/troubleshoot/?symptom={asked}", f"/api/v1/walk?symptom={asked}", f"/write/guides/?q={asked}"]
    return [*found, *(everybody.path(place, INSIDE) for place in places() if not _names_it(everybody, place))]


def _names_it(everybody: Everybody, place: object) -> bool:
    return VAULT in everybody.path(place, INSIDE).lower() or "E_INSIDE" in everybody.path(place, INSIDE)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_shown_what_is_not_for_them(folder: Path, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "take", lambda *_given, **_named: limiter.Turn())
    everybody = Everybody(folder)
    never = [word for word in EVERYTHING if word not in MAY_SEE[role]]
    never += [settings.SECRET_KEY, *Guide.objects.values_list("folder", flat=True)[:1]]
    seen, wrong = set[str](), list[str]()
    for address, answer in crawl(everybody.clients[role], beginnings(everybody), MOST_PAGES + 300):
        shown = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")
        told = f"{shown}{answer.headers!r}".lower()
        for asked in ASKED:  # what was typed is shown to who typed it
            told = told.replace(f"q={asked.lower()}", "")
        asked_for = address.lower()
        wrong += [f"{word} at {address}" for word in never if word.lower() in told and word not in asked_for]
        seen |= {word for word in MAY_SEE[role] if word in told}
    assert not wrong
    assert seen == set(MAY_SEE[role])
