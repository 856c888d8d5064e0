"""The planner: beliefs, what to ask next, when to stop, and what to try first."""

from __future__ import annotations

import itertools
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from tests.support.optimum import Optimum
from troubleshooting.evaluation.cases import read_cases, read_catalogue
from troubleshooting.evaluation.measures import Evaluation, Person, standing
from troubleshooting.planning.planner import Planner, step_reliability
from troubleshooting.planning.tables import Catalogue, Problem, Question, entropy

YES = {"yes": 1.0, "no": 0.0}
NO = {"yes": 0.0, "no": 1.0}


def three(**kwargs: Any) -> Planner:
    """Three problems; one question tells the first from the others, one is all but blind."""
    problems = (Problem("a", prior=2), Problem("b", prior=1), Problem("c", prior=1))
    sharp = Question("sharp", likelihood={"a": {"yes": 0.9}}, default={"yes": 0.2})
    blunt = Question("blunt", likelihood={"a": {"yes": 0.51}}, default={"yes": 0.5})
    return Planner(Catalogue(problems, (blunt, sharp)), **({"wrong": 0.0, "unsure": 0.0} | kwargs))


def believed(planner: Planner, *answers: tuple[str, str]) -> list[float]:
    return planner.beliefs(planner.evidence(answers))


def test_beliefs_start_from_the_priors() -> None:
    assert believed(three()) == [0.5, 0.25, 0.25]


def test_an_answer_weighs_each_problem_by_its_likelihood() -> None:
    assert believed(three(), ("sharp", "yes")) == pytest.approx([0.45 / 0.55, 0.05 / 0.55, 0.05 / 0.55])


def test_not_sure_changes_nothing() -> None:
    assert believed(three(), ("sharp", "unsure")) == believed(three())


def test_the_order_of_answers_does_not_matter() -> None:
    planner = three()
    one, other = ("sharp", "no"), ("blunt", "yes")
    assert believed(planner, one, other) == pytest.approx(believed(planner, other, one))


def test_a_share_of_answers_is_taken_to_be_wrong() -> None:
    certain = Catalogue((Problem("a"), Problem("b")), (Question("q", likelihood={"a": YES, "b": NO}),))
    assert believed(Planner(certain, wrong=0.1), ("q", "no")) == pytest.approx([0.1, 0.9])
    assert believed(Planner(certain, wrong=0.0), ("q", "no")) == [0.0, 1.0]


def test_wrong_answers_are_spread_over_the_other_answers() -> None:
    many = Question("q", answers=("x", "y", "z"), likelihood={"a": {"x": 1.0}, "b": {"y": 1.0}})
    planner = Planner(Catalogue((Problem("a"), Problem("b")), (many,)), wrong=0.2)
    assert believed(planner, ("q", "z")) == [0.5, 0.5]
    assert believed(planner, ("q", "x")) == pytest.approx([0.8 / 0.9, 0.1 / 0.9])


def test_evidence_against_everything_leaves_the_priors() -> None:
    certain = Catalogue((Problem("a", prior=3), Problem("b")), (Question("q", likelihood={"a": YES}, default=YES),))
    assert believed(Planner(certain, wrong=0.0), ("q", "no")) == [0.75, 0.25]


def test_further_weights_count_like_answers() -> None:
    planner = three()
    assert planner.beliefs(planner.evidence([], [{"a": 0.0}, {"b": 3.0}])) == [0.0, 0.75, 0.25]


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(KeyError):
        three().question("nothing")
    with pytest.raises(KeyError):
        three().evidence([("looks-nothing", "none")])


def test_answers_that_a_row_leaves_out_share_what_it_leaves_over() -> None:
    some = Question("q", answers=("x", "y", "z"), likelihood={"a": {"x": 0.5}})
    planner = Planner(Catalogue((Problem("a"), Problem("b")), (some,)), wrong=0.0)
    assert planner.evidence([("q", "y")]) == pytest.approx([0.25, 1 / 3])


