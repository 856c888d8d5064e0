"""Measures how well and how fast search finds the guides that are known to answer some questions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

CUTS = (1, 5, 10)


class QuestionError(Exception):
    """A line that is no question; the message names file and line and says what to write, `sentence` does without."""

    def __init__(self, place: str, sentence: str, line: int = 1) -> None:
        super().__init__(f"{place} {sentence}")
        self.sentence, self.line = sentence, line


@dataclass(frozen=True, slots=True)
class Question:
    """What someone asked, the paths of the guides that answer it, and the line of its file that it stands at."""

    text: str
    relevant: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave for a question: the ids of guides, best first, and the seconds it took."""

    question: Question
    relevant: frozenset[int]
    found: tuple[int, ...]
    seconds: float

    @property
    def rank(self) -> int | None:
        """The place (from 1) of the first relevant guide; None when none was found."""
        return next((place for place, guide_id in enumerate(self.found, 1) if guide_id in self.relevant), None)

    def recall(self, cut: int) -> float:
        """The share of the relevant guides that are among the first `cut`; a path without a guide counts as missed."""
        return len(self.relevant.intersection(self.found[:cut])) / len(self.question.relevant)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a set of questions was answered: recall by cut, mean reciprocal rank at 10, and milliseconds."""

    questions: int
    recall: dict[int, float]
    mrr: float
    p50: float
    p95: float


def read_questions(path: Path, *, also_uncovered: bool = False) -> list[Question]:
    """The questions of a file: in each line a JSON object with `query` and `relevant`. Raises QuestionError.

    Those that no guide answers, with nothing in `relevant`, are left out unless they are wanted, too.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(str(path), f"can't be read: {error}") from error
    questions = [_question(line, path, number) for number, line in enumerate(lines, 1) if line.strip()]
    wanted = [question for question in questions if question.relevant or also_uncovered]
    if not wanted:
        raise QuestionError(str(path), 'has no questions: write lines such as {"query": "...", "relevant": ["a.md"]}.')
    return wanted


def _question(line: str, path: Path, number: int) -> Question:
    try:
        values = json.loads(line)
        text, relevant = values["query"], values["relevant"]
    except (ValueError, KeyError, TypeError, RecursionError):
        text, relevant = None, None
    if not isinstance(text, str) or not text.strip() or not isinstance(relevant, list):
        sentence = 'write {"query": "what is asked", "relevant": ["path/of/guide.md"]}.'
        raise QuestionError(f"{path}:{number}:", sentence, number)
    return Question(text, tuple(str(path) for path in relevant), number)


def guides_at(path: str, sources: Mapping[int, str]) -> frozenset[int]:
    """The guides whose source (guide id -> path) is the path or ends with it."""
    path = path.strip("/")
    return frozenset(guide_id for guide_id, source in sources.items() if f"/{source}".endswith(f"/{path}"))


def ask(
    questions: Iterable[Question], sources: Mapping[int, str], search: Callable[[str], Sequence[int]]
) -> list[Answer]:
    """Put each question to the search, which gives the ids of guides for a text, and time it."""
    answers = []
    for question in questions:
        relevant = frozenset[int]().union(*(guides_at(path, sources) for path in question.relevant))
        start = time.perf_counter()
        found = tuple(search(question.text))
        answers.append(Answer(question, relevant, found, time.perf_counter() - start))
    return answers


def measure(answers: Sequence[Answer]) -> Figures:
    """The figures for at least one answer."""
    ranks = [answer.rank for answer in answers]
    milliseconds = sorted(1000 * answer.seconds for answer in answers)
    return Figures(
        questions=len(answers),
        recall={cut: mean(answer.recall(cut) for answer in answers) for cut in CUTS},
        mrr=mean(1 / rank if rank and rank <= CUTS[-1] else 0.0 for rank in ranks),
        p50=percentile(milliseconds, 0.5),
        p95=percentile(milliseconds, 0.95),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of the ordered values do not exceed, by the nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def misses(answers: Iterable[Answer]) -> list[Answer]:
    """The answers that did not have a relevant guide first, the worst first."""
    missed = [answer for answer in answers if answer.rank != 1]
    return sorted(missed, key=lambda answer: -(answer.rank or len(answer.found) + 1_000))
