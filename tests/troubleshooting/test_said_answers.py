"""What the words answer of a guide's own questions is not asked again, is shown, and can be changed."""

from __future__ import annotations

import pytest
from django.test import Client

from kb.models.audience import EVERYONE
from tests.conftest import WriteGuides
from troubleshooting.walk.address import Address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.state import WalkState

GUIDE = """# Synchronising stops

## Decision tree
- When did it start?
  - After the last update:
    - Does it name a token?
      - Yes: [Tokens expire](#tokens-expire)
      - No: [Caches are old](#caches-are-old)
  - Since the disk was full: [The disk is full](#the-disk-is-full)
  - Something else: [Caches are old](#caches-are-old)

""" + "".join(
    f"## {title}\n\n### Symptoms\n- {symptom}\n\n### Solution\n1. {fix}\n\n"
    for title, symptom, fix in (
        ("Tokens expire", "Synchronising stops at a sign-in", "Sign in again."),
        ("Caches are old", "Synchronising stops without a word", "Empty the cache."),
        ("The disk is full", "Synchronising stops at the end of a file", "Make room."),
    )
)


def _walk(symptom: str, *answers: tuple[str, str], change: str = "") -> WalkState:
    return next_step(Address(guide="sync", symptom=symptom, answers=answers, change=change), EVERYONE)


@pytest.fixture
def sync(write_guides_once: WriteGuides) -> None:
    write_guides_once({"sync.md": GUIDE})


@pytest.mark.parametrize(
    ("symptom", "asked"),
    [
        ("it stops after the last update", "Does it name a token?"),
        ("It stopped AFTER THE LAST UPDATES of the client", "Does it name a token?"),
        ("it stops", "When did it start?"),
        ("it stops, and not after the last update", "When did it start?"),
        ("it stops after the last update since the disk was full", "When did it start?"),
        ("something else stops it", "When did it start?"),
    ],
)
def test_what_the_words_answer_is_not_asked(sync: None, symptom: str, asked: str) -> None:
    question = _walk(symptom).question
    assert question is not None
    assert question.text == asked


def test_an_answer_that_was_said_leads_where_its_writer_says_is_shown_and_can_be_changed(sync: None) -> None:
    state = _walk("it stops since the disk was full")
    assert state.solution is not None
    assert state.solution.problem.title == "The disk is full"
    (implied,) = state.implied
    assert (implied.text, implied.answer) == ("When did it start?", "Since the disk was full")
    changed = _walk("it stops since the disk was full", change=implied.id)
    assert changed.question is not None
    assert (changed.question.text, changed.question.given) == ("When did it start?", implied.answer_id)
    other = _walk("it stops since the disk was full", (implied.id, "something-else"))
    assert other.implied == ()
    assert other.solution is not None
    assert other.solution.problem.title == "Caches are old"


def test_programs_are_told_what_was_implied_and_the_chance_that_a_guide_covers_it(sync: None, client: Client) -> None:
    answer = client.get("/api/v1/walk", {"guide": "sync", "symptom": "it stops since the disk was full"}).json()
    assert [given["label"] for given in answer["implied"]] == ["Since the disk was full"]
    assert 0 < answer["covered"] < 1
    assert client.get("/api/v1/walk", {"guide": "sync"}).json()["covered"] is None