def test_the_gain_is_the_mutual_information_of_answer_and_problem() -> None:
    planner = three()
    joint = {(p, a): 0.0 for p in "abc" for a in ("yes", "no")}
    for problem, prior, yes in (("a", 0.5, 0.9), ("b", 0.25, 0.2), ("c", 0.25, 0.2)):
        joint[problem, "yes"], joint[problem, "no"] = prior * yes, prior * (1 - yes)
    answers = [sum(joint[p, a] for p in "abc") for a in ("yes", "no")]
    expected = entropy([0.5, 0.25, 0.25]) + entropy(answers) - entropy(joint.values())
    assert planner.gain("sharp", planner.prior) == pytest.approx(expected)


def test_the_chance_of_not_sure_lowers_the_gain() -> None:
    sure, unsure = three(), three(unsure=0.25)
    assert unsure.gain("sharp", unsure.prior) == pytest.approx(0.75 * sure.gain("sharp", sure.prior))


def test_a_row_for_each_problem_means_the_same_as_a_default() -> None:
    rng = random.Random(1)
    problems = tuple(Problem(str(i), prior=rng.random()) for i in range(30))
    listed = {str(i): {"x": rng.random() / 2, "y": rng.random() / 2} for i in range(9)}
    default = {"x": 0.1, "y": 0.2}
    sparse = Question("q", answers=("x", "y", "z"), likelihood=listed, default=default)
    dense = Question("q", answers=("x", "y", "z"), likelihood={p.id: listed.get(p.id, default) for p in problems})
    one, other = (Planner(Catalogue(problems, (q,))) for q in (sparse, dense))
    assert one.gain("q", one.prior) == pytest.approx(other.gain("q", other.prior))
    for answer in sparse.answers:
        assert believed(one, ("q", answer)) == pytest.approx(believed(other, ("q", answer)))
        assert [one.likeliest_answer("q", p.id) for p in problems] == [
            other.likeliest_answer("q", p.id) for p in problems
        ]


def test_the_most_telling_question_comes_first() -> None:
    planner = three()
    assert [question.id for question in planner.ranked(planner.prior, ())] == ["sharp", "blunt"]
    assert [question.id for question in planner.ranked(planner.prior, {"sharp"})] == ["blunt"]


def test_a_question_that_costs_more_has_to_tell_more() -> None:
    problems = (Problem("a"), Problem("b"))
    dear = Question("dear", likelihood={"a": {"yes": 0.95}}, default={"yes": 0.05}, cost=9)
    cheap = Question("cheap", likelihood={"a": {"yes": 0.8}}, default={"yes": 0.2})
    planner = Planner(Catalogue(problems, (dear, cheap)))
    assert [question.id for question in planner.ranked(planner.prior, ())] == ["cheap", "dear"]


def test_a_question_that_tells_nothing_is_not_asked() -> None:
    idle = Question("idle", likelihood={"a": {"yes": 0.5}}, default={"yes": 0.5})
    planner = Planner(Catalogue((Problem("a", cost=99), Problem("b", cost=99)), (idle,)))
    assert planner.ranked(planner.prior, ()) == []
    assert planner.most_telling(planner.prior, ()) is None
    assert planner.next_question(planner.prior, ()) is None


def test_it_stops_by_value_and_not_by_confidence() -> None:
    """The same beliefs: worth a question when a wrong try is dear, not when it is cheap."""
    tell = Question("tell", likelihood={"a": {"yes": 0.99}}, default={"yes": 0.01})
    for cost, worth in ((1, None), (40, "tell")):
        planner = Planner(Catalogue((Problem("a", "", 9, cost), Problem("b", "", 1, cost)), (tell,)))
        asked = planner.next_question(planner.prior, ())
        assert (asked and asked.id) == worth
        assert planner.pays("tell", planner.prior) == bool(worth)


