"""Reads catalogues and cases from files, and makes people of the cases whose answers are known."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from troubleshooting.evaluation.measures import Person
from troubleshooting.planning.tables import QUESTION_COST, STEP_COST, Catalogue, Problem, Question

ROUNDING = 0.01


class BadFileError(Exception):
    """A file that is not in the form it should have; the message says which, where and why."""


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file `{"problems": [...], "questions": [...]}`; BadFileError when it is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        catalogue = Catalogue(
            tuple(_problem(item) for item in data["problems"]), tuple(_question(item) for item in data["questions"])
        )
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadFileError(f"{path} can't be read as JSON: {error}") from None
    except KeyError as error:
        raise BadFileError(f"{path} is not a catalogue: something in it has no {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise BadFileError(f"{path} is not a catalogue: {error}") from None
    _check(catalogue, path)
    return catalogue


def read_cases(path: Path, catalogue: Catalogue) -> list[tuple[str, dict[str, str]]]:
    """(problem id, answers by question id) of each line; BadFileError when one is no case of the catalogue."""
    problems = {problem.id for problem in catalogue.problems}
    questions = {question.id: question.answers for question in catalogue.questions}
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"{path} can't be read: {error}") from None
    cases = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            answers = {str(key): str(value) for key, value in case.get("answers", {}).items() if value is not None}
            problem = str(case["problem"])
        except KeyError as error:
            raise BadFileError(f"{path}:{number}: not a case: it has no {error}") from None
        except (json.JSONDecodeError, TypeError, AttributeError) as error:
            raise BadFileError(f"{path}:{number}: not a case: {error}") from None
        if problem not in problems:
            raise BadFileError(f"{path}:{number}: the catalogue has no problem {problem!r}")
        for question, answer in answers.items():
            if question not in questions:
                raise BadFileError(f"{path}:{number}: the catalogue has no question {question!r}")
            if answer not in questions[question]:
                raise BadFileError(f"{path}:{number}: {answer!r} is not an answer to question {question!r}")
        cases.append((problem, answers))
    return cases


def people_of(
    cases: Iterable[tuple[str, Mapping[str, str]]],
    catalogue: Catalogue,
    *,
    wrong: float,
    unsure: float,
    rng: random.Random,
) -> Iterator[Person]:
    """A person for each case who answers as it says, but for a share of wrong answers and of 'not sure'."""
    for problem, answers in cases:
        given = {q.id: _with_noise(answers.get(q.id), q.answers, wrong, unsure, rng) for q in catalogue.questions}
        yield Person(problem, lambda question, given=given: given[question.id])  # type: ignore[misc]


def _with_noise(
    answer: str | None, answers: tuple[str, ...], wrong: float, unsure: float, rng: random.Random
) -> str | None:
    others = [other for other in answers if other != answer]
    if answer is not None and others and rng.random() < wrong:
        answer = rng.choice(others)
    return None if rng.random() < unsure else answer


def _problem(item: Mapping[str, Any]) -> Problem:
    problem = Problem(
        str(item["id"]), str(item.get("title", "")), float(item.get("prior", 1)), float(item.get("cost", STEP_COST))
    )
    if not 0 <= problem.prior < math.inf or not 0 < problem.cost < math.inf:
        raise ValueError(f"problem {problem.id}: the prior can't be negative, and the cost must be positive")
    return problem


def _question(item: Mapping[str, Any]) -> Question:
    answers = tuple(str(answer) for answer in item["answers"])
    likelihood = {
        str(problem): {str(answer): float(share) for answer, share in row.items()}
        for problem, row in item.get("likelihood", {}).items()
    }
    for problem, row in likelihood.items():
        if not all(0 <= share <= 1 for share in row.values()) or sum(row.values()) > 1 + ROUNDING:
            raise ValueError(
                f"question {item['id']}, problem {problem}: likelihoods are from 0 to 1, and so is their sum"
            )
    if unknown := {answer for row in likelihood.values() for answer in row} - set(answers):
        raise ValueError(f"question {item['id']}: {min(unknown)!r} is not among its answers")
    return Question(
        str(item["id"]), str(item.get("text", "")), answers, likelihood, cost=float(item.get("cost", QUESTION_COST))
    )


def _check(catalogue: Catalogue, path: Path) -> None:
    problems = {problem.id for problem in catalogue.problems}
    if len(problems) < len(catalogue.problems) or not problems:
        raise BadFileError(f"{path} is not a catalogue: it needs problems, each with an id of its own")
    if not sum(problem.prior for problem in catalogue.problems) > 0:
        raise BadFileError(f"{path} is not a catalogue: no problem has a prior above 0")
    if len({question.id for question in catalogue.questions}) < len(catalogue.questions):
        raise BadFileError(f"{path} is not a catalogue: two questions have the same id")
    for question in catalogue.questions:
        if unknown := question.likelihood.keys() - problems:
            raise BadFileError(f"{path}: question {question.id} speaks of the unknown problem {min(unknown)!r}")
        if not question.answers or not 0 < question.cost < math.inf:
            raise BadFileError(f"{path}: question {question.id} needs answers and a cost above 0")
        if len(set(question.answers)) < len(question.answers):
            raise BadFileError(f"{path}: question {question.id} has the same answer twice")
