"""Makes the rows of a guide from its text as it was read, as the database would hold them were it published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kb.content.document import Document
from kb.content.walk_parts import ProblemPart, walk_parts
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
    parts = walk_parts(read.structure)
    hidden = document.for_staff.lines if to_staff and document.for_staff else frozenset()
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
    return GuideRow(
        fields,
        problems=[_problem_row(number, problem, hidden) for number, problem in enumerate(parts.problems)],
        sections=list(parts.sections),
        codes=[(code.key, code.code, code.anchor) for code in parts.codes_in_text],
        title_codes=[(code.key, code.code) for code in parts.codes_in_title],
        triggers=list(parts.triggers),
        path=[(level.name, level.said) for level in parts.path],
    )


def _problem_row(number: int, problem: ProblemPart, hidden: Collection[int]) -> ProblemRow:
    return ProblemRow(
        pk=number,
        anchor=problem.anchor,
        key=problem.anchor,
        title=problem.title,
        codes=list(problem.codes),
        symptoms=[SymptomRow(symptom.text, symptom.key, symptom.frequency) for symptom in problem.symptoms],
        steps=[
            StepRow(step.text, "", step.under, step.condition, step.dangerous, step.procedure, step.line in hidden)
            for step in problem.steps
        ],
        section=problem.section,
    )