def test_it_asks_on_while_too_little_is_known_to_try_anything() -> None:
    """No single answer makes one of 64 problems worth trying before handing over; six answers do."""
    names = [format(i, "06b") for i in range(64)]
    bits = tuple(
        Question(f"bit{k}", likelihood={name: YES if name[k] == "1" else NO for name in names}) for k in range(6)
    )
    planner = Planner(Catalogue(tuple(Problem(name, cost=30) for name in names), bits), wrong=0.01, escalation=100)
    asked: list[tuple[str, str]] = []
    while question := planner.next_question(believed(planner, *asked), [key for key, _ in asked]):
        asked.append((question.id, "yes"))
    assert len(asked) == 6
    assert planner.plan(believed(planner, *asked)).order == [63]


def cost_of(order: tuple[int, ...], beliefs: list[float], costs: list[float], escalation: float) -> float:
    spent, chance = 0.0, 1.0
    for i in order:
        spent, chance = spent + chance * costs[i], chance - beliefs[i]
    return spent + (chance * escalation if chance > 1e-9 else 0.0)


@pytest.mark.parametrize("escalation", [math.inf, 9.0, 20.0])
def test_no_other_order_is_cheaper_than_the_plan(escalation: float) -> None:
    rng = random.Random(3)
    for _ in range(20):
        costs = [rng.choice([1.0, 3.0, 7.0, 12.0]) for _ in range(5)]
        problems = tuple(Problem(str(i), "", rng.random(), cost) for i, cost in enumerate(costs))
        planner = Planner(Catalogue(problems), escalation=escalation)
        lengths = [5] if escalation == math.inf else range(6)
        every = [order for n in lengths for order in itertools.permutations(range(5), n)]
        plan = planner.plan(planner.prior)
        assert plan.cost == pytest.approx(min(cost_of(order, planner.prior, costs, escalation) for order in every))
        assert cost_of(tuple(plan.order), planner.prior, costs, escalation) == pytest.approx(plan.cost)


def test_problems_are_tried_by_probability_over_cost() -> None:
    planner = Planner(Catalogue((Problem("a", "", 5, 10), Problem("b", "", 4, 2), Problem("c", "", 1, 3))))
    assert planner.order(planner.prior) == [1, 0, 2]
    assert planner.order([0.5, 0.0, 0.5]) == [2, 0]


def test_handing_over_is_planned_when_no_problem_is_worth_trying() -> None:
    planner = Planner(Catalogue(tuple(Problem(str(i), cost=30) for i in range(10))), escalation=50)
    assert planner.plan(planner.prior).order == []
    assert planner.plan(planner.prior).cost == 50


def test_several_problems_can_be_worth_trying_where_one_alone_is_not() -> None:
    planner = Planner(Catalogue((Problem("a", cost=60), Problem("b", cost=60))), escalation=100)
    assert len(planner.plan(planner.prior).order) == 2


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_all_steps_together_fix_their_problem_nine_times_in_ten(steps: int) -> None:
    assert (1 - step_reliability(steps)) ** steps == pytest.approx(0.1)


def test_the_answers_that_fit_are_those_of_problems_that_a_question_tells_of() -> None:
    question = Question("area", "", ("here", "there"), {"a": {"here": 0.1, "there": 0.9}})
    planner = Planner(Catalogue((Problem("a"), Problem("b")), (question,), {"hum": {"b": 0.9}}))
    assert planner.likeliest_answers("area", ["a", "b"]) == ["there"]
    assert planner.likeliest_answers("looks-hum", ["a", "b"]) == ["none", "hum"]


def signed(number: int, **kwargs: Any) -> Planner:
    """So many problems, each with a symptom of its own that people recognise, and nothing else to ask."""
    names = [f"p{i}" for i in range(number)]
    symptoms = {f"s{i}": {name: 0.9} for i, name in enumerate(names)}
    problems = tuple(Problem(name, cost=30) for name in names)
    return Planner(Catalogue(problems, (), symptoms), **kwargs)


def test_problems_whose_signs_all_differ_are_asked_for_by_lists_of_six() -> None:
    planner = signed(40)
    question = planner.most_telling(planner.prior, ())
    assert question
    assert len(question.symptoms) == 6
    assert question.answers == (*question.symptoms, "none")
    assert question.id == "looks-" + ".".join(question.symptoms)


