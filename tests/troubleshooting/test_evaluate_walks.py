"""`evaluate_walks` measures walks on files and on the published guides."""

from __future__ import annotations

import json
import random
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.conftest import WriteGuide
from tests.support.walk_library import guide, library, problem
from troubleshooting.evaluation.asking import Asked, Bin, Facts, Measured, reliability
from troubleshooting.evaluation.cases import BadFileError, read_cases, read_catalogue
from troubleshooting.evaluation.measures import Evaluation
from troubleshooting.evaluation.people import Walk
from troubleshooting.evaluation.simulation import people
from troubleshooting.planning.planner import Planner

CATALOGUE = {
    "problems": [
        {"id": name, "title": name, "prior": prior, "cost": 3} for name, prior in (("a", 2), ("b", 1), ("c", 1))
    ],
    "questions": [
        {
            "id": "first",
            "text": "First?",
            "cost": 1,
            "answers": ["0", "1"],
            "likelihood": {"a": {"0": 1.0, "1": 0.0}, "b": {"0": 0.0, "1": 1.0}, "c": {"0": 0.0, "1": 1.0}},
        },
        {
            "id": "second",
            "text": "Second?",
            "cost": 1,
            "answers": ["0", "1"],
            "likelihood": {"a": {"0": 1.0, "1": 0.0}, "b": {"0": 1.0, "1": 0.0}, "c": {"0": 0.0, "1": 1.0}},
        },
    ],
}
CASES = [
    {"problem": "a", "answers": {"first": "0", "second": "0"}},
    {"problem": "b", "answers": {"first": "1", "second": "0"}},
    {"problem": "c", "answers": {"first": "1", "second": "1"}},
    {"problem": "c", "answers": {}},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    catalogue, cases = tmp_path / "x.catalogue.json", tmp_path / "x.cases.jsonl"
    catalogue.write_text(json.dumps(CATALOGUE))
    cases.write_text("\n".join(json.dumps(case) for case in CASES) + "\n\n")
    return str(cases), str(catalogue)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_walks", *arguments, stdout=out)
    return out.getvalue()


def figures(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return found


def test_it_measures_cases_on_a_catalogue(files: tuple[str, str]) -> None:
    cases, catalogue = files
    found = figures(cases, "--catalogue", catalogue)
    assert (found["problems"], found["questions"], found["cases"]) == (3, 2, 4)
    assert found["entropy_bits"] == pytest.approx(1.5)
    assert set(found["after"]) == {"1", "3", "5", "8"}
    assert found["after"]["1"] == {
        "top1": pytest.approx(0.5),
        "top3": 1.0,
        "rank": pytest.approx((1 + 1.5 + 1.5 + 2.5) / 4),
    }
    assert found["after"]["3"]["top1"] == pytest.approx(3 / 4)
    assert found["no_questions"]["cost"] == pytest.approx((3 + 3 * 7.5) / 4)
    assert found["tell_apart"]["questions"] == pytest.approx(1.5)
    assert found["stop"]["questions"] > 1


def test_it_prints_the_same_in_words(files: tuple[str, str]) -> None:
    text = run(files[0], "--catalogue", files[1])
    assert "3 problems, 2 questions, 4 cases" in text
    assert "entropy of the prior: 1.500 bits" in text
    assert "asking nothing:     cost 6.375" in text
    assert "to tell all apart:  1.500 questions expected" in text


@pytest.mark.parametrize("policy", ["planner", "file", "random"])
def test_every_policy_tells_all_apart_in_the_end(files: tuple[str, str], policy: str) -> None:
    found = figures(files[0], "--catalogue", files[1], "--policy", policy)
    assert found["after"]["8"]["top1"] == pytest.approx(3 / 4)


def test_the_file_policy_asks_in_the_order_of_the_file(files: tuple[str, str], tmp_path: Path) -> None:
    turned = CATALOGUE | {"questions": CATALOGUE["questions"][::-1]}
    path = tmp_path / "turned.json"
    path.write_text(json.dumps(turned))
    assert figures(files[0], "--catalogue", str(path), "--policy", "file")["tell_apart"]["questions"] == 1.75
    assert figures(files[0], "--catalogue", str(path))["tell_apart"]["questions"] == 1.5


def test_the_same_seed_gives_the_same_figures(files: tuple[str, str]) -> None:
    noisy = (files[0], "--catalogue", files[1], "--wrong", "0.3", "--unsure", "0.3", "--policy", "random")
    assert figures(*noisy, "--seed", "3") == figures(*noisy, "--seed", "3")
    assert any(figures(*noisy, "--seed", "3") != figures(*noisy, "--seed", str(seed)) for seed in range(4, 8))


def test_noise_makes_the_figures_worse(files: tuple[str, str], tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(json.dumps(case) for case in CASES[:3] * 40))
    clean = figures(str(many), "--catalogue", files[1])
    for noise in ("--wrong", "--unsure"):
        assert (
            figures(str(many), "--catalogue", files[1], noise, "0.4")["after"]["8"]["rank"]
            > clean["after"]["8"]["rank"]
        )


def test_it_can_be_limited(files: tuple[str, str]) -> None:
    assert figures(files[0], "--catalogue", files[1], "--limit", "2")["cases"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{cases}"], "Give cases and --catalogue together"),
        (["--catalogue", "{catalogue}"], "Give cases and --catalogue together"),
        (["{cases}", "--catalogue", "{catalogue}", "--limit", "0"], "--limit must be at least 1"),
        (["{cases}", "--catalogue", "{catalogue}", "--wrong", "1.5"], "1.5 is not a share"),
        (["{cases}", "--catalogue", "nowhere.json"], "nowhere.json can't be read"),
        (["{cases}", "--catalogue", "{cases}"], "can't be read as JSON"),
        (["{catalogue}", "--catalogue", "{catalogue}"], "not a case"),
    ],
)
def test_what_is_asked_wrongly_is_explained(files: tuple[str, str], arguments: list[str], sentence: str) -> None:
    named = {"{cases}": files[0], "{catalogue}": files[1]}
    with pytest.raises(CommandError, match=sentence.replace("(", r"\(")):
        run(*(named.get(argument, argument) for argument in arguments))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"problems": []}, "it needs problems"),
        ({"problems": [{"id": "a"}, {"id": "a"}]}, "an id of its own"),
        ({"problems": [{"id": "a", "prior": 0}]}, "no problem has a prior above 0"),
        ({"problems": [{"id": "a", "prior": -1}]}, "can't be negative"),
        ({"problems": [{"id": "a", "cost": 0}]}, "must be positive"),
        ({"problems": [{"title": "a"}]}, "has no 'id'"),
        ({"problems": "abc"}, "not a catalogue"),
        ({"questions": [{"id": "q", "answers": ["0"], "likelihood": {"z": {}}}]}, "unknown problem 'z'"),
        ({"questions": [{"id": "q", "answers": ["0"], "likelihood": {"a": {"9": 1}}}]}, "'9' is not among its answers"),
        ({"questions": [{"id": "q", "answers": []}]}, "needs answers"),
        ({"questions": [{"id": "q", "answers": ["0", "0"]}]}, "same answer twice"),
        ({"questions": [{"id": "q", "answers": ["0"]}] * 2}, "two questions have the same id"),
        ({"questions": [{"id": "q", "answers": ["0"], "cost": float("nan")}]}, "a cost above 0"),
        ({"problems": [{"id": "a", "prior": float("inf")}]}, "can't be negative"),
        ({"problems": [{"id": "a", "cost": float("nan")}]}, "must be positive"),
        *(
            ({"questions": [{"id": "q", "answers": ["0", "1"], "likelihood": {"a": row}}]}, "from 0 to 1")
            for row in ({"0": -0.1}, {"0": 1.5}, {"0": float("nan")}, {"0": 0.7, "1": 0.7})
        ),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(CATALOGUE | change))
    with pytest.raises(BadFileError, match=sentence):
        read_catalogue(path)


