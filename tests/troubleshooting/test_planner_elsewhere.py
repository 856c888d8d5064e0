"""The planner on catalogues that it was not made for: uneven, uncertain, with answers that are wrong or missing."""

from __future__ import annotations

import json
import math
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.support import walk_catalogues
from tests.support.optimum import Cheapest
from tests.support.walk_library import guide, library, problem
from troubleshooting.evaluation.cases import people_of, read_cases, read_catalogue
from troubleshooting.evaluation.measures import Evaluation, Person
from troubleshooting.evaluation.simulation import people
from troubleshooting.planning.planner import Planner
from troubleshooting.planning.tables import Catalogue, Problem, Question

SHAPES = list(walk_catalogues.SHAPES)
OFTEN = ("sure", "uneven medical", "correlated")
EACH_SHAPE = pytest.mark.parametrize(
    "shape", [each if each in OFTEN else pytest.param(each, marks=pytest.mark.night) for each in SHAPES]
)


def made(folder: Path, shape: str, seed: int = 1, *, number: int = 60, noise: float = 0.1, **size: int) -> Any:
    """A planner for a catalogue, and people who answer with this noise."""
    cases, path = walk_catalogues.write(folder, walk_catalogues.catalogue(shape, seed, **size), number, seed)
    catalogue = read_catalogue(path)
    several = people_of(read_cases(cases, catalogue), catalogue, wrong=noise, unsure=noise, rng=random.Random(seed))
    return Planner(catalogue, wrong=max(noise, 0.02), unsure=noise), list(several)


@pytest.mark.night
@EACH_SHAPE
def test_planned_walks_are_cheaper_and_find_more_than_walks_in_file_order_or_at_random(
    tmp_path: Path, shape: str
) -> None:
    planner, several = made(tmp_path, shape, number=100, problems=50, questions=24)
    ours, file, chance = (
        Evaluation(planner, policy).report(several)
        for policy in ("planner", "file", "random")  # type: ignore[arg-type]
    )
    for other in (file, chance):
        assert ours.stop_cost < other.stop_cost
        if shape not in walk_catalogues.UNEVEN:  # where questions cost the same, to ask well is to ask few
            assert ours.after[8].rank < other.after[8].rank
    assert ours.stop_cost < ours.no_questions_cost
    assert ours.stop_questions <= file.stop_questions


@EACH_SHAPE
def test_planned_walks_cost_hardly_more_than_the_cheapest_possible(shape: str, tmp_path: Path) -> None:
    ratios = []
    for seed in range(6):
        for noise in (0.0, 0.1):
            planner, _ = made(tmp_path, shape, seed, number=1, noise=noise, problems=7, questions=4)
            exact = Cheapest(planner)
            ratios.append(exact.as_planned() / exact.at_best())
    assert min(ratios) >= 1 - 1e-9
    assert sum(ratios) / len(ratios) < 1.03
    assert max(ratios) < 1.15


def reliability(planner: Planner, several: list[Person], *, stops: bool) -> dict[float, tuple[int, float, float]]:
    """For beliefs about so high: how many there were, what they said on average, and the share that was right."""
    told: dict[float, list[tuple[float, bool]]] = {}
    evaluation = Evaluation(planner)
    for person in several:
        asked: tuple[tuple[str, str | None], ...] = ()
        beliefs: Any = planner.prior
        true = planner.index[person.problem]
        while len(asked) < 10 and (question := evaluation.choose(beliefs, asked, stops=stops)):
            asked = (*asked, (question.id, person.answer(question)))
            beliefs = evaluation.beliefs(asked)
            if not stops:
                _tell(told, beliefs, true)
        if stops:
            _tell(told, beliefs, true)
    return {
        level: (len(both), sum(said for said, _ in both) / len(both), sum(right for _, right in both) / len(both))
        for level, both in told.items()
    }


def _tell(told: dict[float, list[tuple[float, bool]]], beliefs: list[float], true: int) -> None:
    for place, belief in enumerate(beliefs):
        if belief >= 0.2:
            told.setdefault(math.floor(belief * 5) / 5, []).append((belief, place == true))


