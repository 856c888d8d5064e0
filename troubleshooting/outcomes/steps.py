"""Tells of one page of a walk which steps led to it: all of them stand in its address, so none is ever missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.search.text.masking import masked
from troubleshooting.catalogue.by_product import PRODUCT
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.models import WalkStep
from troubleshooting.models.walk_steps import LONGEST_WORDS
from troubleshooting.walk.cards import LIKELY, OTHERS
from troubleshooting.walk.page import is_uncovered

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Problem, Published
    from troubleshooting.walk.state import AnsweredQuestion, WalkState

MOST_STEPS = 30
LONGEST_TEXT = 300
LONGEST_ID = 64
LONGEST_ANSWER, LONGEST_PRODUCT = 200, 200
BELIEVED_IN = 0.5
Shown = WalkStep.Shown


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a walk, as `WalkStep` keeps it; `guide` is a slug, '' for none."""

    shown: str
    next_id: str = ""
    next_text: str = ""
    question: str = ""
    asked: str = ""
    answer: str = ""
    words: str = ""
    guide: str = ""
    category: str = ""
    product: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """What makes it another step: what was answered, and what that led to."""
        return self.question, self.answer, self.shown, self.next_id


def steps_to(state: WalkState, published: Published) -> tuple[Step, ...]:
    """The steps up to a page, itself the last; () where more are answered than any walk asks.

    A question was shown because the one before it was answered so: but for the last page, each page is known by the
    question that was answered on it.
    """
    asked = state.asked
    if len(asked) > MOST_STEPS:
        return ()
    shown = [Step(_kind_of(one.id), _id(one.id), _text(one.text, one.detail)) for one in asked] + [_last(state)]
    category, product = _category(state, published), _product(state)
    start = masked(f"{state.address.code} {state.address.symptom}")[:LONGEST_WORDS]
    answers = [Step("", words=start)]
    answers += [
        Step("", question=_id(one.id), asked=_text(one.text, one.detail), answer=one.answer_id[:LONGEST_ANSWER])
        for one in asked
    ]
    return tuple(
        replace(
            page,
            question=given.question,
            asked=given.asked,
            answer=given.answer,
            words=given.words,
            category=category,
            product=product,
        )
        for page, given in zip(shown, answers, strict=True)
    )


def _last(state: WalkState) -> Step:
    """The page itself, without what led to it; contacts are of the guide that was tried last."""
    if state.question:
        question = state.question
        return Step(_kind_of(question.id), _id(question.id), _text(question.text, question.detail))
    if state.solution:
        problem = state.solution.problem
        shown = Shown.SOLVED if state.address.fixed else Shown.SOLUTION
        return Step(shown, _id(problem.id), _text(problem.title), guide=problem.guide.slug)
    if is_uncovered(state):
        return Step(Shown.NOT_COVERED)
    tried = state.tried[-1].problem if state.tried else None
    return Step(Shown.ESCALATED, guide=tried.guide.slug if tried else "")


def _kind_of(question: str) -> Shown:
    return Shown.CHOICE if question in (LIKELY, OTHERS) else Shown.QUESTION


def _category(state: WalkState, published: Published) -> str:
    """That of the problem at hand; else the one that was picked, else that of a problem that is as likely as not."""
    problem = _problem(state)
    if problem and problem.guide.category:
        return problem.guide.category[:LONGEST_TEXT]
    return published.categories.get(state.address.category, "")[:LONGEST_TEXT]


def _problem(state: WalkState) -> Problem | None:
    if state.solution:
        return state.solution.problem
    if state.tried:
        return state.tried[-1].problem
    likeliest = state.candidates[0] if state.candidates else None
    believed = likeliest is not None and likeliest.probability >= BELIEVED_IN and not is_uncovered(state)
    return likeliest.problem if likeliest and believed else None


def _product(state: WalkState) -> str:
    """What the person says that they use, with its version; else the one product that the problem's guide is for."""
    answers = [one.answer for one in _about_products(state)]
    if not answers and state.solution and len(state.solution.problem.guide.applies_to) == 1:
        answers = list(state.solution.problem.guide.applies_to)
    return " ".join(answers)[:LONGEST_PRODUCT]


def _about_products(state: WalkState) -> Iterator[AnsweredQuestion]:
    for one in (*state.implied, *state.asked):
        if (one.id == PRODUCT or one.id.startswith(f"{PRODUCT}-")) and one.answer_id != UNSURE:
            yield one


def _id(key: str) -> str:
    """An id as it fits; of a long one, which names several symptoms, its beginning and a hash."""
    if len(key) <= LONGEST_ID:
        return key
    return f"{key[: LONGEST_ID - 17]}~{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _text(*parts: str) -> str:
    return " ".join(filter(None, parts))[:LONGEST_TEXT]
