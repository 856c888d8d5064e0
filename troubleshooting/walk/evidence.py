"""Checks what an address says against what is published, and weighs how well each problem explains it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from kb.content.phrases import Phrase
from troubleshooting.catalogue.by_product import PRODUCT, answers_to, weight
from troubleshooting.catalogue.said_answers import said_answers
from troubleshooting.catalogue.values import CATEGORY_QUESTION, OTHER, SHARED_SYMPTOM, UNSURE, Problem, Published
from troubleshooting.planning.learning import all_fail
from troubleshooting.planning.planner import Planner, step_reliability
from troubleshooting.planning.symptom_lists import LIST_PREFIX, NONE_OF_THESE
from troubleshooting.walk.address import NOT_HERE, Address, Notice, for_display
from troubleshooting.walk.cards import ASKED_BY_WORDS, LIKELY, NO_CARDS, cards_for
from troubleshooting.walk.state import SomeSteps, Tried
from troubleshooting.walk.words import Words

# The chance that a start points to the wrong problems, however many there are.
ASTRAY = {"category": 0.05, "code": 0.03, "guide": 0.05}
LEAST_SHARE = 1e-4  # of what a person's words can mean, for what a search did not find
LEAST_DOUBT = 0.001


class Evidence:
    """What a walk goes by: its address, checked against what is published, and what a search found for its `words`.

    `address` is without what is not known any more; `notices` has one on each thing left out. `tried` are the problems
    of which something was tried in vain, `done` those of which something was done and no more said of it, `skipped`
    those of which something can't be done. Nothing is left to try of
    the `spent` ones, all of the `exhausted` failed.
    """

    def __init__(self, published: Published, planner: Planner, address: Address, words: Words | None) -> None:
        self.published, self.planner = published, planner
        self.words = words
        self._is_product_answered = any(question == PRODUCT for question, _ in address.answers)
        self.named = words.product if words else None
        self._said = tuple(said_answers(published, address.guide, address.symptom))
        self.cards = NO_CARDS
        if words and words.shares:
            self.cards = cards_for(words, self._by_words(words), dict(address.answers).get(LIKELY, ""))
        self._narrowed: list[Mapping[str, float]] = []
        self.notices: list[Notice] = []
        self.address = self._checked(address)
        self.answers = dict(self.address.answers)
        self.implied = tuple(self._implied(self.answers))
        self.known = {**dict(self.implied), **self.answers}
        self.tried = self._tried()
        self.done = self._by_problem(self.address.done)
        self.skipped = self._by_problem(self.address.skipped)
        self.exhausted = {tried.problem.id for tried in self.tried if tried.is_exhausted}
        self.spent = self.exhausted | {
            some.problem.id for some in (*self.skipped, *self.done) if self._is_spent(some.problem)
        }

    def weights(self, *, with_tried: bool = True) -> list[float]:
        """How well each problem explains all of it (a likelihood, up to a factor), in the planner's order.

        Without what was tried, how well it explained the rest before.
        """
        given = [*self._narrowed, *self._starts(), *self._answers_to_cards()]
        for tried in self.tried if with_tried else ():
            failed = tried.problem.steps if tried.is_exhausted else tried.steps
            reliabilities = [step.reliability for step in failed] or [step_reliability(1)]
            given.append({tried.problem.id: all_fail(reliabilities)})
        answers = [pair for pair in self.address.answers if pair[0] not in ASKED_BY_WORDS]
        answers += [pair for pair in self.implied if pair in self._said]
        return self.planner.evidence(answers, given)

    @property
    def picked(self) -> str:
        """The problem whose card a person picked last, '' for none."""
        picked = [answer for question, answer in self.address.answers if question in ASKED_BY_WORDS]
        return next((answer for answer in reversed(picked) if answer in self.published.problems), "")

    def is_confirmed(self, problem: Problem) -> bool:
        """Whether the person said that it is theirs: by picking it, by words that name it or one of its symptoms."""
        if problem.id in self.refused:
            return False
        return problem.id in self._said_to_be_theirs or bool(self.words and problem.id in self.words.certain)

    @cached_property
    def _said_to_be_theirs(self) -> frozenset[str]:
        """The problems that were picked, and those with a symptom that was."""
        seen = {answer for _, answer in self.address.answers}
        seen |= {question.removeprefix(SHARED_SYMPTOM) for question, answer in self.address.answers if answer == "yes"}
        by_symptom = (self.planner.catalogue.symptoms.get(symptom, {}) for symptom in seen)
        picked = {self.picked, self.published.steps.get(self.address.pick, self.address.pick)}
        return frozenset(picked).union(*by_symptom)

    @cached_property
    def refused(self) -> frozenset[str]:
        """What was on a card when a person said 'None of these', and what nothing that they said since speaks for."""
        answered = dict(self.address.answers)
        pages = (page for question, page in self.cards.pages.items() if answered.get(question) == NONE_OF_THESE)
        return frozenset().union(*pages) - self._said_to_be_theirs

    def unasked_symptoms(self, problem: Problem) -> list[str]:
        """The symptoms (ids) of a problem that the person was not asked about."""
        asked = {symptom for key in self.answers for symptom in key.removeprefix(LIST_PREFIX).split(".")}
        own = self.published.symptoms_of.get(problem.id, ())
        return [symptom for symptom in own if symptom not in asked and f"{SHARED_SYMPTOM}{symptom}" not in asked]

    def _by_words(self, words: Words) -> list[str]:
        """What was found, the likeliest first, by the words and by how common each is."""
        prior, index = self.planner.prior, self.planner.index
        return sorted(words.shares, key=lambda key: -prior[index[key]] * words.shares[key] * self._fits_product(key))

    def _implied(self, answers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """What the words say of questions that were not answered: the product that they name, and the guide's own."""
        product = answers_to(self.named) if self.named and PRODUCT not in answers else ()
        for question, answer in (*product, *self._said):
            known = self.published.questions.get(question)
            if known and answer in known.answers and question not in answers:
                yield question, answer

    def _fits_product(self, problem: str) -> float:
        """What the product that the words name leaves of a problem's likelihood, 1 where it was answered for."""
        if self.named is None or self._is_product_answered:
            return 1.0
        found = self.published.problems.get(problem)
        return weight(self.named, found) if found else 1.0

    def _answers_to_cards(self) -> Iterable[Mapping[str, float]]:
        everything = self.planner.index
        return (
            self.cards.likelihood(question, answer, everything)
            for question, answer in self.address.answers
            if question in ASKED_BY_WORDS
        )

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
        done = tuple(key for key in address.done if key in published.steps and key not in tried)
        skipped = tuple(key for key in address.skipped if key in published.steps and key not in (*tried, *done))
        fixed = address.fixed if address.fixed in published.steps or address.fixed in published.problems else ""
        known = {*tried, *done, *skipped, fixed, ""}
        ruled_out = tuple(key for key in address.ruled_out if key in published.problems)
        known.update(ruled_out)
        said = (*address.tried, *address.done, *address.skipped, *address.ruled_out, address.fixed)
        if gone := [key for key in said if key not in known]:
            remedy = f"drop {' and '.join(f'“{for_display(key)}”' for key in gone)}"
            fault = Phrase("A step that you tried has been changed since")
            self.notices.append(Notice(fault, Phrase(", so it is shown again"), remedy))
        asked = {question for question, _ in (*address.answers, *self._implied(dict(address.answers)))}
        return replace(
            address,
            tried=tried,
            done=done,
            skipped=skipped,
            ruled_out=ruled_out,
            fixed=fixed,
            change=self._known("question", address.change, asked),
        )

    def _known(self, name: str, value: str, among: Container[str]) -> str:
        if not value or value in among:
            return value
        fault = Phrase(NOT_HERE[name], text=for_display(value))
        self.notices.append(Notice(fault, Phrase(", so it was left out")))
        return ""

    def _known_pick(self, pick: str) -> str:
        """The problem, or the first step of the way, that was picked by hand."""
        return pick if pick in self.published.steps else self._known("problem", pick, self.published.problems)

    def _known_code(self, code: str) -> str:
        """The code as the guides write it; one that none of them knows still counts as words to search for."""
        key = self.published.code_key(code)
        if code and not key:
            self.notices.append(Notice(Phrase("No guide knows the error code “{code}”", code=for_display(code))))
        return self.published.code_names[key] if key else code

    def _checked_answers(self, answers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        for written, answer in answers:
            question = self._checked_question(written)
            if question in ASKED_BY_WORDS and self.cards.is_answer(question, answer):
                yield question, answer
            elif not question or question in ASKED_BY_WORDS:
                fault = Phrase("The question “{question}” is not asked any more", question=for_display(written))
                self.notices.append(Notice(fault, Phrase(", so its answer was left out")))
            elif answer == UNSURE or answer in self.planner.question(question).answers:
                yield question, answer
            elif written == CATEGORY_QUESTION and answer in self.published.categories:
                self._narrowed.append(self._pointing("category", self._below(answer)))
            else:
                text = self.published.wording(question).text
                text = text if isinstance(text, Phrase) else for_display(text)
                fault = Phrase(
                    "“{answer}” is not an answer to “{question}” (any more)", answer=for_display(answer), question=text
                )
                self.notices.append(Notice(fault, Phrase(", so it was left out")))

    def _checked_question(self, question: str) -> str:
        """The id of a question that is still asked; of a list, what is left of it; '' when there is nothing."""
        if question in ASKED_BY_WORDS:
            return question if self.words else ""
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
        tried: dict[str, set[str]] = {key: set() for key in self.address.ruled_out}
        for key in self.address.tried:
            tried.setdefault(self.published.steps.get(key, key), set()).add(key)
        return tuple(self._tried_of(problem, ids) for problem, ids in tried.items())

    def _tried_of(self, key: str, ids: set[str]) -> Tried:
        problem = self.published.problems[key]
        steps = tuple(step for step in problem.steps if step.id in ids)
        is_ruled_out = key in self.address.ruled_out and key not in ids
        is_exhausted = is_ruled_out or key in ids or len(steps) == len(problem.steps)
        return Tried(problem, steps, is_exhausted, is_ruled_out)

    def _by_problem(self, steps: Iterable[str]) -> tuple[SomeSteps, ...]:
        found: dict[str, set[str]] = {}
        for key in steps:
            found.setdefault(self.published.steps[key], set()).add(key)
        problems = ((self.published.problems[key], ids) for key, ids in found.items())
        return tuple(SomeSteps(problem, tuple(s for s in problem.steps if s.id in ids)) for problem, ids in problems)

    def _is_spent(self, problem: Problem) -> bool:
        """Whether each of its steps was done or can't be."""
        address = self.address
        return {step.id for step in problem.steps} <= {*address.tried, *address.done, *address.skipped}

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
        if self.words:
            yield self._meant(self.words)

    def _pointing(self, start: str, to: Iterable[str]) -> dict[str, float]:
        """Weights for all problems, 1 for those that a start points to.

        The others get what makes them as likely, all together, as it is that the start leads astray. What no guide
        tells of stays as likely as it was. A start that points to nothing says nothing.
        """
        meant = set(to)
        prior, index = self.planner.prior, self.planner.index
        inside = sum(prior[index[key]] for key in self.published.problems if key in meant)
        if not inside:
            return {}
        outside = sum(prior[index[key]] for key in self.published.problems if key not in meant)
        least = ASTRAY[start] / (1 - ASTRAY[start]) * min(1.0, inside / outside if outside else 0.0)
        weights = {key: 1.0 if key in meant else least for key in self.published.problems}
        known = sum(prior[index[key]] for key in weights)
        weights[OTHER] = sum(prior[index[key]] * weight for key, weight in weights.items()) / known
        return weights

    def _meant(self, words: Words) -> dict[str, float]:
        """Weights by which the chance that no guide covers it is what the words say; the rest is shared as found."""
        prior, index = self.planner.prior, self.planner.index
        weights = {
            key: max(words.shares.get(key, 0.0), LEAST_SHARE) * self._fits_product(key)
            for key in self.published.problems
        }
        inside = sum(prior[index[key]] * weight for key, weight in weights.items())
        covered = min(max(words.covered, LEAST_DOUBT), 1 - LEAST_DOUBT)
        weights[OTHER] = inside * (1 - covered) / covered / prior[index[OTHER]] if inside else 1.0
        return weights

    def _below(self, category: str) -> set[str]:
        return {
            problem.id
            for problem in self.published.problems.values()
            if f"{problem.guide.category_slug}/".startswith(f"{category}/")
        }

    def _reached(self, questions: Iterable[str]) -> set[str]:
        return {problem for question in questions for problem in self.planner.question(question).likelihood}