def test_a_list_in_an_address_is_no_longer_than_those_that_are_asked() -> None:
    planner = signed(40)
    known = planner.question(planner.most_telling(planner.prior, ()).id).symptoms  # type: ignore[union-attr]
    other = next(symptom for symptom in planner.catalogue.symptoms if symptom not in known)
    assert planner.question(f"looks-{known[0]}.{other}").symptoms == (known[0], other)
    for symptoms in ((*known, other), (known[0], known[0]), known * 1000):
        with pytest.raises(KeyError):
            planner.question("looks-" + ".".join(symptoms))


def test_a_list_never_shows_a_sign_twice() -> None:
    planner = signed(20)
    asked: list[str] = []
    for _ in range(20):
        question = planner.most_telling(believed(planner, *((key, "none") for key in asked)), asked)
        asked += [question.id] if question else []
    shown = [symptom for key in asked for symptom in planner.question(key).symptoms]
    assert len(shown) == len(set(shown)) == 20


def test_picking_a_sign_points_to_its_problem_and_none_points_away() -> None:
    planner = signed(12)
    before = believed(planner)
    picked = believed(planner, ("looks-s3.s4", "s3"))
    assert picked[3] > 0.6
    assert believed(planner, ("looks-s3.s4", "none"))[3] < before[3] / 2
    assert planner.likeliest_answer("looks-s3.s4", "p3") == "s3"
    assert planner.likeliest_answer("looks-s3.s4", "p9") == "none"


def test_a_list_prefers_signs_that_tell_the_likely_problems_apart() -> None:
    """What all of them show tells nothing, what only unlikely ones show is not worth reading."""
    names = ["a", "b", "c", "d"]
    symptoms = {"shared": dict.fromkeys(names, 0.95), **{f"own-{name}": {name: 0.9} for name in names}}
    planner = Planner(Catalogue(tuple(Problem(name) for name in names), (), symptoms))
    question = planner.most_telling([0.49, 0.49, 0.01, 0.01], ())
    assert question
    assert set(question.symptoms) == {"own-a", "own-b"}


def test_a_sign_that_was_asked_about_is_in_no_list() -> None:
    names = [f"p{i}" for i in range(8)]
    seen = Question("see-s0", likelihood={"p0": YES}, default=NO, symptoms=("s0",))
    symptoms = {f"s{i}": {name: 0.9} for i, name in enumerate(names)}
    planner = Planner(Catalogue(tuple(Problem(name) for name in names), (seen,), symptoms))
    lists = [q for q in planner.ranked(planner.prior, {"see-s0"}) if q.id.startswith("looks-")]
    assert lists
    assert all("s0" not in q.symptoms for q in lists)
    assert "see-s0" not in {q.id for q in planner.ranked(planner.prior, {"looks-s0.s1"})}


def test_a_list_of_unknown_signs_is_refused() -> None:
    for name in ("looks-", "looks-zz", "looks-s0.zz", "see-s0"):
        with pytest.raises(KeyError):
            signed(3).question(name)


@pytest.mark.night
def test_beliefs_are_as_right_as_they_say() -> None:
    """People made by the model itself: of the beliefs around 0.8, about 80 in 100 are right; so all the way up."""
    rng = random.Random(7)
    names = [f"p{i}" for i in range(25)]
    questions = tuple(
        Question(f"q{k}", likelihood={name: {"yes": rng.choice([0.05, 0.2, 0.5, 0.8, 0.95])} for name in names})
        for k in range(25)
    )
    wrong, unsure = 0.1, 0.1
    planner = Planner(
        Catalogue(tuple(Problem(n, "", rng.random()) for n in names), questions), wrong=wrong, unsure=unsure
    )
    told: dict[float, list[bool]] = {0.5: [], 0.65: [], 0.8: [], 0.95: []}
    for _ in range(400):
        true = rng.choices(range(25), planner.prior)[0]
        asked: list[tuple[str, str]] = []
        for _ in range(8):
            beliefs = believed(planner, *asked)
            question = planner.most_telling(beliefs, [key for key, _ in asked])
            assert question
            yes = rng.random() < question.likelihood[names[true]]["yes"]
            answer = "yes" if yes != (rng.random() < wrong) else "no"
            asked.append((question.id, "unsure" if rng.random() < unsure else answer))
            beliefs = believed(planner, *asked)
            for level, right in told.items():
                right.extend(i == true for i, b in enumerate(beliefs) if abs(b - level) < 0.05)
    for level, right in told.items():
        assert len(right) > 30
        assert sum(right) / len(right) == pytest.approx(level, abs=0.1)


