"""Explains to writers how a guide is understood: what was found in it, line by line, or why nothing was."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kb.content import front_matter, outline, problems
from kb.content.alternatives import Procedure
from kb.content.blocks import Outline
from kb.content.document import ContentError, Metadata, Problem, Question, Step, Structure
from kb.content.doubts import Doubt, Suggestion, doubt
from kb.content.foreign.translating import translated
from kb.content.phrases import Phrase
from kb.content.reading import TOO_DEEP, decode

NO_PROBLEM = "No problem was found: a walk can't lead here."
REPLIES = Phrase("It is a reply that staff send, which leads nobody to a fix by itself.")
ASKS = Phrase("It asks questions instead, which lead to the problems of other guides.")
LONGEST_ROW = 300
FEWEST_WORDS = 2
MOST_WORDS = 8
MOST_ROWS = 400
_MARKS = str.maketrans(dict.fromkeys("*_`\\[]|>#~", " "))

RowKind = Literal[
    "Problem", "Symptom", "Cause", "Way", "Step", "Code", "Error code", "Escalate when", "Escalate to", "Question"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was found: its words, the line where they stand, and how deep it lies below what it belongs to."""

    kind: RowKind
    text: str
    line: int
    depth: int = 0
    note: str = ""
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a guide is understood; where no problem was found, `doubt` says why."""

    rows: tuple[Row, ...]
    doubt: Doubt | None = None

    def suggestion(self, name: str) -> Suggestion | None:
        """The suggestion of that name, None when there is no such one (any more)."""
        own = self.doubt.suggestion if self.doubt else None
        return own if own is not None and own.name == name else None

    def as_lines(self) -> Iterator[str]:
        """The explanation for a terminal."""
        for row in self.rows:
            mark = " (dangerous)" if row.dangerous else ""
            note = f" ({row.note})" if row.note else ""
            yield f"{'  ' * row.depth}line {row.line}: {row.kind}{mark}: {row.text}{note}"
        if self.doubt is not None:
            yield NO_PROBLEM
            yield self.doubt.message
            if self.doubt.suggestion is not None:
                yield f"{self.doubt.suggestion.words} to make it sure."


def explain(data: bytes | str, source: str) -> Explanation:
    """How a guide is understood; ContentError as for `reading.read_guide`, and like that without a bound of time."""
    text = decode(data).replace("\r\n", "\n")
    try:
        parsed, metadata, structure = _understood(text, source)
        rows = tuple(row for row, _ in zip(_rows(structure, _Lines(text)), range(MOST_ROWS), strict=False))
        if structure.problems:
            return Explanation(rows)
        if structure.questions or metadata.kind == "reply":
            return Explanation(rows, Doubt("both", REPLIES if metadata.kind == "reply" else ASKS))
        return Explanation(
            rows, doubt(parsed, metadata.title, metadata.summary, text, lambda changed: _has_problem(changed, source))
        )
    except RecursionError:
        raise ContentError(TOO_DEEP) from None


def _understood(text: str, source: str) -> tuple[Outline, Metadata, Structure]:
    head = translated(front_matter.split(text, source), source).head
    parsed = outline.parse(head.body, head.body_line)
    metadata, _ = front_matter.metadata(head.fields, outline=parsed, source=source)
    return parsed, metadata, problems.find(parsed, metadata.title, metadata.summary)


def _has_problem(text: str, source: str) -> bool:
    return bool(_understood(text, source)[2].problems)


def _rows(structure: Structure, lines: _Lines) -> Iterator[Row]:
    for problem in structure.problems:
        yield from _of_problem(problem, lines)
    for code in structure.error_codes:
        yield _row("Error code", code.code, code.line, note=code.meaning)
    for trigger in structure.triggers:
        yield _row("Escalate when", trigger, lines.of(trigger))
    for place in structure.path:
        yield _row("Escalate to", place, lines.of(place))
    for question in structure.questions:
        yield _of_question(question)


def _of_problem(problem: Problem, lines: _Lines) -> Iterator[Row]:
    parts = ((len(problem.symptoms), "symptom"), (len(problem.causes), "cause"), (len(problem.steps), "step"))
    note = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count or word != "cause")
    yield _row("Problem", problem.title, problem.line, note=note)
    for symptom in problem.symptoms:
        yield _row("Symptom", symptom.text, symptom.line, 1, symptom.frequency or "")
    for cause in problem.causes:
        yield _row("Cause", cause, lines.of(cause, problem.line), 1)
    ways = problem.procedures
    for number, way in enumerate(ways, start=1):
        yield from _of_way(way, number if len(ways) > 1 else 0)
    for code in problem.codes:
        yield _row("Code", code, lines.of(code, problem.line), 1)


def _of_way(way: Procedure[Step], number: int) -> Iterator[Row]:
    """The steps of one way; `number` is 0 where there is no other."""
    if number:
        own = way.condition if way.condition != way.title else ""
        yield _row("Way", f"{number}. {way.title}" if way.title else f"{number}.", way.steps[0].line, 1, own)
    for step in way.steps:
        own = step.condition if not number or step.condition != way.condition else ""
        yield _row("Step", step.text, step.line, 2 if number else 1, own, dangerous=step.dangerous)


def _of_question(question: Question) -> Row:
    return _row("Question", question.text, question.line)


def _row(kind: RowKind, text: str, line: int, depth: int = 0, note: str = "", *, dangerous: bool = False) -> Row:
    return Row(kind, _shortened(text), line, depth, _shortened(note), dangerous)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ROW else f"{text[: LONGEST_ROW - 1]}\u2026"


class _Lines:
    """Finds the line at which words begin that were found in a text, though its Markdown is not in them."""

    def __init__(self, text: str) -> None:
        self._words: list[str] = []
        self._starts: list[int] = []
        self._line_of: list[int] = []
        at = 0
        for number, row in enumerate(text.split("\n"), start=1):
            for word in self._plain(row):
                self._words.append(word)
                self._starts.append(at)
                self._line_of.append(number)
                at += len(word) + 1
        self._joined = " " + " ".join(self._words) + " "

    def of(self, words: str, after: int = 1) -> int:
        """The first such line from `after` on, else in all of the text; `after` itself when there is none."""
        phrase = self._plain(words)[:MOST_WORDS]
        start = self._starts[bisect_left(self._line_of, after)] if self._line_of and self._line_of[-1] >= after else 0
        while phrase:
            sought = f" {' '.join(phrase)} "
            at = self._joined.find(sought, start)
            at = at if at >= 0 else self._joined.find(sought)
            if at >= 0:
                return self._line_of[bisect_left(self._starts, at)]
            if len(phrase) <= FEWEST_WORDS:
                break
            phrase = phrase[: max(FEWEST_WORDS, len(phrase) - 2)]
        return after

    @staticmethod
    def _plain(text: str) -> list[str]:
        return [
            word for word in (each.strip(".,;:!?\"'()") for each in text.translate(_MARKS).casefold().split()) if word
        ]
