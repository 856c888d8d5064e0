"""Walks of people whom nothing helps, who know nothing, or who write a code in their own way."""

from __future__ import annotations

import pytest

from tests.support.walk_library import contact, guide, library, problem
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.walk.address import Address
from troubleshooting.walk.next_step import MOST_QUESTIONS, MOST_UNSURE, decide
from troubleshooting.walk.state import WalkState


@pytest.fixture
def office() -> Catalogue:
    guides = [
        guide(
            f"g{i}",
            problem(f"p{i}", f"Sign {i} shows (often)", f"Mark {i % 5} blinks", codes=[f"{400 + i}", f"0x80{i:02}AA"]),
            category=f"Area {i % 4}",
        )
        for i in range(40)
    ]
    return library(*guides, contacts=[contact("desk")])


def step(room: Catalogue, address: Address) -> WalkState:
    return decide(room.published, room.planner, address)


@pytest.mark.parametrize("start", [{}, {"code": "407"}, {"guide": "g3"}, {"category": "area 1"}])
@pytest.mark.parametrize("reply", ["unsure", "first"])
def test_a_walk_on_which_nothing_helps_soon_ends_with_the_contacts(
    office: Catalogue, start: dict[str, str], reply: str
) -> None:
    address, tried = Address(**({"start": "questions"} | start)), 0
    while (state := step(office, address)).kind != "escalate":
        if state.question:
            answer = "unsure" if reply == "unsure" else state.question.choices[0].id
            address = state.address.answered(state.question.id, answer)
        elif state.solution:
            address = state.address.failed(state.solution.step.id)
            tried += 1
    assert len(address.answers) <= MOST_QUESTIONS
    assert tried <= 12
    assert [one.slug for one in state.contacts] == ["desk"]


def test_after_a_few_not_sures_in_a_row_nothing_more_is_asked(office: Catalogue) -> None:
    address = Address(start="questions")
    while question := step(office, address).question:
        address = address.answered(question.id, "unsure")
    assert len(address.answers) == MOST_UNSURE
    known = address.answered(address.answers[-1][0], office.planner.question(address.answers[-1][0]).answers[0])
    assert step(office, known).question


def test_a_long_solution_is_shown_before_anybody_is_asked_when_it_is_as_good_as_certain() -> None:
    long = problem("long", "It hums (always)", codes=["407"], steps=[f"Do {number}." for number in range(60)])
    others = [guide(f"g{i}", problem(f"p{i}", f"Sign {i} (always)", codes=[f"{500 + i}"])) for i in range(5)]
    room = library(guide("g", long), *others, contacts=[contact("desk")])
    state = step(room, Address(start="questions", code="407"))
    assert state.solution
    assert state.solution.problem.anchor == "long"


def test_each_failure_makes_it_less_likely_that_any_guide_helps(office: Catalogue) -> None:
    """The second best problem is worth a try when the best one was not tried, and not after several have failed."""
    likely = Address(start="questions", code="407")
    first = step(office, likely)
    assert first.solution
    assert step(office, likely.failed(first.solution.problem.id)).kind != "solution"


@pytest.mark.parametrize(
    "written", ["407", "HTTP 407", "http 407", "error 407", "Error code: 407", " http  407 ", "#407"]
)
def test_a_code_is_known_however_it_is_written(office: Catalogue, written: str) -> None:
    state = step(office, Address(code=written))
    assert not state.notices
    assert state.address.code == "407"
    assert state.candidates[0].problem.anchor == "p7"


@pytest.mark.parametrize("written", ["0x8007aa", "8007AA", "0X8007AA"])
def test_hexadecimal_codes_are_known_in_either_case(office: Catalogue, written: str) -> None:
    assert step(office, Address(code=written)).candidates[0].problem.anchor == "p7"


def test_a_code_that_no_guide_knows_is_none() -> None:
    room = library(guide("g", problem("p", "It hums", codes=["407"])))
    assert room.published.code_key("http 999") == ""
    assert room.published.code_key("") == ""
