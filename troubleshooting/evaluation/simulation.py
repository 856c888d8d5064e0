"""Simulates people who have one of the published problems and answer as its guide says."""

from __future__ import annotations

import random
from collections.abc import Iterator

from troubleshooting.catalogue.values import Problem, Published
from troubleshooting.evaluation.measures import Person
from troubleshooting.planning.planner import Planner
from troubleshooting.planning.symptom_lists import LIST_PREFIX, NONE_OF_THESE
from troubleshooting.planning.tables import Question


def people(
    published: Published, planner: Planner, number: int, *, wrong: float, unsure: float, rng: random.Random
) -> Iterator[Person]:
    """`number` people, their problems drawn by the priors; a share of their answers is wrong, another 'not sure'.

    They know which product they use and where it goes wrong, see each symptom of their problem as often as the guide
    says, recognise those that they see, and know nothing of what their problem's guide does not mention.
    """
    problems = list(published.problems.values())
    weights = [planner.prior[planner.index[problem.id]] for problem in problems]
    for problem in rng.choices(problems, weights, k=number):
        simulated = _Simulated(problem, wrong, unsure, random.Random(rng.random()))  # noqa: S311 - repeatable
        yield Person(problem.id, simulated.answer)


class _Simulated:
    """One person; what they see is drawn once, what they answer stays the same when they are asked again."""

    def __init__(self, problem: Problem, wrong: float, unsure: float, rng: random.Random) -> None:
        self.problem, self.wrong, self.unsure, self.rng = problem, wrong, unsure, rng
        self.sees = self._draw_symptoms()
        self.answers: dict[str, str | None] = {}

    def _draw_symptoms(self) -> set[str]:
        """The symptoms that they see, one at least: whoever saw none would not be looking for help."""
        symptoms = self.problem.symptoms
        seen = {symptom.id for symptom in symptoms if self.rng.random() < symptom.chance}
        if symptoms and not seen:
            seen = {self.rng.choices(symptoms, [symptom.chance for symptom in symptoms])[0].id}
        return seen

    def answer(self, question: Question) -> str | None:
        """What this person replies, None for 'not sure'."""
        if question.id not in self.answers:
            self.answers[question.id] = self._reply(question)
        return self.answers[question.id]

    def _reply(self, question: Question) -> str | None:
        if self.rng.random() < self.unsure:
            return None
        true = self._true_answer(question)
        others = [answer for answer in question.answers if answer != true]
        if true is not None and others and self.rng.random() < self.wrong:
            return self.rng.choice(others)
        return true

    def _true_answer(self, question: Question) -> str | None:
        if question.id.startswith(LIST_PREFIX):
            seen = [symptom for symptom in question.symptoms if self._recognises(symptom, question)]
            return self.rng.choice(seen) if seen else NONE_OF_THESE
        if question.symptoms:
            return "yes" if question.symptoms[0] in self.sees else "no"
        row = question.likelihood.get(self.problem.id)
        return self.rng.choices(list(row), list(row.values()))[0] if row else None

    def _recognises(self, symptom: str, question: Question) -> bool:
        """Symptoms that they see; a problem without a symptom is known by its title."""
        is_title = not self.problem.symptoms and question.likelihood.get(self.problem.id, {}).get(symptom, 0) > 1 / 2
        return symptom in self.sees or is_title
