"""Makes the rows of a guide from its text as it was read, as the database would hold them were it published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kb.content.document import Document, ErrorCode, NamedCode, Problem, Structure
from kb.content.levels import level
from kb.content.wording import stored_symptom_key
from kb.models.slugs import category_slug
from troubleshooting.catalogue.database_rows import GuideRow, ProblemRow, StepRow, SymptomRow


def guide_row(
    document: Document,
    *,
    pk: int,
    slug: str,
    key: str,
    updated_at: dt.datetime,
    source: str = "",
    questions: Sequence[Mapping[str, Any]] = (),
    to_staff: bool = False,
) -> GuideRow:
    """The guide with its parts, without what walks have learned; `questions` are its trees as `build` has them.

    `to_staff` says that it is for staff, who are told more.
    """
    head, read = document.metadata, document.whole if to_staff else document
    structure, hidden = read.structure, document.for_staff.lines if to_staff and document.for_staff else frozenset()
    fields = {
        "pk": pk,
        "slug": slug,
        "key": key,
        "title": head.title,
        "category": head.category,
        "category_slug": category_slug(head.category),
        "applies_to": list(head.applies_to),
        "prevalence": head.prevalence,
        "step_cost": head.step_cost,
        "contacts": list(head.contacts),
        "questions": list(questions),
        "updated_at": updated_at,
        "source": source,
    }
    codes: list[ErrorCode | NamedCode] = [*structure.error_codes]
    codes += [code for code in structure.named_codes if code.place != code.TITLE]
    return GuideRow(
        fields,
        problems=[
            _problem_row(number, problem, structure, hidden) for number, problem in enumerate(structure.problems)
        ],
        sections=[(section.anchor, section.level) for section in structure.sections],
        codes=[(code.code.lower(), code.code, code.anchor) for code in codes],
        title_codes=[(code.code.lower(), code.code) for code in structure.named_codes if code.place == code.TITLE],
        triggers=list(structure.triggers),
        path=[(found.name, found.said) for found in map(level, structure.path)],
    )


def _problem_row(number: int, problem: Problem, structure: Structure, hidden: Collection[int]) -> ProblemRow:
    places = (place.section for place in structure.landmarks if place.anchor == problem.anchor)
    return ProblemRow(
        pk=number,
        anchor=problem.anchor,
        key=problem.anchor,
        title=problem.title,
        codes=list(problem.codes),
        symptoms=[
            SymptomRow(symptom.text, stored_symptom_key(symptom.text), symptom.frequency or "")
            for symptom in problem.symptoms
        ],
        steps=[
            StepRow(step.text, "", step.under, step.condition, step.dangerous, step.procedure, step.line in hidden)
            for step in problem.steps
        ],
        section=next(places, problem.anchor),
    )
