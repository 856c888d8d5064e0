"""Writes what was found in a guide's text (sections, problems, codes, links) as rows that pages and walks read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kb.content.document import Document
from kb.content.document import Link as FoundLink
from kb.content.links import below_folder
from kb.content.walk_parts import CodePart, ProblemPart, walk_parts
from kb.content.wording import fit
from kb.models import (
    ErrorCode,
    EscalationLevel,
    EscalationTrigger,
    Guide,
    Link,
    Problem,
    ProblemSymptom,
    Section,
    Step,
    Symptom,
)

if TYPE_CHECKING:
    from django.db.models import Model


def forget(guide: Guide) -> None:
    """Delete what was found in the guide's text."""
    owned: tuple[type[Model], ...] = (Section, Problem, ErrorCode, EscalationTrigger, EscalationLevel, Link)
    for model in owned:
        model._default_manager.filter(guide=guide).delete()  # noqa: SLF001 - Django's name for it


def write(guide: Guide, document: Document, keys: Mapping[str, str]) -> None:
    """Write what was found in the guide's text, its sections under their `keys` (by anchor).

    `addresses.join_links` says afterwards where its links lead.
    """
    structure, parts = document.structure, walk_parts(document.structure)
    write_sections(guide, document, keys)
    _write_codes(guide, parts.codes)
    EscalationTrigger.objects.bulk_create(
        EscalationTrigger(guide=guide, position=position, text=text) for position, text in enumerate(parts.triggers)
    )
    EscalationLevel.objects.bulk_create(
        EscalationLevel(guide=guide, position=position, text=level.text, name=level.name, said=level.said)
        for position, level in enumerate(parts.path)
    )
    _write_links(guide, structure.links)
    if form := document.for_staff:
        _write_links(guide, [link for link in form.structure.links if link.line in form.lines], for_staff=True)
    _write_problems(guide, parts.problems, document.step_html, keys)


def write_sections(guide: Guide, document: Document, keys: Mapping[str, str]) -> None:
    """Write the sections of the guide's text alone: by them its sections are recognised when it is read again."""
    Section.objects.bulk_create(
        Section(
            guide=guide,
            position=position,
            anchor=section.anchor,
            key=keys[section.anchor],
            title=fit(section.title, 500),
            level=section.level,
            line=section.line,
            text=section.text,
        )
        for position, section in enumerate(document.structure.sections)
    )


def _write_codes(guide: Guide, codes: Iterable[CodePart]) -> None:
    ErrorCode.objects.bulk_create(
        ErrorCode(
            guide=guide,
            position=position,
            code=code.code,
            key=code.key,
            meaning=code.meaning,
            action=code.action,
            anchor=code.anchor,
            named_in=code.named_in,
        )
        for position, code in enumerate(codes)
    )


def key_of_problem(anchor: str, keys: Mapping[str, str]) -> str:
    """The key of the section that a problem is; one that is no section has a key that no section can have."""
    return keys.get(anchor, f"#{anchor}" if anchor else "")


def _write_links(guide: Guide, links: Iterable[FoundLink], *, for_staff: bool = False) -> None:
    Link.objects.bulk_create(
        Link(
            guide=guide,
            line=link.line,
            target=fit(below_folder(guide.source, unquote(link.target)), 500),
            anchor=fit(link.anchor, 200),
            image=link.image,
            for_staff=for_staff,
        )
        for link in links
    )


def _write_problems(
    guide: Guide, found: Sequence[ProblemPart], html_of_steps: Iterable[Iterable[str]], keys: Mapping[str, str]
) -> None:
    problems = Problem.objects.bulk_create(
        Problem(
            guide=guide,
            position=position,
            anchor=problem.anchor,
            key=key_of_problem(problem.anchor, keys),
            section=problem.section,
            title=problem.title,
            line=problem.line,
            causes=list(problem.causes),
            codes=list(problem.codes),
        )
        for position, problem in enumerate(found)
    )
    symptoms = _symptom_ids({symptom.key for problem in found for symptom in problem.symptoms})
    ProblemSymptom.objects.bulk_create(
        ProblemSymptom(
            problem=row,
            symptom_id=symptoms[symptom.key],
            position=position,
            text=symptom.text,
            line=symptom.line,
            frequency=symptom.frequency,
        )
        for row, problem in zip(problems, found, strict=True)
        for position, symptom in enumerate(problem.symptoms)
    )
    Step.objects.bulk_create(
        Step(
            problem=row,
            position=position,
            text=step.text,
            html=html,
            under=step.under,
            condition=step.condition,
            dangerous=step.dangerous,
            procedure=step.procedure,
        )
        for row, problem, step_html in zip(problems, found, html_of_steps, strict=True)
        for position, (step, html) in enumerate(zip(problem.steps, step_html, strict=True))
    )


def _symptom_ids(keys: set[str]) -> dict[str, int]:
    Symptom.objects.bulk_create((Symptom(key=key) for key in sorted(keys)), ignore_conflicts=True)
    return dict(Symptom.objects.filter(key__in=keys).values_list("key", "pk"))