def test_equal_beliefs_share_their_places() -> None:
    assert standing([0.25, 0.25, 0.25, 0.25], 2).top1 == 0.25
    assert standing([0.25, 0.25, 0.25, 0.25], 2).top3 == 0.75
    assert standing([0.25, 0.25, 0.25, 0.25], 2).rank == 2.5
    assert standing([0.4, 0.3, 0.3], 1).top3 == 1.0
    assert standing([0.4, 0.3, 0.3], 1).rank == 2.5


class Zoo:
    """59 kinds of animals that 16 questions tell apart for certain."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = read_catalogue(folder / "walks" / "zoo.catalogue.json")
        cases = read_cases(folder / "walks" / "zoo.cases.jsonl", self.catalogue)
        self.people = [Person(problem, lambda q, a=answers: a.get(q.id)) for problem, answers in cases]  # type: ignore[misc]

    def evaluation(self, policy: Any = "planner") -> Evaluation:
        """Asking by a policy that allows for few wrong answers."""
        return Evaluation(Planner(self.catalogue, wrong=0.02, unsure=0.0), policy)


@pytest.fixture(scope="module")
def zoo(corpora: Path) -> Zoo:
    return Zoo(corpora)


def test_the_zoo_is_told_apart_with_hardly_more_questions_than_the_fewest_possible(zoo: Zoo) -> None:
    fewest = Optimum(zoo.catalogue).questions()
    assert fewest == pytest.approx(4.871, abs=0.001)
    assert zoo.evaluation().questions_to_tell_apart() <= 1.02 * fewest


def test_the_zoo_takes_more_questions_in_the_order_of_the_file(zoo: Zoo) -> None:
    assert zoo.evaluation("file").questions_to_tell_apart() == pytest.approx(7.49, abs=0.01)


def test_the_zoo_costs_little_when_asking_stops_by_value(zoo: Zoo) -> None:
    report = zoo.evaluation().report(zoo.people)
    assert report.stop_cost <= 7.8
    assert report.no_questions_cost == pytest.approx(60.4, abs=0.05)
    assert report.after[8].top1 == 1.0
    assert (report.problems, report.questions, report.cases) == (59, 16, 101)
    assert report.entropy_bits == pytest.approx(5.516, abs=0.001)


def test_wrong_answers_cost_less_when_they_are_allowed_for(zoo: Zoo) -> None:
    def noisy(seed: int) -> list[Person]:
        rng = random.Random(seed)
        people = []
        for person in zoo.people * 2:
            said = {}
            for question in zoo.catalogue.questions:
                true = person.answer(question)
                others = [answer for answer in question.answers if answer != true]
                said[question.id] = rng.choice(others) if rng.random() < 0.1 else true
            people.append(Person(person.problem, lambda q, s=said: s[q.id]))  # type: ignore[misc]
        return people

    trusting = Evaluation(Planner(zoo.catalogue, wrong=0.001, unsure=0.0)).report(noisy(0))
    wary = Evaluation(Planner(zoo.catalogue, wrong=0.1, unsure=0.0)).report(noisy(0))
    assert wary.stop_cost < 0.9 * trusting.stop_cost


def test_the_zoo_file_is_read_as_it_is(zoo: Zoo, corpora: Path) -> None:
    written = json.loads((corpora / "walks" / "zoo.catalogue.json").read_text())
    assert [p.id for p in zoo.catalogue.problems] == [p["id"] for p in written["problems"]]
    assert [q.answers for q in zoo.catalogue.questions] == [tuple(q["answers"]) for q in written["questions"]]