def test_cases_name_their_line_when_they_are_wrong(files: tuple[str, str], tmp_path: Path) -> None:
    catalogue = read_catalogue(Path(files[1]))
    path = tmp_path / "bad.jsonl"
    path.write_text('{"problem": "a", "answers": {}}\n{"problem": "z", "answers": {}}\n')
    with pytest.raises(BadFileError, match=r"bad.jsonl:2: the catalogue has no problem 'z'"):
        read_cases(path, catalogue)
    with pytest.raises(BadFileError, match="can't be read"):
        read_cases(tmp_path / "nowhere", catalogue)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"third": "0"}, "the catalogue has no question 'third'"),
        ({"first": "2"}, "'2' is not an answer to question 'first'"),
    ],
)
def test_answers_that_the_catalogue_does_not_know_are_refused(
    files: tuple[str, str], tmp_path: Path, answers: dict[str, str], sentence: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("\n" + json.dumps({"problem": "a", "answers": answers}))
    with pytest.raises(CommandError, match=f"bad.jsonl:2: {sentence}"):
        run(str(path), "--catalogue", files[1])


def test_an_answer_that_is_absent_means_not_sure(files: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    for answers in ({}, {"first": None}):
        path.write_text(json.dumps({"problem": "a", "answers": answers}))
        assert figures(str(path), "--catalogue", files[1])["after"]["8"]["rank"] == 1
        path.write_text(json.dumps({"problem": "b", "answers": answers}))
        assert figures(str(path), "--catalogue", files[1])["after"]["8"]["rank"] == 2.5


@pytest.mark.django_db
def test_without_files_it_measures_the_published_guides(write_guide: WriteGuide) -> None:
    for number in range(3):
        text = f"# Guide {number}\n\n**Symptoms:**\n\n- Sign {number}\n\n**Solution:**\n\n1. Do {number}.\n"
        write_guide(text, f"g{number}.md")
    found = figures("--limit", "20")
    assert (found["problems"], found["cases"]) == (3, 20)
    assert found["after"]["1"]["top1"] > 0.9
    assert "tell_apart" not in found
    assert figures("--limit", "20", "--policy", "file")["after"]["1"]["top1"] > 0.9


@pytest.mark.django_db
def test_without_guides_it_says_so() -> None:
    with pytest.raises(CommandError, match="load guides first"):
        run()


def test_nothing_can_be_measured_without_people(files: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="no case"):
        Evaluation(Planner(read_catalogue(Path(files[1])))).report([])


# Simulated people


def test_simulated_people_answer_as_their_problem_makes_them() -> None:
    room = library(
        guide("a", problem("p", "It hums (always)"), problem("q", "It hums (always)", "It smells"), category="One"),
        guide("b", problem("r"), category="Two", applies_to=["X"]),
        guide("c", problem("s", "It burns"), applies_to=["Y"]),
    )
    everyone = list(people(room.published, room.planner, 80, wrong=0.0, unsure=0.0, rng=random.Random(1)))
    assert {room.published.problems[p.problem].anchor for p in everyone} == {"p", "q", "r", "s"}
    lists = room.planner.question("looks-" + ".".join(room.published.symptom_texts))
    for person in everyone:
        own = room.published.problems[person.problem]
        picked = person.answer(lists)
        assert picked in (
            {s.id for s in own.symptoms} or {s for s, t in room.published.symptom_texts.items() if t == own.title}
        )
        assert person.answer(lists) == picked
        area = person.answer(room.planner.question("area"))
        assert own.guide.category_slug in (area, "") or area is not None
        product = person.answer(room.planner.question("product"))
        assert (product is None) == (own.guide.slug == "a")
        (shared,) = [q for q in room.planner.catalogue.questions if q.id.startswith("see-")]
        if own.guide.slug != "a":
            assert person.answer(shared) == "no"


def test_a_share_of_simulated_answers_is_wrong_or_not_sure() -> None:
    room = library(guide("a", problem("p", "It hums (always)"), problem("q", "It burns (always)")))
    lists = room.planner.question("looks-" + ".".join(room.published.symptom_texts))
    noisy = people(room.published, room.planner, 400, wrong=0.3, unsure=0.2, rng=random.Random(1))
    replies = [(person.answer(lists), room.published.problems[person.problem].symptoms[0].id) for person in noisy]
    unsure = sum(reply is None for reply, _ in replies)
    wrong = sum(reply not in (None, own) for reply, own in replies)
    assert unsure == pytest.approx(80, abs=25)
    assert wrong == pytest.approx(96, abs=30)


# Questions that people typed


def ask(tmp_path: Path, *questions: tuple[str, list[str]]) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps({"query": text, "relevant": paths}) + "\n" for text, paths in questions))
    return str(path)