def assert_calibrated(found: dict[float, tuple[int, float, float]], least: int = 50) -> None:
    """Within what chance explains: three standard errors and a little."""
    checked = 0
    for number, said, right in found.values():
        if number >= least:
            assert right == pytest.approx(said, abs=0.05 + 3 * math.sqrt(said * (1 - said) / number))
            checked += 1
    assert checked


@pytest.mark.slow
@pytest.mark.parametrize("stops", [True, False])
@pytest.mark.parametrize(
    "shape", [*OFTEN, *(pytest.param(each, marks=pytest.mark.night) for each in ("vague", "choices"))]
)
def test_beliefs_are_as_right_as_they_say_elsewhere(tmp_path: Path, shape: str, *, stops: bool) -> None:
    planner, several = made(tmp_path, shape, 3, number=150, problems=30, questions=20)
    assert_calibrated(reliability(planner, several, stops=stops), 40)


@pytest.mark.slow
@pytest.mark.parametrize("stops", [True, False])
def test_beliefs_about_guides_are_as_right_as_they_say(*, stops: bool) -> None:
    """Lists of symptoms among the questions; people see what guides say, and know their area."""
    guides = [
        guide(
            f"g{i}",
            problem(f"p{i}", f"Sign {i} shows (often)", f"Mark {i % 9} blinks (sometimes)"),
            problem(f"q{i}", f"Noise {i} is heard (always)", f"Mark {i % 7} blinks (often)"),
            category=f"Area {i % 4}",
        )
        for i in range(20)
    ]
    published = library(*guides).published
    told = tuple(one for one in published.table.problems if one.id in published.problems)
    table = Catalogue(told, published.table.questions, published.table.symptoms)
    planner = Planner(table, wrong=0.1, unsure=0.1, escalation=100)
    several = list(people(published, planner, 250, wrong=0.1, unsure=0.1, rng=random.Random(5)))
    found = reliability(planner, several, stops=stops)
    for number, said, right in found.values():
        if number >= 40:
            assert right == pytest.approx(said, abs=0.15)
    assert any(number >= 40 for number, _, _ in found.values())


def test_evidence_against_all_problems_leaves_a_plan() -> None:
    certain = {name: {"yes": 1.0} for name in "ab"}
    several = tuple(Question(f"q{k}", likelihood=certain) for k in range(60))
    planner = Planner(Catalogue((Problem("a"), Problem("b")), several), wrong=0.0)
    beliefs = planner.beliefs(planner.evidence([(q.id, "no") for q in several]))
    assert beliefs == [0.5, 0.5]
    assert planner.plan(beliefs).order == [0, 1]


def test_a_dense_catalogue_is_weighed_like_a_sparse_one() -> None:
    chance = random.Random(2)
    names = [f"p{i}" for i in range(12)]
    rows = {name: {"yes": chance.random()} for name in names}
    dense = Planner(Catalogue(tuple(Problem(name) for name in names), (Question("q", likelihood=rows),)), wrong=0.1)
    spare = tuple(Problem(f"x{i}", prior=0.0) for i in range(200))
    sparse = Planner(Catalogue((*dense.catalogue.problems, *spare), dense.catalogue.questions), wrong=0.1)
    assert dense.gain("q", dense.prior) == pytest.approx(sparse.gain("q", sparse.prior))
    evidence = [("q", "yes")]
    assert dense.evidence(evidence) == pytest.approx(sparse.evidence(evidence)[:12])


def test_the_command_measures_a_noisy_uneven_catalogue(tmp_path: Path) -> None:
    cases, path = walk_catalogues.write(tmp_path, walk_catalogues.catalogue("uneven choices", 1, 40, 20), 30, 1)
    out = StringIO()
    noise = ("--wrong", "0.1", "--unsure", "0.1", "--json")
    call_command("evaluate_walks", str(cases), "--catalogue", str(path), *noise, stdout=out)
    found = json.loads(out.getvalue())
    assert list(found) == [
        "problems", "questions", "cases", "entropy_bits", "after", "stop", "no_questions",
    ]  # fmt: skip
    assert set(found["after"]["1"]) == {"top1", "top3", "rank"}
    assert set(found["stop"]) == {"questions", "cost"}
    assert found["stop"]["cost"] < found["no_questions"]["cost"]
