"""Makes up catalogues such as experts write, with cases drawn from them, to measure the planner on more than one kind.

The shapes are those of diagnosis: what a person sees depends on the problem, more or less surely, and problems, repairs
and questions are common or rare, cheap or dear.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, float]
Catalogue = dict[str, Any]


def catalogue(shape: str, seed: int, problems: int = 60, questions: int = 30) -> Catalogue:
    """A catalogue of one of the SHAPES."""
    chance = random.Random(f"{shape} {seed}")
    names = [f"p{i}" for i in range(problems)]
    rows = SHAPES[shape](chance, names, questions)
    asked = [
        {"id": f"q{k}", "text": f"Question {k}?", "cost": 1, "answers": answers, "likelihood": likelihood}
        for k, (answers, likelihood) in enumerate(rows)
    ]
    told: list[dict[str, Any]] = [{"id": name, "title": name, "prior": 1, "cost": 3} for name in names]
    if shape in UNEVEN:
        for place, problem in enumerate(chance.sample(told, len(told))):
            problem |= {"prior": 1 / (1 + place), "cost": chance.choice([1, 3, 3, 6, 12, 30])}
        for question in asked:
            question["cost"] = chance.choice([0.5, 1, 1, 2, 4])
    return {"problems": told, "questions": asked}


def cases(written: Catalogue, number: int, seed: int) -> list[dict[str, Any]]:
    """People whose problems are drawn by the priors, and whose answers are drawn by the likelihoods."""
    chance = random.Random(f"cases {seed}")
    problems = written["problems"]
    drawn = chance.choices([p["id"] for p in problems], [p["prior"] for p in problems], k=number)
    return [{"problem": name, "answers": _answers(written, name, chance)} for name in drawn]


def write(folder: Path, written: Catalogue, number: int, seed: int) -> tuple[Path, Path]:
    """The files of cases and of the catalogue, as `evaluate_walks` takes them."""
    paths = folder / "made.cases.jsonl", folder / "made.catalogue.json"
    paths[0].write_text("".join(json.dumps(case) + "\n" for case in cases(written, number, seed)))
    paths[1].write_text(json.dumps(written))
    return paths


def _answers(written: Catalogue, name: str, chance: random.Random) -> dict[str, str]:
    said = {}
    for question in written["questions"]:
        answers, row = question["answers"], question["likelihood"].get(name, {})
        missing = [answer for answer in answers if answer not in row]
        over = max(0.0, 1 - sum(row.values())) / max(1, len(missing))
        said[question["id"]] = chance.choices(answers, [row.get(answer, over) for answer in answers])[0]
    return said


Rows = Iterator[tuple[list[str], dict[str, Row]]]


def _yes(chance_of_yes: float) -> Row:
    return {"yes": round(chance_of_yes, 4), "no": round(1 - chance_of_yes, 4)}


def _sure(chance: random.Random, names: list[str], questions: int) -> Rows:
    """Each problem gives each question one certain answer."""
    for _ in range(questions):
        share = chance.choice([0.1, 0.3, 0.5])
        yield ["yes", "no"], {name: _yes(float(chance.random() < share)) for name in names}


def _medical(chance: random.Random, names: list[str], questions: int) -> Rows:
    """Signs that a few problems show often and all others seldom; most entries are missing from expert tables."""
    for _ in range(questions):
        background = chance.choice([0.01, 0.05, 0.15])
        showing = set(chance.sample(names, max(1, int(len(names) * chance.choice([0.05, 0.15, 0.3])))))
        rows = {name: _yes(chance.betavariate(4, 1.5) if name in showing else background) for name in names}
        yield ["yes", "no"], rows


def _vague(chance: random.Random, names: list[str], questions: int) -> Rows:
    """Likelihoods all over the place: a mix of betas."""
    for _ in range(questions):
        shapes = chance.choice([((0.5, 0.5),), ((2, 2),), ((5, 1), (1, 5)), ((1, 8), (1, 8), (6, 2))])
        yield ["yes", "no"], {name: _yes(chance.betavariate(*chance.choice(shapes))) for name in names}


def _correlated(chance: random.Random, names: list[str], questions: int) -> Rows:
    """Several questions about the same few things."""
    things = [{name: float(chance.random() < 0.5) for name in names} for _ in range(max(3, questions // 4))]
    for k in range(questions):
        thing, noise = things[k % len(things)], chance.uniform(0.02, 0.3)
        yield ["yes", "no"], {name: _yes(abs(thing[name] - noise)) for name in names}


def _choices(chance: random.Random, names: list[str], questions: int) -> Rows:
    """Three to six answers, some left out of the rows, and rows left out."""
    for _ in range(questions):
        answers = [f"a{k}" for k in range(chance.randint(3, 6))]
        rows: dict[str, Row] = {}
        for name in names:
            if chance.random() < 0.1:
                continue
            own = chance.sample(answers, chance.randint(1, 2))
            rows[name] = {answer: round(chance.uniform(0.6, 0.95) / len(own), 4) for answer in own}
        yield answers, rows


SHAPES: dict[str, Callable[[random.Random, list[str], int], Rows]] = {
    "sure": _sure,
    "medical": _medical,
    "vague": _vague,
    "correlated": _correlated,
    "choices": _choices,
    "uneven medical": _medical,
    "uneven vague": _vague,
    "uneven choices": _choices,
    "uneven sure": _sure,
}
UNEVEN = frozenset(shape for shape in SHAPES if shape.startswith("uneven"))
