"""Walks that start from a person's own words: cards, more words, what is covered, and what must be confirmed first."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from kb.search.index.contract import Fit, Hit, Snippet
from tests.support.walk_library import contact, guide, library, problem
from troubleshooting.catalogue import build
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.narrowing import narrowed
from troubleshooting.catalogue.values import NONE_LABEL, UNSURE, Problem
from troubleshooting.walk.address import Address, read_address
from troubleshooting.walk.cards import LIKELY, MORE_WORDS, OTHERS, matching_sentence
from troubleshooting.walk.next_step import decide
from troubleshooting.walk.page import page_context
from troubleshooting.walk.state import WalkState
from troubleshooting.walk.words import Words, chance_of_cover, weigh

STRONG = Fit(strength=3.0, lead=1.0, title=1.0)
WEAK = Fit(strength=0.5, lead=0.0, title=0.0)
GUIDES = [
    *(guide(f"g{n}", problem(f"p{n}", f"Lamp {n} blinks (always)", f"Motor {n} hums (often)")) for n in range(9)),
    guide("prose"),
    guide("tools"),
]


@pytest.fixture(scope="module")
def room() -> Catalogue:
    return library(*GUIDES, contacts=[contact("desk")])


def hit(slug: str, anchor: str = "", score: float = 1.0) -> Hit:
    return Hit(1, slug, anchor, slug, anchor, "", "public", score, Snippet(f"What {slug} says"))


def found(room: Catalogue, *hits: Hit, fit: Fit | None = STRONG, text: str = "something is odd") -> Words:
    return weigh(room, text, "", hits, fit)


def step(room: Catalogue, words: Words, *answers: tuple[str, str], **given: tuple[str, ...]) -> WalkState:
    """The step of a walk on what was found, after these answers."""
    narrow = build.with_planner(narrowed(room.published, words.problems.values(), dict(answers)))
    address = Address(symptom="something is odd", answers=answers, **given)
    return decide(narrow.published, narrow.planner, address, words)


MANY = [hit(f"g{n}", f"p{n}", 10 - n * 0.1) for n in range(8)]


def test_the_likeliest_three_are_shown_first(room: Catalogue) -> None:
    state = step(room, found(room, *MANY))
    assert state.question
    assert state.question.id == LIKELY
    assert [card.problem.guide.slug for card in state.question.cards] == ["g0", "g1", "g2"]
    assert [choice.label for choice in state.question.choices] == ["P0", "P1", "P2", NONE_LABEL, "Not sure"]
    assert state.question.cards[0].sentence == Snippet("What g0 says")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("… or a machine was [broken] into. Solution: Revoke it now. Call", "… or a machine was [broken] into."),
        ("The [lamp] hums \u00b7 The [red] [lamp] is [broken] \u00b7 Throw it away", "The [red] [lamp] is [broken]"),
        ("[lamp] or [lamp]. The [red] [lamp]", "The [red] [lamp]"),
        ("Nothing matches. Nothing at all.", "Nothing matches. Nothing at all."),
    ],
)
def test_a_card_has_the_one_sentence_that_matches_best(text: str, sentence: str) -> None:
    shown = matching_sentence(as_snippet(text))
    assert shown == as_snippet(sentence)


def as_snippet(text: str) -> Snippet:
    """A snippet of a text in which what matches stands in square brackets."""
    marks: list[tuple[int, int]] = []
    plain = ""
    for part in re.split(r"(\[\w+\])", text):
        if part.startswith("["):
            marks.append((len(plain), len(plain) + len(part) - 2))
        plain += part.strip("[]")
    return Snippet(plain, tuple(marks))


def test_a_picked_card_leads_to_its_steps_at_once(room: Catalogue) -> None:
    words = found(room, *MANY)
    second = words.likeliest[1]
    state = step(room, words, (LIKELY, second))
    assert state.solution
    assert state.solution.problem.guide.slug == "g1"
    assert state.asked[0].answer == "P1"


def test_none_of_these_shows_the_next_and_then_asks_for_words_and_then_hands_over(room: Catalogue) -> None:
    words = found(room, *MANY)
    state = step(room, words, (LIKELY, "none"))
    assert state.question
    assert state.question.id == OTHERS
    assert [card.problem.guide.slug for card in state.question.cards] == ["g3", "g4", "g5"]
    refused = replace(words, shares=dict(list(words.shares.items())[:6]))
    state = step(room, refused, (LIKELY, "none"), (OTHERS, "none"))
    assert state.question
    assert state.question.id == MORE_WORDS
    state = step(room, refused, (LIKELY, "none"), (OTHERS, "none"), (MORE_WORDS, UNSURE))
    assert state.kind == "escalate"
    assert [shown.slug for shown in state.contacts] == ["desk"]


def test_what_was_refused_is_not_proposed_unless_a_symptom_speaks_for_it(room: Catalogue) -> None:
    words = found(room, hit("g7", "p7"), text="motor 7 hums")
    assert words.certain
    no = (LIKELY, "none")
    state = step(room, words, no)
    assert state.question
    assert (state.question.id, state.question.cards) == (MORE_WORDS, ())
    assert step(room, words, no, (MORE_WORDS, UNSURE)).kind == "escalate"
    symptom = room.published.problems[words.certain[0]].symptoms[0].id
    state = step(room, words, no, (f"looks-{symptom}", symptom))
    assert state.solution
    assert state.solution.problem.id == words.certain[0]


def test_two_not_sures_show_the_likeliest(room: Catalogue) -> None:
    words = found(room, *MANY)
    state = step(room, words, (LIKELY, UNSURE))
    assert state.question
    assert state.question.id not in (LIKELY, OTHERS, MORE_WORDS)
    state = step(room, words, (LIKELY, UNSURE), (state.question.id, UNSURE))
    assert state.solution
    assert state.solution.problem.guide.slug == "g0"


def test_what_fits_weakly_is_no_strong_match(room: Catalogue) -> None:
    words = found(room, *MANY, fit=WEAK)
    state = step(room, words)
    assert state.question
    assert (state.question.id, [choice.id for choice in state.question.choices]) == (MORE_WORDS, [UNSURE])
    state = step(room, words, (MORE_WORDS, UNSURE))
    assert state.question
    assert state.question.id == LIKELY
    state = step(room, words, (MORE_WORDS, UNSURE), (LIKELY, UNSURE))
    assert state.kind == "escalate"
    picked = step(room, words, (MORE_WORDS, UNSURE), (LIKELY, words.likeliest[0]))
    assert picked.solution


def test_nothing_found_asks_for_words_and_then_hands_over(room: Catalogue) -> None:
    words = found(room)
    state = step(room, words)
    assert state.question
    assert state.question.id == MORE_WORDS
    assert step(room, words, (MORE_WORDS, UNSURE)).kind == "escalate"


def test_the_chance_that_nothing_covers_it_is_not_hidden(room: Catalogue) -> None:
    state = step(room, replace(found(room, *MANY), covered=0.6))
    assert state.covered == pytest.approx(0.6, abs=0.01)
    assert sum(candidate.probability for candidate in state.candidates) == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("fits", [Fit(4, 2, 1), Fit(2, 0.5, 0.5)])
def test_a_better_fit_is_likelier_to_be_covered(fits: Fit) -> None:
    chance = chance_of_cover(fits)
    assert chance > chance_of_cover(replace(fits, strength=fits.strength / 2))
    assert chance > chance_of_cover(replace(fits, lead=fits.lead / 2))
    assert chance > chance_of_cover(replace(fits, title=fits.title / 2))
    assert chance < chance_of_cover(replace(fits, alike=0.1))
    assert chance_of_cover(replace(fits, nearness=0.8)) > chance > chance_of_cover(replace(fits, nearness=0.2))
    assert 0 < chance_of_cover(Fit()) < 0.05


def test_a_guide_without_problems_may_be_where_a_walk_ends(room: Catalogue) -> None:
    words = found(room, hit("prose", "intro", 10), hit("g1", "p1", 9))
    state = step(room, words)
    assert state.question
    assert next((card.problem.title, card.problem.anchor) for card in state.question.cards) == ("Prose", "intro")
    state = step(room, words, (LIKELY, words.likeliest[0]))
    assert state.solution
    assert (state.solution.problem.guide.slug, state.solution.step) == ("prose", None)
    after = step(room, words, (LIKELY, words.likeliest[0]), tried=(words.likeliest[0],))
    assert after.question
    assert [card.problem.guide.slug for card in after.question.cards] == ["g1"]


def test_what_is_named_comes_alone_and_first(room: Catalogue) -> None:
    words = found(room, *MANY, text="motor 7 hums", fit=WEAK)
    state = step(room, words)
    assert state.question
    assert state.question.id == LIKELY
    assert [card.problem.guide.slug for card in state.question.cards] == ["g7"]


def test_a_code_names_its_problems() -> None:
    known = library(guide("a", problem("a", "It hums", codes=["E77"])), guide("b", problem("b", "It rings")))
    words = weigh(known, "what is this", "E77", [hit("b", "b")], WEAK)
    assert [words.problems[key].anchor for key in words.certain] == ["a"]
    assert words.problems[words.likeliest[0]].anchor == "a"


def test_what_many_problems_have_names_none() -> None:
    known = library(*(guide(f"g{n}", problem(f"p{n}", "It is slow")) for n in range(9)))
    assert weigh(known, "it is slow", "", [hit("g1", "p1")], WEAK).certain == ()


# Steps that may destroy something


@pytest.fixture(scope="module")
def danger() -> Catalogue:
    key = problem("key", "The key is refused (always)", steps=["Revoke the key."])
    key.steps[0] = replace(key.steps[0], dangerous=True)
    return library(guide("keys", key), *GUIDES, contacts=[contact("desk")])


def only(room: Catalogue, anchor: str) -> Problem:
    return next(problem for problem in room.published.problems.values() if problem.anchor == anchor)


def test_nothing_is_destroyed_before_a_symptom_was_confirmed(danger: Catalogue) -> None:
    words = found(danger, hit("keys", "key", 10), hit("g1", "p1", 5))
    key = only(danger, "key")
    unsure = step(danger, words, (LIKELY, UNSURE))
    assert unsure.question
    assert unsure.question.id == f"looks-{key.symptoms[0].id}"
    yes = step(danger, words, (LIKELY, UNSURE), (unsure.question.id, key.symptoms[0].id))
    assert yes.solution
    assert yes.solution.problem.id == key.id
    no = step(danger, words, (LIKELY, UNSURE), (unsure.question.id, UNSURE))
    assert no.solution is None or no.solution.problem.id != key.id


def test_no_more_symptoms_are_asked_for_than_a_person_takes_in_at_a_glance() -> None:
    parts = ["Lamp", "Motor", "Oil", "Belt", "Wheel", "Cable", "Screen", "Door"]
    key = problem("key", *(f"{part} trouble" for part in parts), steps=["Revoke the key."])
    key.steps[0] = replace(key.steps[0], dangerous=True)
    known = library(guide("keys", key))
    words = found(known, hit("keys", "key"))
    state = step(known, words, (LIKELY, UNSURE))
    while state.question and not state.question.id.startswith("looks-"):
        state = step(known, words, *state.address.answers, (state.question.id, UNSURE))
    assert state.question
    assert [choice.label for choice in state.question.choices][-2:] == [NONE_LABEL, "Not sure"]
    assert len(state.question.choices) == 5 + 2


def test_who_picks_the_card_has_confirmed_it(danger: Catalogue) -> None:
    words = found(danger, hit("keys", "key", 10), hit("g1", "p1", 5))
    state = step(danger, words, (LIKELY, only(danger, "key").id))
    assert state.solution
    assert state.solution.step
    assert state.solution.step.dangerous


def test_who_is_sure_of_nothing_is_not_led_to_anything(danger: Catalogue) -> None:
    address = Address(start="questions")
    while (state := decide(danger.published, danger.planner, address)).question:
        address = state.address.answered(state.question.id, UNSURE)
    assert state.kind == "escalate"


# Questions about what was found


def test_alike_symptoms_are_one_and_typed_ones_are_not_asked() -> None:
    known = library(
        guide("a", problem("a", "The big red lamp blinks twice", "It is warm")),
        guide("b", problem("b", "The big red lamp blinks twice.", "The motor hums")),
        guide("c", problem("c", "The big red lamps blink twice!", "Oil runs out")),
    )
    narrow = build.with_planner(narrowed(known.published, known.published.problems.values(), {}))
    lamps = [key for key, text in known.published.symptom_texts.items() if "lamp" in text]
    assert len(narrow.planner.catalogue.symptoms.keys() & set(lamps)) == 1
    ids = {problem.id: problem for problem in known.published.problems.values()}
    words = Words(dict.fromkeys(ids, 1 / 3), 0.9, (), ids)
    address = Address(symptom="the motor hums and smells", answers=((LIKELY, UNSURE),))
    state = decide(narrow.published, narrow.planner, address, words)
    assert state.question
    assert "The motor hums" not in [choice.label for choice in state.question.choices]
    other = decide(narrow.published, narrow.planner, replace(address, symptom="it smells"), words)
    assert other.question
    assert "The motor hums" in [choice.label for choice in other.question.choices]


def test_answers_that_fit_nothing_found_are_not_offered() -> None:
    tools = ["Saw", "Drill", "Plane", "File"]
    known = library(*(guide(tool, problem(tool.lower(), f"The {tool} stops"), applies_to=[tool]) for tool in tools))
    few = [only(known, "saw"), only(known, "drill")]
    narrow = narrowed(known.published, few, {})
    assert set(narrow.questions["product"].answers) == {"saw", "drill"}
    kept = narrowed(known.published, few, {"product": "plane"})
    assert "plane" in kept.questions["product"].answers


def test_nothing_is_asked_that_what_is_left_has_no_two_answers_to() -> None:
    """Where it goes wrong tells the far-fetched apart, of which nobody would see anything."""
    far = [guide(f"far{n}", problem(f"far{n}"), category=f"Room {n // 5}") for n in range(45)]
    known = library(guide("near"), *far)
    hits = [hit("near", score=10), *(hit(f"far{n}", f"far{n}", 6.1) for n in range(45))]
    words = found(known, *hits, fit=Fit(strength=9.0, lead=3.0, title=3.0))
    state = step(known, words, (LIKELY, UNSURE))
    assert state.solution


def test_symptoms_with_another_number_are_not_alike() -> None:
    """However like they are otherwise; the same number may be quoted."""
    told = ["Requests are answered with 401 errors", "Requests are answered with 403 errors"]
    known = library(
        *(guide(f"g{n}", problem(f"p{n}", text)) for n, text in enumerate(told)),
        guide("same", problem("same", "Requests are answered with “403” error.")),
    )
    narrow = narrowed(known.published, known.published.problems.values(), {})
    assert sorted(len(problems) for problems in narrow.table.symptoms.values()) == [1, 2]


def test_categories_of_nothing_that_is_left_are_behind_a_link() -> None:
    near = [guide(f"near{n}", problem(f"near{n}"), category=f"Room {n % 4}") for n in range(16)]
    far = [guide(f"far{n}", problem(f"far{n}"), category="Cellar") for n in range(4)]
    known = library(*near, *far)
    hits = [hit(f"near{n}", f"near{n}", 10) for n in range(16)] + [hit(f"far{n}", f"far{n}", 5) for n in range(4)]
    words = found(known, *hits)
    state = step(known, words, (LIKELY, UNSURE))
    assert state.question
    assert [choice.label for choice in state.question.choices] == [*(f"Room {n}" for n in range(4)), "Not sure"]
    link = page_context(state, known.published, "")["all_answers"]
    address, _ = read_address((key, values) for key, values in parse_qs(urlsplit(link).query).items())
    narrow = known.narrowed_to(words.problems.values(), {"area": UNSURE}, address.change)
    every = decide(narrow.published, narrow.planner, address, words)
    assert every.question
    assert "Cellar" in [choice.label for choice in every.question.choices]
    assert page_context(every, known.published, "")["all_answers"] == ""


def test_a_symptom_that_contradicts_what_was_said_is_not_asked_for() -> None:
    known = library(
        guide("a", problem("a", "It worked before and stopped suddenly")),
        guide("b", problem("b", "The key has never worked")),
        guide("c", problem("c", "The motor hums")),
    )
    ids = {problem.id: problem for problem in known.published.problems.values()}
    words = Words(dict.fromkeys(ids, 1 / 3), 0.9, (), ids)

    def asked(symptom: str) -> list[str]:
        address = Address(symptom=symptom, answers=((LIKELY, UNSURE),))
        state = decide(known.published, known.planner, address, words)
        return [choice.label for choice in state.question.choices] if state.question else []

    assert "The key has never worked" in asked("something with the key")
    assert "The key has never worked" not in asked("the key stopped working")
