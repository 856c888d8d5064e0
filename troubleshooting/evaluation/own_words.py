"""Walks with the questions of a file through a library, be it published or a folder that is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from kb.search.evaluation import Question, guides_at
from kb.search.text.query import MAX_LENGTH
from troubleshooting.evaluation.asking import Asked, Facts, StepOf
from troubleshooting.walk.address import read_address
from troubleshooting.walk.entry import step_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.search.index.contract import Engine
    from troubleshooting.catalogue.build import Catalogue
    from troubleshooting.evaluation.people import Answers
    from troubleshooting.walk.state import WalkState

FILE_NAME = "questions.jsonl"


def facts_of(slug: str, title: str, text: str, category: str, applies_to: Iterable[str], *, has_problem: bool) -> Facts:
    """A guide as somebody knows it who has its page before them."""
    return Facts(slug, " ".join([title, text, category, *applies_to]), has_problem)


def steps_in(catalogue: Catalogue, audiences: frozenset[str], engine: Engine | None = None) -> StepOf:
    """The steps of walks from words, as the API takes them: None for what it refuses."""

    def step(text: str, answers: Answers) -> WalkState | None:
        address, notices = read_address([("symptom", [text]), *((key, [given]) for key, given in answers)])
        if notices or len(address.symptom) > MAX_LENGTH:
            return None
        state = step_in(catalogue, address, audiences, engine)
        return None if state.notices else state

    return step


def sort_out(
    questions: Sequence[Question], sources: Mapping[int, str], facts: Callable[[int], Facts]
) -> tuple[list[Asked], list[Asked], list[tuple[int, str]]]:
    """The questions that guides answer, those that none does, and (line, path) of each path that is no guide's.

    `sources` are the paths of the guides by number. A question of which no path is known is left out.
    """
    covered, uncovered, unknown = [], [], []
    for question in questions:
        found = {path: guides_at(path, sources) for path in question.relevant}
        unknown += [(question.line, path) for path, guides in found.items() if not guides]
        right = tuple(facts(guide) for guides in found.values() for guide in sorted(guides))
        if right:
            covered.append(Asked(question.text, right, question.line))
        elif not question.relevant:
            uncovered.append(Asked(question.text, line=question.line))
    return covered, uncovered, unknown
