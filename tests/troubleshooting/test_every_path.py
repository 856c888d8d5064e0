"""The walks through the shipped guides: every way that answers can take a person, and hundreds of odd ones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from kb.library.folders import load
from kb.models.audience import EVERYONE, INSIDERS
from kb.search import configured
from tests.conftest import CONTENT
from troubleshooting.catalogue import build
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.walk.address import Address
from troubleshooting.walk.next_step import MOST_QUESTIONS, decide
from troubleshooting.walk.state import ShownQuestion, WalkState

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WORTH_ASKING = 1e-3
TAKEN: dict[tuple[int, Address], WalkState] = {}


@pytest.fixture(scope="module")
def shelves(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[frozenset[str], Catalogue]:
    """What the shipped guides give to walks, read once for all tests here; the database forgets them again."""
    folder = tmp_path_factory.mktemp("shipped")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), transaction.atomic():
        report = load.load([CONTENT])
        assert not report.failed, report.failed
        found = {audience: build.with_planner(build.read(audience)) for audience in (EVERYONE, INSIDERS)}
        transaction.set_rollback(True)
    configured.forget()
    return found


def step(shelf: Catalogue, address: Address) -> WalkState:
    if (id(shelf), address) not in TAKEN:
        TAKEN[id(shelf), address] = decide(shelf.published, shelf.planner, address)
    return TAKEN[id(shelf), address]


def fitting(question: ShownQuestion) -> list[str]:
    """The answers that fit some problem that is left, or that lead somewhere by the writer's word."""
    return [choice.id for choice in question.choices if choice.fits or question.id.startswith("ask-")]


def ways(shelf: Catalogue, start: Address) -> Iterator[WalkState]:
    """Every step that can be reached from a start by answers that fit; the same answers are followed once."""
    seen = set()
    todo = [start]
    while todo:
        address = todo.pop()
        if frozenset(address.answers) in seen:
            continue
        seen.add(frozenset(address.answers))
        state = step(shelf, address)
        yield state
        if state.question:
            todo += [state.address.answered(state.question.id, answer) for answer in fitting(state.question)]


def check(shelf: Catalogue, state: WalkState) -> None:
    """What holds of every step: it shows something, asks nothing idle, and is within its bounds."""
    assert not state.notices
    assert len(state.asked) <= MOST_QUESTIONS
    assert len(state.address.query()) < 2000
    if state.question:
        assert state.question.id not in {answered.id for answered in state.asked}
        assert state.question.choices[-1].id == UNSURE
        assert_answers_matter(shelf, state)
    elif state.solution:
        assert state.solution.problem.steps
    else:
        assert state.contacts


def assert_answers_matter(shelf: Catalogue, state: WalkState) -> None:
    """Two of the answers lead to different steps, or to different beliefs."""
    question = state.question
    assert question
    after = [step(shelf, state.address.answered(question.id, choice.id)) for choice in question.choices]
    outcomes = {(s.kind, s.question and s.question.id, s.solution and s.solution.problem.id, s.led_to) for s in after}
    beliefs = [{c.problem.id: c.probability for c in s.candidates} for s in after]
    moved = max(abs(one.get(key, 0) - beliefs[-1].get(key, 0)) for one in beliefs for key in one)
    assert len(outcomes) > 1 or moved > WORTH_ASKING, question


def ends_of(shelf: Catalogue, slugs: Iterable[str]) -> set[str]:
    """The kinds of steps that walks from these guides come to, each step checked."""
    ends = set()
    for slug in slugs:
        own = shelf.published.of_guide.get(slug) or shelf.published.roots.get(slug)
        category = shelf.published.guides[slug].category_slug
        for state in ways(shelf, Address(guide=slug) if own else Address(category=category)):
            check(shelf, state)
            ends.add(state.kind)
    return ends


def test_every_way_from_every_guide_ends_with_a_solution_or_a_contact(
    shelves: dict[frozenset[str], Catalogue],
) -> None:
    assert ends_of(shelves[EVERYONE], shelves[EVERYONE].published.guides) == {"question", "solution", "escalate"}


def test_every_way_from_a_guide_for_staff_ends_with_a_solution_or_a_contact(
    shelves: dict[frozenset[str], Catalogue],
) -> None:
    hidden = shelves[INSIDERS].published.guides.keys() - shelves[EVERYONE].published.guides.keys()
    assert hidden
    assert "solution" in ends_of(shelves[INSIDERS], hidden)


def test_every_leaf_of_every_authored_tree_is_reached(shelves: dict[frozenset[str], Catalogue]) -> None:
    shelf = shelves[EVERYONE]
    targets = {t for leads in shelf.published.leads_to.values() for t in leads.values() if not t.question}
    assert len(targets) > 20
    reached = {target.problem or target.contact for target in targets}
    assert "" not in reached
    found = set()
    for slug in shelf.published.roots:
        for state in ways(shelf, Address(guide=slug)):
            found.add(state.solution.problem.id if state.solution else "")
            found.add(state.led_to.slug if state.led_to else "")
    assert reached <= found


def test_an_honest_walk_from_nothing_reaches_every_problem(shelves: dict[frozenset[str], Catalogue]) -> None:
    """In few questions for most: those of a person who sees all that the guide says, and nothing else."""
    shelf = shelves[EVERYONE]
    asked = []
    for key in shelf.published.problems:
        address, tried = Address(start="questions"), 0
        for _ in range(60):
            state = step(shelf, address)
            check(shelf, state)
            if state.question:
                answer = shelf.planner.likeliest_answer(state.question.id, key)
                address = state.address.answered(state.question.id, answer)
            elif state.solution and state.solution.problem.id != key:
                address, tried = state.address.failed(state.solution.problem.id), tried + 1
            else:
                break
        assert state.solution, shelf.published.problems[key]
        assert state.solution.problem.id == key
        assert tried <= 2
        asked.append(len(state.asked))
    assert sum(asked) / len(asked) < 5


def test_odd_answers_and_failures_end_in_a_solution_or_a_contact(
    shelves: dict[frozenset[str], Catalogue],
) -> None:
    """People who answer anything, for whom nothing helps: they come to the contacts, and not late."""
    chance = random.Random(11)
    shelf = shelves[EVERYONE]
    for _ in range(60):
        address = Address(start="questions")
        for _ in range(200):
            state = step(shelf, address)
            assert len(state.asked) <= MOST_QUESTIONS
            assert len(state.address.query()) < 2000
            if state.question:
                address = state.address.answered(state.question.id, chance.choice(state.question.choices).id)
            elif state.solution:
                whole = chance.random() < 0.5
                address = state.address.failed(state.solution.problem.id if whole else state.solution.step.id)
            else:
                break
        assert state.kind == "escalate"
        assert state.contacts


def test_shipped_guides_for_staff_are_in_walks_of_staff_only(shelves: dict[frozenset[str], Catalogue]) -> None:
    assert shelves[EVERYONE].published.guides.keys() < shelves[INSIDERS].published.guides.keys()


def test_the_shipped_content_is_here() -> None:
    assert len(list(Path(CONTENT).rglob("*.md"))) >= 22
