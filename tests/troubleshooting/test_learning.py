"""What is learned of outcomes, on libraries of which the truth is known; no database is asked."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.walk_library import guide, library, problem
from troubleshooting.catalogue.build import WEIGHTS
from troubleshooting.planning.learning import (
    Counts,
    Tally,
    all_fail,
    cost_factor,
    faded_by_change,
    faded_by_time,
    lifts,
    reliability,
    share_with_lower_limit,
    solved_by_all,
    tallies_as_json,
    tallies_from_json,
    tries_expected,
    weighed_for,
    wilson_lower,
)
from troubleshooting.walk.address import Address
from troubleshooting.walk.next_step import decide

shares = st.floats(0.01, 0.99)
numbers = st.floats(0, 1e6)
RARE, OCCASIONAL, COMMON = WEIGHTS["rare"], WEIGHTS["occasional"], WEIGHTS["common"]


def clicked(clicks: dict[str, float]) -> dict[str, Counts]:
    return {key: Counts(clicks=number) for key, number in clicks.items()}


def priors(weights: dict[str, float], counts: dict[str, Counts]) -> dict[str, float]:
    return {key: weights[key] * lift for key, lift in lifts(weights, counts).items()}


def in_order(found: dict[str, float]) -> list[str]:
    return sorted(found, key=found.__getitem__, reverse=True)


# The lower limit


@given(shares, st.floats(1, 1e6))
def test_the_lower_limit_lies_below_the_share_and_is_undone_by_what_was_seen_for_it(
    share: float, number: float
) -> None:
    limit = wilson_lower(share, number)
    assert 0 <= limit <= share
    assert share_with_lower_limit(limit, number) == pytest.approx(share, rel=1e-6, abs=1e-6)


def test_the_lower_limit_is_that_of_the_tables() -> None:
    assert wilson_lower(0.8, 10, 1.96) == pytest.approx(0.490, abs=0.001)
    assert wilson_lower(0.5, 100, 1.96) == pytest.approx(0.404, abs=0.001)


# Steps


@given(st.floats(0.02, 0.9))
def test_a_step_that_nobody_tried_is_as_reliable_as_its_guide_says(authored: float) -> None:
    assert reliability(authored, 0, 0) == authored
    assert reliability(authored, 1e-9, 1e-9) == pytest.approx(authored, abs=1e-6)


@given(st.floats(0.1, 0.9), numbers, numbers)
def test_what_helped_makes_a_step_more_reliable_and_what_did_not_less(authored: float, yes: float, no: float) -> None:
    now = reliability(authored, yes, no)
    assert 0 < now < 1
    assert reliability(authored, yes + 1, no) >= now - 1e-9
    assert reliability(authored, yes, no + 1) <= now + 1e-9


def test_many_tries_show_how_reliable_a_step_is_and_few_hardly_anything() -> None:
    assert reliability(0.9, 300, 700) == pytest.approx(0.3, abs=0.03)
    assert reliability(0.9, 0, 1) > 0.7


def test_steps_that_failed_leave_the_product_of_what_they_leave() -> None:
    assert all_fail([0.5, 0.2]) == pytest.approx(0.4)
    assert solved_by_all([0.5, 0.2]) == pytest.approx(0.6)
    assert tries_expected([0.5, 0.2]) == pytest.approx(1.5)


def test_steps_that_seldom_help_make_a_solution_dearer_within_bounds() -> None:
    assert cost_factor([0.5, 0.5], [0.5, 0.5]) == 1
    assert 1 < cost_factor([0.5, 0.5], [0.4, 0.5]) < cost_factor([0.5, 0.5], [0.02, 0.02]) < 1.15
    assert 1 / 1.15 < cost_factor([0.5, 0.5], [0.9, 0.5]) < 1


# Fading


def test_an_outcome_counts_half_after_half_a_year_and_in_full_today() -> None:
    assert faded_by_time(0) == 1
    assert faded_by_time(-5) == 1
    assert faded_by_time(180) == pytest.approx(0.5)


def test_an_outcome_fades_with_each_revision_unless_the_problems_own_text_stays() -> None:
    said = Tally("p", "", "old", 3, solved=8)
    assert faded_by_change(said, "old", 9) == 1
    assert [faded_by_change(said, "new", revision) for revision in (4, 5, 6)] == [0.5, 0.25, 0.125]
    assert faded_by_change(said, "new", 3) == 0.5
    assert weighed_for([said, Tally("p", "s", "new", 4, solved=1, failed=2)], "new", 4) == Counts(5, 0, {"s": (1, 2)})


def test_what_is_written_down_is_read_back() -> None:
    tallies = [Tally("p", "s", "d", 1, 1.5, 2, 0), Tally("p", "", "d", 1, causes=1), Tally("a", "", "e", 2, 3)]
    assert tallies_from_json(tallies_as_json(tallies)) == {"a": [tallies[2]], "p": [tallies[1], tallies[0]]}
    assert tallies_as_json(tallies) == tallies_as_json(tallies[::-1])
    assert tallies_from_json("") == {}


# Priors


def test_without_outcomes_the_writers_word_stands() -> None:
    assert lifts({"a": 3.0, "b": 0.3}, {}) == {"a": 1, "b": 1}
    assert lifts({"a": 3.0, "b": 0.3}, {"a": Counts()}) == {"a": 1, "b": 1}
    assert lifts({}, {}) == {}


@given(st.lists(numbers, min_size=2, max_size=12))
def test_of_equally_common_problems_the_one_that_is_seen_more_comes_first(numbers_seen: list[float]) -> None:
    names = [f"p{k}" for k in range(len(numbers_seen))]
    found = lifts(dict.fromkeys(names, 1.0), clicked(dict(zip(names, numbers_seen, strict=True))))
    ordered = sorted(zip(numbers_seen, names, strict=True))
    assert all(found[less] <= found[more] + 1e-12 for (_, less), (_, more) in pairwise(ordered))


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([0.3, 1.0, 3.0]), min_size=2), st.data())
def test_clicks_alone_never_carry_a_problem_over_one_of_a_commoner_class(
    weights: dict[str, float], data: st.DataObject
) -> None:
    clicks = {key: data.draw(st.floats(0, 1e9)) for key in weights}
    found = priors(weights, clicked(clicks))
    for (less, rarer), (more, commoner) in permutations(weights.items(), 2):
        assert rarer >= commoner or found[less] * 1.15**2 < found[more]


def test_an_agents_finding_weighs_more_than_a_click() -> None:
    weights = dict.fromkeys("abc", 1.0)
    found = lifts(weights, {"a": Counts(clicks=4), "b": Counts(causes=1), "c": Counts()})
    assert found["b"] > found["a"] > found["c"]
    assert in_order(priors({"a": COMMON, "b": RARE}, {"b": Counts(causes=200)})) == ["b", "a"]


@pytest.mark.parametrize("seed", range(5))
def test_true_frequencies_are_recovered_in_order_though_a_fifth_of_the_clicks_is_false(seed: int) -> None:
    chance = random.Random(seed)
    truth = {f"p{k}": 0.75**k for k in range(12)}
    clicks = Counter(chance.choices(list(truth), list(truth.values()), k=3200))
    clicks.update(chance.choices(list(truth), k=800))
    found = lifts(dict.fromkeys(truth, 1.0), clicked({**dict.fromkeys(truth, 0), **clicks}))
    learned = in_order(found)
    misplaced = [abs(learned.index(key) - place) for place, key in enumerate(truth)]
    assert learned[:5] == list(truth)[:5]
    assert max(misplaced) <= 3
    assert sum(misplaced) / len(misplaced) <= 1


def test_the_most_frequent_problem_is_found_by_few_clicks_in_spite_of_false_ones() -> None:
    right = 0
    for seed in range(100):
        chance = random.Random(seed)
        truth = {"often": 6.0, "now and then": 3.0, "seldom": 1.0}
        clicks = Counter(chance.choices(list(truth), list(truth.values()), k=48))
        clicks.update(chance.choices(list(truth), k=12))
        right += in_order(lifts(dict.fromkeys(truth, 1.0), clicked(dict(clicks))))[0] == "often"
    assert right >= 95


@pytest.mark.parametrize("flood", [1, 100, 10_000, 1_000_000])
def test_a_flood_of_clicks_leaves_a_rare_problem_below_all_others(flood: int) -> None:
    weights = {"common": COMMON, "other": OCCASIONAL, "usual": OCCASIONAL, "rare": RARE}
    found = priors(weights, clicked({"common": 40, "other": 20, "usual": 0, "rare": flood}))
    assert in_order(found) == ["common", "other", "usual", "rare"]


def test_a_flood_moves_no_other_problem_by_more_than_the_bound_and_its_own_by_no_more() -> None:
    weights = {f"p{k}": 1.0 for k in range(50)}
    found = lifts(weights, clicked({"p7": 1e9}))
    assert found["p7"] / min(found.values()) < 1.5**2


# Walks


def told(learned: str = "") -> object:
    row = guide("net", problem("cable", "The light is off"), problem("router", "The page is slow"))
    row.learned = learned
    return library(row)


def test_a_step_that_failed_lowers_its_problem_by_its_learned_reliability() -> None:
    plain = told()
    cable = next(p for p in plain.published.problems.values() if p.anchor == "cable")
    step = cable.steps[0]
    learned = told(tallies_as_json([Tally(cable.id, step.id, cable.digest, 0, failed=200)]))
    after = [decide(c.published, c.planner, Address(guide="net", tried=(step.id,))) for c in (plain, learned)]
    left = [1 - c.published.problems[cable.id].steps[0].reliability for c in (plain, learned)]
    chances = [next(c.probability for c in state.candidates if c.problem.id == cable.id) for state in after]
    assert left[0] == pytest.approx(0.1**0.5)
    assert left[1] > 0.95
    assert chances[1] > chances[0]


def test_learned_counts_change_priors_and_leave_the_chance_of_something_else() -> None:
    plain = told()
    cable, router = plain.published.problems.values()
    learned = told(tallies_as_json([Tally(router.id, "", router.digest, 0, solved=100)]))
    assert learned.planner.prior[1] > learned.planner.prior[0]
    assert learned.planner.prior[-1] == pytest.approx(plain.planner.prior[-1])
    assert plain.planner.prior[0] == plain.planner.prior[1]
    assert cable.digest != router.digest
