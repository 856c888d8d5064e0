"""Narrows a catalogue to the few problems and guides that a search found: planning costs the same in any library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from troubleshooting.catalogue.questions import questions_for, symptoms_for
from troubleshooting.catalogue.values import OTHER, Problem, Published
from troubleshooting.planning import tables
from troubleshooting.planning.symptom_lists import LIST_PREFIX
from troubleshooting.planning.tables import Question

READING_COST = 2 * tables.STEP_COST
FEWEST_ANSWERS = 2
SHARED_SYMPTOM = "see-"


def narrowed(whole: Published, chosen: Iterable[Problem], answers: Mapping[str, str]) -> Published:
    """What is published, as if it had these problems and whole guides alone.

    Its questions are those that tell them apart, with the answers that fit some of them; those that have `answers`
    stay, with the answers that were given: nothing that a person said gets lost.
    """
    problems = {problem.id: problem for problem in chosen}
    planned = [whole.planned.get(key) or _as_planned(problem) for key, problem in problems.items()]
    collected = questions_for(list(problems.values()), (), whole.categories, {})
    questions = {question.id: question for question in collected.questions if _tells(question)}
    for key in answers:
        if question := questions.get(key) or _of_these(whole.questions.get(key), problems):
            given = answers[key] if answers[key] in whole.wordings[key].answers else question.answers[0]
            questions[key] = replace(question, answers=tuple(dict.fromkeys([*question.answers, given])))
    symptoms, texts = symptoms_for(problems.values())
    return replace(
        whole,
        table=tables.Catalogue((*planned, whole.planned[OTHER]), tuple(questions.values()), symptoms),
        problems=problems,
        symptom_texts={**texts, **whole.symptom_texts},
    )


def problems_answered_about(whole: Published, answers: Iterable[str]) -> Iterator[str]:
    """The problems with the symptoms, or behind the writers' own questions, that were answered (ids of questions)."""
    for question in answers:
        for symptom in question.removeprefix(SHARED_SYMPTOM).removeprefix(LIST_PREFIX).split("."):
            yield from whole.table.symptoms.get(symptom, ())
        if question in whole.leads_to:
            yield from whole.questions[question].likelihood


def _as_planned(guide: Problem) -> tables.Problem:
    return tables.Problem(guide.id, guide.title, guide.guide.weight, READING_COST)


def _tells(question: Question) -> bool:
    """Whether some of its answers speak for one problem, and some for another."""
    if question.default:
        return True
    return len({answer for row in question.likelihood.values() for answer in row}) >= FEWEST_ANSWERS


def _of_these(question: Question | None, problems: Mapping[str, Problem]) -> Question | None:
    """A question of the whole catalogue, with what it says of these problems."""
    if question is None:
        return None
    return replace(question, likelihood={key: row for key, row in question.likelihood.items() if key in problems})
