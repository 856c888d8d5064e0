"""Checks what an address says against what is published, and weighs how well each problem explains it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from troubleshooting.catalogue.values import CATEGORY_QUESTION, OTHER, UNSURE, Problem, Published
from troubleshooting.planning.learning import all_fail
from troubleshooting.planning.planner import Planner, step_reliability
from troubleshooting.planning.symptom_lists import LIST_PREFIX
from troubleshooting.walk.address import Address, Notice, for_display
from troubleshooting.walk.state import Skipped, Tried

# The chance that a start points to the wrong problems, however many there are.
ASTRAY = {"category": 0.05, "code": 0.03, "guide": 0.05, "symptom": 0.1}
# How fast trust falls with the score of a search: of long questions people asked, the first hit was the right one for
# 85 in 100; this power believes it for about 60, since short ones are vaguer.
SCORE_POWER = 5


class Evidence:
    """What a walk goes by: its address, checked against what is published, and what a search found.

    `address` is without what is not known any more; `notices` has one on each thing left out. `tried` are the problems
    of which something was tried in vain, `skipped` those of which something can't be done. Nothing is left to try of
    the `spent` ones, all of the `exhausted` failed.
    """

    def __init__(self, published: Published, planner: Planner, address: Address, found: Mapping[str, float]) -> None:
        self.published, self.planner = published, planner
        self._found = found
        self._narrowed: list[Mapping[str, float]] = []
        self.notices: list[Notice] = []
        self.address = self._checked(address)
        self.answers = dict(self.address.answers)
        self.tried = self._tried()
        self.skipped = self._skipped()
        self.exhausted = {tried.problem.id for tried in self.tried if tried.is_exhausted}
        self.spent = self.exhausted | {
            skipped.problem.id for skipped in self.skipped if self._is_spent(skipped.problem)
        }

    def weights(self) -> list[float]:
        """How well each problem explains all of it (a likelihood, up to a factor), in the planner's order."""
        given = [*self._narrowed, *self._starts()]
        for tried in self.tried:
            failed = tried.problem.steps if tried.is_exhausted else tried.steps
            reliabilities = [step.reliability for step in failed] or [step_reliability(1)]
            given.append({tried.problem.id: all_fail(reliabilities)})
        return self.planner.evidence(self.address.answers, given)

    def _checked(self, address: Address) -> Address:
        published = self.published
        address = replace(
            address,
            category=self._known("category", address.category, published.categories),
            code=self._known_code(address.code),
            guide=self._known("guide", address.guide, published.guides),
            trigger=self._known("reason to escalate", address.trigger, published.triggers),
            pick=self._known_pick(address.pick),
            answers=tuple(self._checked_answers(address.answers)),
        )
        tried = tuple(key for key in address.tried if key in published.steps or key in published.problems)
        skipped = tuple(key for key in address.skipped if key in published.steps and key not in tried)
        fixed = address.fixed if address.fixed in published.steps or address.fixed in published.problems else ""
        known = {*tried, *skipped, fixed}
        if gone := [key for key in (*address.tried, *address.skipped, address.fixed) if key not in known and key]:
            remedy = f"drop {' and '.join(f'“{for_display(key)}”' for key in gone)}"
            fault = "A step that you tried has been changed since"
            self.notices.append(Notice(fault, ", so it is shown again", remedy))
        asked = {question for question, _ in address.answers}
        return replace(
            address, tried=tried, skipped=skipped, fixed=fixed, change=self._known("question", address.change, asked)
        )

    def _known(self, name: str, value: str, among: Container[str]) -> str:
        if not value or value in among:
            return value
        fault = f"There is no {name} “{for_display(value)}” here (any more)"
        self.notices.append(Notice(fault, ", so it was left out"))
        return ""

    def _known_pick(self, pick: str) -> str:
        """The problem, or the first step of the way, that was picked by hand."""
        return pick if pick in self.published.steps else self._known("problem", pick, self.published.problems)

    def _known_code(self, code: str) -> str:
        """The code as the guides write it; one that none of them knows still counts as words to search for."""
        key = self.published.code_key(code)
        if code and not key:
            self.notices.append(Notice(f"No guide knows the error code “{for_display(code)}”"))
        return self.published.code_names[key] if key else code

    def _checked_answers(self, answers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        for written, answer in answers:
            question = self._checked_question(written)
            if not question:
                fault = f"The question “{for_display(written)}” is not asked any more"
                self.notices.append(Notice(fault, ", so its answer was left out"))
            elif answer == UNSURE or answer in self.planner.question(question).answers:
                yield question, answer
            elif written == CATEGORY_QUESTION and answer in self.published.categories:
                self._narrowed.append(self._pointing("category", self._below(answer)))
            else:
                text = for_display(self.published.wording(question).text)
                fault = f"“{for_display(answer)}” is not an answer to “{text}” (any more)"
                self.notices.append(Notice(fault, ", so it was left out"))

    def _checked_question(self, question: str) -> str:
        """The id of a question that is still asked; of a list, what is left of it; '' when there is nothing."""
        if question.startswith(LIST_PREFIX):
            symptoms = question.removeprefix(LIST_PREFIX).split(".")
            question = LIST_PREFIX + ".".join(
                symptom for symptom in dict.fromkeys(symptoms) if symptom in self.published.symptom_texts
            )
        try:
            return self.planner.question(question).id
        except KeyError:
            return ""

    def _tried(self) -> tuple[Tried, ...]:
        tried: dict[str, set[str]] = {}
        for key in self.address.tried:
            tried.setdefault(self.published.steps.get(key, key), set()).add(key)
        return tuple(self._tried_of(problem, ids) for problem, ids in tried.items())

    def _tried_of(self, key: str, ids: set[str]) -> Tried:
        problem = self.published.problems[key]
        steps = tuple(step for step in problem.steps if step.id in ids)
        return Tried(problem, steps, key in ids or len(steps) == len(problem.steps))

    def _skipped(self) -> tuple[Skipped, ...]:
        skipped: dict[str, set[str]] = {}
        for key in self.address.skipped:
            skipped.setdefault(self.published.steps[key], set()).add(key)
        problems = ((self.published.problems[key], ids) for key, ids in skipped.items())
        return tuple(Skipped(problem, tuple(s for s in problem.steps if s.id in ids)) for problem, ids in problems)

    def _is_spent(self, problem: Problem) -> bool:
        """Whether each of its steps failed or can't be done."""
        return {step.id for step in problem.steps} <= {*self.address.tried, *self.address.skipped}

    def _starts(self) -> Iterable[Mapping[str, float]]:
        address, published = self.address, self.published
        if address.category:
            yield self._pointing("category", self._below(address.category))
        if named := published.codes.get(published.code_key(address.code)):
            yield self._pointing("code", named)
        if address.guide:
            meant = {*published.of_guide.get(address.guide, ()), *self._reached(published.roots.get(address.guide, ()))}
            category = published.guides[address.guide].category_slug
            if meant or category:
                yield self._pointing("guide", meant or self._below(category))
        if self._found:
            yield self._pointing("symptom", self._found)

    def _pointing(self, start: str, to: Mapping[str, float] | Iterable[str]) -> dict[str, float]:
        """Weights for all problems, up to 1 for those that a start points to.

        The others get what makes them as likely, all together, as it is that the start leads astray. What no guide
        tells of stays as likely as it was. A start that points to nothing says nothing.
        """
        strengths = to if isinstance(to, Mapping) else dict.fromkeys(to, 1.0)
        prior, index = self.planner.prior, self.planner.index
        inside = sum(prior[index[key]] * strength**SCORE_POWER for key, strength in strengths.items())
        if not inside:
            return {}
        outside = sum(prior[index[key]] for key in self.published.problems if key not in strengths)
        least = ASTRAY[start] / (1 - ASTRAY[start]) * min(1.0, inside / outside if outside else 0.0)
        weights = {
            key: least + (1 - least) * strengths[key] ** SCORE_POWER if key in strengths else least
            for key in self.published.problems
        }
        known = sum(prior[index[key]] for key in weights)
        weights[OTHER] = sum(prior[index[key]] * weight for key, weight in weights.items()) / known
        return weights

    def _below(self, category: str) -> set[str]:
        return {
            problem.id
            for problem in self.published.problems.values()
            if f"{problem.guide.category_slug}/".startswith(f"{category}/")
        }

    def _reached(self, questions: Iterable[str]) -> set[str]:
        return {problem for question in questions for problem in self.planner.question(question).likelihood}