@pytest.fixture
def two_guides(write_guide: WriteGuide) -> None:
    write_guide(
        "# The lamp flickers\n\n## Loose bulb\n\n**Symptoms:**\n\n- The lamp flickers at night\n\n"
        "**Solution:**\n\n1. Screw the bulb in.\n",
        "home/lamp.md",
    )
    write_guide(
        "# Kettles\n\n## Descaling\n\nBoil vinegar in the kettle to dissolve the limescale.\n", "home/kettle.md"
    )


@pytest.mark.usefixtures("two_guides")
def test_two_people_walk_with_what_was_typed(tmp_path: Path) -> None:
    path = ask(tmp_path, ("the lamp flickers at night", ["lamp.md"]), ("limescale in the kettle", ["home/kettle.md"]))
    found = figures("--questions", path)
    for person in ("knows", "says"):
        assert found[person]["walks"] == 2
        assert found[person]["top1_before"] == found[person]["top3_before"] == 1.0
    assert found["knows"]["reached"] == 1.0
    assert found["knows"]["with_problem"] == 0.5
    assert sum(row["number"] for row in found["reliability"]["belief"]) == 2
    assert all(row["true"] == 1.0 for row in found["reliability"]["covered"])


@pytest.mark.usefixtures("two_guides")
def test_what_no_guide_answers_is_told_of_by_itself(tmp_path: Path) -> None:
    path = ask(tmp_path, ("lamp flickers", ["lamp.md"]), ("parking permit for visitors", []))
    found = figures("--questions", path)
    assert (found["knows"]["walks"], found["uncovered"]["says"]["walks"]) == (1, 1)
    assert found["uncovered"]["says"]["escalate"] == 1.0
    assert found["uncovered"]["says"]["top1_before"] == found["uncovered"]["says"]["reached"] == 0.0
    everything = figures("--questions", path, "--uncovered")
    assert everything["says"]["walks"] == 2
    assert "uncovered" not in everything


