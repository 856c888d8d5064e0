"""Says what walks need of a guide: its problems, codes and escalation, as long as columns of the database hold them.

Whatever walks are made of has it from here: the rows of what is published, what staff read of it, and files that
nobody has published yet. So all of them are asked the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.content.document import NamedCode, Problem, Step, Structure
from kb.content.levels import level
from kb.content.wording import fit, stored_symptom_key

LONGEST_CODE = 120
LONGEST_PROBLEM_TITLE = 500


@dataclass(frozen=True, slots=True)
class CodePart:
    """A code as it is written, and its `key` in lower case.

    `meaning` and `action` are what the guide says of one that it defines, `named_in` is the place that names another.
    """

    code: str
    key: str
    anchor: str
    meaning: str = ""
    action: str = ""
    named_in: str = ""


@dataclass(frozen=True, slots=True)
class SymptomPart:
    """A symptom; `key` is shared with other wordings of it, `frequency` may be ''."""

    text: str
    key: str
    frequency: str
    line: int


@dataclass(frozen=True, slots=True)
class ProblemPart:
    """A problem; `section` is the anchor of the section that it is, or lies in."""

    anchor: str
    section: str
    title: str
    line: int
    causes: tuple[str, ...]
    codes: tuple[str, ...]
    symptoms: tuple[SymptomPart, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LevelPart:
    """A level of the escalation path: its text, the `name` in it, and what is `said` beside that."""

    text: str
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class WalkParts:
    """A guide as walks have it: `sections` are (anchor, level), `codes` those that it defines, then those it names."""

    sections: tuple[tuple[str, int], ...]
    codes: tuple[CodePart, ...]
    triggers: tuple[str, ...]
    path: tuple[LevelPart, ...]
    problems: tuple[ProblemPart, ...]

    @property
    def codes_in_text(self) -> tuple[CodePart, ...]:
        """The codes that lead to a place; one that the title names leads to the whole guide."""
        return tuple(code for code in self.codes if code.named_in != NamedCode.TITLE)

    @property
    def codes_in_title(self) -> tuple[CodePart, ...]:
        """The codes that the title names."""
        return tuple(code for code in self.codes if code.named_in == NamedCode.TITLE)


def walk_parts(structure: Structure) -> WalkParts:
    """What walks need of what was found in a text."""
    sections = {landmark.anchor: landmark.section for landmark in structure.landmarks}
    return WalkParts(
        sections=tuple((section.anchor, section.level) for section in structure.sections),
        codes=(
            *(_code(code.code, code.anchor, code.meaning, code.action) for code in structure.error_codes),
            *(_code(code.code, code.anchor, named_in=code.place) for code in structure.named_codes),
        ),
        triggers=structure.triggers,
        path=tuple(LevelPart(text, found.name, found.said) for text in structure.path for found in [level(text)]),
        problems=tuple(
            _problem(problem, sections.get(problem.anchor, problem.anchor)) for problem in structure.problems
        ),
    )


def _code(written: str, anchor: str, meaning: str = "", action: str = "", named_in: str = "") -> CodePart:
    code = fit(written, LONGEST_CODE)
    return CodePart(code, code.lower(), anchor, meaning, action, named_in)


def _problem(problem: Problem, section: str) -> ProblemPart:
    return ProblemPart(
        anchor=problem.anchor,
        section=section,
        title=fit(problem.title, LONGEST_PROBLEM_TITLE),
        line=problem.line,
        causes=problem.causes,
        codes=problem.codes,
        symptoms=tuple(
            SymptomPart(symptom.text, stored_symptom_key(symptom.text), symptom.frequency or "", symptom.line)
            for symptom in problem.symptoms
        ),
        steps=problem.steps,
    )
