"""Narrows a catalogue to the few problems and guides that a search found: planning costs the same in any library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from rapidfuzz import fuzz, process

from kb.content.patterns import linear
from kb.content.wording import stored_symptom_key
from troubleshooting.catalogue.questions import questions_after_words, symptoms_for
from troubleshooting.catalogue.values import OTHER, SHARED_SYMPTOM, Problem, Published, Wording
from troubleshooting.planning import tables
from troubleshooting.planning.symptom_lists import LIST_PREFIX
from troubleshooting.planning.tables import Question

READING_COST = 2 * tables.STEP_COST
FEWEST_ANSWERS = 2
ALIKE_SYMPTOMS = 90  # of 100, by rapidfuzz
_WITH_DIGIT = linear(r"\w*\d\w*")


def narrowed(
    whole: Published, chosen: Iterable[Problem], answers: Mapping[str, str], change: str = "", guide: str = ""
) -> Published:
    """What is published, as if it had these problems and whole guides alone.

    Its questions are those that tell them apart, with the answers that fit some of them; those that have `answers`
    stay, with the answers that were given: nothing that a person said gets lost. One to `change` has all answers, as
    those have that a `guide` (its slug) asks itself.
    """
    problems = {problem.id: problem for problem in chosen}
    planned = [whole.planned.get(key) or _as_planned(problem) for key, problem in problems.items()]
    collected = questions_after_words(list(problems.values()), whole.categories)
    questions = {question.id: question for question in collected.questions if _tells(question)}
    own = whole.own_questions(guide)
    for key in dict.fromkeys([*answers, change, *own]):
        if question := questions.get(key) or _of_these(whole.questions.get(key), problems):
            known = whole.wordings[key].answers if key in whole.wordings else {}
            given = list(known) if key == change or key in own else [answers[key]] if answers[key] in known else []
            questions[key] = replace(question, answers=tuple(dict.fromkeys([*question.answers, *given])))
    symptoms, texts = symptoms_for(problem for problem in problems.values() if problem.symptoms)
    symptoms = _alike_merged(symptoms, texts, answers)
    return replace(
        whole,
        table=tables.Catalogue((*planned, whole.planned[OTHER]), tuple(questions.values()), symptoms),
        problems=problems,
        wordings={**whole.wordings, **_with_all_answers(collected.wordings, whole.wordings)},
        symptom_texts={**texts, **whole.symptom_texts},
    )


def problems_answered_about(whole: Published, answers: Iterable[str]) -> Iterator[str]:
    """The problems with the symptoms, or behind the writers' own questions, that were answered (ids of questions)."""
    for question in answers:
        for symptom in _symptoms_in(question):
            yield from whole.table.symptoms.get(symptom, ())
        if question in whole.leads_to:
            yield from whole.questions[question].likelihood


def _alike_merged(
    symptoms: Mapping[str, Mapping[str, float]], texts: Mapping[str, str], answers: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """The symptoms with those that say the same in nearly the same words as one; those that were asked about stay."""
    asked = {symptom for question in answers for symptom in _symptoms_in(question)}
    merged: dict[str, dict[str, float]] = {symptom: dict(symptoms[symptom]) for symptom in asked if symptom in symptoms}
    keys: dict[frozenset[str], dict[str, str]] = {}
    for symptom in merged:
        keys.setdefault(_numbers(texts[symptom]), {})[symptom] = stored_symptom_key(texts[symptom])
    for symptom, chances in symptoms.items():
        if symptom in merged:
            continue
        key, comparable = stored_symptom_key(texts[symptom]), keys.setdefault(_numbers(texts[symptom]), {})
        alike = process.extractOne(key, comparable, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE_SYMPTOMS)
        if alike is None:
            comparable[symptom] = key
        merged.setdefault(alike[2] if alike else symptom, {}).update(chances)
    return merged


def _numbers(symptom: str) -> frozenset[str]:
    """The numbers, codes and versions in a symptom: two that differ in one are not alike, whatever else they share."""
    return frozenset(_WITH_DIGIT.findall(symptom.casefold()))


def _symptoms_in(question: str) -> list[str]:
    """The symptoms that a question asks about, by its id; for others, something that is none."""
    return question.removeprefix(SHARED_SYMPTOM).removeprefix(LIST_PREFIX).split(".")


def _with_all_answers(own: Mapping[str, Wording], whole: Mapping[str, Wording]) -> dict[str, Wording]:
    """The wordings with the labels of answers that fit none of the few problems, too: they may have been given."""
    labels = {
        key: {**whole[key].answers, **wording.answers} if key in whole else wording.answers
        for key, wording in own.items()
    }
    return {key: replace(wording, answers=labels[key]) for key, wording in own.items()}


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
