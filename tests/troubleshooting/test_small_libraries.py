"""In libraries of a handful of guides, walks know what is covered and what is not, and lead from words as listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.models.audience import EVERYONE
from tests.conftest import CORPORA, WriteGuide
from troubleshooting.catalogue import build, from_folder
from troubleshooting.evaluation.own_words import steps_in
from troubleshooting.evaluation.people import SAYS, Answers, person, walk
from troubleshooting.walk.cards import FITS, LIKELY, MORE_WORDS
from troubleshooting.walk.state import WalkState

SEEDS = CORPORA / "seeds"
ERRORS = """
# Trouble with the portal

## Common codes

| Code | Description | Action |
|------|-------------|--------|
| 401 | Unauthorized | Sign in anew |
| 403 | Forbidden | Ask for the role |

## Signing in

### Wrong credentials

**Symptoms:**
- 401 Unauthorized errors
- Sign-in token failures

**Solutions:**
1. Type the password anew.

### Old session

**Symptoms:**
- Sudden sign-in failures
- Token renewal issues

**Solutions:**
1. Sign out and in.

## Keys

### Wrong product key

**Symptoms:**
- Validation failures
- Wrong key errors

**Solutions:**
1. Copy the key anew.

## Network

### Timeouts

**Symptoms:**
- Slow responses
- Connection failures

**Solutions:**
1. Plug the cable in.
"""
FASTER = """
# Make the portal faster

## Slow response times

To improve the response times of slow pages:

1. Turn compression on.
2. Fetch less at once.
"""


def step(text: str, answers: Answers = ()) -> WalkState:
    state = steps_in(build.current(EVERYONE), EVERYONE)(text, answers)
    assert state is not None
    return state


@pytest.fixture
def portal(write_guide: WriteGuide) -> None:
    write_guide(ERRORS, "portal.md")
    write_guide(FASTER, "faster.md")


@pytest.mark.usefixtures("portal")
@pytest.mark.parametrize(
    ("symptom", "title"),
    [
        ("Validation failures", "Wrong product key"),
        ("Sign-in token failures", "Wrong credentials"),
        ("Slow responses", "Timeouts"),
        ("slow responses.", "Timeouts"),
        ("Token renewal issues", "Old session"),
    ],
)
def test_a_symptom_as_a_guide_lists_it_leads_to_its_problem(symptom: str, title: str) -> None:
    state = step(symptom)
    assert state.candidates[0].problem.title == title
    assert state.question is not None
    assert state.question.id == LIKELY
    assert [card.problem.title for card in state.question.cards] == [title]


@pytest.mark.usefixtures("portal")
def test_a_code_with_a_word_of_trouble_leads_to_what_names_it() -> None:
    state = step("401 errors")
    assert state.candidates[0].problem.title == "Wrong credentials"
    assert state.covered is not None
    assert state.covered >= FITS


@pytest.mark.usefixtures("portal")
def test_words_that_two_guides_share_with_anything_are_not_believed() -> None:
    state = step("my parrot won't eat the seeds")
    assert state.covered is not None
    assert state.covered < FITS
    assert (
        walk(lambda answers: step("my parrot won't eat the seeds", answers), person(SAYS, "", None)).end == "escalate"
    )


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("text", ["it is broken", "help", "nothing works please call me"])
def test_what_says_nothing_ends_in_asking_for_words_and_then_contacts(text: str) -> None:
    first = step(text)
    assert first.question is not None
    assert first.question.id == MORE_WORDS
    ways = [walk(lambda answers: step(text, answers), person(SAYS, text, None))]
    assert [way.end for way in ways] == ["escalate"]
    assert step(text, ((MORE_WORDS, "unsure"), (LIKELY, "unsure"))).contacts


@pytest.mark.usefixtures("shipped")
def test_everyday_words_about_shipped_guides_fit() -> None:
    typical = ["token expires after one day, how do we renew it", "bad gateway 502", "which plan has how many requests"]
    assert [text for text in typical if (step(text).covered or 0) < FITS] == []


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the documents to handle are not here")
def test_each_symptom_of_the_seeds_leads_to_its_problem(tmp_path: Path) -> None:
    library = from_folder.read(SEEDS)
    catalogue = library.catalogue(EVERYONE)
    steps = steps_in(catalogue, EVERYONE, library.engine(tmp_path))
    problems = catalogue.published.problems.values()
    symptoms = [(symptom.text, problem.id) for problem in problems for symptom in problem.symptoms]
    firsts = {text: state.candidates[0].problem.id for text, _ in symptoms if (state := steps(text, ()))}
    assert len(symptoms) > 15
    assert [text for text, problem in symptoms if firsts.get(text) != problem] == []
    led = steps("401 errors", ())
    assert led is not None
    assert led.candidates[0].problem.title == "Invalid Credentials"
