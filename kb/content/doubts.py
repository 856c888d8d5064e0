"""Says why no problem was found in a guide, in which sentence one may be, and which label would make it sure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.content import folds, guessed, scopes, steps, trouble
from kb.content.blocks import Outline
from kb.content.headings import Heading, Passage, headings
from kb.content.labelling import TO_FILL_IN, Insertion, Place, before, inserted, insertion, label
from kb.content.labels import Kind
from kb.content.passages import passages
from kb.content.phrases import Phrase
from kb.content.scopes import Scope
from kb.content.units import Unit
from kb.content.wording import cut

NO_FIX = Phrase('No fix was found: is "{sentence}" (line {line}) one?')
NO_TROUBLE = Phrase(
    'A fix was found ("{sentence}", line {line}), but nothing says what goes wrong. That is right for a how-to.'
)
NEITHER = Phrase(
    "Nothing here says what goes wrong, or what to do then. That is right for a guide that explains; where something "
    "goes wrong, say so under '## Symptoms', and what to do under '## Solution'."
)
NO_STEP = Phrase("No fix was found: no sentence says what to do when it goes wrong. Write that under '## Solution'.")
LONGEST_SENTENCE = 120
# What is less likely a step, or a symptom, than this is not asked about.
POSSIBLE_STEP = 0.2
POSSIBLE_STEP_IN_TROUBLE = 0.1
POSSIBLE_SYMPTOM = 0.15
MOST_CANDIDATES = 3
MOST_LABELS = 2
LONGEST_TRIED = 200_000

Lack = Literal["fix", "trouble", "both"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Labels that make it sure; `name` tells it from others of the same text."""

    name: str
    words: str
    insertions: tuple[Insertion, ...]

    @property
    def headings(self) -> str:
        """The labels as they are written."""
        return " and ".join(f'"{each.heading}"' for each in self.insertions)

    @property
    def as_json(self) -> str:
        """The insertions for a script: line, column and text of each."""
        return json.dumps([[each.place.line, each.place.column, each.text] for each in self.insertions])


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why no problem was found: what is missing, the sentence in question ('' for none) and its line (0 for none)."""

    lack: Lack
    message: str
    sentence: str = ""
    line: int = 0
    suggestion: Suggestion | None = None


@dataclass(slots=True)
class _Candidate:
    """A sentence that may be the fix, where a label would go before it, and the likeliest symptom ahead of it."""

    sentence: str
    line: int
    scope: Scope
    fix: Place | None
    chance: float
    is_sure: bool
    symptom: Place | None = None
    labelled_at: Place | None = None


def doubt(outline: Outline, title: str, summary: str, text: str, is_enough: Callable[[str], bool]) -> Doubt:
    """Why nothing was found; `is_enough` says whether something would be in a changed text."""
    outline = folds.unfolded(outline)
    guide = headings(outline)
    finder = _Finder(outline, guide, title or outline.title, summary, text.split("\n"))
    candidates = sorted(finder.candidates(), key=lambda found: (not found.is_sure, -found.chance))[:MOST_CANDIDATES]
    if not candidates:
        return Doubt("fix", NO_STEP) if finder.tells_of_trouble else Doubt("both", NEITHER)
    told = [_doubt_about(candidate) for candidate in candidates]
    if len(text) <= LONGEST_TRIED:
        for candidate, said in zip(candidates, told, strict=True):
            for labels in finder.labels(candidate, said.lack):
                if labels and is_enough(inserted(text, labels)):
                    return Doubt(said.lack, said.message, said.sentence, said.line, _suggestion(labels))
    return told[0]


def _doubt_about(candidate: _Candidate) -> Doubt:
    sentence = cut(candidate.sentence, LONGEST_SENTENCE)
    message = NO_TROUBLE if candidate.is_sure else NO_FIX
    lack: Lack = "trouble" if candidate.is_sure else "fix"
    return Doubt(lack, message.filled(sentence=sentence, line=candidate.line), sentence, candidate.line)


def _suggestion(labels: Sequence[Insertion]) -> Suggestion:
    told = [Phrase('"{heading}" before line {line}', heading=each.heading, line=each.place.line) for each in labels]
    words = told[0] if len(told) == 1 else Phrase("{one} and {other}", one=told[0], other=told[1])
    name = "-".join(f"{each.heading.strip('#*: ').lower()}-{each.place.line}" for each in labels)
    return Suggestion(name, Phrase("Put {words}", words=words), tuple(labels))


class _Finder:
    """Finds the sentences of one guide that may be its fix."""

    def __init__(self, outline: Outline, guide: Heading, title: str, summary: str, lines: Sequence[str]) -> None:
        self._guide = guide
        self._title = title
        self._lines = lines
        self._guesser = guessed.Guesser(guide, title, summary)
        self._of: dict[int, list[Passage]] = {}
        for passage in passages(outline, guide):
            self._of.setdefault(id(passage.owner), []).append(passage)
        self.tells_of_trouble = False

    def candidates(self) -> Iterator[_Candidate]:
        """The likeliest sentence of each part, and the first step under each label; unlikely ones are left out."""
        for heading in self._guide.below():
            own = self._of.get(id(heading), [])
            if heading.kind is not None:
                continue
            weighed = [(scope, *self._weighed(scope, own)) for scope in list(scopes.scopes(heading, own, self._title))]
            yield from self._labelled(own, weighed)
            for scope, sentences, chance in weighed:
                self.tells_of_trouble |= chance >= guessed.PROBLEM or trouble.has_sign(scope, sentences)
                least = POSSIBLE_STEP_IN_TROUBLE if chance >= guessed.PROBLEM else POSSIBLE_STEP
                found = _likeliest(sentences)
                if found is not None and found.step >= least:
                    yield self._of_sentence(found, scope, sentences, chance)

    def _weighed(self, scope: Scope, own: Sequence[Passage]) -> tuple[list[Unit], float]:
        kinds = {passage.kind for passage in own}
        sentences = self._guesser.weighed(scope, kinds)
        return sentences, self._guesser.chance(scope, sentences, kinds) if sentences else 0.0

    def _labelled(
        self, own: Sequence[Passage], weighed: Sequence[tuple[Scope, list[Unit], float]]
    ) -> Iterator[_Candidate]:
        """A labelled solution that came to nothing because nothing says what it is for."""
        solutions = [passage for passage in own if passage.kind is Kind.SOLUTION]
        read = steps.read(solutions, self._guesser.page).steps if weighed else ()
        if read:
            scope, sentences, _ = weighed[0]
            symptom = self._symptom(scope, sentences, solutions[0].line)
            at = Place(solutions[0].line)
            yield _Candidate(read[0].text, read[0].line, scope, None, 1.0, True, symptom, at)

    def _of_sentence(self, unit: Unit, scope: Scope, sentences: Sequence[Unit], chance: float) -> _Candidate:
        is_sure = unit.step >= steps.LIKELY  # and yet no problem: there is no sign of trouble
        fix = before(unit, scope.blocks, self._lines)
        symptom = self._symptom(scope, sentences, unit.line, unit)
        line = fix.line if unit.listed is None else unit.line
        return _Candidate(unit.text, line, scope, fix, unit.step * chance, is_sure, symptom)

    def _symptom(self, scope: Scope, sentences: Sequence[Unit], line: int, fix: Unit | None = None) -> Place | None:
        """The place of the sentence ahead of a fix that is likeliest to tell what goes wrong."""
        ahead: list[Unit] = []
        for unit in sentences:
            if unit is fix or unit.line > line:
                break
            ahead.append(unit)
        best = max(ahead, key=lambda unit: unit.symptom, default=None)
        if best is None or best.symptom < POSSIBLE_SYMPTOM:
            return None
        return before(best, scope.blocks, self._lines)

    def labels(self, candidate: _Candidate, lack: Lack) -> Iterator[list[Insertion]]:
        """What might make it sure, the least first: one label, then both."""
        fix = self._insertion("Solution", candidate.fix, candidate.scope)
        symptom = self._insertion("Symptoms", candidate.symptom, candidate.scope)
        start = candidate.labelled_at or candidate.fix
        to_fill = (
            [insertion(self._lines, start, label("Symptoms", candidate.scope), f"- {TO_FILL_IN}")] if start else []
        )
        if lack == "trouble":
            yield from ([*symptom], [*symptom, *fix] if symptom else [])
        yield from ([*fix], [*symptom, *fix] if symptom else [])
        if lack == "trouble":
            yield [*to_fill, *fix]

    def _insertion(self, word: str, place: Place | None, scope: Scope) -> list[Insertion]:
        return [insertion(self._lines, place, label(word, scope))] if place else []


def _likeliest(sentences: Sequence[Unit]) -> Unit | None:
    """The first of the sentences that are likely steps, else the likeliest one."""
    asked = [unit for unit in sentences if not (unit.before_list and unit.text.endswith(":"))]
    sure = next((unit for unit in asked if unit.step >= steps.LIKELY), None)
    return sure or max(asked, key=lambda unit: unit.step, default=None)
