"""A known incident in a walk: told first to whom it explains what they see, believed or not, and recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kb.library import notices
from kb.library.notices import Setting
from kb.models import Guide, Notice, Section
from tests.conftest import WriteGuides
from tests.troubleshooting.test_desk import INTERNAL, PRINTER
from troubleshooting.models import Outcome, WalkStep
from troubleshooting.outcomes.learn import tallies
from troubleshooting.outcomes.numbers import counting
from troubleshooting.outcomes.numbers.period import Period
from troubleshooting.worklist.walks import walks_of_late

pytestmark = pytest.mark.django_db
HERE = {"Sec-Fetch-Site": "same-origin"}
HUMS = "/troubleshoot/?symptom=the+printer+hums"


@pytest.fixture
def library(write_guides_once: WriteGuides) -> None:
    """A guide with two problems, and one for staff."""
    write_guides_once({"printer.md": PRINTER, "internal.md": INTERNAL})


def incident(author: User, *places: str, words: str = "", **changed: Any) -> Notice:
    targets = []
    for place in places:
        slug, _, anchor = place.partition("#")
        guide = Guide.objects.get(slug=slug)
        targets.append((guide, Section.objects.get(guide=guide, anchor=anchor).key if anchor else ""))
    fields: dict[str, Any] = {"kind": "incident", "starts_at": timezone.now() - timedelta(hours=1), "ends_at": None}
    fields |= {"categories": (), "audience": "public"} | changed
    return notices.create(Setting("All printers hum", words=words, targets=targets, **fields), author)


def heading(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page[page.index("<h1") : page.index("</h1>")].partition(">")[2]


@pytest.mark.parametrize(
    ("places", "words"), [(("printer#paper-jam",), ""), (("printer",), ""), ((), "Hum of printers\nrattling")]
)
def test_it_is_told_first_to_whom_it_explains_what_they_see(
    client: Client, library: None, eve: User, places: tuple[str, ...], words: str
) -> None:
    before = heading(client, HUMS)
    notice = incident(eve, *places, words=words)
    assert heading(client, HUMS) == "We know about this"
    assert client.get(HUMS).content.decode().count("All printers hum") == 1
    assert heading(client, f"{HUMS}&no-incident={notice.pk}") == before
    (told,) = client.get(f"/api/v1/walk{HUMS.removeprefix('/troubleshoot/')}").json()["notices"]
    assert told["explains_it"]


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ("printer#no-paper", {}),
        ("internal", {}),
        ("internal", {"words": "printer smoke"}),
        ("printer", {"kind": "info"}),
        ("printer", {"audience": "staff"}),
        ("printer", {"starts_at": timezone.now() + timedelta(hours=1)}),
        ("printer", {"ends_at": timezone.now() - timedelta(minutes=1)}),
    ],
)
def test_others_are_not_told(client: Client, library: None, eve: User, place: str, changed: dict[str, Any]) -> None:
    incident(eve, place, **changed)
    assert heading(client, HUMS) != "We know about this"
    told = client.get(f"/api/v1/walk{HUMS.removeprefix('/troubleshoot/')}").json()["notices"]
    assert not any(notice["explains_it"] for notice in told)


def test_a_walk_about_nothing_yet_is_told_nothing(staff_client: Client, library: None, eve: User) -> None:
    incident(eve, "printer")
    assert heading(staff_client, "/troubleshoot/?start=questions").endswith("?")


def test_who_says_that_is_it_is_done_and_it_is_recorded_without_teaching_anything(
    client: Client, library: None, eve: User
) -> None:
    notice = incident(eve, "printer#paper-jam")
    sent = {"symptom": "the printer hums", "outcome": f"incident.{notice.pk}"}
    answer = client.post("/troubleshoot/outcome/", sent, headers=HERE, follow=True)
    address = answer.redirect_chain[-1][0]
    assert heading(client, address) == "We are on it"
    outcome = Outcome.objects.get()
    assert (outcome.kind, outcome.guide) == ("incident", Guide.objects.get(slug="printer"))
    assert tallies(timezone.now()) == {}
    notices.end(notice, notice.version)
    assert heading(client, address) not in ("We are on it", "We know about this")
    client.post("/troubleshoot/outcome/", sent | {"symptom": "hums"}, headers=HERE, follow=True)
    assert Outcome.objects.count() == 1


def test_asking_for_somebody_is_never_answered_by_it(client: Client, library: None, eve: User) -> None:
    incident(eve, "printer")
    assert heading(client, f"{HUMS}&help=1") != "We know about this"


def test_a_walk_that_it_explained_was_neither_left_nor_without_a_guide(db: None) -> None:
    now = timezone.now()
    for walk in ("explained", "left"):
        WalkStep.objects.create(walk=walk, position=0, shown="question", next_id="q", audience="public", shown_at=now)
    Outcome.objects.create(walk="explained", kind="incident", audience="public", said_at=now)
    today = timezone.localdate(now)
    assert counting.walks(Period(today, today)).total == {"left": 1}
    later = now + timedelta(hours=3)
    assert [walk.key for walk in walks_of_late(later) if walk.left_at(later)] == ["left"]