@pytest.mark.usefixtures("two_guides")
def test_the_figures_of_typed_questions_can_be_read(tmp_path: Path) -> None:
    path = ask(tmp_path, ("lamp flickers", ["lamp.md"]), ("parking permit for visitors", []))
    text = run("--questions", path, "--limit", "1")
    assert "belief in the first candidate before any question" in text
    assert re.search(r"^walks +1 +1$", text, re.MULTILINE)
    assert "answered by none" not in text


@pytest.mark.usefixtures("two_guides")
def test_a_path_that_is_no_guides_is_named_with_its_line(tmp_path: Path) -> None:
    path = ask(tmp_path, ("lamp flickers", ["lamp.md"]), ("the toaster", ["toaster.md"]))
    err = StringIO()
    call_command("evaluate_walks", "--questions", path, stdout=StringIO(), stderr=err)
    assert f"{path}:2: no guide that everybody may read has the path toaster.md" in err.getvalue()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--uncovered"], "--uncovered goes with --questions"),
        (["--questions", "{bad}"], "bad.jsonl:2: write "),
        (["--questions", "nowhere.jsonl"], "nowhere.jsonl can't be read"),
        (["--questions", "{fine}", "--limit", "0"], "--limit must be at least 1"),
        (["--questions", "{fine}"], "load the guides first"),
        (["{fine}", "--catalogue", "{fine}", "--questions", "{fine}"], "either cases and --catalogue, or --questions"),
    ],
)
@pytest.mark.django_db
def test_a_file_of_questions_that_is_wrong_is_explained(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    (tmp_path / "bad.jsonl").write_text('{"query": "a", "relevant": []}\n{"query": "a"}\n')
    named = {"{fine}": ask(tmp_path, ("lamp", ["lamp.md"])), "{bad}": str(tmp_path / "bad.jsonl")}
    with pytest.raises(CommandError, match=sentence):
        run(*(named.get(argument, argument) for argument in arguments))


def test_a_belief_of_one_is_in_the_last_bin() -> None:
    asked = (Asked("a", (Facts("lamp", ""),)), Asked("b"))
    walks = (
        Walk("solution", "lamp", 1, ("lamp",), ("lamp",), 1.0, 0.95),
        Walk("escalate", "", 2, ("lamp",), (), 0.9, 0.15),
    )
    table = reliability([Measured(asked, {"says": walks})])
    assert table["belief"] == [Bin(0.9, 2, 0.95, 0.5)]
    assert table["covered"] == [Bin(0.1, 1, 0.15, 0.0), Bin(0.9, 1, 0.95, 1.0)]
