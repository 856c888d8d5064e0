"""A walk: from what a person says, by questions, to a solution or to contacts; the address is its whole state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.walk_library import contact, guide, library, problem, question
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.values import UNSURE, Problem
from troubleshooting.walk.address import Address, read_address, shortened
from troubleshooting.walk.next_step import MOST_QUESTIONS, decide
from troubleshooting.walk.state import WalkState
from troubleshooting.walk.words import Words

LOGIN = guide(
    "login",
    problem("wrong-password", "Login is refused (always)", "The password was changed (often)", codes=["401"]),
    problem("locked-account", "Login is refused (always)", "Too many attempts were made (always)", codes=["423"]),
    category="Access",
    contacts=["second", "first"],
    triggers=["Security incident: somebody else logged in"],
)
PRINTER = guide(
    "printer",
    problem("no-paper", "The printer blinks (always)", "Nothing comes out (always)"),
    problem("paper-jam", "The printer blinks (always)", "It makes a noise (always)", steps=["Open it.", "Pull."]),
    category="Devices",
    applies_to=["Laser", "Inkjet"],
)
CONTACTS = (contact("first", 1), contact("second", 2, handles=["security incident"]), contact("third", 3))


@pytest.fixture(scope="module")
def office() -> Catalogue:
    return library(LOGIN, PRINTER, contacts=CONTACTS)


def step(office: Catalogue, address: Address, words: Words | None = None) -> WalkState:
    return decide(office.published, office.planner, address, words)


def named(office: Catalogue, anchor: str) -> Problem:
    return next(p for p in office.published.problems.values() if p.anchor == anchor)


def answer(state: WalkState, label: str) -> Address:
    assert state.question, state.kind
    choice = next(choice for choice in state.question.choices if choice.label.startswith(label))
    return state.address.answered(state.question.id, choice.id)


def honest(office: Catalogue, anchor: str, address: Address) -> Iterator[WalkState]:
    """The steps of someone who has this problem and answers as a person with it answers most often."""
    key = named(office, anchor).id
    for _ in range(MOST_QUESTIONS + 1):
        state = step(office, address)
        yield state
        if not state.question:
            return
        likeliest = office.planner.likeliest_answer(state.question.id, key)
        address = state.address.answered(state.question.id, likeliest)


def last(states: Iterator[WalkState]) -> WalkState:
    return list(states)[-1]


# From questions to a solution


def test_a_walk_from_nothing_starts_with_a_question_about_everything(office: Catalogue) -> None:
    state = step(office, Address(start="questions"))
    assert state.kind == "question"
    assert (state.left, state.total) == (4, 4)
    assert not state.asked


@pytest.mark.parametrize("anchor", ["wrong-password", "locked-account", "no-paper", "paper-jam"])
def test_honest_answers_lead_to_each_problem(office: Catalogue, anchor: str) -> None:
    state = last(honest(office, anchor, Address(start="questions")))
    assert state.solution
    assert state.solution.problem.anchor == anchor


def test_the_candidates_that_are_left_grow_fewer(office: Catalogue) -> None:
    left = [state.left for state in honest(office, "paper-jam", Address(start="questions"))]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 1


def test_not_sure_is_always_an_answer_and_changes_no_candidate(office: Catalogue) -> None:
    before = step(office, Address(start="questions"))
    assert before.question
    assert before.question.choices[-1].id == UNSURE
    after = step(office, answer(before, "Not sure"))
    assert after.candidates == before.candidates
    assert after.question
    assert after.question.id != before.question.id


def test_a_walk_ends_though_nobody_is_ever_sure(office: Catalogue) -> None:
    address = Address(start="questions")
    for _ in range(MOST_QUESTIONS + 1):
        state = step(office, address)
        if state.kind != "question":
            break
        address = answer(state, "Not sure")
    assert state.kind in ("solution", "escalate")
    assert len(state.asked) <= MOST_QUESTIONS


def test_no_more_than_twelve_questions_are_asked() -> None:
    """Two hundred problems that nothing tells apart well."""
    many = [problem(f"p{i}", f"It fails in way {i}") for i in range(200)]
    room = library(guide("many", *many))
    address = Address(start="questions")
    for number in range(12):
        state = step(room, address)
        assert state.kind == "question", number
        address = answer(state, "None of these")
    assert step(room, address).kind != "question"


def test_each_choice_says_how_many_problems_fit_it_best(office: Catalogue) -> None:
    state = step(office, Address(start="questions"))
    assert state.question
    assert sum(choice.fits for choice in state.question.choices) == state.left


def test_what_was_asked_is_repeated_in_words(office: Catalogue) -> None:
    first = step(office, Address(start="questions"))
    assert first.question
    second = step(office, answer(first, first.question.choices[0].label))
    assert [(a.text, a.answer) for a in second.asked] == [(first.question.text, first.question.choices[0].label)]


# Changing one's mind


def test_an_earlier_answer_can_be_changed_without_losing_the_later_ones(office: Catalogue) -> None:
    *_, before = honest(office, "paper-jam", Address(start="questions"))
    first = before.asked[0]
    asked_again = step(office, before.address.changing(first.id))
    assert asked_again.question
    assert (asked_again.question.id, asked_again.question.given) == (first.id, first.answer_id)
    after = step(office, answer(asked_again, "Not sure"))
    assert [a.id for a in after.asked] == [a.id for a in before.asked]
    assert after.asked[0].answer_id == UNSURE
    assert after.asked[1:] == before.asked[1:]
    assert not after.address.change


def test_the_same_answers_in_another_order_give_the_same_step(office: Catalogue) -> None:
    *_, before = honest(office, "paper-jam", Address(start="questions"))
    turned = replace(before.address, answers=before.address.answers[::-1])
    assert step(office, turned).candidates == before.candidates


# Starts


def test_a_category_an_error_code_or_a_guide_narrows_the_walk(office: Catalogue) -> None:
    for address in (Address(category="access"), Address(guide="login")):
        state = step(office, address)
        assert {c.problem.guide.slug for c in state.candidates} == {"login"}
    state = step(office, Address(code="423"))
    assert [c.problem.anchor for c in state.candidates] == ["locked-account"]
    assert state.kind == "solution"


def test_the_category_that_was_picked_is_not_asked_for_again(office: Catalogue) -> None:
    address = Address(category="access")
    for _ in range(MOST_QUESTIONS):
        state = step(office, address)
        if not state.question:
            break
        assert state.question.id != "area"
        address = answer(state, "Not sure")


def test_what_a_search_found_makes_its_problems_likely(office: Catalogue) -> None:
    jam, empty = named(office, "paper-jam"), named(office, "no-paper")
    words = Words({jam.id: 0.6, empty.id: 0.4}, covered=0.8, problems={jam.id: jam, empty.id: empty})
    state = step(office, Address(symptom="noise"), words)
    assert [c.problem.anchor for c in state.candidates[:2]] == ["paper-jam", "no-paper"]
    assert state.candidates[0].probability == pytest.approx(0.48, abs=0.01)
    assert state.covered == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("others", [1, 30, 300])
def test_a_start_is_trusted_as_much_in_a_large_library_as_in_a_small_one(others: int) -> None:
    rest = [problem(f"other-{i}", f"Sign {i}") for i in range(others)]
    room = library(LOGIN, guide("rest", *rest, category="Rest"))
    state = step(room, Address(category="access"))
    assert sum(c.probability for c in state.candidates) == pytest.approx(0.9, abs=0.03)
    assert {c.problem.guide.slug for c in state.candidates} == {"login"}


def test_a_category_without_problems_says_nothing() -> None:
    room = library(LOGIN, PRINTER, guide("hints", category="Hints"))
    assert step(room, Address(category="hints")).left == 4


def test_a_guide_without_problems_stands_for_its_category() -> None:
    room = library(LOGIN, PRINTER, guide("about-printers", category="Devices"))
    state = step(room, Address(guide="about-printers"))
    assert {c.problem.guide.slug for c in state.candidates} == {"printer"}


def test_a_guide_that_says_nothing_to_walks_leaves_everything_open() -> None:
    room = library(LOGIN, PRINTER, guide("imprint"))
    assert step(room, Address(guide="imprint")).left == 4


def test_common_problems_are_likelier_than_rare_ones() -> None:
    room = library(guide("a", problem("x", "It is broken"), prevalence="rare"), guide("b", problem("y", "It is old")))
    state = step(room, Address(start="questions"))
    assert [c.problem.anchor for c in state.candidates] == ["y", "x"]


# Solutions, step by step


def test_a_step_that_did_not_help_leads_to_the_next_one(office: Catalogue) -> None:
    state = step(office, Address(code="423"))
    assert state.solution
    assert state.solution.number == 1
    after = step(office, state.address.failed(state.solution.step.id))
    assert after.solution
    assert (after.solution.problem, after.solution.number) == (state.solution.problem, 2)
    assert after.solution.probability < state.solution.probability


def test_after_its_last_step_a_problem_is_left_out_and_the_next_likely_one_follows(office: Catalogue) -> None:
    tried = named(office, "locked-account")
    address = Address(code="423").failed(*(one.id for one in tried.steps))
    for _ in range(MOST_QUESTIONS):
        state = step(office, address)
        assert tried.id not in {c.problem.id for c in state.candidates}
        if not state.question:
            break
        address = answer(state, "Login") if "Login" in str(state.question) else answer(state, "Not sure")
    assert state.kind in ("solution", "escalate")
    assert [t.is_exhausted for t in state.tried] == [True]
    if state.solution:
        assert state.solution.problem != tried


def test_a_whole_problem_can_be_ruled_out_at_once(office: Catalogue) -> None:
    key = named(office, "locked-account").id
    state = step(office, Address(code="423").failed(key))
    assert key not in {c.problem.id for c in state.candidates}


def test_a_candidate_can_be_picked_by_hand(office: Catalogue) -> None:
    key = named(office, "no-paper").id
    state = step(office, Address(start="questions", pick=key))
    assert state.solution
    assert state.solution.problem.id == key


def test_what_fixed_it_is_shown_with_its_problem(office: Catalogue) -> None:
    fixing = named(office, "paper-jam").steps[1]
    state = step(office, Address(start="questions", fixed=fixing.id))
    assert state.solution
    assert state.solution.problem.anchor == "paper-jam"


def test_when_everything_was_tried_the_contacts_follow(office: Catalogue) -> None:
    address = Address(start="questions").failed(*office.published.problems)
    state = step(office, address)
    assert state.kind == "escalate"
    assert state.candidates == ()
    assert [c.slug for c in state.contacts] == ["second", "first"]


def test_a_library_of_one_problem_goes_straight_to_its_solution() -> None:
    state = step(library(guide("only", problem("it", "It is broken"))), Address(start="questions"))
    assert state.kind == "solution"


def test_an_empty_library_leads_to_the_contacts() -> None:
    state = step(library(contacts=CONTACTS), Address(start="questions"))
    assert (state.kind, state.total, len(state.contacts)) == ("escalate", 0, 3)


# Escalation


def test_reasons_to_escalate_are_offered_at_every_step(office: Catalogue) -> None:
    for state in honest(office, "wrong-password", Address(start="questions")):
        assert [t.text for t in state.triggers] == ["Security incident: somebody else logged in"]


def test_a_reason_to_escalate_goes_straight_to_who_takes_it(office: Catalogue) -> None:
    trigger = next(iter(office.published.triggers))
    state = step(office, Address(start="questions", trigger=trigger))
    assert state.kind == "escalate"
    assert state.trigger == office.published.triggers[trigger]
    assert [c.slug for c in state.contacts] == ["second", "first"]


def test_without_contacts_of_its_own_a_guide_sends_to_who_takes_its_category() -> None:
    devices = contact("repairs", 4, handles=["devices"])
    room = library(PRINTER, contacts=[*CONTACTS, devices])
    state = step(room, Address(start="questions").failed(*room.published.problems))
    assert [c.slug for c in state.contacts] == ["repairs"]


def test_a_contact_that_readers_do_not_see_counts_as_none() -> None:
    devices = contact("repairs", 4, handles=["devices"])
    hidden = guide("printer", problem("no-paper", "The printer blinks"), category="Devices", contacts=["for-staff"])
    room = library(hidden, contacts=[*CONTACTS, devices])
    state = step(room, Address(start="questions").failed(*room.published.problems))
    assert [c.slug for c in state.contacts] == ["repairs"]


def test_without_any_taker_all_contacts_are_named_in_order() -> None:
    room = library(PRINTER, contacts=CONTACTS)
    state = step(room, Address(start="questions").failed(*room.published.problems))
    assert [c.slug for c in state.contacts] == ["first", "second", "third"]


# Authored questions

TREE = question(
    "Is a light on?",
    Red={"problem": ["printer", "paper-jam"]},
    Green=question("Is there paper?", No={"problem": ["printer", "no-paper"]}, Yes={"contact": "third"}),
    None_at_all={"problem": ["hidden", "secret"]},
)


@pytest.fixture(scope="module")
def triage() -> Catalogue:
    return library(LOGIN, PRINTER, guide("triage", questions=[TREE], category="Devices"), contacts=CONTACTS)


def test_a_walk_from_a_guide_asks_what_its_writer_asks(triage: Catalogue) -> None:
    state = step(triage, Address(guide="triage"))
    assert state.question
    assert (state.question.text, state.question.by) == ("Is a light on?", "triage")
    assert [c.label for c in state.question.choices] == ["Red", "Green", "None at all", "Not sure"]
    assert {c.problem.anchor for c in state.candidates} == {"paper-jam", "no-paper"}


def test_an_authored_answer_leads_where_its_writer_says(triage: Catalogue) -> None:
    first = step(triage, Address(guide="triage"))
    red = step(triage, answer(first, "Red"))
    assert red.solution
    assert red.solution.problem.anchor == "paper-jam"
    green = step(triage, answer(first, "Green"))
    assert green.question
    assert green.question.text == "Is there paper?"
    no = step(triage, answer(green, "No"))
    assert no.solution
    assert no.solution.problem.anchor == "no-paper"


def test_an_authored_answer_can_lead_to_a_contact(triage: Catalogue) -> None:
    green = step(triage, answer(step(triage, Address(guide="triage")), "Green"))
    state = step(triage, answer(green, "Yes"))
    assert state.kind == "escalate"
    assert state.led_to == triage.published.contacts["third"]
    assert [c.slug for c in state.contacts] == ["third"]


def test_an_authored_answer_that_leads_to_nothing_visible_goes_on_with_other_questions(triage: Catalogue) -> None:
    state = step(triage, answer(step(triage, Address(guide="triage")), "None at all"))
    assert state.kind == "question"
    assert state.question
    assert state.question.text != "Is there paper?"


def test_a_follow_up_is_never_asked_before_what_it_follows(triage: Catalogue) -> None:
    address = Address(start="questions")
    for _ in range(MOST_QUESTIONS):
        state = step(triage, address)
        if not state.question:
            break
        assert state.question.text != "Is there paper?"
        address = answer(state, "Not sure")


def test_when_an_authored_solution_fails_the_walk_goes_on(triage: Catalogue) -> None:
    red = step(triage, answer(step(triage, Address(guide="triage")), "Red"))
    assert red.solution
    state = step(triage, red.address.failed(red.solution.problem.id))
    assert state.solution is None or state.solution.problem != red.solution.problem


# The address


def test_the_address_is_the_whole_state(office: Catalogue) -> None:
    state = last(honest(office, "paper-jam", Address(symptom="it blinks & hums", code="7", guide="login")))
    assert state.solution
    address = replace(state.address.failed(state.solution.step.id), whole=True)
    pairs = dict(address.parameters())
    again, notices = read_address((key, [value]) for key, value in pairs.items())
    assert (again, notices) == (address, [])


def test_an_address_stays_short_after_twenty_answers() -> None:
    lists = tuple((f"looks-{'.'.join(f'abcde{i:02}' for _ in range(6))}", f"abcde{i:02}") for i in range(20))
    steps = tuple(f"stepno{i:02}"[:7] for i in range(20))
    symptom = shortened("Größenänderung 失敗 " * 200)
    address = Address(symptom=symptom, category="network/time-outs", answers=lists, tried=steps)
    assert len(address.query()) < 2000


def test_a_long_text_is_cut_to_its_error_codes_and_first_words() -> None:
    text = "word " * 300 + "ERR_42"
    assert shortened(text) == "word ERR_42"
    assert "E7-of-ours" in shortened(" ".join(f"word{n}" for n in range(900)) + " E7-of-ours", ["E7-of-ours"])
    assert len(shortened(" ".join(f"word{n}" for n in range(900)))) <= 400
    assert shortened("it  is\nslow") == "it is slow"
    assert shortened("x" * 5000) == "x" * 400


@pytest.mark.parametrize(
    ("given", "notice"),
    [
        ({"nonsense": "1"}, "“nonsense” is not asked any more"),
        ({"area": "nowhere"}, "“nowhere” is not an answer to “Where is it going wrong?”"),
        ({"looks-abcdefg": "none"}, "is not asked any more"),
        ({"category": "gone"}, "no category “gone”"),
        ({"guide": "gone"}, "no guide “gone”"),
        ({"code": "E99"}, "No guide knows the error code “E99”"),
        ({"trigger": "gone"}, "no reason to escalate “gone”"),
        ({"try": "gone"}, "no problem “gone”"),
        ({"change": "gone"}, "no question “gone”"),
        ({"tried": "gone"}, "has been changed since"),
        ({"fixed": "gone"}, "has been changed since"),
    ],
)
def test_what_is_not_known_any_more_is_explained_and_left_out(
    office: Catalogue, given: dict[str, str], notice: str
) -> None:
    address, _ = read_address((key, [value]) for key, value in given.items())
    state = step(office, address)
    assert len(state.notices) == 1
    assert notice in str(state.notices[0])
    assert step(office, Address(start="questions")).candidates == state.candidates


def test_an_old_list_keeps_what_is_left_of_it(office: Catalogue) -> None:
    symptoms = sorted(office.published.symptom_texts)[:2]
    address, _ = read_address([(f"looks-{symptoms[0]}.zzzzzzz.{symptoms[1]}", [symptoms[0]])])
    state = step(office, address)
    assert state.notices == ()
    assert state.address.answers == ((f"looks-{symptoms[0]}.{symptoms[1]}", symptoms[0]),)


def test_an_answer_that_names_a_finer_category_still_counts() -> None:
    """The choice of categories changes with the library; an old answer keeps its meaning."""
    guides = [guide(f"g{i}", problem(f"p{i}", f"Sign {i}"), category=c) for i, c in enumerate(("a/x", "a/y", "b", "c"))]
    names = {"a": "A", "a/x": "X", "a/y": "Y", "b": "B", "c": "C"}
    room = library(*guides)
    assert set(room.published.categories) == set(names)
    asked = room.planner.question("area").answers
    finer = next(slug for slug in names if slug not in asked)
    state = step(room, Address(answers=(("area", finer),)))
    assert state.notices == ()
    assert state.left < 4


@pytest.mark.parametrize(
    ("pairs", "notice"),
    [
        ([("code", ["1", "2"])], "“code” was given more than once"),
        ([("code", ["9" * 5000])], "too long"),
        ([(f"q{i}", ["1"]) for i in range(300)], "so only the first of them were read"),
        ([("x" * 5000, ["1", "2"])], "…” was given more than once"),
    ],
)
def test_an_address_that_is_too_much_is_read_as_far_as_it_can_be(
    pairs: list[tuple[str, list[str]]], notice: str
) -> None:
    _, notices = read_address(pairs)
    assert any(notice in str(one) for one in notices)


def test_control_characters_are_taken_out_of_an_address() -> None:
    address, notices = read_address([("symptom", ["a\x00b\x1bc\ud800"]), ("code", ["\x07"])])
    assert (address.symptom, address.code, notices) == ("a b c", "", [])
    assert address.query() == "symptom=a+b+c"
